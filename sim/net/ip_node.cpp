// SPDX-License-Identifier: GPL-3.0-or-later
// Wiring, addresses, and sending from this node. What comes in: ip_receive.cpp.
#include "sim/net/ip_node.h"

#include <algorithm>
#include <cassert>

namespace mailtrek::net {
namespace {

constexpr wire::Ipv4Prefix kThisNetwork{{0}, 8}, kLoopback{{127u << 24}, 8}, kMulticastAndAbove{{224u << 24}, 3};
constexpr std::uint32_t kMostOctets = 65535;  // the total length has 16 bits

std::uint8_t protocolOf(const wire::Packet& packet) {
    if (packet.tcp() != nullptr) return static_cast<std::uint8_t>(wire::Protocol::tcp);
    if (packet.udp() != nullptr) return static_cast<std::uint8_t>(wire::Protocol::udp);
    if (packet.icmp() != nullptr) return static_cast<std::uint8_t>(wire::Protocol::icmp);
    return packet.ip.protocol;
}

}  // namespace

IpNode::IpNode(NodeId id, bool forwards, Simulator& simulator, trace::Tracer& tracer, FlightPool& pool)
    : m_id(id), m_forwards(forwards), m_simulator(simulator), m_tracer(tracer), m_pool(pool), m_component(simulator.add(this)) {
    rebuild();
}

void IpNode::addInterface(Link& link, int direction, wire::Ipv4Address address, wire::Ipv4Prefix prefix) {
    m_interfaces.push_back({&link, direction, address, prefix, wire::stationAddress(m_id.value, link.id().value), link.framed() ? std::make_unique<ArpTable>() : nullptr});
    link.attach(direction, *this);
    addAddress(address);
}

void IpNode::addAddress(wire::Ipv4Address address) {
    m_addresses.push_back(address);
    rebuild();
}

void IpNode::joinGroup(wire::Ipv4Address group) {
    m_groups.push_back(group);
    rebuild();
}

void IpNode::setRoutes(const std::vector<Route>& routes) {
    m_routes = routes;
    rebuild();
}

void IpNode::setWays(const std::vector<Route>& ways) {
    m_ways.assign(m_interfaces.size(), Hop{kRefused, {}, 1});
    for (const Route& way : ways) {
        const std::uint32_t interface = findInterface(way.via);
        m_ways[interface] = {interface, way.gateway, 1};
    }
}

bool IpNode::linked() const {
    return std::ranges::any_of(m_interfaces, [](const Interface& i) { return i.link->up(); });
}

bool IpNode::onSegment(wire::Ipv4Address destination) const {
    return std::ranges::any_of(m_interfaces, [destination](const Interface& i) { return i.link->up() && i.prefix.contains(destination); });
}

// Among the links of a host that keeps to the strong model. Nothing: no way leads there from this address.
const IpNode::Hop* IpNode::wayOf(wire::Ipv4Address source, wire::Ipv4Address destination, const Hop* usual) const {
    const auto own = std::ranges::find(m_interfaces, source, &Interface::address);
    if (own == m_interfaces.end() || usual == nullptr) return usual;
    const auto interface = static_cast<std::uint32_t>(own - m_interfaces.begin());
    if (usual->interface == interface) return usual;
    if (own->prefix.contains(destination) || m_ways[interface].interface == kRefused) return nullptr;
    return &m_ways[interface];
}

std::uint32_t IpNode::findInterface(trace::LinkEnd via) const {
    const auto it = std::ranges::find_if(m_interfaces, [via](const Interface& i) { return i.end() == via; });
    assert(it != m_interfaces.end());
    return static_cast<std::uint32_t>(it - m_interfaces.begin());
}

void IpNode::rebuild() {
    std::vector<ForwardingTable::Entry> entries;
    entries.reserve(m_routes.size() + m_addresses.size() + 1);
    for (const wire::Ipv4Address address : m_addresses) entries.push_back({{address, 32}, kLocal});
    for (const wire::Ipv4Address group : m_groups) entries.push_back({{group, 32}, kLocal});
    entries.push_back({kLoopback, kLocal});
    entries.push_back({kThisNetwork, kRefused});        // RFC 1812 5.3.7
    entries.push_back({kMulticastAndAbove, kRefused});  // there are no groups here; 255.255.255.255 is among these
    for (const Interface& i : m_interfaces)             // RFC 2644: no directed broadcasts; RFC 3021: a /31 has none
        if (i.prefix.length > 0 && i.prefix.length < 31) entries.push_back({{{i.prefix.address.value | ~i.prefix.mask()}, 32}, kRefused});
    m_hops.clear();
    for (std::size_t i = 0; i < m_routes.size(); ++i) {
        const Route& route = m_routes[i];
        std::uint32_t ways = 1;
        while (i + ways < m_routes.size() && m_routes[i + ways].prefix == route.prefix) ++ways;
        if (i == 0 || m_routes[i - 1].prefix != route.prefix) entries.push_back({route.prefix, static_cast<std::uint32_t>(m_hops.size())});
        m_hops.push_back({findInterface(route.via), route.gateway, ways});
    }
    m_table = ForwardingTable(entries);
}

// RFC 2992: hashing what names a flow keeps its packets in order. The node goes in, or every router on the way would choose alike.
const IpNode::Hop& IpNode::choose(const Hop& first, const wire::Packet& packet) const {
    const wire::Ipv4Header& ip = packet.ip;
    std::uint16_t source = 0, destination = 0;  // pieces of a datagram must not part, and only the first has ports
    const bool whole = !ip.moreFragments && ip.fragmentOffset == 0;
    if (const wire::TcpHeader* tcp = packet.tcp(); whole && tcp != nullptr) {
        source = tcp->sourcePort;
        destination = tcp->destinationPort;
    } else if (const wire::UdpHeader* udp = packet.udp(); whole && udp != nullptr) {
        source = udp->sourcePort;
        destination = udp->destinationPort;
    }
    const std::uint64_t flow = flowHash(ip.source, source, ip.destination, destination, static_cast<wire::Protocol>(ip.protocol));
    return (&first)[below(combine(flow, m_id.value), first.ways)];
}

bool IpNode::isOwn(wire::Ipv4Address address) const { return m_table.lookup(address) == kLocal; }

std::optional<wire::Ipv4Address> IpNode::sourceTowards(wire::Ipv4Address destination) const {
    const std::uint32_t found = m_table.lookup(destination);
    if (found == kLocal) return destination;
    const Hop* towards = hop(found);
    return towards != nullptr ? std::optional(m_interfaces[towards->interface].address) : std::nullopt;
}

std::optional<std::uint32_t> IpNode::mtuTowards(wire::Ipv4Address destination) const {
    const std::uint32_t found = m_table.lookup(destination);
    if (found == kLocal) return kMostOctets;
    const Hop* towards = hop(found);
    return towards != nullptr ? std::optional(std::min(kMostOctets, m_interfaces[towards->interface].link->mtu())) : std::nullopt;
}

// One counter for each pair of addresses and protocol, so that a number comes again after 65536 datagrams (RFC 791 3.2, RFC 6864 4.2).
std::uint16_t IpNode::nextIdentification(const wire::Ipv4Header& ip) {
    const std::uint64_t key = flowHash(ip.source, 0, ip.destination, 0, static_cast<wire::Protocol>(ip.protocol));
    std::uint16_t& last = m_identifications[key];
    if (++last == 0) ++last;  // 0 stands for "not yet given"
    return last;
}

PacketId IpNode::prepare(Flight& flight) {
    wire::Ipv4Header& ip = flight.packet.ip;
    ip.protocol = protocolOf(flight.packet);
    if (ip.source.value == 0) ip.source = sourceTowards(ip.destination).value_or(primaryAddress());
    if (ip.identification == 0) ip.identification = nextIdentification(ip);
    if (ip.ttl == 0) ip.ttl = 64;                                // RFC 1122 3.2.1.7: never 0
    if (flight.packet.tcp() != nullptr) ip.dontFragment = true;  // RFC 1191 3: path MTU discovery
    FateKey& fate = flight.fate;
    if (fate.flow == 0) {
        fate.flow = flowHash(ip.source, 0, ip.destination, 0, static_cast<wire::Protocol>(ip.protocol));
        fate.number = ip.identification;
    }
    fate.packetHash = combine(combine(fate.flow, fate.number), fate.transmission);
    flight.size = wire::wireSize(flight.packet);
    flight.origin = m_id;
    flight.in = {};
    flight.id = m_tracer.packet(flight.packet, flight.connection, m_id);
    return flight.id;
}

SendResult IpNode::transmit(FlightPtr flight, Instant now) {
    const auto refused = [&](trace::DropReason reason, SendResult result) {
        dropped(*flight, reason, false, now);
        return result;
    };
    if (!m_running || !m_online) return refused(trace::DropReason::nodeDown, SendResult::down);
    const wire::Ipv4Header& ip = flight->packet.ip;
    const std::uint32_t found = m_table.lookup(ip.destination);
    if (found == kLocal) {
        if (m_loopback.empty()) m_simulator.schedule(now, m_component, kWake);
        m_loopback.push_back(std::move(flight));
        return SendResult::sent;
    }
    const Hop* towards = hop(found, flight->packet);
    if (!m_ways.empty()) towards = wayOf(ip.source, ip.destination, towards);
    if (towards == nullptr) return refused(trace::DropReason::noRoute, SendResult::noRoute);
    if (flight->size > m_interfaces[towards->interface].link->mtu()) {
        if (ip.dontFragment || flight->size > kMostOctets) return refused(trace::DropReason::tooBig, SendResult::tooBig);
        outInFragments(std::move(flight), *towards, now);
    } else {
        out(std::move(flight), *towards, now);
    }
    return SendResult::sent;
}

SendResult IpNode::transmitOn(FlightPtr flight, trace::LinkEnd via, Instant now) {
    if (!m_running || !m_online) {
        dropped(*flight, trace::DropReason::nodeDown, false, now);
        return SendResult::down;
    }
    const Hop towards{findInterface(via), {}, 1};
    if (flight->size > m_interfaces[towards.interface].link->mtu())
        outInFragments(std::move(flight), towards, now);
    else
        out(std::move(flight), towards, now);
    return SendResult::sent;
}

void IpNode::out(FlightPtr flight, const Hop& towards, Instant now) {
    Interface& interface = m_interfaces[towards.interface];
    if (interface.arp) return outFramed(std::move(flight), interface, towards.gateway.value != 0 ? towards.gateway : flight->packet.ip.destination, now);
    interface.link->send(interface.direction, std::move(flight), now);
}

// Every piece is a packet of its own from here on; the whole one ends.
void IpNode::outInFragments(FlightPtr flight, const Hop& towards, Instant now) {
    const std::uint64_t wholeHash = flight->fate.packetHash;
    const std::uint32_t mtu = m_interfaces[towards.interface].link->mtu();
    std::vector<FlightPtr> parts;
    for (wire::Packet& piece : fragment(flight->packet, mtu)) {
        FlightPtr part = m_pool.copy(*flight);
        part->packet = std::move(piece);
        part->fate.packetHash = combine(wholeHash, part->packet.ip.fragmentOffset + 1u);
        part->size = wire::wireSize(part->packet);
        part->id = m_tracer.packet(part->packet, part->connection, part->origin);
        parts.push_back(std::move(part));
    }
    const trace::EventId cause = m_tracer.emit(
        now, flight->cause, m_id, flight->mail,
        trace::PacketFragmented{.packet = flight->id, .first = parts.front()->id, .pieces = static_cast<std::uint16_t>(parts.size()), .mtu = static_cast<std::uint16_t>(mtu)});
    for (FlightPtr& part : parts) {
        part->cause = cause;
        out(std::move(part), towards, now);
    }
}

void IpNode::stop(Instant now, trace::EventId cause) {
    m_running = false;
    goDown(now, cause);
}

void IpNode::setOnline(bool online, Instant now, trace::EventId cause) {
    m_online = online;
    if (!online) goDown(now, cause);
}

void IpNode::goDown(Instant now, trace::EventId cause) {
    for (const Interface& interface : m_interfaces) interface.link->dropWaiting(interface.direction, now, cause);
    std::vector<FlightPtr> lost = m_reassembly.clear();
    for (const Interface& interface : m_interfaces)
        if (interface.arp) std::ranges::move(interface.arp->clear(), std::back_inserter(lost));
    std::ranges::move(m_loopback, std::back_inserter(lost));
    m_loopback.clear();
    for (FlightPtr& flight : lost) {
        flight->cause = cause;
        drop(std::move(flight), trace::DropReason::nodeDown, now);
    }
}

}  // namespace mailtrek::net
