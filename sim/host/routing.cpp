// SPDX-License-Identifier: GPL-3.0-or-later
// Shortest-path tables, computed anew whenever a link or node goes or comes (a real routing protocol follows).
#include "sim/host/network.h"

namespace mailtrek::host {

using trace::NodeKind;

net::Topology Network::topology() const {
    net::Topology topology;
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        const scenario::Node& node = m_scenario.nodes[i];
        net::TopologyNode one;
        one.role = node.kind == NodeKind::router ? net::NodeRole::router : node.kind == NodeKind::switchNode ? net::NodeRole::switchNode : net::NodeRole::host;
        one.up = m_switches[i] ? m_switches[i]->running() : m_machines[i]->ip().running();
        one.learns = node.learnsRoutes;
        one.announced = m_addresses.aggregates[i];
        if (node.kind == NodeKind::router) one.announced.push_back({m_addresses.loopbacks[i], 32});
        for (const scenario::StaticRoute& route : m_statics[i])
            for (const wire::Ipv4Address address : m_addresses.ofNode[route.to.index()]) one.statics.push_back({{address, 32}, route.via});
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

void Network::replan(trace::EventId cause) {
    net::RoutePlan plan = net::planRoutes(topology());
    for (const net::RouteChange& change : net::routeChanges(m_plan, plan)) emit(cause, change.node, {}, change.event);
    m_plan = std::move(plan);
    for (std::size_t i = 0; i < m_machines.size(); ++i) {
        if (m_switches[i])
            m_switches[i]->setTable(m_plan.switching[i]);
        else
            m_machines[i]->ip().setRoutes(m_plan.routes[i]);
    }
}

}  // namespace mailtrek::host
