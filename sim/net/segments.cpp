// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/segments.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>

namespace mailtrek::net {
namespace {

using Attachments = std::vector<std::vector<Attachment>>;

const TopologyEnd& endOf(const Topology& topology, Attachment a) { return topology.links[a.link.index()].ends[a.end]; }
const TopologyEnd& farEndOf(const Topology& topology, Attachment a) { return topology.links[a.link.index()].ends[1 - a.end]; }
bool isSwitch(const Topology& topology, NodeId node) { return topology.nodes[node.index()].role == NodeRole::switchNode; }

// From `target`, outwards over switches: the port of each switch that leads back to it.
struct Way {
    std::uint64_t cost = ~std::uint64_t{0};
    NodeId neighbour;
    Attachment port;
};

std::vector<NodeId> waysTo(const Topology& topology, const Attachments& at, NodeId target, std::vector<Way>& ways) {
    using Item = std::tuple<std::uint64_t, std::uint32_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> open;
    std::vector<NodeId> reached;
    ways[target.index()].cost = 0;
    open.emplace(0, target.value);
    while (!open.empty()) {
        const auto [cost, value] = open.top();
        open.pop();
        const NodeId here{value};
        if (cost != ways[here.index()].cost) continue;
        reached.push_back(here);
        for (const Attachment a : at[here.index()]) {
            const TopologyLink& link = topology.links[a.link.index()];
            const NodeId there = link.ends[1 - a.end].node;
            if (!link.up || !isSwitch(topology, there) || !topology.nodes[there.index()].up) continue;
            Way& way = ways[there.index()];
            const Attachment port{a.link, 1 - a.end};
            const std::uint64_t through = cost + costOf(link);
            if (std::tie(through, here, port.link) >= std::tie(way.cost, way.neighbour, way.port.link)) continue;
            if (through != way.cost) open.emplace(through, there.value);
            way = {through, here, port};
        }
    }
    return reached;
}

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

std::vector<std::vector<SwitchRoute>> planSwitching(const Topology& topology, const Attachments& at) {
    std::vector<std::vector<SwitchRoute>> tables(topology.nodes.size());
    std::vector<Way> ways(topology.nodes.size());
    for (std::uint32_t value = 0; value < topology.nodes.size(); ++value) {
        const NodeId target{value};
        if (!isSwitch(topology, target) || !topology.nodes[value].up) continue;
        const std::vector<NodeId> reached = waysTo(topology, at, target, ways);
        for (const Attachment a : at[value]) {  // who hangs on this switch; a link that is down stays in the table, and drops what comes
            const TopologyEnd& end = farEndOf(topology, a);
            if (isSwitch(topology, end.node)) continue;
            for (const NodeId from : reached) {
                const Attachment port = from == target ? a : ways[from.index()].port;
                tables[from.index()].push_back({end.address, trace::LinkEnd::of(port.link, static_cast<int>(port.end))});
            }
        }
        for (const NodeId node : reached) ways[node.index()] = {};
    }
    for (std::vector<SwitchRoute>& table : tables) {
        std::ranges::stable_sort(table, {}, &SwitchRoute::address);
        table.erase(std::unique(table.begin(), table.end(), [](const SwitchRoute& a, const SwitchRoute& b) { return a.address == b.address; }), table.end());
    }
    return tables;
}

}  // namespace mailtrek::net
