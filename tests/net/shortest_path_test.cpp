// SPDX-License-Identifier: GPL-3.0-or-later
// Routes against Floyd and Warshall on random networks, and the rules that a table of cases shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

#include "sim/net/shortest_path.h"
#include "sim/net/spanning_tree.h"

namespace mailtrek::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr NodeRole H = NodeRole::host, R = NodeRole::router, S = NodeRole::switchNode;

struct Wire {
    std::uint32_t first, second, cost = 1;
};

// Link l: 10.0.l.0/24 (its own, also at a switch), the first end .1, the second .2.
Topology network(const std::vector<NodeRole>& roles, const std::vector<Wire>& wires) {
    Topology topology;
    for (const NodeRole role : roles) {
        TopologyNode node;
        node.role = role;
        topology.nodes.push_back(node);
    }
    for (std::uint32_t l = 0; l < wires.size(); ++l) {
        const wire::Ipv4Prefix prefix{{10u << 24 | l << 8}, 24};
        TopologyLink link;
        link.ends[0] = {NodeId{wires[l].first}, {prefix.address.value + 1}, prefix};
        link.ends[1] = {NodeId{wires[l].second}, {prefix.address.value + 2}, prefix};
        link.cost = wires[l].cost;
        topology.links.push_back(link);
    }
    return topology;
}

wire::Ipv4Prefix net24(std::uint32_t link) { return {{10u << 24 | link << 8}, 24}; }

const Route* routeTo(const RoutePlan& plan, std::uint32_t node, wire::Ipv4Prefix prefix) {
    const auto& routes = plan.routes[node];
    const auto it = std::ranges::find(routes, prefix, &Route::prefix);
    return it == routes.end() ? nullptr : &*it;
}

constexpr std::uint64_t kFar = 1'000'000;

Topology arbitraryNetwork() {
    const auto count = *rc::gen::inRange<std::uint32_t>(2, 12);
    std::vector<NodeRole> roles;
    for (std::uint32_t i = 0; i < count; ++i) roles.push_back(*rc::gen::weightedElement<NodeRole>({{4, R}, {1, S}, {1, H}}));
    std::vector<Wire> wires;
    const auto links = *rc::gen::inRange<std::uint32_t>(1, 3 * count);
    for (std::uint32_t i = 0; i < links; ++i) {
        const auto a = *rc::gen::inRange<std::uint32_t>(0, count), b = *rc::gen::inRange<std::uint32_t>(0, count);
        if (a != b) wires.push_back({a, b, *rc::gen::inRange<std::uint32_t>(1, 6)});
    }
    Topology topology = network(roles, wires);
    for (std::uint32_t i = 0; i < count; ++i) {
        topology.nodes[i].up = *rc::gen::inRange(0, 8) != 0;
        if (roles[i] == R) topology.nodes[i].announced = {{{172u << 24 | i}, 32}};
    }
    for (TopologyLink& link : topology.links) link.up = *rc::gen::inRange(0, 8) != 0;
    return topology;
}

// Costs between any two nodes when only routers and switches pass packets on.
std::vector<std::vector<std::uint64_t>> floydWarshall(const Topology& topology) {
    const std::size_t n = topology.nodes.size();
    const auto passes = [&](std::size_t i) { return topology.nodes[i].up && topology.nodes[i].role != H; };
    std::vector<std::vector<std::uint64_t>> cost(n, std::vector<std::uint64_t>(n, kFar));
    for (std::size_t i = 0; i < n; ++i) cost[i][i] = 0;
    for (const TopologyLink& link : topology.links) {
        const std::size_t a = link.ends[0].node.index(), b = link.ends[1].node.index();
        if (!link.up || !passes(a) || !passes(b)) continue;
        cost[a][b] = cost[b][a] = std::min<std::uint64_t>(cost[a][b], link.cost);
    }
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) cost[i][j] = std::min(cost[i][j], cost[i][k] + cost[k][j]);
    return cost;
}

