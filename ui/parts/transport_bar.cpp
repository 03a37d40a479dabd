// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/transport_bar.h"

#include <QMenu>
#include <QPainter>
#include <numeric>

namespace mailtrek::ui {

TransportBar::TransportBar(Film& film, Actions& actions, Kit& kit, QWidget* parent) : Part(parent), m_film(film), m_actions(actions) {
    for (QAction* action : {actions.reset, actions.back, actions.play, actions.step, actions.hop, actions.into, actions.pace, actions.end, actions.why, actions.text})
        m_buttons.push_back(new Button(action, kit, this));
    m_buttons[6]->setTrailingArrow(true);
    connect(actions.pace, &QAction::triggered, this, [this] {
        QMenu menu(this);
        menu.setFont(m_look.font(Type::control));
        for (QAction* pace : m_actions.paces) menu.addAction(pace);
        menu.exec(m_buttons[6]->mapToGlobal(QPoint(0, -menu.sizeHint().height())));
    });
    connect(actions.into, &QAction::changed, this, &TransportBar::arrange);  // its text has another width
    connect(&film, &Film::moved, this, &TransportBar::follow);
    connect(&film, &Film::motion, this, &TransportBar::follow);
    connect(&film, &Film::opened, this, &TransportBar::follow);
    connect(&film, &Film::grew, this, &TransportBar::follow);
    connect(&film, &Film::levelSet, this, &TransportBar::follow);
    follow();
}

void TransportBar::setLook(const Look& look) {
    Part::setLook(look);
    for (Button* b : m_buttons) b->setLook(look);
    arrange();
}

void TransportBar::setResting(bool resting) {
    m_resting = resting;
    follow();
}

void TransportBar::follow() {
    const Playback& p = m_film.playback();
    const bool open = m_film.recording() != nullptr && !m_resting;
    m_actions.reset->setEnabled(open && !p.atStart());
    m_actions.back->setEnabled(open && !p.atStart());
    m_actions.play->setEnabled(open);
    m_actions.step->setEnabled(open && !p.atEnd());
    m_actions.hop->setEnabled(open && !p.atEnd());
    m_actions.end->setEnabled(open && !p.atEnd());
    m_actions.into->setEnabled(open);
    m_actions.out->setEnabled(open && m_film.level() > Level::story);
    m_actions.nextMilestone->setEnabled(open);
    m_actions.lastMilestone->setEnabled(open);
    m_actions.why->setEnabled(open && m_film.focus().has_value());
    m_actions.showPlaying(p.playing());
    const QAction* next = p.playing() ? m_actions.play : p.atEnd() && open ? m_actions.reset : m_actions.step;
    for (Button* b : m_buttons) b->setNext(open && b->objectName() == next->objectName());
    arrange();
}

void TransportBar::arrange() {
    const int gap = static_cast<int>(m_look.px(6)), wide = static_cast<int>(m_look.px(14)), margin = static_cast<int>(m_look.px(20));
    // Labels go before buttons do: first those with a telling icon at the right end, then all that have one.
    for (int folded = 0; folded <= 3; ++folded) {
        int total = 2 * margin + gap * static_cast<int>(m_buttons.size() - 3) + 2 * wide;
        for (std::size_t i = 0; i < m_buttons.size(); ++i) {
            const bool hasIcon = i != 6;
            m_buttons[i]->setIconOnly(hasIcon && (folded >= 3 || (folded >= 2 && i != 3 && i != 2) || (folded >= 1 && i >= 7)));
            total += m_buttons[i]->sizeHint().width();
        }
        if (total <= width() || folded == 3) break;
    }
    int total = 0;
    for (const Button* b : m_buttons) total += b->sizeHint().width();
    const int spare = width() - 2 * margin - total - gap * static_cast<int>(m_buttons.size() - 3) - 2 * wide;
    const int grow = std::clamp(spare / static_cast<int>(m_buttons.size()), 0, static_cast<int>(m_look.px(10)));
    const int between = std::max(0, (spare - grow * static_cast<int>(m_buttons.size())) / 2);
    int x = margin;
    for (std::size_t i = 0; i < m_buttons.size(); ++i) {
        const QSize size = m_buttons[i]->sizeHint();
        m_buttons[i]->setGeometry(x, (height() - size.height()) / 2, size.width() + grow, size.height());
        x += size.width() + grow + (i == 5 || i == 6 ? wide + between : gap);
    }
}

void TransportBar::resizeEvent(QResizeEvent*) { arrange(); }

void TransportBar::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), m_look[Token::paper]); }

}  // namespace mailtrek::ui
