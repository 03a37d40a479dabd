// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/checksum.h"
#include "sim/wire/octets.h"
#include "sim/wire/packet.h"
#include "sim/wire/tcp_options.h"

namespace mailtrek::wire {
namespace {

TcpFlags flagsOf(std::uint8_t bits) {
    const auto bit = [bits](int n) { return (bits >> n & 1) != 0; };
    return {.fin = bit(0), .syn = bit(1), .rst = bit(2), .psh = bit(3), .ack = bit(4), .urg = bit(5), .ece = bit(6), .cwr = bit(7)};
}

Ipv4Header ipv4HeaderOf(std::string_view octets) {
    Ipv4Header ip;
    ip.dscp = get8(octets, 1) >> 2;
    ip.ecn = static_cast<Ecn>(get8(octets, 1) & 3);
    ip.identification = get16(octets, 4);
    const std::uint16_t fragment = get16(octets, 6);
    ip.dontFragment = (fragment & 0x4000) != 0;
    ip.moreFragments = (fragment & 0x2000) != 0;
    ip.fragmentOffset = fragment & 0x1fff;
    ip.ttl = get8(octets, 8);
    ip.protocol = get8(octets, 9);
    ip.source = {get32(octets, 12)};
    ip.destination = {get32(octets, 16)};
    return ip;
}

// The packet as it is, with the verdict that nothing more can be read from it.
ParsedPacket spoilt(const Packet& packet, Damage damage) { return {packet, damage}; }

ParsedPacket parseTcp(const Packet& packet) {
    const std::string_view octets = packet.payload.text();
    if (octets.size() < 20) return spoilt(packet, Damage::malformed);
    const std::size_t size = static_cast<std::size_t>(get8(octets, 12) >> 4) * 4;
    const std::uint64_t pseudo = pseudoHeaderSum(packet.ip, static_cast<std::uint8_t>(Protocol::tcp), packet.payload.size());
    if (checksumFinish(checksumAdd(pseudo, octets)) != 0) return spoilt(packet, Damage::tcpChecksum);
    if (size < 20 || size > octets.size()) return spoilt(packet, Damage::malformed);
    const std::optional<TcpOptions> options = decodeOptions(octets.substr(20, size - 20));
    if (!options) return spoilt(packet, Damage::malformed);
    TcpHeader header;
    header.sourcePort = get16(octets, 0);
    header.destinationPort = get16(octets, 2);
    header.sequence = get32(octets, 4);
    header.acknowledgment = get32(octets, 8);
    header.flags = flagsOf(get8(octets, 13));
    header.window = get16(octets, 14);
    header.urgentPointer = get16(octets, 18);
    header.options = *options;
    return {{packet.ip, header, packet.payload.from(static_cast<std::uint32_t>(size))}, Damage::none};
}

ParsedPacket parseUdp(const Packet& packet) {
    const std::string_view octets = packet.payload.text();
    if (octets.size() < 8) return spoilt(packet, Damage::malformed);
    const std::uint32_t length = get16(octets, 4);
    if (length != octets.size()) return spoilt(packet, Damage::malformed);  // a flipped bit in the length could hide from the checksum
    const std::uint64_t pseudo = pseudoHeaderSum(packet.ip, static_cast<std::uint8_t>(Protocol::udp), length);
    if (get16(octets, 6) != 0 && checksumFinish(checksumAdd(pseudo, octets)) != 0) return spoilt(packet, Damage::udpChecksum);
    return {{packet.ip, UdpHeader{get16(octets, 0), get16(octets, 2)}, packet.payload.from(8)}, Damage::none};
}

ParsedPacket parseIcmp(const Packet& packet) {
    const std::string_view octets = packet.payload.text();
    if (octets.size() < 8) return spoilt(packet, Damage::malformed);
    if (checksumFinish(checksumAdd(0, octets)) != 0) return spoilt(packet, Damage::icmpChecksum);
    return {{packet.ip, IcmpHeader{get8(octets, 0), get8(octets, 1), get32(octets, 4)}, packet.payload.from(8)}, Damage::none};
}

}  // namespace

ParsedPacket parseTransport(const Packet& packet) {
    switch (packet.ip.protocol) {
        case static_cast<std::uint8_t>(Protocol::tcp): return parseTcp(packet);
        case static_cast<std::uint8_t>(Protocol::udp): return parseUdp(packet);
        case static_cast<std::uint8_t>(Protocol::icmp): return parseIcmp(packet);
        default: return {packet, Damage::none};  // somebody else's protocol
    }
}

ParsedPacket parse(std::span<const std::uint8_t> datagram) {
    const Slice all = Slice::copyOf(datagram);
    const std::string_view octets = all.text();
    const auto unreadable = [&all](Damage damage) { return ParsedPacket{{{}, RawDatagram{}, all}, damage}; };
    if (octets.size() < kIpv4HeaderSize) return unreadable(Damage::malformed);
    const std::size_t headerOctets = static_cast<std::size_t>(get8(octets, 0) & 15) * 4;
    const std::size_t total = get16(octets, 2);
    const bool sane = get8(octets, 0) >> 4 == 4 && headerOctets >= kIpv4HeaderSize && headerOctets <= octets.size();
    if (!sane) return unreadable(Damage::malformed);
    if (checksumFinish(checksumAdd(0, octets.substr(0, headerOctets))) != 0) return unreadable(Damage::ipHeader);  // RFC 1122 3.2.1.2
    if (total < headerOctets || total > octets.size()) return unreadable(Damage::malformed);
    Packet packet{ipv4HeaderOf(octets), RawTransport{}, all.sub(static_cast<std::uint32_t>(headerOctets), static_cast<std::uint32_t>(total - headerOctets))};
    if (packet.ip.moreFragments || packet.ip.fragmentOffset != 0) return {packet, Damage::none};
    return parseTransport(packet);
}

}  // namespace mailtrek::wire
