// SPDX-License-Identifier: GPL-3.0-or-later
// Ids that only the trace uses.
#pragma once

#include <compare>
#include <cstdint>

#include "sim/kernel/id.h"

namespace mailtrek::trace {

// The place of an event in the run, from 0. The same in every sink, so that causes are too.
struct EventId {
    static constexpr std::uint64_t kNone = ~std::uint64_t{0};
    std::uint64_t value = kNone;
    constexpr bool valid() const { return value != kNone; }
    friend constexpr auto operator<=>(EventId, EventId) = default;
};

// One direction of a link: the sending end. Direction 0 goes from the first to the second of `between`.
struct LinkEnd {
    std::uint32_t value = 0xffffffffu;
    static constexpr LinkEnd of(LinkId link, int direction) { return {link.value * 2 + static_cast<std::uint32_t>(direction)}; }
    constexpr bool valid() const { return value != 0xffffffffu; }
    constexpr LinkId link() const { return valid() ? LinkId{value / 2} : LinkId{}; }
    constexpr int direction() const { return static_cast<int>(value & 1); }
    friend constexpr auto operator<=>(LinkEnd, LinkEnd) = default;
};

using FrameId = Id<struct FrameTag>;  // an Ethernet header in the recording's store

enum class Side : std::uint8_t { client, server };  // of a TCP connection: who opened it, who accepted it

}  // namespace mailtrek::trace
