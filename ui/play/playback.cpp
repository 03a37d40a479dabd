// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/play/playback.h"

#include <algorithm>
#include <cmath>

namespace mailtrek::ui {

std::ptrdiff_t beatAt(const Beats& beats, std::uint64_t cursor) {
    const auto after = std::upper_bound(beats.begin(), beats.end(), cursor, [](std::uint64_t c, const Beat& b) { return c < b.cursor; });
    return after - beats.begin() - 1;
}

void Playback::setBeats(Beats beats, std::uint64_t size, Instant end) {
    m_beats = std::move(beats);
    m_size = size;
    m_end = end;
    m_travelling = false;  // a stretch under way starts again from where it stands
    m_holding = false;
}

void Playback::place(std::uint64_t cursor, Instant now) {
    m_cursor = cursor;
    m_now = now;
}

void Playback::goOn(Goal goal) {
    m_goal = goal;
    if (!m_travelling && !startStretch()) {
        place(m_size, std::max(m_now, m_end));  // nothing visible is left: to the very end
        m_goal = Goal::none;
    }
}

void Playback::play() { goOn(Goal::play); }

void Playback::pause() {
    m_goal = Goal::none;  // a packet may hang in mid-air: that is what pausing is for
    m_travelling = false;
    m_holding = false;
}

void Playback::step() {
    if (m_travelling && m_goal != Goal::play) arrive();
    if (m_goal == Goal::play) pause();
    goOn(Goal::step);
    if (m_travelling && (m_reduced || m_length.count() == 0)) arrive();
}

void Playback::hop() {
    goOn(Goal::hop);
    while (m_reduced && m_goal == Goal::hop && m_travelling) arrive();
}

void Playback::back() {
    pause();
    const std::ptrdiff_t here = beat();
    const bool onBeat = here >= 0 && m_beats[static_cast<std::size_t>(here)].cursor == m_cursor && m_beats[static_cast<std::size_t>(here)].at == m_now;
    const std::ptrdiff_t target = onBeat ? here - 1 : here;
    if (target < 0)
        reset();
    else
        place(m_beats[static_cast<std::size_t>(target)].cursor, m_beats[static_cast<std::size_t>(target)].at);
}

void Playback::reset() {
    pause();
    place(0, kStart);
}

void Playback::toEnd() {
    pause();
    place(m_size, m_end);
}

void Playback::seek(std::uint64_t cursor) {
    pause();
    cursor = std::min(cursor, m_size);
    const std::ptrdiff_t b = beatAt(m_beats, cursor);
    const bool onBeat = b >= 0 && m_beats[static_cast<std::size_t>(b)].cursor == cursor;
    if (onBeat) return place(cursor, m_beats[static_cast<std::size_t>(b)].at);
    // The instant of the last event before the cursor: the smallest t that shows at least `cursor` events.
    std::int64_t low = 0, high = m_end.time_since_epoch().count();
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (m_cursorAt(Instant(Duration(middle))) >= cursor)
            high = middle;
        else
            low = middle + 1;
    }
    place(cursor, cursor == 0 ? kStart : Instant(Duration(low)));
}

void Playback::seekTime(Instant t) {
    pause();
    t = std::clamp(t, kStart, m_end);
    place(m_cursorAt(t), t);
}

bool Playback::startStretch() {
    const std::ptrdiff_t here = beat();
    const std::size_t next = static_cast<std::size_t>(here + 1);
    if (next >= m_beats.size()) return false;
    m_next = next;
    m_from = std::min(m_now, m_beats[next].at);
    m_spent = ScreenTime{0};
    m_length = lengthOf(m_from, m_beats[next]);
    m_travelling = true;
    m_holding = false;
    return true;
}

ScreenTime Playback::lengthOf(Instant from, const Beat& to) const {
    const Duration span = to.at > from ? to.at - from : Duration{0};
    double ms = 0;
    if (m_pace == Pace::trueScale) {
        ms = std::chrono::duration<double, std::milli>(span).count();
    } else if (span.count() > 0) {
        // A packet takes 600 to 1,200 ms per link, longer ways a little more each; a long wait at most kFastForward.
        const double perLink = std::chrono::duration<double, std::milli>(span).count() / std::max(1, to.legs);
        const double each = std::clamp(600.0 + 200.0 * std::log10(std::max(1.0, perLink)), 600.0, 1200.0);
        const bool waits = span / std::max(1, to.legs) >= kLongWait;
        if (waits) return std::min(kFastForward, ScreenTime{static_cast<std::int64_t>(static_cast<double>(kFastForward.count()) / std::max(1.0, m_factor))});
        ms = std::min(each * std::max(1, to.legs), 4200.0);
    }
    return ScreenTime{static_cast<std::int64_t>(std::llround(ms / std::max(0.01, m_factor)))};
}

std::optional<Wait> Playback::wait() const {
    if (!m_travelling || m_holding || m_pace != Pace::story) return std::nullopt;
    const Beat& to = m_beats[m_next];
    const Duration span = to.at > m_from ? to.at - m_from : Duration{0};
    if (span / std::max(1, to.legs) < kLongWait) return std::nullopt;
    return Wait{span};
}

bool Playback::endsHere(const Beat& reached) const {
    switch (m_goal) {
        case Goal::none:
        case Goal::step: return true;
        case Goal::hop: return reached.custody;
        case Goal::play: return false;
    }
    return true;
}

void Playback::arrive() {
    const Beat& reached = m_beats[m_next];
    place(reached.cursor, reached.at);
    m_travelling = false;
    m_holding = false;
    if (endsHere(reached)) {
        m_goal = Goal::none;
        return;
    }
    if (m_goal == Goal::hop) {
        if (!startStretch()) m_goal = Goal::none;
        return;
    }
    m_holding = true;
    m_travelling = true;
    m_spent = ScreenTime{0};
    m_length = ScreenTime{m_pace == Pace::story ? static_cast<std::int64_t>(static_cast<double>(kHold.count()) / std::max(0.01, m_factor)) : 0};
}

bool Playback::advance(ScreenTime elapsed) {
    while (m_goal != Goal::none && elapsed.count() >= 0) {
        if (!m_travelling && !startStretch()) {
            place(m_size, std::max(m_now, m_end));
            m_goal = Goal::none;
            break;
        }
        const ScreenTime left = m_length - m_spent;
        if (elapsed < left) {
            m_spent += elapsed;
            if (m_holding) break;
            const double share = static_cast<double>(m_spent.count()) / static_cast<double>(m_length.count());
            const auto span = static_cast<double>((m_beats[m_next].at - m_from).count());
            const Instant now = m_from + Duration(static_cast<std::int64_t>(span * share));
            place(std::clamp(m_cursorAt(now), m_cursor, m_beats[m_next].cursor - 1), std::max(now, m_now));
            break;
        }
        elapsed -= left;
        if (m_holding) {
            m_holding = false;
            m_travelling = false;
            continue;
        }
        arrive();
    }
    return m_goal != Goal::none;
}

}  // namespace mailtrek::ui
