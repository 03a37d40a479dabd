// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/fragments.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace mailtrek::net {
namespace {

constexpr std::uint32_t kMostPayload = 65535 - wire::kIpv4HeaderSize;

std::uint32_t begin(const Flight& piece) { return piece.packet.ip.fragmentOffset * 8u; }
std::uint32_t end(const Flight& piece) { return begin(piece) + piece.packet.payload.size(); }

FlightPtr join(std::vector<FlightPtr> pieces) {
    std::string octets;
    for (const FlightPtr& piece : pieces) octets += piece->packet.payload.text();
    FlightPtr whole = std::move(pieces.front());
    wire::Packet& packet = whole->packet;
    packet.ip.moreFragments = false;
    packet.payload = Slice::adopt(std::move(octets));
    wire::ParsedPacket parsed = wire::parseTransport(packet);
    packet = std::move(parsed.packet);
    whole->damage = parsed.damage;
    whole->size = wire::wireSize(packet);
    return whole;
}

}  // namespace

std::vector<wire::Packet> fragment(const wire::Packet& packet, std::uint32_t mtu) {
    const std::uint32_t most = (mtu - wire::kIpv4HeaderSize) / 8 * 8;  // RFC 791 3.2: all but the last are multiples of 8 octets
    assert(!packet.ip.dontFragment && most >= 8);
    const bool raw = std::holds_alternative<wire::RawTransport>(packet.transport);
    const Slice octets = raw ? packet.payload : Slice::adopt(wire::serializeTransport(packet));
    std::vector<wire::Packet> pieces;
    for (std::uint32_t at = 0; at < octets.size(); at += most) {
        const std::uint32_t size = std::min(most, octets.size() - at);
        wire::Packet piece{packet.ip, wire::RawTransport{}, octets.sub(at, size)};
        piece.ip.fragmentOffset = static_cast<std::uint16_t>(packet.ip.fragmentOffset + at / 8);
        piece.ip.moreFragments = packet.ip.moreFragments || at + size < octets.size();
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

bool Reassembly::Datagram::complete() const {
    std::uint32_t reached = 0;
    for (const FlightPtr& piece : pieces) {
        if (begin(*piece) != reached) return false;
        reached = end(*piece);
    }
    return !pieces.empty() && !pieces.back()->packet.ip.moreFragments;
}

Reassembly::Added Reassembly::add(FlightPtr flight, Instant now) {
    Added added;
    const wire::Ipv4Header& ip = flight->packet.ip;
    const std::uint32_t first = begin(*flight), last = end(*flight);
    const bool senseless = first == last || last > kMostPayload || (ip.moreFragments && (last - first) % 8 != 0);
    auto datagram = std::ranges::find_if(m_datagrams, [&ip](const Datagram& d) { return d.is(ip); });
    if (senseless) {
        added.discarded.push_back(std::move(flight));
        return added;
    }
    if (datagram == m_datagrams.end()) {
        if (m_datagrams.size() == kMostDatagrams) {
            std::ranges::move(m_datagrams.front().pieces, std::back_inserter(added.discarded));
            m_datagrams.erase(m_datagrams.begin());
        }
        m_datagrams.push_back({ip.source, ip.destination, ip.identification, ip.protocol, now + kTimeout, {}});
        datagram = std::prev(m_datagrams.end());
    }
    std::vector<FlightPtr>& pieces = datagram->pieces;
    const auto place = std::ranges::find_if(pieces, [first](const FlightPtr& piece) { return begin(*piece) >= first; });
    const bool overlaps = (place != pieces.end() && begin(**place) < last) || (place != pieces.begin() && end(**std::prev(place)) > first);
    const bool beyondEnd = place == pieces.end() && !pieces.empty() && !pieces.back()->packet.ip.moreFragments;
    const bool endBefore = place != pieces.end() && !ip.moreFragments;
    if (overlaps || beyondEnd || endBefore) {  // a copy, or contradicting what is there: the earlier ones stay
        added.discarded.push_back(std::move(flight));
        return added;
    }
    pieces.insert(place, std::move(flight));
    if (!datagram->complete()) return added;
    added.pieces = static_cast<std::uint16_t>(pieces.size());
    added.whole = join(std::move(pieces));
    m_datagrams.erase(datagram);
    return added;
}

std::vector<std::vector<FlightPtr>> Reassembly::expire(Instant now) {
    std::vector<std::vector<FlightPtr>> expired;
    while (!m_datagrams.empty() && m_datagrams.front().deadline <= now) {
        expired.push_back(std::move(m_datagrams.front().pieces));
        m_datagrams.erase(m_datagrams.begin());
    }
    return expired;
}

std::vector<FlightPtr> Reassembly::clear() {
    std::vector<FlightPtr> all;
    for (Datagram& datagram : m_datagrams) std::ranges::move(datagram.pieces, std::back_inserter(all));
    m_datagrams.clear();
    return all;
}

}  // namespace mailtrek::net
