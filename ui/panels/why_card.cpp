// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/why_card.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>

#include "ui/map/callout.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

class CloseButton : public QAbstractButton {
public:
    CloseButton(const Look& look, QWidget* parent) : QAbstractButton(parent), m_look(look) {
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setObjectName(QStringLiteral("closeWhy"));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        p.setRenderHint(QPainter::Antialiasing);
        const double r = m_look.px(8), arm = m_look.px(7);
        p.setPen(QPen(m_look[hasFocus() || underMouse() ? Token::accent : Token::edge], m_look.px(hasFocus() ? 2.5 : 1.5)));
        p.setBrush(m_look[isDown() ? Token::soft : Token::surface]);
        p.drawRoundedRect(QRectF(this->rect()).adjusted(2, 2, -2, -2), r, r);
        const QPointF middle = QRectF(rect()).center();
        p.setPen(QPen(m_look[Token::ink], m_look.px(2.4), Qt::SolidLine, Qt::RoundCap));
        p.drawLine(middle - QPointF(arm, arm), middle + QPointF(arm, arm));
        p.drawLine(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm));
    }

private:
    const Look& m_look;
};

}  // namespace

WhyCard::WhyCard(Film& film, QWidget* parent) : ListPart(parent), m_film(film), m_close(new CloseButton(m_look, this)) {
    setObjectName(QStringLiteral("why"));
    connect(m_close, &QAbstractButton::clicked, this, &WhyCard::closeCard);
    connect(&film, &Film::opened, this, &WhyCard::closeCard);
    connect(&film, &Film::levelSet, this, &WhyCard::tell);
    connect(&film, &Film::moved, this, qOverload<>(&QWidget::update));
    retranslate();
    hide();
}

void WhyCard::ask(trace::EventId about) {
    m_about = about;
    tell();
    show();
    raise();
    setFocus();
    setCurrent(std::min(1, count() - 1));
}

void WhyCard::closeCard() {
    if (isHidden()) return;
    m_about = {};
    m_chain.clear();
    hide();
    Q_EMIT closed();
}

void WhyCard::tell() {
    if (!m_about.valid() || !m_film.recording()) return;
    m_chain = whyOf(*m_film.recording(), m_about, m_film.level());
    rowsChanged();
}

void WhyCard::activate(int row) { m_film.goTo(m_chain[static_cast<std::size_t>(row)].event); }

void WhyCard::setLook(const Look& look) {
    ListPart::setLook(look);
    const int side = static_cast<int>(look.between(48, 66)), margin = static_cast<int>(look.px(6));
    m_close->setGeometry(width() - side - margin, static_cast<int>((headHeight() - side) / 2), side, side);
}

QFont WhyCard::fontOf(int row) const { return m_look.font(Type::body, row == 0 ? Weight::bold : Weight::medium); }

QStringList WhyCard::linesOf(int row) const { return wrapped(textOf(row), fontOf(row), width() - gutter() - m_look.px(20), 6); }

double WhyCard::heightOf(int row) const {
    return m_look.between(26, 39) * static_cast<double>(linesOf(row).size()) + m_look.between(row + 1 == count() ? 44 : 22, row + 1 == count() ? 64 : 32);
}

void WhyCard::paintBack(QPainter& p) {
    ListPart::paintBack(p);
    p.fillRect(QRectF(0, 0, width(), headHeight() - 2), m_look[Token::paper]);
    p.fillRect(QRectF(0, 0, width(), m_look.px(4)), m_look[Token::accent]);
    p.fillRect(QRectF(0, headHeight() - 2, width(), 1.5), m_look[Token::line]);
    p.fillRect(QRectF(0, 0, 1.5, height()), m_look[Token::line]);
    p.setFont(m_look.font(Type::title, Weight::bold));
    p.setPen(m_look[Token::ink]);
    p.drawText(QRectF(m_look.px(20), 0, width(), headHeight()), Qt::AlignVCenter | Qt::AlignLeft, tr("Why?"));
    p.setFont(m_look.font(Type::second));
    p.setPen(m_look[Token::ink2]);
    p.drawText(QRectF(0, 0, m_close->x() - m_look.px(12), headHeight()), Qt::AlignVCenter | Qt::AlignRight, tr("click a line to go there"));
}

// One line down the gutter joins effect and causes; the arrow points from the cause up to what it brought about.
void WhyCard::paintRow(QPainter& p, int row, const QRectF& box) {
    const Reason& reason = m_chain[static_cast<std::size_t>(row)];
    const bool here = reason.event.value + 1 == m_film.cursor(), last = row + 1 == count();
    if (here) p.fillRect(box.adjusted(2, 0, 0, 0), m_look[Token::soft]);
    const double x = m_look.px(29), line = m_look.between(26, 39), top = box.top() + m_look.between(11, 16), y = top + line / 2, r = m_look.px(15);
    p.setPen(QPen(m_look[Token::accent], m_look.px(2.5)));
    if (row > 0) p.drawLine(QPointF(x, box.top()), QPointF(x, y - r));
    if (!last) {
        p.drawLine(QPointF(x, y + r + m_look.px(4)), QPointF(x, box.bottom()));
        p.setBrush(m_look[Token::accent]);
        p.setPen(Qt::NoPen);
        const QPointF tip(x, y + r + m_look.px(2));
        p.drawPolygon(QPolygonF({tip, tip + QPointF(-m_look.px(6), m_look.px(10)), tip + QPointF(m_look.px(6), m_look.px(10))}));
    }
    p.setPen(QPen(m_look[Token::accent], m_look.px(2)));
    p.setBrush(here ? m_look[Token::accent] : m_look[Token::surface]);
    p.drawEllipse(QPointF(x, y), r, r);
    p.setFont(m_look.font(Type::control, Weight::bold));
    p.setPen(here ? m_look[Token::onAccent] : m_look[Token::ink]);
    p.drawText(QRectF(x - r, y - r, 2 * r, 2 * r), Qt::AlignCenter, QString::number(row + 1));
    p.setFont(fontOf(row));
    p.setPen(m_look[Token::ink]);
    double at = top;
    for (const QString& text : linesOf(row)) {
        p.drawText(QRectF(gutter(), at, box.width() - gutter(), line), Qt::AlignVCenter | Qt::AlignLeft, text);
        at += line;
    }
    if (!last) return;
    p.setFont(m_look.font(Type::second));
    p.setPen(m_look[Token::ink2]);
    p.drawText(QRectF(gutter(), at, box.width() - gutter() - m_look.px(12), m_look.between(24, 34)), Qt::AlignVCenter | Qt::AlignLeft,
               count() == 1 ? tr("Nothing before it: this is where it begins.") : tr("This is where it begins."));
}

bool WhyCard::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return ListPart::event(event);
}

void WhyCard::keyPressEvent(QKeyEvent* event) { event->key() == Qt::Key_Escape ? closeCard() : ListPart::keyPressEvent(event); }

void WhyCard::resizeEvent(QResizeEvent* event) {
    setLook(m_look);
    ListPart::resizeEvent(event);
}

void WhyCard::retranslate() {
    setAccessibleName(tr("Why?"));
    m_close->setAccessibleName(tr("Close"));
    m_close->setToolTip(tr("Close (Esc)"));
}

void WhyCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        tell();
    }
    ListPart::changeEvent(event);
}

}  // namespace mailtrek::ui
