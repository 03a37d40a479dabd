// SPDX-License-Identifier: GPL-3.0-or-later
// Follows every packet of a recording from node to node and keeps the books of guard 5:
//
//     packets sent + duplicated + fragments made = delivered + dropped + fragments joined + still in flight
//
// Sent: it left its origin's TCP, UDP, ICMP or ARP (a PacketRecord), or was refused at the door. Delivered: it reached a node that has its destination address (or, at the next
// hop, a group) and was not dropped there. A link's noise puts a damaged packet in the place of the sound one: neither sent nor dropped. A packet that is cut ends, and its pieces
// begin; pieces that are joined end, and the whole begins. Copies that a switch floods count as duplicated; an ARP packet is at home wherever it is heard. Fragments that wait for
// others at their destination count as delivered so far.
#pragma once

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "sim/run/simulation.h"

namespace mailtrek::run::test {

class PacketLedger {
public:
    explicit PacketLedger(const trace::Recording& recording) : m_recording(recording) {
        const auto& nodes = recording.cast().nodes;
        for (std::uint32_t n = 0; n < nodes.size(); ++n)
            for (const wire::Ipv4Address address : nodes[n].addresses) m_owner[address.value] = NodeId{n};
    }

    // Takes in what was recorded since, and says what is wrong: the first packet whose way makes no sense, or books that do not balance. `inFlight`: what the links carry.
    std::string balance(std::uint64_t inFlight) {
        for (; m_events < m_recording.size() && problem.empty(); ++m_events) take(m_recording.event({m_events}));
        if (!problem.empty()) return problem;
        delivered = waiting = 0;
        for (const auto& [id, packet] : m_packets) {
            waiting += packet.where == Where::waits ? 1 : 0;
            if (packet.where != Where::atNode) continue;
            if (packet.at != destinationOf(id) && !toGroup(id) && !heardArp(id)) return fmt::format("packet {} vanished at {}", id.value, nodeName(packet.at));
            ++delivered;
        }
        if (sent + copied + made + wholes == delivered + dropped + cut + joined + waiting + inFlight) return {};
        return fmt::format("{} sent + {} copies + {} pieces + {} wholes are not {} delivered + {} dropped + {} cut + {} joined + {} waiting + {} in flight", sent, copied, made,
                           wholes, delivered, dropped, cut, joined, waiting, inFlight);
    }

    std::uint64_t sent = 0, copied = 0, delivered = 0, dropped = 0, damaged = 0;
    std::uint64_t cut = 0, made = 0, joined = 0, wholes = 0;
    std::uint64_t waiting = 0;  // for an answer to ARP: in flight, but on no link
    std::string problem;

private:
    enum class Where : std::uint8_t { atNode, waits, onLink, gone };
    struct Packet {
        Where where = Where::atNode;
        NodeId at;
        trace::LinkEnd via;
    };
    const trace::PacketRecord& record(PacketId id) const { return m_recording.store().packet(id); }
    NodeId destinationOf(PacketId id) const {
        const auto found = m_owner.find(record(id).packet.ip.destination.value);
        return found == m_owner.end() ? NodeId{} : found->second;
    }
    // To all routers on the link (224.0.0.x): whoever hears it is meant, but not the sender.
    bool toGroup(PacketId id) const { return record(id).packet.ip.destination.value >> 8 == 0xe00000 && m_packets.at(id).at != record(id).origin; }
    bool heardArp(PacketId id) const { return record(id).packet.arp() != nullptr && m_packets.at(id).via.valid(); }
    std::string nodeName(NodeId id) const { return id.valid() ? m_recording.cast().nodes[id.index()].name : "nowhere"; }
    NodeId sender(trace::LinkEnd via) const {
        const trace::CastLink& link = m_recording.cast().links[via.link().index()];
        return via.direction() == 0 ? link.first : link.second;
    }

    // Where the packet is; one that nobody spoke of before stands at its origin.
    Packet& find(PacketId id) {
        const auto [place, isNew] = m_packets.try_emplace(id);
        if (!isNew) return place->second;
        if (isFragment(id)) wrong(id, "is a fragment of nothing");
        place->second.at = record(id).origin;
        ++sent;
        return place->second;
    }
    bool isFragment(PacketId id) const { return record(id).packet.ip.moreFragments || record(id).packet.ip.fragmentOffset > 0; }
    auto datagramOf(PacketId id) const {
        const wire::Ipv4Header& ip = record(id).packet.ip;
        return std::tuple(ip.source, ip.destination, ip.protocol, ip.identification);
    }
    void wrong(PacketId id, std::string_view what) {
        if (problem.empty()) problem = fmt::format("event {}: packet {} {}", m_events, id.value, what);
    }

