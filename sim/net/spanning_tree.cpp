// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/spanning_tree.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>

namespace mailtrek::net {
namespace {

// The best that a switch has heard (802.1D 8.6): cost to the root, the bridge that says so, the link it comes over.
struct Label {
    std::uint64_t cost = ~std::uint64_t{0};
    NodeId bridge;
    LinkId link;
    auto key() const { return std::tuple(cost, bridge, link); }
};

class Trees {
public:
    Trees(const Topology& topology, const std::vector<std::vector<Attachment>>& at) : m_topology(topology), m_at(at), m_labels(topology.nodes.size()) {
        m_tree.roots.resize(topology.nodes.size());
    }

    SpanningTree find() {
        for (std::uint32_t value = 0; value < m_topology.nodes.size(); ++value)
            if (switches(NodeId{value}) && !m_tree.roots[value].valid()) grow(NodeId{value});
        for (std::uint32_t l = 0; l < m_topology.links.size(); ++l)
            if (const TopologyLink& link = m_topology.links[l]; joins(link)) block(LinkId{l}, link);
        std::ranges::sort(m_tree.blocked);
        return std::move(m_tree);
    }

private:
    bool switches(NodeId id) const {
        const TopologyNode& node = m_topology.nodes[id.index()];
        return node.role == NodeRole::switchNode && node.up;
    }
    bool joins(const TopologyLink& link) const { return link.up && switches(link.ends[0].node) && switches(link.ends[1].node); }

    void grow(NodeId root) {
        using Item = std::tuple<std::uint64_t, std::uint32_t>;
        std::priority_queue<Item, std::vector<Item>, std::greater<>> open;
        m_labels[root.index()].cost = 0;
        open.emplace(0, root.value);
        while (!open.empty()) {
            const auto [cost, value] = open.top();
            open.pop();
            if (cost != m_labels[value].cost) continue;
            m_tree.roots[value] = root;
            for (const Attachment a : m_at[value]) {
                const TopologyLink& link = m_topology.links[a.link.index()];
                const NodeId far = link.ends[1 - a.end].node;
                if (!joins(link) || far == root) continue;
                const Label heard{cost + costOf(link), NodeId{value}, a.link};
                Label& best = m_labels[far.index()];
                if (heard.key() >= best.key()) continue;
                if (heard.cost != best.cost) open.emplace(heard.cost, far.value);
                best = heard;
            }
        }
    }

    // The end nearer to the root speaks for the link; the other is open only where its own way to the root begins.
    void block(LinkId id, const TopologyLink& link) {
        const auto key = [&](std::uint32_t end) { return std::tuple(m_labels[link.ends[end].node.index()].cost, link.ends[end].node); };
        const std::uint32_t far = key(0) < key(1) ? 1 : 0;
        if (m_labels[link.ends[far].node.index()].link != id) m_tree.blocked.push_back(trace::LinkEnd::of(id, static_cast<int>(far)));
    }

    const Topology& m_topology;
    const std::vector<std::vector<Attachment>>& m_at;
    std::vector<Label> m_labels;  // by NodeId
    SpanningTree m_tree;
};

}  // namespace

SpanningTree spanningTree(const Topology& topology, const std::vector<std::vector<Attachment>>& at) { return Trees(topology, at).find(); }

}  // namespace mailtrek::net
