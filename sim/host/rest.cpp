// SPDX-License-Identifier: GPL-3.0-or-later
// The rest that routers take while nothing happens.
//
// Hellos, periodic updates and refreshes are real packets while anything else is under way. When nothing else has been under way for a while, nothing has changed a
// moment ago, and every router has heard from all its neighbours since, they would go on saying the same for hours. So they rest: nothing is sent and nothing recorded until
// the next packet of somebody else, or the next change of the network, and then each router is brought to where it would be: its clock, the last hello heard, advertisements
// refreshed. Each part of the network that no link joins to another rests by itself, and whether it does depends only on what has happened there before: a change made later
// in a run leaves what comes before it alone, and a change in one part leaves all others alone.
#include <algorithm>
#include <map>
#include <numeric>

#include "sim/host/network.h"

namespace mailtrek::host {
namespace {

constexpr Duration kQuiet = std::chrono::seconds{5};     // routers rest when nobody else has sent anything for so long
constexpr Duration kPatience = std::chrono::minutes{5};  // a network that does not come to rest (most hellos get lost) is left alone after this

}  // namespace

std::vector<std::uint32_t> Network::numberParts() const {
    std::vector<std::uint32_t> parent(m_scenario.nodes.size());
    std::iota(parent.begin(), parent.end(), 0u);
    const auto root = [&parent](std::uint32_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    for (const scenario::Link& link : m_scenario.links) {
        const std::uint32_t one = root(link.between[0].value), other = root(link.between[1].value);
        parent[std::max(one, other)] = std::min(one, other);
    }
    std::vector<std::uint32_t> numbers(parent.size());
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < parent.size(); ++i) numbers[i] = root(i) == i ? next++ : numbers[root(i)];
    return numbers;
}

bool Network::busy(const Part& part) const {
    const Instant now = m_world.simulator.now();
    if (part.round == Duration{} || part.resting || now >= part.lastActivity + kPatience) return false;
    return now < part.watchUntil || !std::ranges::all_of(part.routers, &RouterService::settled);
}

bool Network::routersBusy() const {
    return std::ranges::any_of(m_parts, [this](const Part& part) { return busy(part); });
}

bool Network::mayRest(NodeId router) {
    Part& part = partOf(router);
    if (part.resting) return true;
    const Instant now = m_world.simulator.now();
    if (m_world.flights.foregroundIn(m_partOf[router.index()]) || now < part.lastActivity + kQuiet || busy(part)) return false;
    part.resting = true;
    part.restSince = now;
    for (RouterService* each : part.routers) each->rest();
    return true;
}

// Somebody sends, or has just fallen silent.
void Network::stirParts() {
    for (const std::uint32_t number : m_world.flights.stirred()) {
        m_parts[number].lastActivity = m_world.simulator.now();
        wake(m_parts[number]);
    }
    m_world.flights.forgetStirred();
}

void Network::wake(Part& part) {
    if (!part.resting) return;
    part.resting = false;
    const Instant now = m_world.simulator.now();
    using Advertised = routing::OspfRouter::Advertised;
    std::map<routing::RouterId, std::pair<Advertised, Advertised>> refreshed;
    for (RouterService* router : part.routers)
        if (router->linkState() != nullptr)
            if (const auto fresh = router->linkState()->refreshedBy(now)) refreshed.emplace(router->linkState()->id(), std::pair(router->linkState()->own(), *fresh));
    for (RouterService* router : part.routers) {
        if (router->linkState() != nullptr) router->linkState()->passOver(part.restSince, now, refreshed);
        if (router->distanceVector() != nullptr) router->distanceVector()->passOver(part.restSince, now);
        router->resume();
    }
}

// What the timeline does is the only thing that changes a network.
void Network::noteEntry(const scenario::Action& action) {
    const auto about = [this](const auto& one) -> std::optional<NodeId> {
        if constexpr (requires { one.link; }) return m_scenario.links[one.link.index()].between[0];
        if constexpr (requires { one.node; }) return one.node;
        if constexpr (requires { one.on; }) return one.on;
        if constexpr (requires { one.dns; }) return one.dns;
        if constexpr (requires { one.program; }) return one.from;
        return std::nullopt;
    };
    if (const auto node = std::visit(about, action); node && node->valid()) partOf(*node).lastEntry = m_world.simulator.now();
}

bool Network::uneventful(NodeId node, Instant since) const {
    const std::uint32_t number = m_partOf[node.index()];
    const Part& part = m_parts[number];
    if (part.lastEntry && since < *part.lastEntry + kPatience) return false;
    return !m_world.flights.foregroundIn(number) && m_world.simulator.now() >= part.lastActivity + kQuiet;
}

// Of all open sockets, each is of a session in which nobody waits for anything.
bool Network::onlyIdleReaders() const {
    std::size_t idle = 0;
    for (const ConnectionId id : m_world.connections.inBackground()) {
        const Connection& connection = m_world.connections[id];
        for (const std::size_t side : {0u, 1u}) {
            const NodeId node = side == 0 ? connection.client : connection.server;
            if (!node.valid() || !m_machines[node.index()] || !connection.sockets[side].valid()) continue;
            const transport::Connection* end = m_machines[node.index()]->tcp().connection(connection.sockets[side]);
            if (end != nullptr && end->state() != trace::TcpState::closed && end->state() != trace::TcpState::timeWait) ++idle;
        }
    }
    return idle == m_world.openSockets;
}

}  // namespace mailtrek::host
