// SPDX-License-Identifier: GPL-3.0-or-later
// The film of a run: where it stands, and how screen time becomes simulated time. Knows no widget and no clock: the owner tells it how
// much screen time has passed. Stepping back is a plain cut; nothing plays in reverse.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "ui/play/beats.h"

namespace mailtrek::ui {

using ScreenTime = std::chrono::milliseconds;

enum class Pace : std::uint8_t { story, trueScale };

struct Wait {  // a long stretch in which nothing visible happens, shown as a short fast-forward
    Duration span;
    friend bool operator==(const Wait&, const Wait&) = default;
};

class Playback {
public:
    // `cursorAt` tells how many events there are at or before an instant (Recording::cursorAt).
    using CursorAt = std::function<std::uint64_t(Instant)>;
    explicit Playback(CursorAt cursorAt) : m_cursorAt(std::move(cursorAt)) {}

    // The same run at another level, or grown: the place in it stays. `size` and `end` are those of the recording.
    void setBeats(Beats beats, std::uint64_t size, Instant end);
    const Beats& beats() const { return m_beats; }

    void setPace(Pace pace) { m_pace = pace; }
    Pace pace() const { return m_pace; }
    void setFactor(double factor) { m_factor = factor; }  // 1 is the pace as designed, 2 twice as fast
    double factor() const { return m_factor; }
    void setReducedMotion(bool reduced) { m_reduced = reduced; }

    // --- commands ---
    void play();
    void pause();
    void step();   // to the next beat; while one is under way: to its end, and on to the next
    void back();   // to the beat before this one
    void hop();    // on to the next change of custody
    void reset();  // before the first event
    void toEnd();
    void seek(std::uint64_t cursor);  // exactly after that many events
    void seekTime(Instant t);
    // Screen time passes. True while there is more to come.
    bool advance(ScreenTime elapsed);

    // --- questions ---
    std::uint64_t cursor() const { return m_cursor; }
    Instant now() const { return m_now; }  // between events, too: packets move by it
    bool moving() const { return m_goal != Goal::none; }
    bool playing() const { return m_goal == Goal::play; }
    std::optional<Wait> wait() const;  // while a long wait passes
    std::ptrdiff_t beat() const { return beatAt(m_beats, m_cursor); }
    bool atEnd() const { return m_cursor >= m_size; }
    bool atStart() const { return m_cursor == 0; }
    bool canStep() const { return beat() + 1 < static_cast<std::ptrdiff_t>(m_beats.size()); }

    // Screen time of the stretch between two instants at the pace now set.
    ScreenTime lengthOf(Instant from, const Beat& to) const;

private:
    enum class Goal : std::uint8_t { none, step, hop, play };

    void place(std::uint64_t cursor, Instant now);
    void arrive();
    bool startStretch();
    void goOn(Goal goal);
    bool endsHere(const Beat& reached) const;

    CursorAt m_cursorAt;
    Beats m_beats;
    std::uint64_t m_size = 0;
    Instant m_end;
    Pace m_pace = Pace::story;
    double m_factor = 1.0;
    bool m_reduced = false;

    std::uint64_t m_cursor = 0;
    Instant m_now;
    Goal m_goal = Goal::none;
    // The stretch under way: from m_from to m_beats[m_next], m_spent of m_length gone. While playing each beat is then held for a moment.
    bool m_travelling = false;
    bool m_holding = false;
    Instant m_from;
    std::size_t m_next = 0;
    ScreenTime m_spent{};
    ScreenTime m_length{};
};

inline constexpr Duration kLongWait = std::chrono::milliseconds(900);  // of simulated time, per link crossed
inline constexpr ScreenTime kFastForward{1500};
inline constexpr ScreenTime kHold{700};  // at factor 1, playing: time to read

}  // namespace mailtrek::ui
