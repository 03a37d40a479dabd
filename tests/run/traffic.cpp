// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/traffic.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/trace/journey.h"

namespace mailtrek::run::test {
namespace {

std::string ends(const wire::Packet& packet) {
    std::string text = fmt::format("{} > {} proto {}", packet.ip.source.value, packet.ip.destination.value, packet.ip.protocol);
    if (const wire::TcpHeader* tcp = packet.tcp()) text += fmt::format(" ports {} > {}", tcp->sourcePort, tcp->destinationPort);
    return text;
}

}  // namespace

std::string Passage::outcome() const {
    std::string text = fmt::format("start {} arrival {} ", start.time_since_epoch().count(), arrival.time_since_epoch().count());
    switch (end) {
        case End::underWay: text += "under way"; break;
        case End::delivered: text += "delivered"; break;
        case End::dropped: text += fmt::format("dropped ({})", trace::name(reason)); break;
    }
    text += fmt::format(" at {}", endAt.time_since_epoch().count());
    if (flippedBit) text += fmt::format(", bit {} flipped", *flippedBit);
    if (duplicated) text += ", duplicated";
    return text;
}

Traffic::Traffic(const trace::Recording& recording) : m_recording(recording) {
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Event& event = recording.event({i});
        if (const auto* sent = std::get_if<trace::SegmentSent>(&event.payload)) nameSegment(*sent, true);
        if (const auto* again = std::get_if<trace::SegmentRetransmitted>(&event.payload)) nameSegment(*again, false);
    }
    nameArp();
    nameRest();
    for (std::uint64_t i = 0; i < recording.size(); ++i) follow(recording.event({i}));
}

// Data, SYN and FIN by sequence number and transmission; an acknowledgment by what it acknowledges and how often that was said before.
void Traffic::nameSegment(const trace::SegmentFacts& facts, bool first) {
    segments[facts.packet] = facts;
    const std::string flow = ends(m_recording.store().packet(facts.packet).packet);
    const auto [owner, isNew] = m_owner.try_emplace(flow, facts.connection);
    if (owner->second != facts.connection) owner->second = ConnectionId{};  // the ports were used again: nobody's name
    Half& half = m_halves[{facts.connection, facts.side}];
    const bool syn = facts.flags & 2, fin = facts.flags & 1, reset = facts.flags & 4;
    if (first && facts.mailContent) mailNumbers[facts.packet] = ++half.mail;
    std::string& name = m_names[facts.packet];
    if (reset) {
        name = fmt::format("{} reset at {}, {}", flow, facts.sequence, m_recording.store().packet(facts.packet).packet.tcp()->sequence);
    } else if (facts.length > 0 || syn || fin) {
        name = fmt::format("{} {} at {}, {} octets, transmission {}", flow, syn ? "SYN" : fin ? "FIN" : "data", facts.sequence, facts.length, facts.transmission);
        half.next = std::max<std::uint64_t>(half.next, facts.sequence + facts.length + (syn ? 1u : 0u) + (fin ? 1u : 0u));
    } else if (facts.sequence == half.next || half.next == 0) {
        name = fmt::format("{} ACK of {}, number {}", flow, facts.acknowledgment, ++half.acks[facts.acknowledgment]);
    }  // otherwise a probe of a closed window
}

// ARP packets by who asks whom and how often; those for the sake of routing protocols, which rest passes over, by the time.
void Traffic::nameArp() {
    std::map<PacketId, PacketId> originals;  // of copies
    std::map<PacketId, bool> routine;        // ARP packets: for the sake of a routing protocol
    std::map<std::string, int> said;
    const auto forRouting = [&](trace::EventId cause) {
        if (!cause.valid()) return true;  // a hello has no cause
        const PacketId packet = trace::packetOf(m_recording.event(cause).payload);
        if (!packet.valid()) return false;
        const auto original = originals.find(packet);
        const auto known = routine.find(original == originals.end() ? packet : original->second);
        return known != routine.end() ? known->second : trace::isRouting(m_recording.store().packet(packet).packet);
    };
    for (std::uint64_t i = 0; i < m_recording.size(); ++i) {
        const trace::Event& event = m_recording.event({i});
        const auto originalOf = [&](PacketId packet) { return originals.contains(packet) ? originals.at(packet) : packet; };
        if (const auto* flooded = std::get_if<trace::FrameFlooded>(&event.payload))
            for (std::uint32_t n = 0; n < flooded->copies; ++n) originals[{flooded->first.value + n}] = originalOf(flooded->packet);
        if (const auto* copied = std::get_if<trace::PacketDuplicated>(&event.payload)) originals[copied->copy] = originalOf(copied->packet);
        const auto* asked = std::get_if<trace::ArpAsked>(&event.payload);
        const auto* answered = std::get_if<trace::ArpAnswered>(&event.payload);
        if (asked == nullptr && answered == nullptr) continue;
        const PacketId packet = asked != nullptr ? asked->packet : answered->packet;
        const wire::ArpPacket& arp = *m_recording.store().packet(packet).packet.arp();
        const std::string what = fmt::format("ARP {} of {} to {}", arp.operation, arp.sender.value, arp.target.value);
        routine[packet] = forRouting(event.cause);
        if (routine[packet]) m_uncounted.insert(packet);
        m_names[packet] = routine[packet] ? fmt::format("{} at {}", what, event.at.time_since_epoch().count()) : fmt::format("{}, number {}", what, ++said[what]);
    }
}

