// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/segments.h"

#include <algorithm>
#include <tuple>

namespace mailtrek::net {
namespace {

using Attachments = std::vector<std::vector<Attachment>>;

const TopologyEnd& endOf(const Topology& topology, Attachment a) { return topology.links[a.link.index()].ends[a.end]; }
const TopologyEnd& farEndOf(const Topology& topology, Attachment a) { return topology.links[a.link.index()].ends[1 - a.end]; }
bool isSwitch(const Topology& topology, NodeId node) { return topology.nodes[node.index()].role == NodeRole::switchNode; }

}  // namespace

std::vector<std::vector<Attachment>> attachments(const Topology& topology) {
    Attachments at(topology.nodes.size());
    for (std::uint32_t link = 0; link < topology.links.size(); ++link)
        for (std::uint32_t end = 0; end < 2; ++end) at[topology.links[link].ends[end].node.index()].push_back({LinkId{link}, end});
    return at;
}

std::vector<Attachment> segmentBeyond(const Topology& topology, const Attachments& at, Attachment from, bool evenDown) {
    std::vector<Attachment> found;
    std::vector<Attachment> open{from};
    std::vector<NodeId> seen;  // switches, in ascending order
    const NodeId self = endOf(topology, from).node;
    while (!open.empty()) {
        const Attachment a = open.back();
        open.pop_back();
        if (!topology.links[a.link.index()].up && !evenDown) continue;
        const NodeId there = farEndOf(topology, a).node;
        if (!isSwitch(topology, there)) {
            if (there != self) found.push_back({a.link, 1 - a.end});
            continue;
        }
        const auto place = std::ranges::lower_bound(seen, there);
        if ((place != seen.end() && *place == there) || (!topology.nodes[there.index()].up && !evenDown)) continue;
        seen.insert(place, there);
        for (const Attachment next : at[there.index()])
            if (next.link != a.link) open.push_back(next);
    }
    std::ranges::sort(found, {}, [&](Attachment a) { return std::tuple(endOf(topology, a).node, a.link); });
    return found;
}

std::uint64_t costAcross(const Topology& topology, const Attachments& at, Attachment from, Attachment to) {
    std::vector<std::pair<NodeId, std::uint64_t>> known;  // switches that are reached, the nearest first
    std::vector<std::pair<std::uint64_t, Attachment>> open{{costOf(topology.links[from.link.index()]), from}};
    while (!open.empty()) {
        const auto nearest = std::ranges::min_element(open, {}, [](const auto& o) { return std::tuple(o.first, o.second.link); });
        const auto [cost, a] = *nearest;
        open.erase(nearest);
        if (a.link == to.link) return cost;
        const NodeId there = farEndOf(topology, a).node;
        if (!isSwitch(topology, there) || std::ranges::any_of(known, [there](const auto& k) { return k.first == there; })) continue;
        known.emplace_back(there, cost);
        for (const Attachment next : at[there.index()])
            if (next.link != a.link) open.emplace_back(cost + costOf(topology.links[next.link.index()]), next);
    }
    return ~std::uint64_t{0};
}

}  // namespace mailtrek::net
