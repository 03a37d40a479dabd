// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks are powers of two, aligned, out of 10.0.0.0/8: 10.0.0.0/16 holds loopbacks and what is given by hand; then, router by router, one block for its stub
// segments (hosts only, one router) that it announces as a whole; then the segments between several routers, and those with none. An address given by hand to a host
// takes its segment with it, which becomes the /24 around it; what is chosen automatically keeps clear of all that is given.
#include "sim/scenario/addressing.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace mailtrek::scenario {
namespace {

constexpr std::uint32_t kFirstBlock = 0x0a010000u, kLoopbacks = 0x0a000001u;

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

std::uint8_t prefixLength(std::uint32_t size) { return static_cast<std::uint8_t>(32 - std::countr_zero(size)); }

std::uint32_t lastOf(const wire::Ipv4Prefix& prefix) { return prefix.address.value + ((1u << (32 - prefix.length)) - 1); }
bool overlap(const wire::Ipv4Prefix& a, const wire::Ipv4Prefix& b) { return a.address.value <= lastOf(b) && b.address.value <= lastOf(a); }

// What the file gives by hand, and what that means for segments.
struct ByHand {
    std::vector<std::array<std::uint32_t, 2>> ends;         // by LinkId, by end: the address that the file gives a host holds for its first link; 0: none
    std::vector<std::optional<wire::Ipv4Prefix>> segments;  // by segment
    std::vector<wire::Ipv4Prefix> reserved;                 // all of it, in order
    std::vector<AddressProblem> problems;

    ByHand(const Scenario& scenario, const std::vector<Segment>& all);

private:
    void read(const Segment& segment, std::optional<wire::Ipv4Prefix>& prefix);
};

ByHand::ByHand(const Scenario& scenario, const std::vector<Segment>& all) : ends(scenario.links.size()), segments(all.size()) {
    std::vector<bool> seen(scenario.nodes.size());
    for (std::size_t l = 0; l < scenario.links.size(); ++l) {
        for (std::size_t end : {0u, 1u}) {
            const NodeId id = scenario.links[l].between[end];
            const Node& node = scenario.nodes[id.index()];
            if (!seen[id.index()] && node.address && node.kind != NodeKind::router) ends[l][end] = node.address->value;
            seen[id.index()] = true;
        }
    }
    std::map<std::uint32_t, NodeId> owners;
    for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
        const Node& node = scenario.nodes[i];
        const NodeId id{static_cast<std::uint32_t>(i)};
        if (!node.address) continue;
        if (const auto [owner, fresh] = owners.emplace(node.address->value, id); !fresh)
            problems.push_back({id, fmt::format("address: {} is given to '{}' already", wire::toString(*node.address), scenario.nodes[owner->second.index()].name)});
    }
    for (std::size_t i = 0; i < all.size(); ++i) read(all[i], segments[i]);
    for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
        const Node& node = scenario.nodes[i];
        if (node.kind != NodeKind::router || !node.address) continue;
        for (const auto& prefix : segments)
            if (prefix && prefix->contains({node.address->value}))
                problems.push_back({NodeId{static_cast<std::uint32_t>(i)}, fmt::format("address: {} is the loopback of a router and lies in {}, the subnet of a segment",
                                                                                       wire::toString(*node.address), wire::toString(*prefix))});
        reserved.push_back({*node.address, 32});
    }
    std::sort(reserved.begin(), reserved.end(), [](const auto& a, const auto& b) { return a.address.value < b.address.value; });
}

void ByHand::read(const Segment& segment, std::optional<wire::Ipv4Prefix>& prefix) {
    for (const End& end : segment.ends) {
        const std::uint32_t given = ends[end.link.index()][static_cast<std::size_t>(end.end)];
        if (given == 0) continue;
        const std::string text = wire::toString(wire::Ipv4Address{given});
        if (!prefix) {
            const std::uint32_t size = std::max<std::uint32_t>(256, segment.size());
            prefix = wire::Ipv4Prefix{{given / size * size}, prefixLength(size)};
            for (const wire::Ipv4Prefix& other : reserved) {
                if (!overlap(other, *prefix)) continue;
                problems.push_back({end.node, fmt::format("address: {} lies in {}, which is the subnet of another segment", text, wire::toString(other))});
                break;
            }
            reserved.push_back(*prefix);
        } else if (!prefix->contains({given})) {
            problems.push_back({end.node, fmt::format("address: {} is not in {}, the subnet of its segment", text, wire::toString(*prefix))});
        }
        if (given == prefix->address.value || given == lastOf(*prefix))
            problems.push_back({end.node, fmt::format("address: {} is the {} address of {}", text, given == lastOf(*prefix) ? "broadcast" : "network", wire::toString(*prefix))});
    }
}