    void take(const trace::Event& event) {
        std::visit([&](const auto& e) { move(e, event.node); }, event.payload);
    }
    void move(const trace::PacketSent& e, NodeId node) {
        Packet& packet = find(e.packet);
        if ((packet.where != Where::atNode && packet.where != Where::waits) || packet.at != node || sender(e.via) != node) wrong(e.packet, "is sent from where it is not");
        packet = {Where::onLink, {}, e.via};
    }
    void move(const trace::PacketDelivered& e, NodeId node) {
        Packet& packet = find(e.packet);
        if (packet.where != Where::onLink || packet.via != e.via) wrong(e.packet, "arrives over a link that it is not on");
        packet = {Where::atNode, node, e.via};
    }
    void move(const trace::PacketDropped& e, NodeId node) {
        Packet& packet = find(e.packet);
        const bool onLink = e.onLink && e.queued;
        const bool there = onLink ? packet.where == Where::onLink : packet.where == Where::atNode || packet.where == Where::waits;
        if (!there || (onLink ? packet.via != e.via : packet.at != node)) wrong(e.packet, "is dropped where it is not");
        packet.where = Where::gone;
        ++dropped;
    }
    void move(const trace::PacketDuplicated& e, NodeId node) {
        m_packets[e.copy] = {Where::atNode, node, {}};
        if (isFragment(e.copy)) m_fragments[datagramOf(e.copy)].insert(e.copy);
        ++copied;
    }
    void move(const trace::PacketWaits& e, NodeId node) {
        Packet& packet = find(e.packet);
        if (packet.where != Where::atNode || packet.at != node) wrong(e.packet, "waits where it is not");
        packet.where = Where::waits;
    }
    void move(const trace::FrameFlooded& e, NodeId node) {
        const Packet& packet = find(e.packet);
        if (packet.where != Where::atNode || packet.at != node) wrong(e.packet, "is flooded where it is not");
        for (std::uint32_t i = 0; i < e.copies; ++i) {
            const PacketId id{e.first.value + i};
            if (!(record(id).packet == record(e.packet).packet)) wrong(id, "is no copy");
            m_packets[id] = {Where::atNode, node, {}};
            if (isFragment(id)) m_fragments[datagramOf(id)].insert(id);
            ++copied;
        }
    }
    void move(const trace::PacketCorrupted& e, NodeId node) {
        Packet& packet = find(e.packet);
        const bool there = e.via.valid() ? packet.where == Where::onLink && packet.via == e.via : packet.where == Where::atNode && packet.at == node;
        if (!there) wrong(e.packet, "is damaged where it is not");
        m_packets[e.damaged] = packet;
        if (isFragment(e.damaged)) m_fragments[datagramOf(e.damaged)].insert(e.damaged);
        packet.where = Where::gone;
        ++damaged;
    }
    void move(const trace::PacketAltered& e, NodeId) {
        Packet& packet = find(e.packet);
        if (packet.where != Where::onLink || packet.via != e.via) wrong(e.packet, "is altered where it is not");
        m_packets[e.altered] = packet;
        packet.where = Where::gone;
        ++damaged;
    }
    // RFC 791 3.2: the pieces cover the data, all but the last in multiples of 8 octets; the last says what the whole said.
    void move(const trace::PacketFragmented& e, NodeId node) {
        Packet& packet = find(e.packet);
        if (packet.where != Where::atNode || packet.at != node) wrong(e.packet, "is cut where it is not");
        packet.where = Where::gone;
        ++cut;
        const wire::Packet& whole = record(e.packet).packet;
        std::uint32_t reached = whole.ip.fragmentOffset * 8u;
        for (std::uint32_t i = 0; i < e.pieces; ++i) {
            const PacketId id{e.first.value + i};
            const wire::Packet& piece = record(id).packet;
            const bool more = i + 1u < e.pieces || whole.ip.moreFragments;
            const bool right =
                piece.ip.fragmentOffset * 8u == reached && piece.ip.moreFragments == more && wire::wireSize(piece) <= e.mtu && datagramOf(id) == datagramOf(e.packet);
            if (!right || (i + 1u < e.pieces && piece.payload.size() % 8 != 0)) wrong(id, "is no proper fragment");
            reached += piece.payload.size();
            m_packets[id] = {Where::atNode, node, packet.via};
            m_fragments[datagramOf(id)].insert(id);
            ++made;
        }
        if (reached != whole.ip.fragmentOffset * 8u + wire::wireSize(whole) - wire::kIpv4HeaderSize) wrong(e.packet, "lost octets when it was cut");
    }
    void move(const trace::PacketReassembled& e, NodeId node) {
        std::uint32_t pieces = 0, octets = 0;
        for (const PacketId id : m_fragments[datagramOf(e.packet)]) {
            Packet& piece = m_packets.at(id);
            if (piece.where != Where::atNode || piece.at != node) continue;
            piece.where = Where::gone;
            octets += record(id).packet.payload.size();
            ++pieces;
        }
        if (pieces != e.pieces || octets + wire::kIpv4HeaderSize != e.size) wrong(e.packet, "is joined of other pieces than there are");
        joined += pieces;
        ++wholes;
        m_packets[e.packet] = {Where::atNode, node, {}};
    }
    template <class Other>
    void move(const Other&, NodeId) {}

    const trace::Recording& m_recording;
    std::uint64_t m_events = 0;
    std::map<std::uint32_t, NodeId> m_owner;
    std::map<PacketId, Packet> m_packets;
    std::map<std::tuple<wire::Ipv4Address, wire::Ipv4Address, std::uint8_t, std::uint16_t>, std::set<PacketId>> m_fragments;  // all there ever were
};

}  // namespace mailtrek::run::test
