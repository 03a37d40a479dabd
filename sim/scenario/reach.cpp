// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/reach.h"

#include <algorithm>
#include <numeric>

namespace mailtrek::scenario {

Reach::Reach(const Scenario& scenario) : m_parts(scenario.nodes.size()) {
    std::vector<std::uint32_t> parent(scenario.links.size());  // union-find over links
    std::iota(parent.begin(), parent.end(), 0u);
    const auto root = [&](std::uint32_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    std::vector<std::uint32_t> firstAt(scenario.nodes.size(), ~0u);
    for (std::uint32_t i = 0; i < scenario.links.size(); ++i) {
        for (const NodeId node : scenario.links[i].between) {
            const NodeKind kind = scenario.nodes[node.index()].kind;
            if (kind != NodeKind::router && kind != NodeKind::switchNode) continue;
            std::uint32_t& first = firstAt[node.index()];
            if (first == ~0u)
                first = i;
            else
                parent[root(i)] = root(first);
        }
    }
    for (std::uint32_t i = 0; i < scenario.links.size(); ++i)
        for (const NodeId node : scenario.links[i].between) m_parts[node.index()].push_back(root(i));
    for (auto& parts : m_parts) {
        std::sort(parts.begin(), parts.end());
        parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    }
}

bool Reach::connected(NodeId a, NodeId b) const {
    if (a == b) return true;
    const auto &mine = m_parts[a.index()], &theirs = m_parts[b.index()];
    return std::any_of(mine.begin(), mine.end(), [&](std::uint32_t part) { return std::binary_search(theirs.begin(), theirs.end(), part); });
}

}  // namespace mailtrek::scenario
