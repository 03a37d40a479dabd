// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/shortest_path.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <tuple>

#include "sim/net/segments.h"

namespace mailtrek::net {
namespace {

constexpr std::uint64_t kUnreached = ~std::uint64_t{0};

// How a router gets to a node: over which link it sends, and to which next host or router. At a switch that is reached without
// passing a router, the next hop is still open.
struct Label {
    std::uint64_t cost = kUnreached;
    std::uint32_t hop = 0;  // NodeId + 1; 0: open
    LinkId link;
    std::uint32_t direction = 0;
    wire::Ipv4Address gateway;
    auto key() const { return std::tuple(cost, hop, link, gateway); }
};

// A router tells that it reaches a prefix at a cost of its own.
struct Announcement {
    std::uint32_t prefix;  // index into Planner::m_prefixes
    NodeId router;
    std::uint32_t cost;
};

class Planner {
public:
    explicit Planner(const Topology& topology) : m_topology(topology), m_at(attachments(topology)), m_labels(topology.nodes.size()) {}

    RoutePlan plan(bool routers) {
        RoutePlan plan;
        if (routers) collectAnnouncements();
        plan.routes.resize(m_topology.nodes.size());
        for (std::uint32_t value = 0; value < m_topology.nodes.size(); ++value) {
            const TopologyNode& node = m_topology.nodes[value];
            switch (node.role) {
                case NodeRole::host: plan.routes[value] = hostRoutes(NodeId{value}, plan.ways); break;
                case NodeRole::router:
                    if (node.up && routers) plan.routes[value] = routerRoutes(NodeId{value});
                    break;
                case NodeRole::switchNode: break;
            }
        }
        return plan;
    }

private:
    using Table = std::map<wire::Ipv4Prefix, Route>;

    const TopologyNode& node(NodeId id) const { return m_topology.nodes[id.index()]; }
    const TopologyLink& link(LinkId id) const { return m_topology.links[id.index()]; }
    static trace::LinkEnd via(Attachment a) { return trace::LinkEnd::of(a.link, static_cast<int>(a.end)); }
    static std::vector<Route> listed(const Table& table) {
        std::vector<Route> routes;
        routes.reserve(table.size());
        for (const auto& [prefix, route] : table) routes.push_back(route);
        return routes;
    }

    void collectAnnouncements();
    std::vector<Route> hostRoutes(NodeId host, std::map<NodeId, std::vector<Route>>& ways) const;
    std::vector<Route> routerRoutes(NodeId router);
    void addStatics(NodeId router, Table& table) const;
    std::vector<Route> learnt(NodeId router);
    void reach(NodeId source);
    void relax(NodeId source, NodeId here, Attachment a);

