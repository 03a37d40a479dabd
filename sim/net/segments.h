// SPDX-License-Identifier: GPL-3.0-or-later
// Segments as the topology joins them: what a switch joins is one, a link without switches is one of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/net/shortest_path.h"

namespace mailtrek::net {

// One end of one link.
struct Attachment {
    LinkId link;
    std::uint32_t end = 0;
};

// The ends of links at each node, ascending by link.
std::vector<std::vector<Attachment>> attachments(const Topology& topology);

// The ends of hosts and routers that a node reaches over `from` (an end of its own) without passing another host or router; links and switches that are down are
// passed only if `evenDown`. Ascending by node, then link.
std::vector<Attachment> segmentBeyond(const Topology& topology, const std::vector<std::vector<Attachment>>& at, Attachment from, bool evenDown);

// The cheapest way over the switches between two ends of one segment, as `segmentBeyond` with `evenDown` finds them: the sum over its links.
std::uint64_t costAcross(const Topology& topology, const std::vector<std::vector<Attachment>>& at, Attachment from, Attachment to);

constexpr std::uint32_t costOf(const TopologyLink& link) { return link.cost == 0 ? 1 : link.cost; }

}  // namespace mailtrek::net