class Assigner {
public:
    explicit Assigner(const Scenario& scenario) : m_scenario(scenario), m_segments(segmentsOf(scenario)), m_byHand(scenario, m_segments) {
        m_out.links.resize(scenario.links.size());
        m_out.loopbacks.resize(scenario.nodes.size());
        m_out.aggregates.resize(scenario.nodes.size());
        m_out.ofNode.resize(scenario.nodes.size());
    }

    Addresses run() {
        loopbacks();
        std::vector<std::vector<std::size_t>> stubs(m_scenario.nodes.size());
        for (std::size_t i = 0; i < m_segments.size(); ++i)
            if (m_segments[i].routers.size() == 1) stubs[m_segments[i].routers.front().index()].push_back(i);
        for (std::size_t router = 0; router < stubs.size(); ++router) aggregate(router, stubs[router]);
        for (std::size_t i = 0; i < m_segments.size(); ++i) {
            if (m_segments[i].routers.size() == 1) continue;
            fill(m_segments[i], m_byHand.segments[i] ? *m_byHand.segments[i] : takeBlock(m_segments[i].size()));
        }
        for (std::size_t l = 0; l < m_scenario.links.size(); ++l) {
            for (std::size_t end : {0u, 1u}) {
                const NodeId node = m_scenario.links[l].between[end];
                if (!isSwitch(m_scenario, node)) m_out.ofNode[node.index()].push_back(m_out.links[l][end].address);
            }
        }
        return std::move(m_out);
    }

    std::vector<AddressProblem> problems() const { return m_byHand.problems; }

private:
    void loopbacks() {
        std::uint32_t next = kLoopbacks;
        for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
            const Node& node = m_scenario.nodes[i];
            if (node.kind != NodeKind::router) continue;
            if (node.address) {
                m_out.loopbacks[i] = *node.address;
            } else {
                next = firstFree(next, 1);
                m_out.loopbacks[i] = {next++};
            }
            m_out.ofNode[i].push_back(m_out.loopbacks[i]);
        }
        m_next = std::max(kFirstBlock, (next + 0xffffu) & ~0xffffu);
    }

    // The first block of `size` addresses at or after `at`, aligned to its size, that nothing given by hand lies in.
    std::uint32_t firstFree(std::uint32_t at, std::uint32_t size) const {
        std::uint32_t block = (at + size - 1) / size * size;
        for (const wire::Ipv4Prefix& reserved : m_byHand.reserved)  // in order, so that one pass is enough
            if (overlap(reserved, {{block}, prefixLength(size)})) block = (lastOf(reserved) + size) / size * size;
        return block;
    }

    wire::Ipv4Prefix takeBlock(std::uint32_t size) {
        const std::uint32_t block = firstFree(m_next, size);
        m_next = block + size;
        return {{block}, prefixLength(size)};
    }

    // One block for all stub segments of a router, the largest first, so that nothing is wasted in between; those given by hand are announced on their own.
    void aggregate(std::size_t router, const std::vector<std::size_t>& all) {
        std::vector<const Segment*> stubs;
        for (const std::size_t i : all) {
            if (!m_byHand.segments[i]) {
                stubs.push_back(&m_segments[i]);
                continue;
            }
            fill(m_segments[i], *m_byHand.segments[i]);
            m_out.aggregates[router].push_back(*m_byHand.segments[i]);
        }
        if (stubs.empty()) return;
        std::stable_sort(stubs.begin(), stubs.end(), [](const Segment* a, const Segment* b) { return a->size() > b->size(); });
        std::uint32_t total = 0;
        for (const Segment* stub : stubs) total += stub->size();
        const wire::Ipv4Prefix block = takeBlock(std::bit_ceil(total));
        m_out.aggregates[router].push_back(block);
        std::uint32_t at = block.address.value;
        for (const Segment* stub : stubs) {
            fill(*stub, {{at}, prefixLength(stub->size())});
            at += stub->size();
        }
    }

    void fill(const Segment& segment, const wire::Ipv4Prefix& prefix) {
        std::set<std::uint32_t> given;
        for (const End& end : segment.ends) given.insert(givenAt(end));
        std::uint32_t next = prefix.address.value + 1;
        for (const End& end : segment.ends) {
            Interface& interface = m_out.links[end.link.index()][static_cast<std::size_t>(end.end)];
            interface.prefix = prefix;
            if (const std::uint32_t byHand = givenAt(end); byHand != 0) {
                interface.address = {byHand};
                continue;
            }
            while (given.contains(next)) ++next;
            interface.address = {next++};
        }
    }

    std::uint32_t givenAt(const End& end) const { return m_byHand.ends[end.link.index()][static_cast<std::size_t>(end.end)]; }

    const Scenario& m_scenario;
    std::vector<Segment> m_segments;
    ByHand m_byHand;
    Addresses m_out;
    std::uint32_t m_next = kFirstBlock;
};

}  // namespace

Addresses assignAddresses(const Scenario& scenario) { return Assigner(scenario).run(); }

std::vector<AddressProblem> addressProblems(const Scenario& scenario) { return Assigner(scenario).problems(); }

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
