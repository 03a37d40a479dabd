// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/checksum.h"
#include "sim/wire/octets.h"
#include "sim/wire/packet.h"
#include "sim/wire/tcp_options.h"

namespace mailtrek::wire {
namespace {

constexpr std::uint32_t kTcpHeaderSize = 20, kUdpHeaderSize = 8, kIcmpHeaderSize = 8;

std::uint32_t flagBits(const TcpFlags& f) {
    return (f.fin ? 1u : 0) | (f.syn ? 2u : 0) | (f.rst ? 4u : 0) | (f.psh ? 8u : 0) | (f.ack ? 16u : 0) | (f.urg ? 32u : 0) | (f.ece ? 64u : 0) | (f.cwr ? 128u : 0);
}

// Header with a zero checksum at `checksumAt`; the payload follows, then the checksum is filled in.
std::string withChecksum(std::string segment, std::size_t checksumAt, const Slice& payload, std::uint64_t pseudoHeader, bool zeroMeansNone) {
    segment += payload.text();
    std::uint16_t sum = checksumFinish(checksumAdd(pseudoHeader, segment));
    if (sum == 0 && zeroMeansNone) sum = 0xffff;  // RFC 768: an all-zero checksum says that there is none
    set16(segment, checksumAt, sum);
    return segment;
}

std::string tcpOctets(const Packet& packet, const TcpHeader& header) {
    std::string out;
    const std::string options = encodeOptions(header.options);
    const std::uint32_t size = kTcpHeaderSize + static_cast<std::uint32_t>(options.size());
    put16(out, header.sourcePort);
    put16(out, header.destinationPort);
    put32(out, header.sequence);
    put32(out, header.acknowledgment);
    put8(out, size / 4 << 4);
    put8(out, flagBits(header.flags));
    put16(out, header.window);
    put16(out, 0);
    put16(out, header.urgentPointer);
    out += options;
    const std::uint64_t pseudo = pseudoHeaderSum(packet.ip, static_cast<std::uint8_t>(Protocol::tcp), size + packet.payload.size());
    return withChecksum(std::move(out), 16, packet.payload, pseudo, false);
}

std::string udpOctets(const Packet& packet, const UdpHeader& header) {
    std::string out;
    const std::uint32_t length = kUdpHeaderSize + packet.payload.size();
    put16(out, header.sourcePort);
    put16(out, header.destinationPort);
    put16(out, length);
    put16(out, 0);
    return withChecksum(std::move(out), 6, packet.payload, pseudoHeaderSum(packet.ip, static_cast<std::uint8_t>(Protocol::udp), length), true);
}

std::string icmpOctets(const Packet& packet, const IcmpHeader& header) {
    std::string out;
    put8(out, header.type);
    put8(out, header.code);
    put16(out, 0);
    put32(out, header.rest);
    return withChecksum(std::move(out), 2, packet.payload, 0, false);
}

std::string ipv4Octets(const Ipv4Header& ip, std::uint32_t totalLength) {
    std::string out;
    put8(out, 0x45);
    put8(out, static_cast<std::uint32_t>(ip.dscp) << 2 | static_cast<std::uint32_t>(ip.ecn));
    put16(out, totalLength);
    put16(out, ip.identification);
    put16(out, (ip.dontFragment ? 0x4000u : 0) | (ip.moreFragments ? 0x2000u : 0) | (ip.fragmentOffset & 0x1fffu));
    put8(out, ip.ttl);
    put8(out, ip.protocol);
    put16(out, 0);
    put32(out, ip.source.value);
    put32(out, ip.destination.value);
    set16(out, 10, checksumFinish(checksumAdd(0, out)));
    return out;
}

}  // namespace

std::uint32_t headerSize(const TcpHeader& header) { return kTcpHeaderSize + optionsSize(header.options); }

std::uint32_t wireSize(const Packet& packet) {
    const std::uint32_t payload = packet.payload.size();
    switch (packet.transport.index()) {
        case 1: return kIpv4HeaderSize + headerSize(*packet.tcp()) + payload;
        case 2: return kIpv4HeaderSize + kUdpHeaderSize + payload;
        case 3: return kIpv4HeaderSize + kIcmpHeaderSize + payload;
        case 4: return payload;
        case 0: break;
    }
    return kIpv4HeaderSize + payload;
}

std::string serializeTransport(const Packet& packet) {
    if (const TcpHeader* tcp = packet.tcp()) return tcpOctets(packet, *tcp);
    if (const UdpHeader* udp = packet.udp()) return udpOctets(packet, *udp);
    if (const IcmpHeader* icmp = packet.icmp()) return icmpOctets(packet, *icmp);
    return std::string(packet.payload.text());
}

std::string serialize(const Packet& packet) {
    if (std::holds_alternative<RawDatagram>(packet.transport)) return std::string(packet.payload.text());
    std::string transport = serializeTransport(packet);
    return ipv4Octets(packet.ip, kIpv4HeaderSize + static_cast<std::uint32_t>(transport.size())) + transport;
}

}  // namespace mailtrek::wire
