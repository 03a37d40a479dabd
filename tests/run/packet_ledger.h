// SPDX-License-Identifier: GPL-3.0-or-later
// Follows every packet of a recording from node to node and keeps the books of guard 5:
//
//     packets sent + duplicated + fragments made = delivered + dropped + fragments joined + still in flight
//
// Sent: it left its origin's TCP, UDP or ICMP (a PacketRecord), or was refused at the door. Delivered: it reached a node that has its destination address (or, at the next hop, a
// group) and was not dropped there. A link's noise puts a damaged packet in the place of the sound one: neither sent nor dropped. Every link of a scenario has the same MTU and
// nothing larger is sent (segments respect the MSS, DNS over UDP its 512 octets), so fragments do not occur; cutting and joining report no events, and the ledger refuses a
// recording in which it sees a fragment rather than count wrong.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>

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
        delivered = 0;
        for (const auto& [id, packet] : m_packets) {
            if (packet.where != Where::atNode) continue;
            if (packet.at != destinationOf(id) && !toGroup(id)) return fmt::format("packet {} vanished at {}", id.value, nodeName(packet.at));
            ++delivered;
        }
        if (sent + copied == delivered + dropped + inFlight) return {};
        return fmt::format("{} sent + {} copies are not {} delivered + {} dropped + {} in flight", sent, copied, delivered, dropped, inFlight);
    }

    std::uint64_t sent = 0, copied = 0, delivered = 0, dropped = 0, damaged = 0;
    std::string problem;

private:
    enum class Where : std::uint8_t { atNode, onLink, gone };
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
    std::string nodeName(NodeId id) const { return id.valid() ? m_recording.cast().nodes[id.index()].name : "nowhere"; }
    NodeId sender(trace::LinkEnd via) const {
        const trace::CastLink& link = m_recording.cast().links[via.link().index()];
        return via.direction() == 0 ? link.first : link.second;
    }

    // Where the packet is; one that nobody spoke of before stands at its origin.
    Packet& find(PacketId id) {
        const auto [place, isNew] = m_packets.try_emplace(id);
        if (!isNew) return place->second;
        const wire::Ipv4Header& ip = record(id).packet.ip;
        if (ip.moreFragments || ip.fragmentOffset > 0) wrong(id, "is a fragment");
        place->second.at = record(id).origin;
        ++sent;
        return place->second;
    }
    void wrong(PacketId id, std::string_view what) {
        if (problem.empty()) problem = fmt::format("event {}: packet {} {}", m_events, id.value, what);
    }

    void take(const trace::Event& event) {
        std::visit([&](const auto& e) { move(e, event.node); }, event.payload);
    }
    void move(const trace::PacketSent& e, NodeId node) {
        Packet& packet = find(e.packet);
        if (packet.where != Where::atNode || packet.at != node || sender(e.via) != node) wrong(e.packet, "is sent from where it is not");
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
        if (packet.where != (onLink ? Where::onLink : Where::atNode) || (onLink ? packet.via != e.via : packet.at != node)) wrong(e.packet, "is dropped where it is not");
        packet.where = Where::gone;
        ++dropped;
    }
    void move(const trace::PacketDuplicated& e, NodeId node) {
        m_packets[e.copy] = {Where::atNode, node, {}};
        ++copied;
    }
    void move(const trace::PacketCorrupted& e, NodeId) {
        Packet& packet = find(e.packet);
        if (packet.where != Where::onLink || packet.via != e.via) wrong(e.packet, "is damaged on a link that it is not on");
        m_packets[e.damaged] = packet;
        packet.where = Where::gone;
        ++damaged;
    }
    template <class Other>
    void move(const Other&, NodeId) {}

    const trace::Recording& m_recording;
    std::uint64_t m_events = 0;
    std::map<std::uint32_t, NodeId> m_owner;
    std::map<PacketId, Packet> m_packets;
};

}  // namespace mailtrek::run::test
