// SPDX-License-Identifier: GPL-3.0-or-later
// What comes in: checks, local delivery, forwarding, and the ICMP messages that follow from them.
#include <algorithm>

#include "sim/net/ip_node.h"

namespace mailtrek::net {
namespace {

// Addresses that a router must not forward to or from (RFC 1812 5.3.7): this network, loopback, multicast and above.
bool martian(wire::Ipv4Address address) {
    const std::uint32_t first = address.value >> 24;
    return first == 0 || first == 127 || first >= 224;
}

trace::DropReason reasonOf(wire::Damage damage) {
    switch (damage) {
        case wire::Damage::ipHeader: return trace::DropReason::ipChecksum;
        case wire::Damage::tcpChecksum: return trace::DropReason::tcpChecksum;
        case wire::Damage::udpChecksum: return trace::DropReason::udpChecksum;
        case wire::Damage::icmpChecksum: return trace::DropReason::icmpChecksum;
        case wire::Damage::frame: return trace::DropReason::frameChecksum;
        case wire::Damage::malformed:
        case wire::Damage::none: break;
    }
    return trace::DropReason::malformed;
}

}  // namespace

void IpNode::receive(FlightPtr flight, trace::LinkEnd in, Instant now) {
    if (!m_running || !m_online) return drop(std::move(flight), trace::DropReason::nodeDown, now);
    if (flight->to.octets[0] != 0) return receiveFramed(std::move(flight), in, now);  // no address of a station or group here begins with 0
    receiveDatagram(std::move(flight), now);
}

void IpNode::receiveDatagram(FlightPtr flight, Instant now) {
    const wire::Damage damage = flight->damage;
    if (std::holds_alternative<wire::RawDatagram>(flight->packet.transport)) return drop(std::move(flight), reasonOf(damage), now);  // RFC 1812 5.2.2
    const std::uint32_t found = m_table.lookup(flight->packet.ip.destination);
    if (found == kLocal) return deliver(std::move(flight), now);
    if (!m_forwards) return drop(std::move(flight), trace::DropReason::notForUs, now);  // RFC 1122 3.2.1.3
    forward(std::move(flight), found, now);
}

void IpNode::forward(FlightPtr flight, std::uint32_t found, Instant now) {
    wire::Ipv4Header& ip = flight->packet.ip;
    if (found == kRefused || martian(ip.source)) return drop(std::move(flight), trace::DropReason::notForUs, now);
    const Hop* towards = hop(found, flight->packet);
    if (towards == nullptr) {  // RFC 1812 5.2.7.1: a host of a network here that cannot be reached, or a network that nobody knows
        const std::uint8_t code = connected(ip.destination) ? kHostUnreachable : kNetUnreachable;
        return dropAndReport(std::move(flight), trace::DropReason::noRoute, {kUnreachable, code}, now);
    }
    if (ip.ttl <= 1) return dropAndReport(std::move(flight), trace::DropReason::ttlExpired, {kTimeExceeded, kTtlExceeded}, now);  // RFC 1812 5.3.1; after the route, 5.2.1.2
    const std::uint32_t mtu = m_interfaces[towards->interface].link->mtu();
    if (flight->size > mtu && ip.dontFragment)  // RFC 1191 4
        return dropAndReport(std::move(flight), trace::DropReason::tooBig, {kUnreachable, kFragmentationNeeded, static_cast<std::uint16_t>(std::min(mtu, 65535u))}, now);
    --ip.ttl;
    if (m_faults > 0 && flight->fate.mailSegment != 0) swapWords(*flight, now);
    if (flight->size <= mtu)
        out(std::move(flight), *towards, now);
    else
        outInFragments(std::move(flight), *towards, now);
}

// Bad memory: what no checksum of the internet can see, because sums do not know the order of their terms (RFC 1071 2).
void IpNode::swapWords(Flight& flight, Instant now) {
    std::string octets(flight.packet.payload.text());
    const std::size_t pairs = octets.size() / 4;
    if (pairs == 0) return;
    const std::size_t start = below(combine(m_faultDice, flight.fate.packetHash), pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
        const std::size_t at = (start + i) % pairs * 4;
        if (octets.compare(at, 2, octets, at + 2, 2) == 0) continue;  // the same word twice
        std::swap_ranges(octets.begin() + static_cast<std::ptrdiff_t>(at), octets.begin() + static_cast<std::ptrdiff_t>(at) + 2,
                         octets.begin() + static_cast<std::ptrdiff_t>(at) + 2);
        const std::uint32_t headers = flight.size - flight.packet.payload.size();
        flight.packet.payload = Slice::adopt(std::move(octets));
        const PacketId sound = flight.id;
        flight.id = m_tracer.packet(flight.packet, flight.connection, flight.origin);
        flight.cause = m_tracer.emit(now, flight.cause, m_id, flight.mail,
                                     trace::PacketCorrupted{.packet = sound, .damaged = flight.id, .via = {}, .bit = (headers + static_cast<std::uint32_t>(at)) * 8});
        --m_faults;
        return;
    }
}

void IpNode::deliver(FlightPtr flight, Instant now) {
    const wire::Ipv4Header& ip = flight->packet.ip;
    const bool toGroup = std::ranges::find(m_groups, ip.destination) != m_groups.end();
    if (flight->in.valid() && (martian(ip.source) || (martian(ip.destination) && !toGroup))) return drop(std::move(flight), trace::DropReason::notForUs, now);  // RFC 1122 3.2.1.3
    if (isFragment(ip)) return collect(std::move(flight), now);
    up(std::move(flight), now);
}

void IpNode::collect(FlightPtr fragment, Instant now) {
    const trace::EventId cause = fragment->cause;
    Reassembly::Added added = m_reassembly.add(std::move(fragment), now);
    for (FlightPtr& flight : added.discarded) drop(std::move(flight), trace::DropReason::reassembly, now);
    if (added.whole) {
        added.whole->id = m_tracer.packet(added.whole->packet, added.whole->connection, added.whole->origin);
        added.whole->cause = m_tracer.emit(now, cause, m_id, added.whole->mail,
                                           trace::PacketReassembled{.packet = added.whole->id, .pieces = added.pieces, .size = static_cast<std::uint16_t>(added.whole->size)});
        up(std::move(added.whole), now);
    }
    armReassembly();
}

void IpNode::armReassembly() {
    if (m_reassembly.nextDeadline() == m_reassemblyWake) return;
    m_reassemblyWake = m_reassembly.nextDeadline();
    if (m_reassemblyWake != kNever) m_simulator.schedule(m_reassemblyWake, m_component, kWake);
}

void IpNode::up(FlightPtr flight, Instant now) {
    const wire::Damage damage = flight->damage;
    if (damage != wire::Damage::none) return drop(std::move(flight), reasonOf(damage), now);
    const wire::IcmpHeader* icmp = flight->packet.icmp();
    if (icmp != nullptr && icmp->type == kEchoRequest && m_icmp == IcmpMode::off) return;  // heard, and not answered
    if (icmp != nullptr && icmp->type == kEchoRequest) return respond(echoReply(flight->packet), flight->mail, flight->cause, now);
    if (m_user != nullptr) return m_user->onPacket(std::move(flight), now);
    if (icmp == nullptr) refuse(std::move(flight), now);  // other ICMP ends here, nobody asked for it
}

void IpNode::refuse(FlightPtr flight, Instant now) {
    if (flight->packet.tcp() != nullptr) return drop(std::move(flight), trace::DropReason::portClosed, now);  // TCP answers itself, with RST
    const std::uint8_t code = flight->packet.udp() != nullptr ? kPortUnreachable : kProtocolUnreachable;      // RFC 1122 3.2.2.1
    dropAndReport(std::move(flight), trace::DropReason::portClosed, {kUnreachable, code}, now);
}

// Own packets to an own address, and the timers of reassembly and ARP.
void IpNode::onWake(std::uint64_t what, Instant now) {
    if (what == kArpWake) return onArpTimer(now);
    std::vector<FlightPtr> mine = std::exchange(m_loopback, {});
    for (FlightPtr& flight : mine) deliver(std::move(flight), now);
    for (std::vector<FlightPtr>& pieces : m_reassembly.expire(now)) {
        const bool hasFirst = pieces.front()->packet.ip.fragmentOffset == 0;
        for (std::size_t i = pieces.size(); i-- > 1;) drop(std::move(pieces[i]), trace::DropReason::reassembly, now);
        if (hasFirst)
            dropAndReport(std::move(pieces.front()), trace::DropReason::reassembly, {kTimeExceeded, kReassemblyExceeded}, now);  // RFC 1122 3.3.2
        else
            drop(std::move(pieces.front()), trace::DropReason::reassembly, now);
    }
    armReassembly();
}

bool IpNode::connected(wire::Ipv4Address address) const {
    return std::ranges::any_of(m_interfaces, [address](const Interface& i) { return i.prefix.contains(address); });
}

trace::EventId IpNode::dropped(const Flight& flight, trace::DropReason reason, bool told, Instant now) {
    return m_tracer.emit(
        now, flight.cause, m_id, flight.mail,
        trace::PacketDropped{
            .packet = flight.id, .via = flight.in, .size = static_cast<std::uint16_t>(flight.size), .reason = reason, .onLink = false, .queued = false, .told = told});
}

void IpNode::drop(FlightPtr flight, trace::DropReason reason, Instant now) { dropped(*flight, reason, false, now); }

void IpNode::dropAndReport(FlightPtr flight, trace::DropReason reason, IcmpError error, Instant now) {
    const bool tell = m_icmp != IcmpMode::off && mayReport(flight->packet) && m_limiter.allow(now);
    const trace::EventId cause = dropped(*flight, reason, tell, now);
    if (m_icmp == IcmpMode::oldStyle) error.mtu = 0;
    if (tell) respond(icmpError(flight->packet, error), flight->mail, cause, now);
}

void IpNode::respond(wire::Packet packet, MailId mail, trace::EventId cause, Instant now) {
    FlightPtr flight = newFlight();
    flight->packet = std::move(packet);
    flight->mail = mail;
    flight->cause = cause;
    send(std::move(flight), now);
}

}  // namespace mailtrek::net
