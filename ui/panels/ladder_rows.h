// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the ladder: what two ends of a connection said to each other up to the cursor, newest last. What the level hides and what
// does not fit folds into counts that open in place.
#pragma once

#include <functional>
#include <vector>

#include "sim/trace/view.h"
#include "ui/map/traffic.h"

namespace mailtrek::ui {

struct LadderRow {
    enum class Kind : std::uint8_t { row, chip, earlier };  // earlier: stands for all before the first row
    Kind kind = Kind::row;
    trace::EventId event;
    trace::EventId last;  // of a chip; otherwise as `event`
    PacketId packet;
    Instant sent;
    std::optional<Instant> due;             // at the other side's TCP, be it in the future; none: never
    bool arrived = false;                   // that is in the past
    std::optional<trace::DropReason> lost;  // when that is in the past
    trace::Side side{};                     // who speaks
    Glyph glyph;
    QString words;                        // a line of the dialogue, or what is special about a segment
    std::uint32_t asks = 0;               // of an ACK: the octet it asks for
    bool open = false;                    // of a chip: its rows follow
    int folded = 0;                       // of a chip: how many rows it stands for,
    int foldedData = 0;                   // so many of them with data,
    int foldedLines = 0;                  // so many of them lines of a dialogue
    int firstNumber = 0, lastNumber = 0;  // of the data segments it hides
};

struct LadderAsk {
    ConnectionId connection;
    Level level{};
    std::size_t room = 0;                             // rows to fit into
    std::size_t most = 200;                           // rows looked at, the newest; what lies before them is `earlier`
    std::function<bool(trace::EventId)> opened = {};  // a chip that holds such an event is open
};

// `room` rows or a few more: what must not be hidden (losses, resends, repeated ACKs, what was opened) is not.
std::vector<LadderRow> ladderRows(const trace::Recording& recording, const trace::View& view, const Traffic& traffic, const LadderAsk& ask);

// "23–46: 24 segments, 3 ACKs", "14 lines".
QString chipText(const LadderRow& chip);

}  // namespace mailtrek::ui
