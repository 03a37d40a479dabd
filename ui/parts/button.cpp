// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/button.h"

#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

namespace mailtrek::ui {

QString tipOf(const QAction& action) {
    const QString what = action.toolTip().isEmpty() ? action.text() : action.toolTip();
    const QString key = action.shortcut().toString(QKeySequence::NativeText);
    return key.isEmpty() ? what : QStringLiteral("%1 (%2)").arg(what, key);
}

Button::Button(QAction* action, Kit& kit, QWidget* parent) : QAbstractButton(parent), m_action(action), m_kit(kit) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    connect(this, &QAbstractButton::clicked, action, [this] {
        if (m_action) m_action->trigger();
    });
    connect(action, &QAction::changed, this, &Button::takeOver);
    takeOver();
}

void Button::takeOver() {
    if (!m_action) return;
    setObjectName(m_action->objectName());
    setText(m_action->text().remove('&'));
    setToolTip(tipOf(*m_action));
    setAccessibleName(text());
    setAccessibleDescription(tipOf(*m_action));
    setEnabled(m_action->isEnabled());
    setCheckable(m_action->isCheckable());
    setChecked(m_action->isChecked());
    updateGeometry();
    update();
}

void Button::setLook(const Look& look) {
    m_look = look;
    updateGeometry();
    update();
}

void Button::setNext(bool next) {
    if (next == m_next) return;
    m_next = next;
    update();
}

void Button::setIconOnly(bool only) {
    if (only == m_iconOnly) return;
    m_iconOnly = only;
    updateGeometry();
    update();
}

QString Button::shownText() const {
    if (m_iconOnly) return m_lead;
    return m_lead.isEmpty() ? text() : m_lead + ' ' + text();
}

QSize Button::sizeHint() const {
    const bool icon = m_action && !m_action->data().toString().isEmpty();
    const QString label = shownText();
    double width = 2 * padding();
    if (icon) width += iconSide();
    if (!label.isEmpty()) width += QFontMetricsF(m_look.font(m_type, m_weight)).horizontalAdvance(label) + (icon ? m_look.px(5) : 0);
    if (m_arrow) width += m_look.px(26);
    const double least = m_shape == Shape::segment ? 40 : 48;
    return {static_cast<int>(std::ceil(std::max(width, m_look.between(least, least * 1.4)))),
            static_cast<int>(std::ceil(m_look.between(least, m_shape == Shape::segment ? 58 : 72)))};
}

QColor Button::inkColour() const {
    if (!isEnabled()) return m_look[Token::ink2];
    if (m_next || (m_shape == Shape::segment && isChecked())) return m_look[Token::onAccent];
    return m_look[Token::ink];
}

void Button::paintFrame(QPainter& p, const QRectF& box) const {
    const double r = m_look.px(8);
    QColor fill = m_look[Token::surface];
    QPen edge(m_look[Token::edge], m_look.px(1.5));
    if (!isEnabled()) {
        fill = m_look[Token::paper];
        edge = QPen(m_look[Token::line], m_look.px(1.5));
    } else if (m_next) {
        fill = m_look[Token::accent];
        edge = QPen(m_look[Token::accent], m_look.px(1.5));
    } else if (isChecked() || isDown()) {
        fill = m_look[Token::soft];
        edge = QPen(m_look[Token::accent], m_look.px(2.5));
    } else if (underMouse()) {
        edge = QPen(m_look[Token::accent], m_look.px(1.5));
    }
    if (m_shape == Shape::segment) {
        if (!isChecked() && !isDown()) return;
        fill = m_look[Token::accent];
        edge = QPen(Qt::NoPen);
    } else if (m_shape == Shape::plain) {
        if (!isDown() && !underMouse()) return;
        fill = m_look[Token::soft];
        edge = QPen(Qt::NoPen);
    }
    p.setPen(edge);
    p.setBrush(fill);
    p.drawRoundedRect(box, r, r);
}

void Button::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    paintFrame(p, box);
    const QString icon = m_action ? m_action->data().toString() : QString();
    const QString label = shownText();
    const QFont font = m_look.font(m_type, m_weight);
    const double text = label.isEmpty() ? 0 : QFontMetricsF(font).horizontalAdvance(label);
    const double gap = icon.isEmpty() || label.isEmpty() ? 0 : m_look.px(5);
    const double arrow = m_arrow ? m_look.px(26) : 0;
    const double content = (icon.isEmpty() ? 0 : iconSide()) + gap + text + arrow;
    double x = (width() - content) / 2;
    const double ratio = devicePixelRatioF();
    if (!icon.isEmpty()) {
        p.drawPixmap(QPointF(x, (height() - iconSide()) / 2), m_kit.icon(icon, inkColour(), iconSide(), ratio));
        x += iconSide() + gap;
    }
    p.setPen(inkColour());
    if (!m_lead.isEmpty()) {
        const QFont bold = m_look.font(m_type, Weight::bold);
        p.setFont(bold);
        p.drawText(QRectF(x, 0, text + 4, height()), Qt::AlignVCenter | Qt::AlignLeft, m_lead);
        x += QFontMetricsF(bold).horizontalAdvance(m_lead);
    }
    p.setFont(font);
    const QString rest = m_lead.isEmpty() ? label : label.mid(m_lead.size());
    p.drawText(QRectF(x, 0, text + 8, height()), Qt::AlignVCenter | Qt::AlignLeft, rest);
    x += QFontMetricsF(font).horizontalAdvance(rest);
    if (m_arrow) p.drawPixmap(QPointF(x + m_look.px(4), (height() - m_look.px(22)) / 2), m_kit.icon(QStringLiteral("down"), inkColour(), m_look.px(22), ratio));
    if (hasFocus()) {
        p.setPen(QPen(m_look[m_next ? Token::ink : Token::accent], m_look.px(3)));
        p.setBrush(Qt::NoBrush);
        p.drawRoundedRect(box.adjusted(1, 1, -1, -1), m_look.px(7), m_look.px(7));
    }
}

}  // namespace mailtrek::ui
