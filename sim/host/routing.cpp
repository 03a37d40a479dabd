// SPDX-License-Identifier: GPL-3.0-or-later
// Routers and what they speak; the tables with which a run begins; changes of links and nodes.
//
// A run begins as if the network had been running for long: databases, adjacencies and tables are those that the protocols would have come to. What the timeline
// does at 0 s belongs to that state.
#include <algorithm>
#include <numeric>
#include <set>

#include "sim/host/network.h"
#include "sim/net/segments.h"

namespace mailtrek::host {
namespace {

using trace::NodeKind;

constexpr Duration kHelloRound = std::chrono::seconds{12};  // by then every neighbour that is there has been heard again
constexpr Duration kRipRound = std::chrono::seconds{32};

constexpr routing::SplitHorizon splitHorizonOf(scenario::SplitHorizon given) {
    switch (given) {
        case scenario::SplitHorizon::poisonedReverse: return routing::SplitHorizon::poisonedReverse;
        case scenario::SplitHorizon::simple: return routing::SplitHorizon::simple;
        case scenario::SplitHorizon::off: return routing::SplitHorizon::off;
    }
    return {};
}

bool covered(const std::vector<wire::Ipv4Prefix>& announced, wire::Ipv4Prefix prefix) {
    return std::ranges::any_of(announced, [prefix](wire::Ipv4Prefix p) { return p.length <= prefix.length && p.contains(prefix.address); });
}

}  // namespace

net::Topology Network::topology() const {
    net::Topology topology;
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        const scenario::Node& node = m_scenario.nodes[i];
        net::TopologyNode one;
        one.role = node.kind == NodeKind::router ? net::NodeRole::router : node.kind == NodeKind::switchNode ? net::NodeRole::switchNode : net::NodeRole::host;
        one.up = m_switches[i] ? m_switches[i]->running() : m_machines[i]->ip().running();
        one.roams = roams(NodeId{static_cast<std::uint32_t>(i)});
        one.learns = false;
        one.announced = m_addresses.aggregates[i];
        if (node.kind == NodeKind::router) one.announced.push_back({m_addresses.loopbacks[i], 32});
        topology.nodes.push_back(std::move(one));
    }
    for (std::size_t i = 0; i < m_scenario.links.size(); ++i) {
        const scenario::Link& link = m_scenario.links[i];
        net::TopologyLink one;
        for (std::size_t end : {0u, 1u}) one.ends[end] = {link.between[end], m_addresses.links[i][end].address, m_addresses.links[i][end].prefix};
        one.cost = link.cost;
        one.up = m_links[i]->up();
        topology.links.push_back(one);
    }
    return topology;
}

// --- building --------------------------------------------------------------------------------------------------------------------

// The ends of other routers that speak the same protocol, as the network is drawn.
std::vector<net::Attachment> Network::peersBehind(const net::Topology& topology, const std::vector<std::vector<net::Attachment>>& at, net::Attachment from, bool evenDown) const {
    const scenario::Node& self = m_scenario.nodes[m_scenario.links[from.link.index()].between[from.end].index()];
    std::vector<net::Attachment> peers = net::segmentBeyond(topology, at, from, evenDown);
    std::erase_if(peers, [&](net::Attachment a) {
        const scenario::Node& other = m_scenario.nodes[m_scenario.links[a.link.index()].between[a.end].index()];
        return other.kind != NodeKind::router || other.routing != self.routing;
    });
    return peers;
}

void Network::makeRouters() {
    m_routers.resize(m_scenario.nodes.size());
    m_spoken.resize(m_scenario.links.size());
    m_lastChange.resize(m_scenario.nodes.size() + m_scenario.links.size());
    const net::Topology drawn = topology();
    const auto at = net::attachments(drawn);
    for (std::uint32_t i = 0; i < m_scenario.nodes.size(); ++i)
        if (m_scenario.nodes[i].kind == NodeKind::router) makeRouter(NodeId{i}, drawn, at);
}

