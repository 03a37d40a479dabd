// SPDX-License-Identifier: GPL-3.0-or-later
// The five levels and the stops of the film at each: the steps of the journey (sim/trace/journey), whatever letter they serve.
#pragma once

#include <QString>
#include <optional>

#include "sim/trace/journey.h"
#include "ui/play/beats.h"

namespace mailtrek::ui {

using trace::kLevels;
using trace::Level;

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
