// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks are powers of two, aligned, out of 10.0.0.0/8: 10.0.0.0/16 holds loopbacks and what is given by hand; then, router by router, one block for its stub
// segments (hosts only, one router) that it announces as a whole; then the segments between several routers, and those with none.
#include "sim/scenario/addressing.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace mailtrek::scenario {
namespace {

constexpr std::uint32_t kAll = 0x0a000000u, kFirstBlock = 0x0a010000u, kLoopbacks = 0x0a000001u;

struct End {
    LinkId link;
    int end = 0;
    NodeId node;
};

struct Segment {
    std::vector<End> ends;  // hosts and routers on it
    std::vector<NodeId> routers;
    std::uint32_t size() const { return std::max<std::uint32_t>(4, std::bit_ceil(static_cast<std::uint32_t>(ends.size()) + 2)); }  // network and broadcast address are not used
};

bool isSwitch(const Scenario& s, NodeId node) { return s.nodes[node.index()].kind == NodeKind::switchNode; }

std::vector<Segment> segmentsOf(const Scenario& scenario) {
    // Links that share a switch belong together (union-find over links).
    std::vector<std::uint32_t> parent(scenario.links.size());
    std::iota(parent.begin(), parent.end(), 0u);
    const auto root = [&](std::uint32_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    std::vector<std::uint32_t> firstAt(scenario.nodes.size(), ~0u);
    for (std::uint32_t i = 0; i < scenario.links.size(); ++i) {
        for (const NodeId node : scenario.links[i].between) {
            if (!isSwitch(scenario, node)) continue;
            if (firstAt[node.index()] == ~0u)
                firstAt[node.index()] = i;
            else
                parent[root(i)] = root(firstAt[node.index()]);
        }
    }
    std::vector<std::uint32_t> place(scenario.links.size(), ~0u);
    std::vector<Segment> segments;
    for (std::uint32_t i = 0; i < scenario.links.size(); ++i) {
        std::uint32_t& at = place[root(i)];
        if (at == ~0u) {
            at = static_cast<std::uint32_t>(segments.size());
            segments.emplace_back();
        }
        for (const int end : {0, 1}) {
            const NodeId node = scenario.links[i].between[static_cast<std::size_t>(end)];
            if (isSwitch(scenario, node)) continue;
            segments[at].ends.push_back({LinkId{i}, end, node});
            std::vector<NodeId>& routers = segments[at].routers;
            if (scenario.nodes[node.index()].kind == NodeKind::router && std::find(routers.begin(), routers.end(), node) == routers.end()) routers.push_back(node);
        }
    }
    return segments;
}

// The free block of `size` addresses at or after `at`, aligned to its size.
std::uint32_t takeBlock(std::uint32_t& at, std::uint32_t size) {
    const std::uint32_t block = (at + size - 1) / size * size;
    at = block + size;
    return block;
}

std::uint8_t prefixLength(std::uint32_t size) { return static_cast<std::uint8_t>(32 - std::countr_zero(size)); }

class Assigner {
public:
    explicit Assigner(const Scenario& scenario) : m_scenario(scenario) {
        m_out.links.resize(scenario.links.size());
        m_out.loopbacks.resize(scenario.nodes.size());
        m_out.aggregates.resize(scenario.nodes.size());
        m_out.ofNode.resize(scenario.nodes.size());
    }

    Addresses run() {
        loopbacks();
        std::vector<Segment> segments = segmentsOf(m_scenario);
        std::vector<std::vector<const Segment*>> stubs(m_scenario.nodes.size());
        for (const Segment& segment : segments)
            if (segment.routers.size() == 1) stubs[segment.routers.front().index()].push_back(&segment);
        for (std::size_t i = 0; i < stubs.size(); ++i) aggregate(i, stubs[i]);
        for (const Segment& segment : segments)
            if (segment.routers.size() != 1) fill(segment, takeBlock(m_next, segment.size()), segment.size());
        for (std::size_t l = 0; l < m_scenario.links.size(); ++l) {
            for (std::size_t end : {0u, 1u}) {
                const NodeId node = m_scenario.links[l].between[end];
                if (!isSwitch(m_scenario, node)) m_out.ofNode[node.index()].push_back(m_out.links[l][end].address);
            }
        }
        return std::move(m_out);
    }

private:
    void loopbacks() {
        std::uint32_t next = kLoopbacks;
        const auto given = [&](std::uint32_t value) {
            return std::any_of(m_scenario.nodes.begin(), m_scenario.nodes.end(), [&](const Node& n) { return n.address && n.address->value == value; });
        };
        for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
            const Node& node = m_scenario.nodes[i];
            if (node.kind != NodeKind::router) continue;
            if (node.address) {
                m_out.loopbacks[i] = *node.address;
            } else {
                while (given(next)) ++next;
                m_out.loopbacks[i] = {next++};
            }
            m_out.ofNode[i].push_back(m_out.loopbacks[i]);
        }
    }

    // The largest segments first, so that nothing is wasted in between.
    void aggregate(std::size_t router, std::vector<const Segment*>& stubs) {
        if (stubs.empty()) return;
        std::stable_sort(stubs.begin(), stubs.end(), [](const Segment* a, const Segment* b) { return a->size() > b->size(); });
        std::uint32_t total = 0;
        for (const Segment* stub : stubs) total += stub->size();
        const std::uint32_t size = std::bit_ceil(total);
        std::uint32_t at = takeBlock(m_next, size);
        m_out.aggregates[router].push_back({{at}, prefixLength(size)});
        for (const Segment* stub : stubs) {
            fill(*stub, at, stub->size());
            at += stub->size();
        }
    }

    void fill(const Segment& segment, std::uint32_t block, std::uint32_t size) {
        wire::Ipv4Prefix prefix{{block}, prefixLength(size)};
        if (const auto byHand = prefixByHand(segment)) prefix = *byHand;  // a given address takes the segment with it
        std::uint32_t next = prefix.address.value + 1;
        const auto taken = [&](std::uint32_t value) { return std::any_of(segment.ends.begin(), segment.ends.end(), [&](const End& e) { return givenAt(e) == value; }); };
        for (const End& end : segment.ends) {
            Interface& interface = m_out.links[end.link.index()][static_cast<std::size_t>(end.end)];
            interface.prefix = prefix;
            if (const std::uint32_t given = givenAt(end); given != 0) {
                interface.address = {given};
                continue;
            }
            while (taken(next)) ++next;
            interface.address = {next++};
        }
    }

    // The address that the file gives to a host holds for its first link.
    std::uint32_t givenAt(const End& end) const {
        const Node& node = m_scenario.nodes[end.node.index()];
        if (!node.address || node.kind == NodeKind::router) return 0;
        for (std::size_t l = 0; l < m_scenario.links.size(); ++l)
            for (std::size_t e : {0u, 1u})
                if (m_scenario.links[l].between[e] == end.node) return l == end.link.index() ? node.address->value : 0;
        return 0;
    }

    std::optional<wire::Ipv4Prefix> prefixByHand(const Segment& segment) const {
        for (const End& end : segment.ends) {
            if (const std::uint32_t given = givenAt(end); given != 0) {
                const std::uint32_t size = std::max<std::uint32_t>(256, segment.size());
                return wire::Ipv4Prefix{{given / size * size}, prefixLength(size)};
            }
        }
        return std::nullopt;
    }

    const Scenario& m_scenario;
    Addresses m_out;
    std::uint32_t m_next = kFirstBlock;
};

}  // namespace

Addresses assignAddresses(const Scenario& scenario) {
    static_assert(kAll < kFirstBlock);
    return Assigner(scenario).run();
}

std::vector<wire::Ipv4Address> publicAddresses(const Scenario& scenario, const Addresses& addresses, NodeId node) {
    std::vector<wire::Ipv4Address> seen, all;
    for (std::size_t l = 0; l < scenario.links.size(); ++l) {
        for (std::size_t end : {0u, 1u}) {
            if (scenario.links[l].between[end] != node) continue;
            const Interface& mine = addresses.links[l][end];
            all.push_back(mine.address);
            const NodeId other = scenario.links[l].between[1 - end];
            const NodeKind kind = scenario.nodes[other.index()].kind;
            if (kind == NodeKind::router || kind == NodeKind::switchNode) seen.push_back(mine.address);
        }
    }
    return seen.empty() ? all : seen;
}

}  // namespace mailtrek::scenario