void Network::makeRouter(NodeId id, const net::Topology& drawn, const std::vector<std::vector<net::Attachment>>& at) {
    const scenario::Node& node = m_scenario.nodes[id.index()];
    const std::vector<wire::Ipv4Prefix>& announced = drawn.nodes[id.index()].announced;
    std::vector<RouterPort> ports;
    routing::OspfConfig ospf{m_addresses.loopbacks[id.index()], announced, {}};
    routing::RipConfig rip{m_addresses.loopbacks[id.index()], announced, {}, splitHorizonOf(node.rip.splitHorizon), node.rip.triggeredUpdates};
    for (const net::Attachment a : at[id.index()]) {
        const scenario::Link& link = m_scenario.links[a.link.index()];
        const net::TopologyEnd& end = drawn.links[a.link.index()].ends[a.end];
        const bool direct = m_scenario.nodes[link.between[1 - a.end].index()].kind != NodeKind::switchNode;
        const bool told = !covered(announced, end.prefix);
        ports.push_back({trace::LinkEnd::of(a.link, static_cast<int>(a.end)), end.address, end.prefix, true});
        const auto cost = static_cast<std::uint16_t>(std::min<std::uint32_t>(link.cost, 0xffff));
        ospf.interfaces.push_back({end.address, end.prefix, link.mtu, cost, told, direct, true, {}});
        rip.interfaces.push_back({end.address, end.prefix, link.mtu, link.cost, told, direct, true, {}});
        if (node.routing == scenario::Routing::byHand) continue;
        for (const net::Attachment p : peersBehind(drawn, at, a, true)) {
            const net::TopologyEnd& far = drawn.links[p.link.index()].ends[p.end];
            const std::uint64_t across = net::costAcross(drawn, at, a, p);
            ospf.interfaces.back().peers.push_back({m_addresses.loopbacks[far.node.index()], far.address, static_cast<std::uint16_t>(std::min<std::uint64_t>(across, 0xffff))});
            rip.interfaces.back().peers.push_back({far.address, static_cast<std::uint32_t>(std::min<std::uint64_t>(across, routing::kInfinity))});
            m_spoken[a.link.index()] = m_spoken[p.link.index()] = true;
            // On a segment all must agree on how large a packet may be (RFC 2328 10.6).
            ospf.interfaces.back().mtu = std::min(ospf.interfaces.back().mtu, m_scenario.links[p.link.index()].mtu);
        }
    }
    RouterService::Protocol protocol;
    if (node.routing == scenario::Routing::linkState) protocol = routing::OspfRouter(std::move(ospf));
    if (node.routing == scenario::Routing::distanceVector) protocol = routing::RipRouter(std::move(rip));
    Machine& machine = *m_machines[id.index()];
    m_routers[id.index()] = &machine.run<RouterService>(machine, static_cast<RoutingWorld&>(*this), std::move(ports), std::move(protocol));
    Part& part = partOf(id);
    part.routers.push_back(m_routers[id.index()]);
    if (node.routing == scenario::Routing::linkState) part.round = std::max(part.round, kHelloRound);
    if (node.routing == scenario::Routing::distanceVector) part.round = std::max(part.round, kRipRound);
}

// A route by hand leads over the first link behind which its next hop is drawn.
std::vector<StaticNextHop> Network::staticHops(NodeId router, const std::vector<scenario::StaticRoute>& routes) const {
    std::vector<StaticNextHop> hops;
    if (routes.empty()) return hops;
    const net::Topology drawn = topology();
    const auto at = net::attachments(drawn);
    for (const scenario::StaticRoute& route : routes) {
        for (std::size_t port = 0; port < at[router.index()].size(); ++port) {
            const net::Attachment a = at[router.index()][port];
            const std::vector<net::Attachment> beyond = net::segmentBeyond(drawn, at, a, true);
            const auto far = std::ranges::find_if(beyond, [&](net::Attachment f) { return drawn.links[f.link.index()].ends[f.end].node == route.via; });
            if (far == beyond.end()) continue;
            for (const wire::Ipv4Address address : m_addresses.ofNode[route.to.index()])
                hops.push_back({{address, 32}, route.via, drawn.links[far->link.index()].ends[far->end].address, port, m_scenario.links[a.link.index()].cost});
            break;
        }
    }
    return hops;
}

// --- as if it had been running for long -------------------------------------------------------------------------------------------

