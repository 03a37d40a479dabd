// SPDX-License-Identifier: GPL-3.0-or-later
// The five levels as the window counts them, 1 to 5, and which events are stops at each.
#pragma once

#include <QString>
#include <optional>

#include "sim/trace/recording.h"
#include "ui/play/beats.h"

namespace mailtrek::ui {

enum class Level : std::uint8_t { story = 1, mail, dialogue, tcp, ip };
inline constexpr int kLevels = 5;

std::optional<Level> levelNamed(const QString& name);  // "story", "mail", ...
QString nameOf(Level level);

// Grows with the recording: call extend() after events were added.
class BeatList {
public:
    BeatList(const trace::Recording& recording, Level level) : m_recording(&recording), m_level(level) {}
    bool extend();  // true when beats were added
    const Beats& beats() const { return m_beats; }

private:
    const trace::Recording* m_recording;
    Level m_level;
    Beats m_beats;
    std::uint64_t m_seen = 0;
    int m_legs = 0;
    Instant m_lastArrival;
};

// Is this event worth a stop at the level? Rows of the ladder, steps of the journey and stops of the film all go by it.
bool visibleAt(const trace::Recording& recording, trace::EventId id, Level level);

}  // namespace mailtrek::ui
