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

// Appends the payload to the header that begins at `start` and fills in its checksum, which is zero so far.
void finish(std::string& out, std::size_t start, std::size_t checksumAt, const Slice& payload, std::uint64_t pseudoHeader, bool zeroMeansNone) {
    out += payload.text();
    std::uint16_t sum = checksumFinish(checksumAdd(pseudoHeader, std::string_view(out).substr(start)));
    if (sum == 0 && zeroMeansNone) sum = 0xffff;  // RFC 768: an all-zero checksum says that there is none
    set16(out, start + checksumAt, sum);
}

void appendTcp(std::string& out, const Packet& packet, const TcpHeader& header) {
    const std::size_t start = out.size();
    const std::uint32_t size = headerSize(header);
    put16(out, header.sourcePort);
    put16(out, header.destinationPort);
    put32(out, header.sequence);
    put32(out, header.acknowledgment);
    put8(out, size / 4 << 4);
    put8(out, flagBits(header.flags));
    put16(out, header.window);
    put16(out, 0);
    put16(out, header.urgentPointer);
    out += encodeOptions(header.options);
    finish(out, start, 16, packet.payload, pseudoHeaderSum(packet.ip, static_cast<std::uint8_t>(Protocol::tcp), size + packet.payload.size()), false);
}

void appendUdp(std::string& out, const Packet& packet, const UdpHeader& header) {
    const std::size_t start = out.size();
    const std::uint32_t length = kUdpHeaderSize + packet.payload.size();
    put16(out, header.sourcePort);
    put16(out, header.destinationPort);
    put16(out, length);
    put16(out, 0);
    finish(out, start, 6, packet.payload, pseudoHeaderSum(packet.ip, static_cast<std::uint8_t>(Protocol::udp), length), true);
}

void appendIcmp(std::string& out, const Packet& packet, const IcmpHeader& header) {
    const std::size_t start = out.size();
    put8(out, header.type);
    put8(out, header.code);
    put16(out, 0);
    put32(out, header.rest);
    finish(out, start, 2, packet.payload, 0, false);
}

void appendTransport(std::string& out, const Packet& packet) {
    if (const TcpHeader* tcp = packet.tcp()) return appendTcp(out, packet, *tcp);
    if (const UdpHeader* udp = packet.udp()) return appendUdp(out, packet, *udp);
    if (const IcmpHeader* icmp = packet.icmp()) return appendIcmp(out, packet, *icmp);
    out += packet.payload.text();
}

// REQUIRES: out is empty.
void appendIpv4(std::string& out, const Ipv4Header& ip, std::uint32_t totalLength) {
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
}

}  // namespace

Packet arpPacket(const ArpPacket& arp) {
    Packet packet;
    packet.ip.ttl = 0;  // there is none
    packet.transport = arp;
    return packet;
}

std::uint32_t headerSize(const TcpHeader& header) { return kTcpHeaderSize + optionsSize(header.options); }

std::uint32_t wireSize(const Packet& packet) {
    const std::uint32_t payload = packet.payload.size();
    switch (packet.transport.index()) {
        case 1: return kIpv4HeaderSize + headerSize(*packet.tcp()) + payload;
        case 2: return kIpv4HeaderSize + kUdpHeaderSize + payload;
        case 3: return kIpv4HeaderSize + kIcmpHeaderSize + payload;
        case 4: return payload;
        case 5: return kArpSize;
        case 0: break;
    }
    return kIpv4HeaderSize + payload;
}

std::string serializeTransport(const Packet& packet) {
    std::string out;
    out.reserve(wireSize(packet));
    appendTransport(out, packet);
    return out;
}

std::string serialize(const Packet& packet) {
    if (std::holds_alternative<RawDatagram>(packet.transport)) return std::string(packet.payload.text());
    if (const ArpPacket* arp = packet.arp()) return serialize(*arp);
    std::string out;
    const std::uint32_t size = wireSize(packet);
    out.reserve(size);
    appendIpv4(out, packet.ip, size);
    appendTransport(out, packet);
    return out;
}

}  // namespace mailtrek::wire