// Tables and adjacencies that are stable with what is up now.
void Network::converge(trace::EventId cause) {
    for (RouterService* router : m_routers)
        if (router != nullptr) router->forget([this](LinkId link) { return m_links[link.index()]->up(); });
    convergeLinkState();
    convergeDistanceVector();
    for (RouterService* router : m_routers)
        if (router != nullptr) router->reloaded(cause);
}

void Network::convergeLinkState() {
    const net::Topology now = topology();
    const auto at = net::attachments(now);
    const Instant instant = m_world.simulator.now();
    std::vector<std::uint32_t> parent(m_routers.size());
    std::iota(parent.begin(), parent.end(), 0u);
    const auto root = [&parent](std::uint32_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    const auto speaks = [&](std::size_t i) { return m_routers[i] != nullptr && m_routers[i]->linkState() != nullptr && m_machines[i]->ip().running(); };
    for (std::uint32_t i = 0; i < m_routers.size(); ++i) {
        if (!speaks(i)) continue;
        for (std::uint32_t port = 0; port < at[i].size(); ++port) {
            if (!now.links[at[i][port].link.index()].up) continue;
            for (const net::Attachment p : peersBehind(now, at, at[i][port], false)) {
                const net::TopologyEnd& far = now.links[p.link.index()].ends[p.end];
                if (!speaks(far.node.index())) continue;
                m_routers[i]->linkState()->preloadNeighbour(port, {m_addresses.loopbacks[far.node.index()], far.address}, instant);
                parent[root(i)] = root(far.node.value);
            }
        }
    }
    std::map<std::uint32_t, std::vector<routing::OspfRouter::Advertised>> databases;  // by part of the network
    for (std::uint32_t i = 0; i < m_routers.size(); ++i) {
        if (!speaks(i)) continue;
        m_routers[i]->linkState()->preloadOwnLsa(instant);
        databases[root(i)].push_back(m_routers[i]->linkState()->own());
    }
    for (std::uint32_t i = 0; i < m_routers.size(); ++i)
        if (speaks(i)) m_routers[i]->linkState()->preloadDatabase(databases[root(i)], instant);
}

void Network::convergeDistanceVector() {
    net::Topology now = topology();
    std::set<wire::Ipv4Prefix> announced;
    for (std::size_t i = 0; i < m_routers.size(); ++i) {
        now.nodes[i].learns = m_routers[i] != nullptr && m_routers[i]->distanceVector() != nullptr;
        if (now.nodes[i].learns) announced.insert(now.nodes[i].announced.begin(), now.nodes[i].announced.end());
    }
    if (announced.empty()) return;
    const net::RoutePlan plan = net::planRoutes(now);
    for (std::size_t i = 0; i < m_routers.size(); ++i) {
        if (!now.nodes[i].learns || !m_machines[i]->ip().running()) continue;
        std::vector<routing::LearntRoute> learnt;
        for (const net::Route& route : plan.routes[i]) {
            if (route.source != trace::RouteSource::linkState) continue;  // as the plan calls what is learnt
            const auto port = std::ranges::find(m_routers[i]->ports(), route.via, &RouterPort::via) - m_routers[i]->ports().begin();
            learnt.push_back(
                {route.prefix, route.cost + (announced.contains(route.prefix) ? 1 : 0), {{static_cast<std::uint32_t>(port), route.gateway}}});  // the least metric is 1
        }
        m_routers[i]->distanceVector()->preload(learnt, m_world.simulator.now());
    }
}

// --- changes ---------------------------------------------------------------------------------------------------------------------

void Network::planHosts(trace::EventId cause) {
    const net::Topology now = topology();
    spanSwitches(now, cause);
    net::RoutePlan plan = net::planHosts(now);
    for (const net::RouteChange& change : net::routeChanges(m_plan, plan)) emit(cause, change.node, {}, change.event);
    for (std::size_t i = 0; i < m_machines.size(); ++i) {
        if (m_machines[i] && m_routers[i] == nullptr && (m_plan.routes.empty() || m_plan.routes[i] != plan.routes[i])) m_machines[i]->ip().setRoutes(plan.routes[i]);
    }
    for (std::uint32_t i = 0; i < m_roams.size(); ++i)
        if (m_roams[i]) m_machines[i]->ip().setWays(plan.ways[NodeId{i}]);
    m_plan = std::move(plan);
}

// A port knows at once that its link is down. Where the tree of a segment changes, its switches forget what they have learned, as 802.1D 17.11 has it.
void Network::spanSwitches(const net::Topology& now, trace::EventId cause) {
    net::SpanningTree tree = net::spanningTree(now, net::attachments(now));
    if (m_tree.roots.empty()) m_tree.roots.resize(tree.roots.size());
    std::set<NodeId> disturbed;  // roots
    for (std::uint32_t i = 0; i < tree.roots.size(); ++i)
        if (tree.roots[i] != m_tree.roots[i]) disturbed.insert({tree.roots[i], m_tree.roots[i]});
    for (std::uint32_t l = 0; l < now.links.size(); ++l) {
        for (const int end : {0, 1}) {
            const NodeId node = now.links[l].ends[static_cast<std::size_t>(end)].node;
            if (!m_switches[node.index()]) continue;
            if (!now.links[l].up) m_switches[node.index()]->linkDown(LinkId{l});
            const trace::LinkEnd port = trace::LinkEnd::of(LinkId{l}, end);
            const bool blocked = std::ranges::binary_search(tree.blocked, port);
            if (blocked != std::ranges::binary_search(m_tree.blocked, port)) disturbed.insert({tree.roots[node.index()], m_tree.roots[node.index()]});
            m_switches[node.index()]->setBlocked(port, blocked, m_world.simulator.now(), cause);
        }
    }
    for (std::uint32_t i = 0; i < tree.roots.size(); ++i)
        if (tree.roots[i].valid() && disturbed.contains(tree.roots[i])) m_switches[i]->forgetStations();
    m_tree = std::move(tree);
}

// A carrier that goes or comes is seen at both ends at once; behind a switch nobody sees it.
void Network::linkChanged(LinkId link, trace::EventId event) {
    Part& part = partOf(link);
    changed(part, m_scenario.nodes.size() + link.index(), event, m_spoken[link.index()]);
    if (m_world.simulator.now() == kStart) return converge(event);
    wake(part);
    part.lastActivity = m_world.simulator.now();
    for (const NodeId end : m_scenario.links[link.index()].between)
        if (RouterService* router = m_routers[end.index()]) router->carrier(link, m_links[link.index()]->up(), event);
}

void Network::nodeChanged(NodeId node, trace::EventId event) {
    const NodeKind kind = m_scenario.nodes[node.index()].kind;
    const bool passesOn = kind == NodeKind::router || kind == NodeKind::switchNode;
    changed(partOf(node), node.index(), event, passesOn);
    if (passesOn && m_world.simulator.now() == kStart) converge(event);
}

void Network::linkConfigured(LinkId link, trace::EventId event) { changed(partOf(link), m_scenario.nodes.size() + link.index(), event, m_spoken[link.index()]); }

// What routers may notice only by what they do not hear any more: they stay awake for a round of hellos.
void Network::changed(Part& part, std::size_t place, trace::EventId event, bool concernsRouters) {
    const Instant now = m_world.simulator.now();
    m_lastChange[place] = {now, event};
    if (!concernsRouters || part.round == Duration{}) return;
    wake(part);
    part.lastActivity = now;
    if (now > kStart) part.watchUntil = now + part.round;
}

trace::EventId Network::silencer(NodeId neighbour, LinkId link, Instant heardAt) const {
    trace::EventId latest;
    const auto consider = [&](std::size_t place) {
        const auto& [at, event] = m_lastChange[place];
        if (event.valid() && at + kHelloRound >= heardAt && (!latest.valid() || event > latest)) latest = event;
    };
    if (neighbour.valid()) consider(neighbour.index());
    if (latest.valid()) return latest;  // it crashed
    for (std::size_t i = 0; i < m_scenario.links.size(); ++i) {
        const auto& between = m_scenario.links[i].between;
        if (i == link.index() || between[0] == neighbour || between[1] == neighbour) consider(m_scenario.nodes.size() + i);
    }
    return latest;
}

}  // namespace mailtrek::host
