// SPDX-License-Identifier: GPL-3.0-or-later
// Dijkstra over a link-state database, RFC 2328 section 16.1, with all paths of equal cost.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "sim/routing/lsa.h"

namespace mailtrek::routing {

struct NextHop {
    std::uint32_t interface = 0;
    wire::Ipv4Address gateway;
    friend auto operator<=>(const NextHop&, const NextHop&) = default;
};

// What a protocol has found out. `hops` is ascending and never empty.
struct LearntRoute {
    wire::Ipv4Prefix prefix;
    std::uint32_t cost = 0;
    std::vector<NextHop> hops;
    friend bool operator==(const LearntRoute&, const LearntRoute&) = default;
};

// A neighbour of the root: what its link in the root's LSA stands for.
struct FirstHop {
    RouterId router;
    wire::Ipv4Address own;  // the address of the root's interface, as link data has it
    NextHop hop;
};

struct PathResult {
    std::vector<LearntRoute> routes;  // ascending by prefix; nothing that the root itself advertises as a stub
    std::vector<RouterId> reached;    // ascending, the root included
};

// `database` holds no LSA of age MaxAge.
PathResult shortestPaths(RouterId root, const std::map<RouterId, LsaPtr>& database, std::span<const FirstHop> firstHops);

}  // namespace mailtrek::routing
