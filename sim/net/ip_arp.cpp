// SPDX-License-Identifier: GPL-3.0-or-later
// Segments with switches: packets go out in Ethernet frames to the MAC address that ARP finds (RFC 826, RFC 1122 2.3.2), and frames come in.
#include <algorithm>

#include "sim/net/ip_node.h"

namespace mailtrek::net {
namespace {

bool toMany(wire::Ipv4Address address) { return address.value >> 28 == 0xe || address.value == 0xffffffffu; }

FlightKind kindOf(const Flight& flight) { return flight.background() ? FlightKind::background : FlightKind::foreground; }

NodeId nodeOf(wire::MacAddress station) {
    const auto node = wire::stationNode(station);
    return node ? NodeId{*node} : NodeId{};
}

}  // namespace

void IpNode::outFramed(FlightPtr flight, Interface& interface, wire::Ipv4Address next, Instant now) {
    flight->from = interface.mac;
    if (toMany(next)) {
        flight->to = wire::groupAddress(next);
        return interface.link->send(interface.direction, std::move(flight), now);
    }
    const ArpTable::Lookup found = interface.arp->find(next, now);
    const ArpTable::Asker asker{flight->cause, flight->mail, kindOf(*flight)};
    if (found.station) {
        flight->to = *found.station;
        interface.link->send(interface.direction, std::move(flight), now);
    } else {
        m_tracer.emit(now, flight->cause, m_id, flight->mail, trace::PacketWaits{.packet = flight->id, .via = interface.end(), .target = {next, 32}});
        if (FlightPtr oldest = interface.arp->hold(next, std::move(flight))) drop(std::move(oldest), trace::DropReason::arpQueue, now);
    }
    if (!found.question) return;
    ask(interface, *found.question, asker, now);
    armArp();
}

// As datagrams, ARP packets have dice by who asks whom and how often. Those of routing protocols have theirs by the time, for rest passes over some of them.
void IpNode::prepareArp(Flight& flight, Instant now) {
    const wire::ArpPacket& arp = *flight.packet.arp();
    flight.fate.flow = combine(flowHash(arp.sender, arp.operation, arp.target, 0, wire::Protocol{}), flight.background() ? 1 : 0) | 1;
    flight.fate.number = flight.background() ? static_cast<std::uint64_t>(now.time_since_epoch().count()) : ++m_identifications[flight.fate.flow];
    flight.fate.packetHash = combine(combine(flight.fate.flow, flight.fate.number), flight.fate.transmission);
    flight.size = wire::kArpSize;
    flight.origin = m_id;
    flight.from = arp.senderMac;
    flight.id = m_tracer.packet(flight.packet, flight.connection, m_id);
}

void IpNode::ask(Interface& interface, const ArpTable::Question& question, const ArpTable::Asker& asker, Instant now) {
    FlightPtr flight = newFlight(asker.kind);
    flight->packet = wire::arpPacket({wire::kArpRequest, interface.mac, interface.address, question.station.value_or(wire::MacAddress{}), question.target});
    flight->mail = asker.mail;
    flight->to = question.station.value_or(wire::kBroadcast);
    prepareArp(*flight, now);
    flight->cause = m_tracer.emit(
        now, asker.event, m_id, asker.mail,
        trace::ArpAsked{.packet = flight->id, .via = interface.end(), .target = {question.target, 32}, .attempt = question.attempt, .poll = question.station.has_value()});
    interface.arp->asked(question.target, {flight->cause, asker.mail, asker.kind});
    interface.link->send(interface.direction, std::move(flight), now);
}

bool IpNode::accepts(const Interface& interface, wire::MacAddress to) const {
    if (!to.group()) return to == interface.mac;
    return to == wire::kBroadcast || std::ranges::any_of(m_groups, [to](wire::Ipv4Address group) { return wire::groupAddress(group) == to; });
}

void IpNode::receiveFramed(FlightPtr flight, trace::LinkEnd in, Instant now) {
    const auto found = std::ranges::find_if(m_interfaces, [in](const Interface& i) { return i.link->id() == in.link(); });
    if (flight->damage == wire::Damage::frame) return drop(std::move(flight), trace::DropReason::frameChecksum, now);
    if (!accepts(*found, flight->to)) return drop(std::move(flight), trace::DropReason::filtered, now);
    if (flight->packet.arp() != nullptr) return onArp(*flight, *found, now);
    flight->to = {};
    receiveDatagram(std::move(flight), now);
}

// RFC 826, Packet Reception. What comes from nobody (a probe, RFC 5227 1.1) or claims to come from here is not learned.
void IpNode::onArp(const Flight& flight, Interface& interface, Instant now) {
    const wire::ArpPacket& arp = *flight.packet.arp();
    const bool forUs = arp.target == interface.address;
    if (arp.sender.value != 0 && arp.sender != interface.address && !arp.senderMac.group()) {
        ArpTable::Learnt learnt = interface.arp->learn(arp.sender, arp.senderMac, forUs, now);
        if (learnt.news || !learnt.waited.empty())
            m_tracer.emit(now, flight.cause, m_id, flight.mail,
                          trace::ArpLearned{.via = interface.end(),
                                            .address = {arp.sender, 32},
                                            .neighbour = nodeOf(arp.senderMac),
                                            .station = arp.senderMac,
                                            .released = static_cast<std::uint16_t>(learnt.waited.size())});
        for (FlightPtr& waited : learnt.waited) {
            if (waited->size > interface.link->mtu()) {  // the link takes less than when it began to wait
                dropAndReport(std::move(waited), trace::DropReason::tooBig, {kUnreachable, kFragmentationNeeded, static_cast<std::uint16_t>(interface.link->mtu())}, now);
                continue;
            }
            waited->to = arp.senderMac;
            interface.link->send(interface.direction, std::move(waited), now);
        }
    }
    if (forUs && arp.operation == wire::kArpRequest) answer(flight, interface, now);
}

void IpNode::answer(const Flight& request, Interface& interface, Instant now) {
    const wire::ArpPacket& asked = *request.packet.arp();
    FlightPtr reply = newFlight(kindOf(request));
    reply->packet = wire::arpPacket({wire::kArpReply, interface.mac, interface.address, asked.senderMac, asked.sender});
    reply->mail = request.mail;
    reply->to = asked.senderMac;
    prepareArp(*reply, now);
    reply->cause = m_tracer.emit(now, request.cause, m_id, request.mail, trace::ArpAnswered{.packet = reply->id, .via = interface.end(), .asker = {asked.sender, 32}});
    interface.link->send(interface.direction, std::move(reply), now);
}

std::vector<PacketId> IpNode::waiting() const {
    std::vector<PacketId> packets;
    for (const Interface& interface : m_interfaces)
        if (interface.arp) std::ranges::copy(interface.arp->waiting(), std::back_inserter(packets));
    return packets;
}

void IpNode::armArp() {
    Instant next = kNever;
    for (const Interface& interface : m_interfaces)
        if (interface.arp) next = std::min(next, interface.arp->nextDeadline());
    if (next >= m_arpWake) return;
    m_arpWake = next;
    m_simulator.schedule(next, m_component, kArpWake);
}

void IpNode::onArpTimer(Instant now) {
    if (now < m_arpWake) return;  // of an earlier plan
    m_arpWake = kNever;
    for (Interface& interface : m_interfaces) {
        if (!interface.arp) continue;
        for (ArpTable::Expired& expired : interface.arp->expire(now)) {
            if (expired.failed)
                giveUp(interface, std::move(expired), now);
            else
                ask(interface, expired.question, expired.asker, now);
        }
    }
    armArp();
}

// RFC 1122 2.3.2.2, RFC 1812 5.2.7.1: whose packets come through here is told.
void IpNode::giveUp(Interface& interface, ArpTable::Expired expired, Instant now) {
    const trace::EventId cause =
        m_tracer.emit(now, expired.asker.event, m_id, expired.asker.mail,
                      trace::ArpFailed{.via = interface.end(), .target = {expired.question.target, 32}, .dropped = static_cast<std::uint16_t>(expired.waited.size())});
    for (FlightPtr& waited : expired.waited) {
        waited->cause = cause;
        const bool forwarded = waited->in.valid();
        waited->to = {};
        if (forwarded)
            dropAndReport(std::move(waited), trace::DropReason::unresolved, {kUnreachable, kHostUnreachable}, now);
        else
            drop(std::move(waited), trace::DropReason::unresolved, now);
    }
}

}  // namespace mailtrek::net
