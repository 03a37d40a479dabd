// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/milestone_bar.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include "ui/parts/stamp.h"
#include "ui/story/words.h"

namespace mailtrek::ui {

MilestoneBar::MilestoneBar(Film& film, QWidget* parent) : Part(parent), m_film(film) {
    setObjectName(QStringLiteral("milestones"));
    setMouseTracking(true);
    for (const auto signal : {&Film::moved, &Film::opened, &Film::selected, &Film::grew})
        connect(&film, signal, this, [this] {
            const int h = here();
            setAccessibleName(h < 0 ? tr("Journey of the letter") : tr("Journey of the letter: %1").arg(milestoneText(static_cast<trace::Milestone>(h))));
            update();
        });
}

int MilestoneBar::here() const {
    const auto milestones = m_film.milestones();
    int last = -1;
    for (int i = 0; i < trace::kMilestones; ++i)
        if (const auto& m = milestones[static_cast<std::size_t>(i)]; m && m->value < m_film.cursor()) last = i;
    return last;
}

MilestoneBar::Items MilestoneBar::arranged(int here) const {
    Items items;
    const auto reached = m_film.milestones();
    bool later = false;
    int shown = 0;
    for (int i = trace::kMilestones - 1; i >= 0; --i) {
        Item& item = items[static_cast<std::size_t>(i)];
        const bool met = reached[static_cast<std::size_t>(i)].has_value();
        item.skipped = later && !met;
        later = later || met;
        shown += item.skipped ? 0 : 1;
    }
    const double stamp = m_look.px(24), gap = m_look.px(7), margin = m_look.px(22), least = m_look.px(26);
    // All names; else only the last one done, here and next; else here alone.
    for (int fold = 0; fold < 3; ++fold) {
        double total = 2 * margin + least * std::max(0, shown - 1);
        for (int i = 0; i < trace::kMilestones; ++i) {
            Item& item = items[static_cast<std::size_t>(i)];
            if (item.skipped) continue;
            const bool named = fold == 0 || (fold == 1 && std::abs(i - std::max(here, 0)) <= 1) || i == std::max(here, 0);
            item.text = named ? milestoneText(static_cast<trace::Milestone>(i)) : QString{};
            const double text = named ? gap + QFontMetricsF(m_look.font(Type::body, i == here ? Weight::bold : Weight::medium)).horizontalAdvance(item.text) : 0;
            item.box = QRectF(0, 0, stamp + text, height());
            total += item.box.width();
        }
        const double spare = width() - total;
        if (spare < 0 && fold < 2) continue;
        const double space = least + std::max(0.0, spare) / std::max(1, shown - 1);
        double x = margin;
        for (Item& item : items) {
            if (item.skipped) continue;
            item.box.moveLeft(x);
            x += item.box.width() + space;
        }
        break;
    }
    return items;
}

void MilestoneBar::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), m_look[Token::surface]);
    p.fillRect(QRectF(0, height() - 1.5, width(), 1.5), m_look[Token::line]);
    if (!m_film.recording()) return;
    const int now = here();
    const Items items = arranged(now);
    const double stamp = m_look.px(24), y = height() / 2.0;
    const auto reached = m_film.milestones();
    const Item* before = nullptr;
    for (int i = 0; i < trace::kMilestones; ++i) {
        const Item& item = items[static_cast<std::size_t>(i)];
        if (item.skipped) continue;
        if (before) {
            const double from = before->box.right() + m_look.px(8), to = item.box.left() - m_look.px(8);
            if (i <= now)
                paintWaves(p, QRectF(from, y - 10, to - from, 20), m_look);
            else
                paintDots(p, {from, y}, to - from, m_look);
        }
        before = &item;
        const auto& when = reached[static_cast<std::size_t>(i)];
        const bool done = when && when->value < m_film.cursor();
        paintStamp(p, {item.box.left() + stamp / 2, y}, stamp, i == now ? Stamp::here : done ? Stamp::passed : Stamp::ahead, m_look);
        p.setFont(m_look.font(Type::body, i == now ? Weight::bold : Weight::medium));
        p.setPen(i == now ? m_look[Token::stamp] : done ? m_look[Token::ink] : m_look[Token::ink2]);
        p.drawText(item.box.adjusted(stamp + m_look.px(7), 0, 10, 0), Qt::AlignVCenter | Qt::AlignLeft, item.text);
    }
}

int MilestoneBar::at(QPointF point) const {
    const auto items = arranged(here());
    for (int i = 0; i < trace::kMilestones; ++i)
        if (!items[static_cast<std::size_t>(i)].skipped && items[static_cast<std::size_t>(i)].box.contains(point)) return i;
    return -1;
}

void MilestoneBar::mousePressEvent(QMouseEvent* event) {
    const int i = at(event->position());
    if (i < 0) return;
    if (const auto when = m_film.milestones()[static_cast<std::size_t>(i)]; when.has_value()) m_film.seek(when->value + 1);
}

void MilestoneBar::go(int direction) {
    if (!m_film.recording()) return;
    std::optional<std::uint64_t> goal;
    for (const auto& when : m_film.milestones()) {
        if (!when) continue;
        const std::uint64_t cursor = when->value + 1;
        const bool nearer = !goal || (direction > 0 ? cursor < *goal : cursor > *goal);
        if (nearer && (direction > 0 ? cursor > m_film.cursor() : cursor < m_film.cursor())) goal = cursor;
    }
    if (goal) m_film.seek(*goal);
}

void MilestoneBar::mouseMoveEvent(QMouseEvent* event) {
    const int i = at(event->position());
    setCursor(i < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    setToolTip(i < 0 ? QString() : tr("Go to: %1").arg(milestoneText(static_cast<trace::Milestone>(i))));
}

}  // namespace mailtrek::ui
