// SPDX-License-Identifier: GPL-3.0-or-later
// A recording made by hand for the tests of the window: Ana writes to Luis over the base topology; data segment 20 is lost once between
// r1 and r2 and sent again after three repeated ACKs.
#pragma once

#include "sim/trace/recording.h"

namespace mailtrek::ui::test {

struct Sample {
    trace::Recording recording;
    // Cursors worth standing at: right after the event of that name.
    std::uint64_t composed = 0, submitted = 0, asked = 0, answered = 0, connected = 0, content = 0, lost = 0, thirdAck = 0, resent = 0, accepted = 0, stored = 0, read = 0, cut = 0;
};

Sample makeSample();
// The base topology alone: ana-pc, norte, r1 .. r5, sur, luis-pc, dns.
trace::Cast baseCast();

}  // namespace mailtrek::ui::test
