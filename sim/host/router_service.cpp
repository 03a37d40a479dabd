// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/router_service.h"

#include <algorithm>
#include <tuple>

namespace mailtrek::host {
namespace {

constexpr std::size_t kMostAlternatives = 4;  // of a route

trace::EventId eventOf(routing::Tag tag) { return {tag}; }

}  // namespace

RouterService::RouterService(Machine& machine, RoutingWorld& world, std::vector<RouterPort> ports, Protocol protocol)
    : m_machine(machine), m_world(world), m_ports(std::move(ports)), m_protocol(std::move(protocol)) {
    if (linkState() != nullptr) {
        machine.ip().joinGroup(routing::kAllSpfRouters);
        machine.bindProtocol(routing::kOspfProtocol, this);
    }
    if (distanceVector() != nullptr) {
        machine.ip().joinGroup(routing::kRipRouters);
        machine.bindUdp(routing::kRipPort, this);
    }
}

// --- inputs ----------------------------------------------------------------------------------------------------------------------

// `in` is the link and the direction in which a packet travelled: it came out at the port that sends the other way.
std::optional<std::uint32_t> RouterService::portBehind(trace::LinkEnd in) const {
    const auto found = std::ranges::find(m_ports, trace::LinkEnd::of(in.link(), 1 - in.direction()), &RouterPort::via);
    return found == m_ports.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - m_ports.begin()));
}

bool RouterService::onProtocol(const Datagram& datagram) {
    const auto packet = routing::parseOspf(datagram.payload.text());
    const auto port = portBehind(datagram.in);
    if (!packet || !port) return false;
    carryOut(linkState()->onPacket(*port, datagram.from, *packet, m_machine.now(), m_machine.cause().value));
    return true;
}

void RouterService::onDatagram(const Datagram& datagram) {
    const auto message = routing::parseRip(datagram.payload.text());
    const auto port = portBehind(datagram.in);
    if (!message || !port) return;
    carryOut(distanceVector()->onMessage(*port, datagram.from, datagram.fromPort, *message, m_machine.now(), m_machine.cause().value));
}

Instant RouterService::nextDeadline() const {
    if (m_resting) return kNever;
    if (const auto* ospf = std::get_if<routing::OspfRouter>(&m_protocol)) return ospf->nextDeadline();
    if (const auto* rip = std::get_if<routing::RipRouter>(&m_protocol)) return rip->nextDeadline();
    return kNever;
}

void RouterService::onTimer() {
    if (m_world.mayRest(m_machine.id())) return;
    if (linkState() != nullptr) carryOut(linkState()->onTimer(m_machine.now()));
    if (distanceVector() != nullptr) carryOut(distanceVector()->onTimer(m_machine.now()));
}

void RouterService::carrier(LinkId link, bool up, trace::EventId cause) {
    const CauseScope scope(m_machine);
    for (std::uint32_t i = 0; i < m_ports.size(); ++i) {
        if (m_ports[i].via.link() != link || m_ports[i].up == up) continue;
        m_ports[i].up = up;
        m_machine.setCause(cause);
        if (linkState() != nullptr) carryOut(linkState()->onCarrier(i, up, m_machine.now(), cause.value));
        if (distanceVector() != nullptr) carryOut(distanceVector()->onCarrier(i, up, m_machine.now(), cause.value));
        m_machine.setCause(cause);
        rebuild();
    }
    m_machine.timersChanged();
}

void RouterService::setStatics(std::vector<StaticNextHop> statics, trace::EventId cause) {
    const CauseScope scope(m_machine);
    m_machine.setCause(cause);
    m_statics = std::move(statics);
    rebuild();
}

void RouterService::forget(const std::function<bool(LinkId)>& up) {
    if (linkState() != nullptr) linkState()->stop();
    if (distanceVector() != nullptr) distanceVector()->stop();
    for (std::uint32_t i = 0; i < m_ports.size(); ++i) {
        m_ports[i].up = up(m_ports[i].via.link());
        if (linkState() != nullptr) linkState()->onCarrier(i, m_ports[i].up, m_machine.now(), routing::kNoTag);
        if (distanceVector() != nullptr) distanceVector()->onCarrier(i, m_ports[i].up, m_machine.now(), routing::kNoTag);
    }
}