void Traffic::nameRest() {
    for (auto& [packet, name] : m_names)
        if (m_recording.store().packet(packet).packet.arp() == nullptr && !m_owner.at(ends(m_recording.store().packet(packet).packet)).valid()) name.clear();
    for (std::uint32_t i = 0; i < m_recording.store().packets(); ++i) {
        const wire::Packet& packet = m_recording.store().packet(PacketId{i}).packet;
        if (packet.tcp() == nullptr && packet.arp() == nullptr && !m_recording.store().packet(PacketId{i}).connection.valid())
            m_names.try_emplace(PacketId{i}, fmt::format("{} datagram {} from {}", ends(packet), packet.ip.identification, packet.ip.fragmentOffset));
    }
}

Passage* Traffic::open(PacketId packet, trace::LinkEnd via) {
    const auto found = m_open.find({packet, via});
    return found == m_open.end() ? nullptr : &passages[found->second];
}

void Traffic::follow(const trace::Event& event) {
    if (const auto* settings = std::get_if<trace::LinkConfigured>(&event.payload)) {
        Line& line = m_lines[settings->via];
        line.rate = settings->rate;
        line.delay = settings->delay;
        if (++line.settings > 1) reconfigured[settings->via] = "";
    } else if (const auto* sent = std::get_if<trace::PacketSent>(&event.payload)) {
        Line& line = m_lines[sent->via];
        const wire::Packet& packet = m_recording.store().packet(sent->packet).packet;
        // How many were said before depends on when routers rested; the dice are thrown for what is said and when.
        if (trace::isRouting(packet) && m_said.insert(sent->packet).second)
            m_names[sent->packet] = fmt::format("{} said at {}: {}", ends(packet), event.at.time_since_epoch().count(), packet.payload.text());
        Passage passage{.packet = sent->packet,
                        .via = sent->via,
                        .who = m_names[sent->packet],
                        .at = event.at,
                        .start = sent->start,
                        .arrival = sent->arrival,
                        .size = sent->size,
                        .ttl = sent->ttl};
        if (!m_copies.erase(sent->packet) && !trace::isRouting(packet) && !m_uncounted.contains(sent->packet)) passage.ordinal = ++line.entered;
        const Instant soonest = sent->start + line.rate.timeFor(Bytes{sent->size}) + line.delay;
        if (line.lastArrival <= soonest) passage.late = sent->arrival - soonest;
        line.lastArrival = std::max(line.lastArrival, sent->arrival);
        m_open[{sent->packet, sent->via}] = passages.size();
        over[sent->via].push_back(passages.size());
        passages.push_back(std::move(passage));
    } else if (const auto* planned = std::get_if<trace::PacketReplanned>(&event.payload)) {
        Passage& passage = *open(planned->packet, planned->via);
        passage.start = planned->start;
        passage.arrival = planned->arrival;
        passage.replanned = true;
    } else if (const auto* copied = std::get_if<trace::PacketDuplicated>(&event.payload)) {
        open(copied->packet, copied->via)->duplicated = true;
        const std::string& original = m_names[copied->packet];
        m_names[copied->copy] = original.empty() ? "" : fmt::format("{}, copied on {}", original, copied->via.value);
        m_copies.insert(copied->copy);
        m_said.insert(copied->copy);
    } else if (const auto* flooded = std::get_if<trace::FrameFlooded>(&event.payload)) {
        for (std::uint32_t i = 0; i < flooded->copies; ++i) {  // with the same dice, on other links
            m_names[{flooded->first.value + i}] = m_names[flooded->packet];
            m_said.insert(PacketId{flooded->first.value + i});
            if (m_uncounted.contains(flooded->packet)) m_uncounted.insert(PacketId{flooded->first.value + i});
        }
    } else if (const auto* damage = std::get_if<trace::PacketCorrupted>(&event.payload)) {
        m_names[damage->damaged] = m_names[damage->packet];
        m_said.insert(damage->damaged);
        if (!damage->via.valid()) return;  // in the memory of a router
        open(damage->packet, damage->via)->flippedBit = damage->bit;
        m_open[{damage->damaged, damage->via}] = m_open.at({damage->packet, damage->via});
    } else if (const auto* altered = std::get_if<trace::PacketAltered>(&event.payload)) {
        m_names[altered->altered] = m_names[altered->packet];
        m_said.insert(altered->altered);
        m_open[{altered->altered, altered->via}] = m_open.at({altered->packet, altered->via});
    } else if (const auto* arrived = std::get_if<trace::PacketDelivered>(&event.payload)) {
        Passage& passage = *open(arrived->packet, arrived->via);
        passage.end = Passage::End::delivered;
        passage.endAt = event.at;
        m_open.erase({arrived->packet, arrived->via});
    } else if (const auto* lost = std::get_if<trace::PacketDropped>(&event.payload); lost != nullptr && lost->onLink && lost->queued) {
        Passage& passage = *open(lost->packet, lost->via);
        passage.end = Passage::End::dropped;
        passage.endAt = event.at;
        passage.reason = lost->reason;
        m_open.erase({lost->packet, lost->via});
    } else if (lost != nullptr && lost->onLink) {
        m_copies.erase(lost->packet);
    }
}

}  // namespace mailtrek::run::test