RC_GTEST_PROP(ShortestPath, CostsAreThoseOfFloydAndWarshall, ()) {
    const Topology topology = arbitraryNetwork();
    const RoutePlan plan = planRoutes(topology);
    const auto cost = floydWarshall(topology);
    for (std::uint32_t from = 0; from < topology.nodes.size(); ++from) {
        if (topology.nodes[from].role != R || !topology.nodes[from].up) continue;
        for (std::uint32_t to = 0; to < topology.nodes.size(); ++to) {
            if (from == to || topology.nodes[to].role != R) continue;
            const Route* route = routeTo(plan, from, topology.nodes[to].announced[0]);
            RC_ASSERT((route != nullptr) == (cost[from][to] < kFar));
            if (route != nullptr) RC_ASSERT(route->cost == cost[from][to]);
        }
    }
}

// Following next hops leads to the destination, each one nearer than the one before: no loops, whatever the ties.
RC_GTEST_PROP(ShortestPath, EveryHopComesNearer, ()) {
    const Topology topology = arbitraryNetwork();
    const RoutePlan plan = planRoutes(topology);
    for (std::uint32_t from = 0; from < topology.nodes.size(); ++from) {
        for (const Route& route : plan.routes[from]) {
            const TopologyLink& link = topology.links[route.via.link().index()];
            RC_ASSERT(link.ends[static_cast<std::size_t>(route.via.direction())].node == NodeId{from});
            if (!route.nextHop.valid() || topology.nodes[from].role == H) continue;
            const TopologyNode& next = topology.nodes[route.nextHop.index()];
            RC_ASSERT(next.role == R && next.up && link.up);
            const bool own = std::ranges::find(next.announced, route.prefix) != next.announced.end();
            const Route* onwards = routeTo(plan, route.nextHop.value, route.prefix);
            RC_ASSERT(own || onwards != nullptr);
            if (!own) RC_ASSERT(onwards->cost < route.cost);
        }
    }
}

RC_GTEST_PROP(ShortestPath, IsTheSameForTheSame, ()) {
    const Topology topology = arbitraryNetwork();
    const RoutePlan plan = planRoutes(topology);
    RC_ASSERT(plan == planRoutes(topology));
    RC_ASSERT(routeChanges(plan, plan).empty());
    std::size_t routes = 0;
    for (const auto& table : plan.routes) routes += table.size();
    RC_ASSERT(routeChanges({}, plan).size() == routes);
    RC_ASSERT(routeChanges(plan, {}).size() == routes);
}

// What is left open of the links between switches joins all that were joined, and nothing in a circle.
RC_GTEST_PROP(SpanningTree, JoinsAllWithoutACircle, ()) {
    const Topology topology = arbitraryNetwork();
    const SpanningTree tree = spanningTree(topology, attachments(topology));
    std::vector<std::uint32_t> joined(topology.nodes.size()), open(topology.nodes.size());
    std::iota(joined.begin(), joined.end(), 0u);
    std::iota(open.begin(), open.end(), 0u);
    const auto root = [](std::vector<std::uint32_t>& parent, NodeId of) {
        std::uint32_t i = of.value;
        while (parent[i] != i) i = parent[i];
        return i;
    };
    const auto running = [&](NodeId node) { return topology.nodes[node.index()].role == S && topology.nodes[node.index()].up; };
    for (std::uint32_t l = 0; l < topology.links.size(); ++l) {
        const TopologyLink& link = topology.links[l];
        const NodeId a = link.ends[0].node, b = link.ends[1].node;
        const auto blocked = std::ranges::count_if(tree.blocked, [l](trace::LinkEnd end) { return end.link() == LinkId{l}; });
        if (!link.up || !running(a) || !running(b)) {
            RC_ASSERT(blocked == 0);
            continue;
        }
        joined[root(joined, a)] = root(joined, b);
        RC_ASSERT(blocked <= 1);
        if (blocked == 1) continue;
        RC_ASSERT(root(open, a) != root(open, b));
        open[root(open, a)] = root(open, b);
    }
    for (std::uint32_t i = 0; i < topology.nodes.size(); ++i)
        for (std::uint32_t k = 0; k < i; ++k) RC_ASSERT((root(open, {i}) == root(open, {k})) == (root(joined, {i}) == root(joined, {k})));
}

