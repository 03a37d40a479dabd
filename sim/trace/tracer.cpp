// SPDX-License-Identifier: GPL-3.0-or-later
// The hash is a chain over everything in the order in which it is reported: a new text, message or packet by its octets, an event by its fields. Ids are counted the
// same in every sink, so hashing the id of a text stands for hashing its octets, which went in when it was new.
#include "sim/trace/tracer.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "sim/kernel/dice.h"

namespace mailtrek::trace {
namespace {

std::uint64_t hashOctets(std::uint64_t h, std::string_view octets) {
    h = combine(h, octets.size());
    std::size_t i = 0;
    for (; i + 8 <= octets.size(); i += 8) {
        std::uint64_t word = 0;
        for (int b = 7; b >= 0; --b) word = word << 8 | static_cast<unsigned char>(octets[i + static_cast<std::size_t>(b)]);  // little-endian on every machine
        h = combine(h, word);
    }
    std::uint64_t rest = 0;
    for (; i < octets.size(); ++i) rest = rest << 8 | static_cast<unsigned char>(octets[i]);
    return combine(h, rest);
}

std::uint64_t number(Instant t) { return static_cast<std::uint64_t>(t.time_since_epoch().count()); }
std::uint64_t number(Duration d) { return static_cast<std::uint64_t>(d.count()); }
template <class Tag>
std::uint64_t number(Id<Tag> id) {
    return id.value;
}
std::uint64_t number(LinkEnd end) { return end.value; }
std::uint64_t number(BitRate rate) { return rate.bitsPerSecond; }
std::uint64_t number(wire::MacAddress address) { return address.number(); }
std::uint64_t number(Share share) { return share.perBillion; }
std::uint64_t number(wire::Ipv4Prefix prefix) { return std::uint64_t{prefix.address.value} << 8 | prefix.length; }
template <class T>
requires std::is_integral_v<T> || std::is_enum_v<T> std::uint64_t number(T value) { return static_cast<std::uint64_t>(value); }

std::uint64_t hashEvent(std::uint64_t h, Instant at, EventId cause, NodeId node, MailId mail, const Payload& payload) {
    h = combine(h, number(at));
    h = combine(h, cause.value);
    h = combine(h, std::uint64_t{node.value} << 32 | mail.value);
    return std::visit(
        [h](const auto& facts) mutable {
            h = combine(h, hashText(facts.kType));
            facts.fields([&h](std::string_view, const auto& value) {
                if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, FrameId>)
                    if (!value.valid()) return;  // where there are no frames, there is nothing to hash
                h = combine(h, number(value));
            });
            return h;
        },
        payload);
}

// Everything of it but the octets that it carries and the checksum over them. Without a sound TCP header (a fragment, damage) nothing but its size and its IP header.
wire::Packet withoutContent(const wire::Packet& packet) {
    wire::Packet shell = packet;
    if (shell.tcp() == nullptr) shell.transport = wire::RawTransport{};
    shell.payload = {};
    return shell;
}

// An ICMP error quotes its packet (RFC 1812 4.3.2.3): of the quote, the IP header and the eight octets behind it, which hold ports and sequence number (RFC 792).
wire::Packet withoutQuotedContent(const wire::Packet& packet) {
    constexpr std::uint32_t kQuoted = wire::kIpv4HeaderSize + 8;
    wire::Packet shell = packet;
    shell.payload = shell.payload.sub(0, std::min(shell.payload.size(), kQuoted));
    return shell;
}

bool isIcmpError(const wire::Packet& packet) {
    const wire::IcmpHeader* icmp = packet.icmp();
    return icmp != nullptr && (icmp->type == 3 || icmp->type == 11 || icmp->type == 12);  // RFC 792
}

}  // namespace

Tracer::Tracer(Sink sink, Recording* recording) : m_sink(sink), m_recording(sink == Sink::record ? recording : nullptr) {}

EventId Tracer::emit(Instant at, EventId cause, NodeId node, MailId mail, const Payload& payload) {
    const EventId id{m_events++};
    if (m_sink != Sink::none) m_hash = hashEvent(m_hash, at, cause, node, mail, payload);
    if (m_recording == nullptr && m_observer == nullptr) return id;
    const Event event{cause, at, node, mail, payload};
    if (m_recording != nullptr) m_recording->append(event);
    if (m_observer != nullptr) m_observer->onEvent(id, event);
    return id;
}

TextId Tracer::text(std::string_view text) {
    if (m_sink == Sink::none) return {};
    Store& store = m_recording != nullptr ? m_recording->mutableStore() : m_ownStore;
    const std::size_t before = store.texts();
    const TextId id = store.addText(text);
    if (store.texts() != before) m_hash = hashOctets(m_hash, text);
    return id;
}

MessageId Tracer::message(const Slice& octets) {
    if (m_sink == Sink::none) return {};
    m_hash = hashOctets(m_hash, octets.text());
    if (m_recording != nullptr) return m_recording->mutableStore().addMessage(octets);
    return MessageId{m_messages++};
}

FrameId Tracer::frame(const wire::EthernetHeader& header) {
    if (m_sink == Sink::none) return {};
    Store& store = m_recording != nullptr ? m_recording->mutableStore() : m_ownStore;
    const std::size_t before = store.frames();
    const FrameId id = store.addFrame(header);
    if (store.frames() != before) m_hash = combine(combine(combine(m_hash, header.destination.number()), header.source.number()), static_cast<std::uint64_t>(header.type));
    return id;
}

PacketId Tracer::packet(const wire::Packet& packet, ConnectionId connection, NodeId origin) {
    const PacketId id{m_packets++};
    if (m_sink == Sink::none) return id;
    const bool sealed = connection.valid() && connection.index() < m_sealed.size() && m_sealed[connection.index()];
    if (sealed)
        m_hash = combine(hashOctets(m_hash, wire::serialize(withoutContent(packet))), wire::wireSize(packet));
    else if (!m_sealed.empty() && isIcmpError(packet))
        m_hash = combine(hashOctets(m_hash, wire::serialize(withoutQuotedContent(packet))), wire::wireSize(packet));
    else
        m_hash = hashOctets(m_hash, wire::serialize(packet));
    if (m_recording != nullptr) m_recording->mutableStore().addPacket({packet, connection, origin});
    return id;
}

void Tracer::seal(ConnectionId connection) {
    if (!connection.valid()) return;
    if (connection.index() >= m_sealed.size()) m_sealed.resize(connection.index() + 1);
    m_sealed[connection.index()] = true;
}

}  // namespace mailtrek::trace
