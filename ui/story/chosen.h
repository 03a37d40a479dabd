// SPDX-License-Identifier: GPL-3.0-or-later
// A packet and the event that tells of it are chosen together: whoever chooses one has chosen the other.
#pragma once

#include "sim/trace/recording.h"

namespace mailtrek::ui {

// What there is to tell of a packet at the cursor: that it was lost, else the segment or question that it set out with, else its last hop. A
// missing id where nothing has happened to it yet.
trace::EventId tellingOf(const trace::Recording& recording, PacketId packet, std::uint64_t cursor);

}  // namespace mailtrek::ui
