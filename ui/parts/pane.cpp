// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/pane.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace mailtrek::ui {

Pane::Pane(QWidget* parent) : Part(parent) { setFocusPolicy(Qt::TabFocus); }

void Pane::add(Part* panel, std::function<QString()> title) {
    panel->setParent(this);
    m_tabs.push_back({panel, std::move(title)});
    setCurrent(m_current);
}

void Pane::setLook(const Look& look) {
    Part::setLook(look);
    for (const Tab& tab : m_tabs) tab.panel->setLook(look);
    arrange();
}

int Pane::indexOf(const QString& name) const {
    for (int i = 0; i < count(); ++i)
        if (panel(i)->objectName() == name) return i;
    return -1;
}

void Pane::setCurrent(int index) {
    if (m_tabs.empty()) return;
    m_current = std::clamp(index, 0, count() - 1);
    for (int i = 0; i < count(); ++i) m_tabs[static_cast<std::size_t>(i)].panel->setVisible(i == m_current);
    setAccessibleName(titleOf(m_current));
    arrange();
    update();
    Q_EMIT currentChanged(m_current);
}

std::vector<QRectF> Pane::boxes() const {
    std::vector<QRectF> boxes;
    const QFontMetricsF metrics(m_look.font(Type::body, Weight::semibold));
    double x = m_look.px(6), total = 0;
    for (const Tab& tab : m_tabs) total += metrics.horizontalAdvance(tab.title());
    const double padding = std::clamp((width() - m_look.px(12) - total) / (2.0 * std::max(1, count())), m_look.px(4), m_look.px(14));
    for (const Tab& tab : m_tabs) {
        const double w = metrics.horizontalAdvance(tab.title()) + 2 * padding;
        boxes.emplace_back(x, 0, w, header());
        x += w;
    }
    return boxes;
}

void Pane::arrange() {
    for (const Tab& tab : m_tabs) tab.panel->setGeometry(2, header(), width() - 2, height() - header());
}

void Pane::resizeEvent(QResizeEvent*) { arrange(); }

void Pane::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), m_look[Token::surface]);
    p.fillRect(QRectF(0, 0, width(), header()), m_look[Token::paper]);
    p.fillRect(QRectF(0, header() - 1, width(), 1), m_look[Token::line]);
    const auto tabs = boxes();
    for (int i = 0; i < count(); ++i) {
        const QRectF& box = tabs[static_cast<std::size_t>(i)];
        const bool chosen = i == m_current;
        if (chosen) {
            p.fillRect(box, m_look[Token::surface]);
            p.fillRect(QRectF(box.left(), 0, box.width(), m_look.px(4)), m_look[Token::accent]);
        }
        p.setFont(m_look.font(Type::body, chosen ? Weight::semibold : Weight::medium));
        p.setPen(chosen ? m_look[Token::ink] : m_look[Token::ink2]);
        p.drawText(box, Qt::AlignCenter, titleOf(i));
        if (chosen && hasFocus()) {
            p.setPen(QPen(m_look[Token::accent], m_look.px(2)));
            p.drawRect(box.adjusted(3, 6, -3, -3));
        }
    }
    p.fillRect(QRectF(0, 0, 1.5, height()), m_look[Token::line]);
    p.fillRect(QRectF(0, 0, width(), 1), m_look[Token::line]);
}

void Pane::mousePressEvent(QMouseEvent* event) {
    const auto tabs = boxes();
    for (int i = 0; i < count(); ++i)
        if (tabs[static_cast<std::size_t>(i)].contains(event->position())) setCurrent(i);
}

// The arrows belong to the tabs while they have the focus, not to the window.
bool Pane::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right)) {
            event->accept();
            return true;
        }
    }
    return Part::event(event);
}

void Pane::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
        setCurrent((m_current + (event->key() == Qt::Key_Right ? 1 : count() - 1)) % std::max(1, count()));
    else
        Part::keyPressEvent(event);
}

void Pane::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange && !m_tabs.empty()) {
        setAccessibleName(titleOf(m_current));
        update();
    }
    Part::changeEvent(event);
}

}  // namespace mailtrek::ui