void RouterService::reloaded(trace::EventId cause) {
    const CauseScope scope(m_machine);
    m_machine.setCause(cause);
    tellAdjacencies();
    rebuild();
    const routing::Tag told = m_machine.tracer().events() - 1;  // the last event of the beginning stands for all of it
    if (linkState() != nullptr) linkState()->tagPreloaded(told);
    if (distanceVector() != nullptr) distanceVector()->tagPreloaded(told);
    m_machine.timersChanged();
}

void RouterService::resume() {
    m_resting = false;
    m_machine.timersChanged();
}

void RouterService::onStopped() {
    if (linkState() != nullptr) linkState()->stop();
    if (distanceVector() != nullptr) distanceVector()->stop();
    m_became.clear();
    tellAdjacencies();
    rebuild();
}

void RouterService::onStarted() {
    rebuild();
    const trace::EventId cause = m_machine.cause();
    if (linkState() != nullptr) carryOut(linkState()->start(m_machine.now(), cause.value));
    if (distanceVector() != nullptr) carryOut(distanceVector()->start(m_machine.now(), cause.value));
}

bool RouterService::settled() const {
    if (const auto* ospf = std::get_if<routing::OspfRouter>(&m_protocol)) return ospf->settled(m_machine.now());
    if (const auto* rip = std::get_if<routing::RipRouter>(&m_protocol)) return rip->settled(m_machine.now());
    return true;
}

// --- actions ---------------------------------------------------------------------------------------------------------------------

// Each under the cause that it carries, or the latest event that came of it: a cut, the adjacency that ended with it, the advertisement that says so, the new table.
template <class Actions>
void RouterService::carryOut(Actions actions) {
    for (const auto& action : actions) {
        const CauseScope scope(m_machine);
        m_tag = action.tag;
        const auto became = m_became.find(action.tag);
        m_machine.setCause(became != m_became.end() ? became->second : eventOf(action.tag));
        std::visit([this](const auto& what) { carryOut(what); }, action.what);
    }
    m_tag = routing::kNoTag;
    m_machine.timersChanged();
}

void RouterService::follow(trace::EventId event) {
    constexpr std::size_t kMost = 64;
    if (m_tag == routing::kNoTag) return;
    m_became[m_tag] = event;
    if (m_became.size() > kMost) m_became.erase(m_became.begin());  // the oldest
}

void RouterService::launch(std::uint32_t port, wire::Ipv4Address to, std::uint8_t protocol, std::uint16_t udpPort, const std::string& octets, std::uint16_t entries,
                           trace::RouteSource source, trace::UpdateReason reason) {
    const RouterPort& out = m_ports[port];
    PreparedDatagram datagram = m_machine.makeNeighbourly({out.via, out.address, to, protocol, udpPort}, Slice::copyOf(octets));
    if (entries > 0) m_machine.emitAndFollow(trace::RoutingUpdateSent{datagram.packet(), out.via, entries, source, reason}, {});
    m_machine.launchOn(std::move(datagram), out.via);
}

void RouterService::carryOut(const routing::SendOspf& send) {
    launch(send.interface, send.destination, routing::kOspfProtocol, 0, send.octets, send.entries, trace::RouteSource::linkState, send.reason);
}

void RouterService::carryOut(const routing::SendRip& send) {
    launch(send.interface, send.destination, static_cast<std::uint8_t>(wire::Protocol::udp), routing::kRipPort, send.octets, send.entries, trace::RouteSource::distanceVector,
           send.reason);
}

void RouterService::carryOut(const routing::AdjacencyMoved& moved) {
    const trace::LinkEnd via = m_ports[moved.interface].via;
    const NodeId neighbour = m_machine.nodeAt(moved.router);
    if (moved.reason == trace::AdjacencyReason::silence)
        if (const trace::EventId silencer = m_world.silencer(neighbour, via.link(), moved.heardAt); silencer.valid()) m_machine.setCause(silencer);
    if (moved.to == trace::AdjacencyState::down)
        m_adjacencies.erase({via, neighbour});
    else
        m_adjacencies[{via, neighbour}] = moved.to;
    follow(m_machine.emit(trace::AdjacencyChanged{via, neighbour, moved.from, moved.to, moved.reason}, {}));
}

