// SPDX-License-Identifier: GPL-3.0-or-later
// Who reaches what through whom, with perfect knowledge of the topology: what hosts are configured with, and what routing protocols (sim/routing)
// must come to when nothing changes any more. Only routers forward; hosts and servers never transit; switches join their links into one segment.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/trace/payload.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::net {

enum class NodeRole : std::uint8_t { host, router, switchNode };

struct StaticRoute {
    wire::Ipv4Prefix prefix;
    NodeId via;  // a neighbour; a route over a link that is down does not count
};

struct TopologyNode {
    NodeRole role = NodeRole::host;
    bool up = true;
    bool roams = false;                       // a host that uses the first of its links that is up
    bool learns = true;                       // a router with `routing: static` neither learns nor tells
    std::vector<wire::Ipv4Prefix> announced;  // of a router: its loopback, and aggregates that stand for the prefixes of its links inside them
    std::vector<StaticRoute> statics;         // win over learnt routes to the same prefix
};

struct TopologyEnd {
    NodeId node;
    wire::Ipv4Address address;  // not used at a switch
    wire::Ipv4Prefix prefix;    // the subnet of the segment
};

struct TopologyLink {
    std::array<TopologyEnd, 2> ends;  // by direction: an index is also the direction in which that end sends
    std::uint32_t cost = 1;           // 0 counts as 1
    bool up = true;
};

struct Topology {
    std::vector<TopologyNode> nodes;  // by NodeId
    std::vector<TopologyLink> links;  // by LinkId
};

struct Route {
    wire::Ipv4Prefix prefix;
    NodeId nextHop;             // none: the destination itself is on the segment
    wire::Ipv4Address gateway;  // address of nextHop on the segment; 0 without one
    trace::LinkEnd via;         // the link to send on and the direction
    std::uint32_t cost = 0;     // sum over the links to the prefix; 0 on the own segment
    trace::RouteSource source{};
    friend bool operator==(const Route&, const Route&) = default;
};

struct RoutePlan {
    std::vector<std::vector<Route>> routes;     // by NodeId, ascending by prefix, at most one for each; empty for a switch or a stopped node
    std::map<NodeId, std::vector<Route>> ways;  // of hosts that roam: the way out over each link that is up, for what has the address of that link
    friend bool operator==(const RoutePlan&, const RoutePlan&) = default;
};

// Among paths of equal cost the one with the lowest next hop, then the lowest link, is taken. A host has its own segments and one default
// route, through the router on the first of its segments that has one (the lowest NodeId of several), whether that is up or not; one that roams has those over links that are up.
RoutePlan planRoutes(const Topology& topology);
// The same for hosts only; the lists of routers stay empty.
RoutePlan planHosts(const Topology& topology);

struct RouteChange {
    NodeId node;
    trace::RouteChanged event;  // without next hop and link: the prefix is no longer reached
};

// The same of one node. Both tables ascending by prefix; alternatives of the same prefix in a row.
std::vector<trace::RouteChanged> tableChanges(const std::vector<Route>& before, const std::vector<Route>& after);

// What became different, ascending by node, then prefix. Against an empty plan: every route is new.
std::vector<RouteChange> routeChanges(const RoutePlan& before, const RoutePlan& after);

}  // namespace mailtrek::net
