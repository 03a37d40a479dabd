// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/list_part.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

namespace mailtrek::ui {

ListPart::ListPart(QWidget* parent) : Part(parent) { setFocusPolicy(Qt::StrongFocus); }

int ListPart::lastTop() const {
    double room = height() - headHeight();
    int row = count();
    while (row > 0 && room >= heightOf(row - 1)) room -= heightOf(--row);
    return std::min(row, std::max(0, count() - 1));
}

int ListPart::rowAt(QPointF point) const {
    double y = headHeight();
    if (point.y() < y) return -1;
    for (int row = m_top; row < count() && y < height(); ++row) {
        y += heightOf(row);
        if (point.y() < y) return row;
    }
    return -1;
}

QRectF ListPart::boxOf(int wanted) const {
    double y = headHeight();
    for (int row = m_top; row < count() && y < height(); ++row) {
        const double h = heightOf(row);
        if (row == wanted) return {0, y, static_cast<double>(width()), h};
        y += h;
    }
    return {};
}

void ListPart::ensureVisible(int row) {
    if (row < 0 || row >= count()) return;
    if (row < m_top) {
        m_top = row;
    } else {
        double room = height() - headHeight() - heightOf(row);
        int top = row;
        while (top > m_top && room >= heightOf(top - 1)) room -= heightOf(--top);
        m_top = std::max(m_top, top);
    }
    m_top = std::clamp(m_top, 0, lastTop());
    update();
}

void ListPart::setCurrent(int row) {
    m_current = count() == 0 ? -1 : std::clamp(row, -1, count() - 1);
    setAccessibleDescription(m_current >= 0 ? textOf(m_current) : QString());
    ensureVisible(m_current);
    update();
}

void ListPart::rowsChanged() {
    m_current = std::min(m_current, count() - 1);
    m_top = std::clamp(m_top, 0, lastTop());
    update();
}

void ListPart::turn(int, bool) {}

void ListPart::paintBack(QPainter& painter) { painter.fillRect(rect(), m_look[Token::surface]); }

void ListPart::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    paintBack(p);
    double y = headHeight();
    for (int row = m_top; row < count() && y < height(); ++row) {
        const QRectF box(0, y, width(), heightOf(row));
        paintRow(p, row, box);
        if (row == m_current && hasFocus()) {
            p.setPen(QPen(m_look[Token::accent], m_look.px(2)));
            p.setBrush(Qt::NoBrush);
            p.drawRect(box.adjusted(3, 2, -3, -2));
        }
        y += box.height();
    }
    paintBar(p);
}

// How much of the list is in sight, and where: a thin bar at the right.
void ListPart::paintBar(QPainter& p) const {
    const int last = lastTop();
    if (last == 0) return;
    const double room = height() - headHeight() - 8, share = std::max(0.08, 1.0 - static_cast<double>(last) / count());
    const double y = headHeight() + 4 + room * (1 - share) * m_top / last;
    p.setPen(Qt::NoPen);
    p.setBrush(m_look[Token::edge]);
    p.drawRoundedRect(QRectF(width() - m_look.px(7), y, m_look.px(4), room * share), 2, 2);
}

// Keys that the list itself answers must not set off the window's shortcuts.
bool ListPart::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier || key->modifiers() == Qt::KeypadModifier) switch (key->key()) {
                case Qt::Key_Up:
                case Qt::Key_Down:
                case Qt::Key_Left:
                case Qt::Key_Right:
                case Qt::Key_PageUp:
                case Qt::Key_PageDown:
                case Qt::Key_Home:
                case Qt::Key_End:
                case Qt::Key_Return:
                case Qt::Key_Enter: event->accept(); return true;
                default: break;
            }
    }
    return Part::event(event);
}

void ListPart::keyPressEvent(QKeyEvent* event) {
    const int page = std::max(1, (rowAt({1, height() - 1.0}) < 0 ? count() : rowAt({1, height() - 1.0})) - m_top - 1);
    switch (event->key()) {
        case Qt::Key_Up: return setCurrent(std::max(0, m_current - 1));
        case Qt::Key_Down: return setCurrent(m_current + 1);
        case Qt::Key_PageUp: return setCurrent(std::max(0, m_current - page));
        case Qt::Key_PageDown: return setCurrent(m_current + page);
        case Qt::Key_Home: return setCurrent(0);
        case Qt::Key_End: return setCurrent(count() - 1);
        case Qt::Key_Left:
        case Qt::Key_Right:
            if (m_current >= 0) turn(m_current, event->key() == Qt::Key_Right);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_current >= 0) activate(m_current);
            return;
        default: Part::keyPressEvent(event);
    }
}

void ListPart::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->position());
    if (event->button() != Qt::LeftButton || row < 0) return Part::mousePressEvent(event);
    setCurrent(row);
    activate(row);
}

void ListPart::wheelEvent(QWheelEvent* event) {
    constexpr int kPerRow = 60;
    m_wheel += event->angleDelta().y();
    m_top = std::clamp(m_top - m_wheel / kPerRow, 0, lastTop());
    m_wheel %= kPerRow;
    event->accept();
    update();
}

void ListPart::resizeEvent(QResizeEvent*) {
    rowsChanged();
    ensureVisible(m_current);
}

void ListPart::focusInEvent(QFocusEvent* event) {
    if (m_current < 0 && count() > 0) setCurrent(m_top);
    Part::focusInEvent(event);
    update();
}

void ListPart::focusOutEvent(QFocusEvent* event) {
    Part::focusOutEvent(event);
    update();
}

}  // namespace mailtrek::ui