TEST(ShortestPath, TiesGoToTheLowestNextHopThenTheLowestLink) {
    //        r1 (links 0, 3)
    //  r0  <                  > r3        all of cost 1; r0-r1 twice
    //        r2 (links 2, 4)
    const Topology topology = network({R, R, R, R}, {{0, 2}, {0, 1}, {0, 1}, {1, 3}, {2, 3}});
    const RoutePlan plan = planRoutes(topology);
    const Route* route = routeTo(plan, 0, net24(3));
    ASSERT_NE(route, nullptr);
    EXPECT_EQ(route->nextHop, NodeId{1});
    EXPECT_EQ(route->via, trace::LinkEnd::of(LinkId{1}, 0));
    EXPECT_EQ(route->gateway.value, net24(1).address.value + 2);
    EXPECT_EQ(route->cost, 2u);
    EXPECT_EQ(routeTo(plan, 3, net24(0))->nextHop, NodeId{2}) << "nearer to link 0";
}

TEST(ShortestPath, TheLowestNextHopWinsEvenWhenFoundLater) {
    Topology topology = network({R, R, R, R}, {{0, 2, 1}, {2, 3, 2}, {0, 1, 2}, {1, 3, 1}});  // over r2, whose turn comes first, or over r1
    topology.nodes[3].announced = {{{172u << 24}, 32}};
    const RoutePlan plan = planRoutes(topology);
    EXPECT_EQ(routeTo(plan, 0, {{172u << 24}, 32})->nextHop, NodeId{1});
    EXPECT_EQ(routeTo(plan, 0, {{172u << 24}, 32})->cost, 3u);
}

TEST(ShortestPath, ACheaperDetourIsTaken) {
    const Topology topology = network({R, R, R}, {{0, 1, 10}, {0, 2, 3}, {2, 1, 3}});
    const RoutePlan plan = planRoutes(topology);
    EXPECT_EQ(routeTo(plan, 0, net24(2))->nextHop, NodeId{2});
    EXPECT_EQ(routeTo(plan, 0, net24(0))->nextHop, NodeId{}) << "its own segment all the same";
    EXPECT_EQ(routeTo(plan, 0, net24(0))->cost, 0u);
}

TEST(ShortestPath, HostsDoNotTransit) {
    const Topology topology = network({R, H, R, H}, {{0, 1}, {1, 2}, {2, 3}});
    const RoutePlan plan = planRoutes(topology);
    EXPECT_EQ(routeTo(plan, 0, net24(2)), nullptr);
    EXPECT_THAT(plan.routes[0], SizeIs(1));
    const std::vector<Route>& host = plan.routes[1];
    ASSERT_THAT(host, SizeIs(3));
    EXPECT_EQ(host[0].prefix, (wire::Ipv4Prefix{}));
    EXPECT_EQ(host[0].nextHop, NodeId{0}) << "the router on its first link";
    EXPECT_EQ(host[0].gateway.value, net24(0).address.value + 1);
}

TEST(ShortestPath, ACutMovesRoutesAndARestoreBringsThemBack) {
    Topology topology = network({R, R, R, H}, {{0, 1}, {1, 2}, {0, 2, 5}, {2, 3}});
    const RoutePlan before = planRoutes(topology);
    EXPECT_EQ(routeTo(before, 0, net24(3))->nextHop, NodeId{1});
    topology.links[1].up = false;
    const RoutePlan during = planRoutes(topology);
    EXPECT_EQ(routeTo(during, 0, net24(3))->nextHop, NodeId{2});
    EXPECT_EQ(routeTo(during, 0, net24(1)), nullptr) << "nobody is on that link any more";
    const std::vector<RouteChange> changes = routeChanges(before, during);
    ASSERT_FALSE(changes.empty());
    const auto gone = std::ranges::find_if(changes, [](const RouteChange& c) { return c.node == NodeId{0} && c.event.destination == net24(1); });
    ASSERT_NE(gone, changes.end());
    EXPECT_FALSE(gone->event.via.valid());
    EXPECT_FALSE(gone->event.nextHop.valid());
    const auto moved = std::ranges::find_if(changes, [](const RouteChange& c) { return c.node == NodeId{0} && c.event.destination == net24(3); });
    ASSERT_NE(moved, changes.end());
    EXPECT_EQ(moved->event.nextHop, NodeId{2});
    EXPECT_EQ(moved->event.cost, 6u);
    EXPECT_TRUE(std::ranges::is_sorted(changes, {}, [](const RouteChange& c) { return std::pair(c.node, c.event.destination); }));
    topology.links[1].up = true;
    EXPECT_EQ(planRoutes(topology), before);
}