void RouterService::carryOut(const routing::LsaMoved& moved) {
    follow(m_machine.emit(trace::LsaChanged{m_machine.nodeAt(moved.origin), static_cast<std::uint32_t>(moved.sequence), moved.links, moved.change, moved.reason}, {}));
}

void RouterService::carryOut(const routing::PeerSilent& silent) {
    const trace::EventId silencer = m_world.silencer(m_machine.nodeAt(silent.gateway), m_ports[silent.interface].via.link(), silent.heardAt);
    if (silencer.valid()) follow(silencer);
}

void RouterService::carryOut(const routing::TableComputed&) {
    rebuild();
    m_became.clear();
}

// --- the table -------------------------------------------------------------------------------------------------------------------

void RouterService::rebuild() {
    std::map<wire::Ipv4Prefix, std::vector<net::Route>> table;
    if (m_machine.ip().running()) {
        for (const RouterPort& port : m_ports)
            if (port.up) table.try_emplace(port.prefix, std::vector{net::Route{port.prefix, NodeId{}, {}, port.via, 0, trace::RouteSource::connected}});
        for (const StaticNextHop& wanted : m_statics) {
            const RouterPort& port = m_ports[wanted.port];
            if (port.up)
                table.try_emplace(wanted.prefix, std::vector{net::Route{wanted.prefix, wanted.via, wanted.gateway, port.via, wanted.cost, trace::RouteSource::configured}});
        }
        addLearnt(table);
    }
    std::vector<net::Route> routes;
    for (const auto& [prefix, ways] : table) routes.insert(routes.end(), ways.begin(), ways.end());
    if (routes == m_table) return;
    for (const trace::RouteChanged& change : net::tableChanges(m_table, routes)) m_machine.emit(change, {});
    m_table = std::move(routes);
    m_machine.ip().setRoutes(m_table);
}

void RouterService::addLearnt(std::map<wire::Ipv4Prefix, std::vector<net::Route>>& table) const {
    const auto add = [&](const routing::LearntRoute& route, trace::RouteSource source) {
        std::vector<net::Route> ways;
        for (const routing::NextHop& hop : route.hops) ways.push_back({route.prefix, m_machine.nodeAt(hop.gateway), hop.gateway, m_ports[hop.interface].via, route.cost, source});
        std::ranges::sort(ways, {}, [](const net::Route& r) { return std::tuple(r.nextHop, r.via); });
        if (ways.size() > kMostAlternatives) ways.resize(kMostAlternatives);
        table.try_emplace(route.prefix, std::move(ways));
    };
    if (const auto* ospf = std::get_if<routing::OspfRouter>(&m_protocol))
        for (const routing::LearntRoute& route : ospf->routes()) add(route, trace::RouteSource::linkState);
    if (const auto* rip = std::get_if<routing::RipRouter>(&m_protocol))
        for (const routing::LearntRoute& route : rip->routes()) add(route, trace::RouteSource::distanceVector);
}

void RouterService::tellAdjacencies() {
    std::map<std::pair<trace::LinkEnd, NodeId>, trace::AdjacencyState> present;
    if (linkState() != nullptr)
        for (const auto& [interface, router, state] : linkState()->neighbours()) present[{m_ports[interface].via, m_machine.nodeAt(router)}] = state;
    const bool stopped = !m_machine.ip().running();
    const trace::AdjacencyReason reason = stopped ? trace::AdjacencyReason::stopped : trace::AdjacencyReason::start;
    for (const auto& [key, state] : m_adjacencies)
        if (!present.contains(key)) m_machine.emit(trace::AdjacencyChanged{key.first, key.second, state, trace::AdjacencyState::down, reason}, {});
    for (const auto& [key, state] : present) {
        const auto before = m_adjacencies.find(key);
        const trace::AdjacencyState from = before == m_adjacencies.end() ? trace::AdjacencyState::down : before->second;
        if (from != state) m_machine.emit(trace::AdjacencyChanged{key.first, key.second, from, state, reason}, {});
    }
    m_adjacencies = std::move(present);
}

}  // namespace mailtrek::host
