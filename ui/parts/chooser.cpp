// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/chooser.h"

#include <QFontMetricsF>
#include <QMenu>
#include <QPainter>
#include <cmath>

namespace mailtrek::ui {

Chooser::Chooser(QWidget* parent) : QAbstractButton(parent) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    connect(this, &QAbstractButton::clicked, this, &Chooser::openList);
}

void Chooser::setLook(const Look& look) {
    m_look = look;
    updateGeometry();
    update();
}

QSize Chooser::sizeHint() const {
    const QFontMetricsF metrics(m_look.font(m_type, Weight::semibold));
    return {static_cast<int>(std::ceil(metrics.horizontalAdvance(text()) + m_look.px(44))), static_cast<int>(std::ceil(m_look.between(36, 54)))};
}

void Chooser::openList() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setFont(m_look.font(Type::control));
    for (const Entry& entry : entries()) {
        QAction* action = menu->addAction(entry.text, this, [choose = entry.choose] { choose(); });
        action->setCheckable(true);
        action->setChecked(entry.chosen);
        if (entry.chosen) menu->setActiveAction(action);
    }
    menu->popup(mapToGlobal(QPoint(0, height())));
}

void Chooser::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    const bool lively = hasFocus() || underMouse() || isDown();
    p.setPen(QPen(m_look[lively ? Token::accent : Token::edge], m_look.px(hasFocus() ? 2.5 : 1.5)));
    p.setBrush(m_look[isDown() ? Token::soft : Token::surface]);
    p.drawRoundedRect(box, m_look.px(8), m_look.px(8));
    p.setFont(m_look.font(m_type, Weight::semibold));
    p.setPen(m_look[Token::ink]);
    const QRectF words = box.adjusted(m_look.px(12), 0, -m_look.px(28), 0);
    p.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, QFontMetricsF(p.font()).elidedText(text(), Qt::ElideRight, words.width() + 1));
    const QPointF tip(box.right() - m_look.px(16), box.center().y() + m_look.px(3));
    p.setPen(QPen(m_look[Token::ink], m_look.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.drawPolyline(QPolygonF({tip + QPointF(-m_look.px(6), -m_look.px(6)), tip, tip + QPointF(m_look.px(6), -m_look.px(6))}));
}

}  // namespace mailtrek::ui