TEST(ShortestPath, AHostKeepsItsDefaultRoute) {
    Topology topology = network({H, R}, {{0, 1}});
    const RoutePlan before = planRoutes(topology);
    topology.nodes[1].up = false;
    topology.links[0].up = false;
    const RoutePlan after = planRoutes(topology);
    EXPECT_EQ(after.routes[0], before.routes[0]);
    EXPECT_THAT(after.routes[1], IsEmpty());
}

TEST(ShortestPath, AnAggregateStandsForTheLinksInsideIt) {
    Topology topology = network({H, R, R}, {{0, 1}, {1, 2}});
    topology.nodes[1].announced = {{{10u << 24 | 1}, 32}, {{10u << 24}, 24}};  // its loopback; all of link 0
    topology.links[0].ends[0].prefix = topology.links[0].ends[1].prefix = {{10u << 24 | 64}, 30};
    const RoutePlan plan = planRoutes(topology);
    std::vector<wire::Ipv4Prefix> known;
    for (const Route& route : plan.routes[2]) known.push_back(route.prefix);
    EXPECT_THAT(known, ElementsAre(wire::Ipv4Prefix{{10u << 24}, 24}, wire::Ipv4Prefix{{10u << 24 | 1}, 32}, net24(1)));
}

TEST(ShortestPath, StaticRoutesWinAndNeedTheirLink) {
    Topology topology = network({R, R, R, H}, {{0, 1}, {1, 2}, {0, 2, 5}, {2, 3}});
    topology.nodes[0].statics = {{net24(3), NodeId{2}}};
    EXPECT_EQ(routeTo(planRoutes(topology), 0, net24(3))->nextHop, NodeId{2});
    topology.links[2].up = false;
    EXPECT_EQ(routeTo(planRoutes(topology), 0, net24(3))->nextHop, NodeId{1}) << "learnt";
    topology.nodes[0].learns = false;
    EXPECT_EQ(routeTo(planRoutes(topology), 0, net24(3)), nullptr);
    EXPECT_THAT(planRoutes(topology).routes[0], SizeIs(1)) << "its own segment";
}

TEST(ShortestPath, SwitchesAreOneSegment) {
    // h0, r1 on switch 2; switch 2 - switch 3 - r4, h5
    Topology topology = network({H, R, S, S, R, H}, {{0, 2}, {1, 2}, {2, 3}, {4, 3}, {5, 3}});
    const wire::Ipv4Prefix segment{{10u << 24}, 16};
    for (TopologyLink& link : topology.links) link.ends[0].prefix = link.ends[1].prefix = segment;
    topology.nodes[4].announced = {{{172u << 24 | 4}, 32}};
    const RoutePlan plan = planRoutes(topology);
    const Route* route = routeTo(plan, 1, {{172u << 24 | 4}, 32});
    ASSERT_NE(route, nullptr);
    EXPECT_EQ(route->nextHop, NodeId{4}) << "switches are no hops";
    EXPECT_EQ(route->gateway, topology.links[3].ends[0].address);
    EXPECT_EQ(route->cost, 3u);
    EXPECT_EQ(routeTo(plan, 0, {})->nextHop, NodeId{1}) << "of two routers the first";
    EXPECT_EQ(routeTo(plan, 5, {})->nextHop, NodeId{1});
}

TEST(ShortestPath, ThousandsOfNodes) {
    // 300 routers in a ring with chords, 10 hosts at each
    std::vector<NodeRole> roles(300, R);
    std::vector<Wire> wires;
    for (std::uint32_t i = 0; i < 300; ++i) wires.push_back({i, (i + 1) % 300});
    for (std::uint32_t i = 0; i < 300; i += 7) wires.push_back({i, (i + 150) % 300, 2});
    for (std::uint32_t i = 0; i < 3000; ++i) {
        roles.push_back(H);
        wires.push_back({i % 300, 300 + i});
    }
    const RoutePlan plan = planRoutes(network(roles, wires));
    EXPECT_THAT(plan.routes[0], SizeIs(wires.size()));
    EXPECT_THAT(plan.routes[3299], SizeIs(2));
}

}  // namespace
}  // namespace mailtrek::net
