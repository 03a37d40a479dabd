// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the ladder: what two ends of a connection said to each other up to the cursor, newest last. Runs that do not fit fold into
// a count.
#pragma once

#include <vector>

#include "sim/trace/view.h"
#include "ui/map/traffic.h"

namespace mailtrek::ui {

struct LadderRow {
    trace::EventId event;
    Instant sent;
    std::optional<Instant> due;             // at the other side's TCP, be it in the future; none: never
    bool arrived = false;                   // that is in the past
    std::optional<trace::DropReason> lost;  // when that is in the past
    trace::Side side{};                     // who speaks
    Glyph glyph;
    QString words;                        // a line of the dialogue, or what is special about a segment
    int folded = 0;                       // a chip that stands for so many rows,
    int foldedData = 0;                   // so many of them with data
    int firstNumber = 0, lastNumber = 0;  // of the data segments it hides
};

// At most `room` rows.
std::vector<LadderRow> ladderRows(const trace::Recording& recording, const trace::View& view, const Traffic& traffic, ConnectionId connection, Level level, std::size_t room);

}  // namespace mailtrek::ui
