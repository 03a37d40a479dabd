// SPDX-License-Identifier: GPL-3.0-or-later
// The tree that the spanning tree protocol would come to (IEEE 802.1D 8): of switches that links join in a loop, some ports are blocked. No messages are exchanged: the tree is
// worked out from what is up, at once. The bridge with the lowest number (the first in the file) is the root; `cost` of links is the path cost.
#pragma once

#include <vector>

#include "sim/net/segments.h"

namespace mailtrek::net {

struct SpanningTree {
    std::vector<NodeId> roots;            // by NodeId: the root of the tree that a running switch belongs to; none for all others
    std::vector<trace::LinkEnd> blocked;  // ascending: ports (as sending ends) of running switches over which nothing is taken or sent
    friend bool operator==(const SpanningTree&, const SpanningTree&) = default;
};

SpanningTree spanningTree(const Topology& topology, const std::vector<std::vector<Attachment>>& at);

}  // namespace mailtrek::net
