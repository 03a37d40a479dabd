// SPDX-License-Identifier: GPL-3.0-or-later
// What a host knows of the MTU of its paths, by destination (RFC 1191). Estimates go down when a router says so and are forgotten after ten minutes, so that a
// path that has become wider is found again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::net {

class PathMtus {
public:
    static constexpr std::uint32_t kLeast = 68;                         // RFC 791 3.2; RFC 1191 3: never below
    static constexpr Duration kForgetAfter = std::chrono::minutes(10);  // RFC 1191 6.3: at least 5 min, 10 min recommended

    // The largest packet towards the destination, when the first link takes `first` octets.
    std::uint32_t towards(wire::Ipv4Address destination, std::uint32_t first) const;

    // A router dropped a packet of `length` octets and names the MTU of its next link, or 0 when it is older than RFC 1191: then the next plateau below the packet
    // counts (RFC 1191 7.1). The new estimate; nothing when that is not lower than the present one.
    std::optional<std::uint32_t> lower(wire::Ipv4Address destination, std::uint32_t told, std::uint32_t length, std::uint32_t first, Instant now);

    bool wouldLower(wire::Ipv4Address destination, std::uint32_t told, std::uint32_t length, std::uint32_t first) const;

    // Forgets what is old, and names it, in order of destination.
    struct Forgotten {
        wire::Ipv4Address destination;
        std::uint32_t mtu = 0;
    };
    std::vector<Forgotten> forget(Instant now);
    Instant nextDeadline() const;
    void clear() { m_paths.clear(); }

private:
    struct Path {
        std::uint32_t mtu = 0;
        Instant since;  // when it was last lowered
    };
    std::map<wire::Ipv4Address, Path> m_paths;
};

// The largest plateau below `length` (RFC 1191 7, table 7-1).
std::uint32_t plateauBelow(std::uint32_t length);

}  // namespace mailtrek::net
