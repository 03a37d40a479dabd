// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/progress_card.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>

#include "ui/story/words.h"

namespace mailtrek::ui {

ProgressCard::ProgressCard(Session& session, Kit& kit, QWidget* parent) : Part(parent), m_session(session) {
    setObjectName(QStringLiteral("progress"));
    m_cancel.setObjectName(QStringLiteral("cancel"));
    m_cancel.setData(QStringLiteral("x"));
    m_cancel.setShortcut(QKeySequence(Qt::Key_Escape));
    retranslate();
    m_button = new Button(&m_cancel, kit, this);
    connect(&m_cancel, &QAction::triggered, &session, &Session::cancel);
    for (const auto signal : {&Session::opened, &Session::grew, &Session::finished}) connect(&session, signal, this, &ProgressCard::follow);
    hide();
}

void ProgressCard::retranslate() {
    m_cancel.setText(tr("Stop"));
    m_cancel.setToolTip(tr("Simulate no further; what there is stays"));
}

void ProgressCard::setLook(const Look& look) {
    Part::setLook(look);
    m_button->setLook(look);
    resize(static_cast<int>(look.px(360)), static_cast<int>(look.between(64, 92)));
    const QSize b = m_button->sizeHint();
    m_button->setGeometry(width() - b.width() - static_cast<int>(look.px(8)), (height() - b.height()) / 2, b.width(), b.height());
}

void ProgressCard::follow() {
    setVisible(m_session.running());
    setAccessibleName(tr("Simulating: %1").arg(clockText(m_session.now())));
    update();
}

void ProgressCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    Part::changeEvent(event);
}

void ProgressCard::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(m_look[Token::edge], 1.4));
    p.setBrush(m_look[Token::surface]);
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), m_look.px(8), m_look.px(8));
    p.setFont(m_look.font(Type::control));
    p.setPen(m_look[Token::ink]);
    const double margin = m_look.px(14), right = m_button->x() - m_look.px(12);
    p.drawText(QRectF(margin, m_look.px(6), right - margin, height() * 0.5), Qt::AlignVCenter | Qt::AlignLeft, tr("Simulating: %1").arg(clockText(m_session.now())));
    const QRectF track(margin, height() * 0.66, right - margin, m_look.px(8));
    p.setPen(Qt::NoPen);
    p.setBrush(m_look[Token::sunken]);
    p.drawRoundedRect(track, 4, 4);
    p.setBrush(m_look[Token::accent]);
    p.drawRoundedRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(m_session.progress(), 0.0, 1.0), track.height())), 4, 4);
}

}  // namespace mailtrek::ui
