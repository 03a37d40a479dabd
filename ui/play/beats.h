// SPDX-License-Identifier: GPL-3.0-or-later
// The stops of a run at one level: the visible events, in order. Everything that stands between two of them is hidden at that level.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/time.h"

namespace mailtrek::ui {

struct Beat {
    std::uint64_t cursor = 0;  // stands after the event: cursor - 1 is its id
    Instant at;
    bool custody = false;  // the letter changed hands: where a hop ends
    int legs = 1;          // links crossed one after the other since the beat before: each gets its time on the screen
    friend bool operator==(const Beat&, const Beat&) = default;
};

using Beats = std::vector<Beat>;

// The last beat at or before `cursor`; -1 before the first.
std::ptrdiff_t beatAt(const Beats& beats, std::uint64_t cursor);

}  // namespace mailtrek::ui
