// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/routing/spf.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <set>
#include <tuple>

namespace mailtrek::routing {
namespace {

constexpr std::uint32_t kUnreached = ~std::uint32_t{0};

struct Vertex {
    const Lsa* lsa = nullptr;
    std::uint32_t cost = kUnreached;
    std::vector<NextHop> hops;  // ascending
};

void join(std::vector<NextHop>& into, const std::vector<NextHop>& more) {
    std::vector<NextHop> both;
    std::ranges::set_union(into, more, std::back_inserter(both));
    into = std::move(both);
}

bool leadsBack(const Lsa& from, RouterId to) {
    return std::ranges::any_of(from.links, [to](const RouterLink& link) { return link.type == LinkType::pointToPoint && link.id == to; });
}

class Tree {
public:
    Tree(RouterId root, const std::map<RouterId, LsaPtr>& database, std::span<const FirstHop> firstHops) : m_root(root), m_firstHops(firstHops) {
        for (const auto& [id, lsa] : database) {
            m_ids.push_back(id);
            m_vertices.push_back({lsa.get(), kUnreached, {}});
        }
    }

    PathResult grow() {
        PathResult result;
        const std::size_t root = find(m_root);
        if (root == m_ids.size()) return result;
        m_vertices[root].cost = 0;
        m_open.emplace(0, root);
        while (!m_open.empty()) {
            const auto [cost, here] = m_open.top();
            m_open.pop();
            if (cost == m_vertices[here].cost) examine(here);
        }
        for (std::size_t i = 0; i < m_ids.size(); ++i)
            if (m_vertices[i].cost != kUnreached) result.reached.push_back(m_ids[i]);
        result.routes = stubs(root);
        return result;
    }

private:
    std::size_t find(RouterId id) const {
        const auto place = std::ranges::lower_bound(m_ids, id);
        return place != m_ids.end() && *place == id ? static_cast<std::size_t>(place - m_ids.begin()) : m_ids.size();
    }

    // Every link costs something, so all paths of equal cost to a vertex are known before its own turn.
    void examine(std::size_t here) {
        const bool isRoot = m_ids[here] == m_root;
        for (const RouterLink& link : m_vertices[here].lsa->links) {
            if (link.type != LinkType::pointToPoint || link.id == m_root) continue;
            const std::size_t there = find(link.id);
            if (there == m_ids.size() || !leadsBack(*m_vertices[there].lsa, m_ids[here])) continue;  // 16.1 (2) (b)
            const std::uint32_t cost = m_vertices[here].cost + std::max<std::uint32_t>(1, link.metric);
            Vertex& vertex = m_vertices[there];
            if (cost > vertex.cost) continue;
            const std::vector<NextHop> hops = isRoot ? first(link) : m_vertices[here].hops;
            if (hops.empty()) continue;
            if (cost < vertex.cost) {
                vertex.cost = cost;
                vertex.hops = hops;
                m_open.emplace(cost, there);
            } else {
                join(vertex.hops, hops);
            }
        }
    }

    std::vector<NextHop> first(const RouterLink& link) const {
        std::vector<NextHop> hops;
        for (const FirstHop& hop : m_firstHops)
            if (hop.router == link.id && hop.own == link.data) hops.push_back(hop.hop);
        std::ranges::sort(hops);
        return hops;
    }

    std::vector<LearntRoute> stubs(std::size_t root) const {
        std::map<wire::Ipv4Prefix, LearntRoute> table;
        std::set<wire::Ipv4Prefix> own;
        for (const RouterLink& link : m_vertices[root].lsa->links)
            if (link.type == LinkType::stub) own.insert(prefixOf(link));
        for (std::size_t i = 0; i < m_vertices.size(); ++i) {
            const Vertex& vertex = m_vertices[i];
            if (i == root || vertex.cost == kUnreached) continue;
            for (const RouterLink& link : vertex.lsa->links) {
                if (link.type != LinkType::stub || own.contains(prefixOf(link))) continue;
                const std::uint32_t cost = vertex.cost + link.metric;
                const auto [place, isNew] = table.try_emplace(prefixOf(link), LearntRoute{prefixOf(link), cost, vertex.hops});
                LearntRoute& known = place->second;
                if (isNew || cost > known.cost) continue;
                if (cost < known.cost)
                    known = {known.prefix, cost, vertex.hops};
                else
                    join(known.hops, vertex.hops);
            }
        }
        std::vector<LearntRoute> routes;
        routes.reserve(table.size());
        for (auto& [prefix, route] : table) routes.push_back(std::move(route));
        return routes;
    }

    static wire::Ipv4Prefix prefixOf(const RouterLink& link) {
        std::uint8_t length = 0;
        for (std::uint32_t mask = link.data.value; (mask & 0x80000000u) != 0; mask <<= 1) ++length;
        return {{link.id.value & link.data.value}, length};
    }

    RouterId m_root;
    std::span<const FirstHop> m_firstHops;
    std::vector<RouterId> m_ids;  // ascending, beside m_vertices
    std::vector<Vertex> m_vertices;
    using Item = std::tuple<std::uint32_t, std::size_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> m_open;
};

}  // namespace

PathResult shortestPaths(RouterId root, const std::map<RouterId, LsaPtr>& database, std::span<const FirstHop> firstHops) { return Tree(root, database, firstHops).grow(); }

}  // namespace mailtrek::routing