    const Topology& m_topology;
    std::vector<std::vector<Attachment>> m_at;
    std::vector<wire::Ipv4Prefix> m_prefixes;  // ascending
    std::vector<Announcement> m_announcements;
    std::vector<Label> m_labels;  // by NodeId, of the source in hand
    using Item = std::tuple<std::uint64_t, std::uint32_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> m_open;
};

bool transits(const TopologyNode& node) { return node.up && (node.role == NodeRole::switchNode || (node.role == NodeRole::router && node.learns)); }

void Planner::collectAnnouncements() {
    std::vector<std::tuple<wire::Ipv4Prefix, NodeId, std::uint32_t>> told;
    for (std::uint32_t value = 0; value < m_topology.nodes.size(); ++value) {
        const TopologyNode& router = m_topology.nodes[value];
        if (router.role != NodeRole::router || !transits(router)) continue;
        for (const wire::Ipv4Prefix prefix : router.announced) told.emplace_back(prefix, NodeId{value}, 0u);
        for (const Attachment a : m_at[value]) {
            const wire::Ipv4Prefix prefix = link(a.link).ends[a.end].prefix;
            const bool covered = std::ranges::any_of(router.announced, [prefix](wire::Ipv4Prefix p) { return p.length <= prefix.length && p.contains(prefix.address); });
            if (link(a.link).up && !covered) told.emplace_back(prefix, NodeId{value}, costOf(link(a.link)));
        }
    }
    std::ranges::sort(told);
    for (const auto& [prefix, router, cost] : told) {
        if (m_prefixes.empty() || m_prefixes.back() != prefix) m_prefixes.push_back(prefix);
        m_announcements.push_back({static_cast<std::uint32_t>(m_prefixes.size() - 1), router, cost});
    }
}

// Its own segments, and a default route that does not depend on what is up, unless it roams.
std::vector<Route> Planner::hostRoutes(NodeId host, std::map<NodeId, std::vector<Route>>& ways) const {
    Table table;
    std::optional<Route> byDefault;
    const bool roams = node(host).roams;
    for (const Attachment a : m_at[host.index()]) {
        if (roams && !link(a.link).up) continue;
        const wire::Ipv4Prefix prefix = link(a.link).ends[a.end].prefix;
        table.try_emplace(prefix, Route{prefix, NodeId{}, {}, via(a), 0, trace::RouteSource::connected});
        if (byDefault && !roams) continue;
        for (const Attachment far : segmentBeyond(m_topology, m_at, a, true)) {
            const TopologyEnd& end = link(far.link).ends[far.end];
            if (node(end.node).role != NodeRole::router) continue;
            const Route way{{}, end.node, end.address, via(a), costOf(link(a.link)), trace::RouteSource::configured};
            if (!byDefault) byDefault = way;
            if (roams) ways[host].push_back(way);
            break;
        }
    }
    if (byDefault) table.try_emplace(byDefault->prefix, *byDefault);
    return listed(table);
}

// In the order of preference: own segments, static routes, what others tell.
std::vector<Route> Planner::routerRoutes(NodeId router) {
    Table table;
    for (const Attachment a : m_at[router.index()]) {
        const wire::Ipv4Prefix prefix = link(a.link).ends[a.end].prefix;
        if (link(a.link).up) table.try_emplace(prefix, Route{prefix, NodeId{}, {}, via(a), 0, trace::RouteSource::connected});
    }
    addStatics(router, table);
    if (!node(router).learns) return listed(table);
    std::vector<Route> routes = learnt(router);
    std::erase_if(routes, [&table](const Route& route) { return table.contains(route.prefix); });
    const std::ptrdiff_t middle = std::ssize(routes);
    for (const auto& [prefix, route] : table) routes.push_back(route);
    std::ranges::inplace_merge(routes, routes.begin() + middle, {}, &Route::prefix);
    return routes;
}

void Planner::addStatics(NodeId router, Table& table) const {
    for (const StaticRoute& wanted : node(router).statics) {
        for (const Attachment a : m_at[router.index()]) {
            const std::vector<Attachment> beyond = segmentBeyond(m_topology, m_at, a, false);
            const auto far = std::ranges::find_if(beyond, [&](Attachment f) { return link(f.link).ends[f.end].node == wanted.via; });
            if (far == beyond.end()) continue;
            table.try_emplace(wanted.prefix,
                              Route{wanted.prefix, wanted.via, link(far->link).ends[far->end].address, via(a), costOf(link(a.link)), trace::RouteSource::configured});
            break;
        }
    }
}

// The best announcement of each prefix, ascending by prefix.
std::vector<Route> Planner::learnt(NodeId router) {
    reach(router);
    std::vector<Route> routes;
    Label best;
    for (std::size_t i = 0; i < m_announcements.size(); ++i) {
        const Announcement& told = m_announcements[i];
        Label label = m_labels[told.router.index()];
        if (told.router != router && label.cost != kUnreached) {
            label.cost += told.cost;
            if (label.key() < best.key()) best = label;
        }
        if (i + 1 < m_announcements.size() && m_announcements[i + 1].prefix == told.prefix) continue;
        if (best.cost != kUnreached)
            routes.push_back({m_prefixes[told.prefix], NodeId{best.hop - 1}, best.gateway, via({best.link, best.direction}), static_cast<std::uint32_t>(best.cost),
                              trace::RouteSource::linkState});
        best = {};
    }
    return routes;
}

// Dijkstra. Every link costs something, so all that could improve a label comes before the node's turn.
void Planner::reach(NodeId source) {
    std::ranges::fill(m_labels, Label{});
    m_labels[source.index()].cost = 0;
    m_open.emplace(0, source.value);
    while (!m_open.empty()) {
        const auto [cost, value] = m_open.top();
        m_open.pop();
        if (cost != m_labels[value].cost) continue;
        for (const Attachment a : m_at[value]) relax(source, NodeId{value}, a);
    }
}

void Planner::relax(NodeId source, NodeId here, Attachment a) {
    const TopologyLink& over = link(a.link);
    const TopologyEnd& far = over.ends[1 - a.end];
    if (!over.up || far.node == source || !transits(node(far.node))) return;
    Label label = m_labels[here.index()];
    label.cost += costOf(over);
    if (here == source) {
        label.link = a.link;
        label.direction = a.end;
    }
    if (label.hop == 0 && node(far.node).role == NodeRole::router) {
        label.hop = far.node.value + 1;
        label.gateway = far.address;
    }
    Label& known = m_labels[far.node.index()];
    if (!(label.key() < known.key())) return;
    if (label.cost != known.cost) m_open.emplace(label.cost, far.node.value);
    known = label;
}

}  // namespace

RoutePlan planRoutes(const Topology& topology) { return Planner(topology).plan(true); }
RoutePlan planHosts(const Topology& topology) { return Planner(topology).plan(false); }

std::vector<trace::RouteChanged> tableChanges(const std::vector<Route>& before, const std::vector<Route>& after) {
    using Key = std::pair<wire::Ipv4Prefix, std::uint8_t>;
    const auto keyed = [](const std::vector<Route>& routes) {
        std::vector<std::pair<Key, const Route*>> all;
        all.reserve(routes.size());
        for (const Route& route : routes) {
            const bool another = !all.empty() && all.back().first.first == route.prefix;
            all.push_back({{route.prefix, another ? static_cast<std::uint8_t>(all.back().first.second + 1) : std::uint8_t{0}}, &route});
        }
        return all;
    };
    const auto was = keyed(before), is = keyed(after);
    std::vector<trace::RouteChanged> changes;
    auto old = was.begin();
    auto now = is.begin();
    const auto report = [&changes](const Key& key, const Route* route) {
        trace::RouteChanged change{.destination = key.first, .nextHop = {}, .via = {}, .cost = 0, .source = {}, .alternative = key.second};
        if (route != nullptr) {
            change.nextHop = route->nextHop;
            change.via = route->via;
            change.cost = route->cost;
            change.source = route->source;
        }
        changes.push_back(change);
    };
    while (old != was.end() || now != is.end()) {
        if (now == is.end() || (old != was.end() && old->first < now->first)) {
            report(old->first, nullptr);
            ++old;
        } else if (old == was.end() || now->first < old->first) {
            report(now->first, now->second);
            ++now;
        } else {
            if (!(*old->second == *now->second)) report(now->first, now->second);
            ++old;
            ++now;
        }
    }
    return changes;
}

std::vector<RouteChange> routeChanges(const RoutePlan& before, const RoutePlan& after) {
    static const std::vector<Route> kNothing;
    std::vector<RouteChange> changes;
    for (std::uint32_t value = 0; value < std::max(before.routes.size(), after.routes.size()); ++value) {
        const std::vector<Route>& was = value < before.routes.size() ? before.routes[value] : kNothing;
        const std::vector<Route>& is = value < after.routes.size() ? after.routes[value] : kNothing;
        for (const trace::RouteChanged& event : tableChanges(was, is)) changes.push_back({NodeId{value}, event});
    }
    return changes;
}

}  // namespace mailtrek::net
