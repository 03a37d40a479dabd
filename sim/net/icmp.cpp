// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/icmp.h"

#include <algorithm>

namespace mailtrek::net {
namespace {

constexpr std::uint32_t kMostOctets = 576;                                      // RFC 1812 4.3.2.3
constexpr std::uint32_t kMostQuoted = kMostOctets - wire::kIpv4HeaderSize - 8;  // behind the IP and the ICMP header of the error
constexpr std::uint8_t kInternetworkControl = 6 << 3;                           // precedence of errors, RFC 1812 4.3.2.5

bool isErrorType(std::uint8_t type) {  // RFC 1122 3.2.2: all but the queries and their answers; an unknown type is taken for one
    switch (type) {
        case kEchoReply:
        case kEchoRequest:
        case 9:   // router advertisement
        case 10:  // router solicitation
        case 13:  // timestamp
        case 14:
        case 15:  // information
        case 16:
        case 17:  // address mask
        case 18: return false;
        default: return true;
    }
}

bool namesOneHost(wire::Ipv4Address address) {
    const std::uint32_t first = address.value >> 24;
    return first != 0 && first != 127 && first < 224;  // this network, loopback; multicast, reserved, broadcast
}

std::uint16_t word(std::span<const std::uint8_t> octets, std::size_t at) { return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]); }
std::uint32_t longWord(std::span<const std::uint8_t> octets, std::size_t at) { return std::uint32_t{word(octets, at)} << 16 | word(octets, at + 2); }

}  // namespace

bool mayReport(const wire::Packet& offending) {
    if (std::holds_alternative<wire::RawDatagram>(offending.transport)) return false;
    if (offending.ip.fragmentOffset != 0) return false;
    if (!namesOneHost(offending.ip.source) || !namesOneHost(offending.ip.destination)) return false;
    if (const wire::IcmpHeader* icmp = offending.icmp()) return !isErrorType(icmp->type);
    if (offending.ip.protocol != static_cast<std::uint8_t>(wire::Protocol::icmp)) return true;
    return !offending.payload.empty() && !isErrorType(offending.payload.data()[0]);  // a first fragment, or damaged
}

wire::Packet icmpError(const wire::Packet& offending, IcmpError error) {
    wire::Packet packet;
    packet.ip.destination = offending.ip.source;
    packet.ip.dscp = kInternetworkControl;
    packet.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::icmp);
    packet.transport = wire::IcmpHeader{.type = error.type, .code = error.code, .rest = error.mtu};
    std::string quote = wire::serialize(offending);
    quote.resize(std::min<std::size_t>(quote.size(), kMostQuoted));
    packet.payload = Slice::adopt(std::move(quote));
    return packet;
}

wire::Packet echoReply(const wire::Packet& request) {
    wire::Packet reply;
    reply.ip.source = request.ip.destination;
    reply.ip.destination = request.ip.source;
    reply.ip.dscp = request.ip.dscp;  // RFC 1812 4.3.2.5: the answer has the TOS of the request
    reply.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::icmp);
    reply.transport = wire::IcmpHeader{.type = kEchoReply, .code = 0, .rest = request.icmp()->rest};
    reply.payload = request.payload;
    return reply;
}

std::optional<QuotedPacket> quotedPacket(const wire::Packet& error) {
    const wire::IcmpHeader* icmp = error.icmp();
    if (icmp == nullptr || !isErrorType(icmp->type)) return std::nullopt;
    const std::span<const std::uint8_t> octets = error.payload.bytes();
    if (octets.size() < wire::kIpv4HeaderSize || octets[0] >> 4 != 4) return std::nullopt;
    const std::size_t headerOctets = static_cast<std::size_t>(octets[0] & 15) * 4;
    if (headerOctets < wire::kIpv4HeaderSize || octets.size() < headerOctets + 8) return std::nullopt;
    QuotedPacket quoted;
    quoted.totalLength = word(octets, 2);
    quoted.ip.dscp = octets[1] >> 2;
    quoted.ip.ecn = static_cast<wire::Ecn>(octets[1] & 3);
    quoted.ip.identification = word(octets, 4);
    quoted.ip.dontFragment = (octets[6] & 0x40) != 0;
    quoted.ip.moreFragments = (octets[6] & 0x20) != 0;
    quoted.ip.fragmentOffset = word(octets, 6) & 0x1fff;
    quoted.ip.ttl = octets[8];
    quoted.ip.protocol = octets[9];
    quoted.ip.source = {longWord(octets, 12)};
    quoted.ip.destination = {longWord(octets, 16)};
    const bool tcp = quoted.ip.protocol == static_cast<std::uint8_t>(wire::Protocol::tcp);
    const bool udp = quoted.ip.protocol == static_cast<std::uint8_t>(wire::Protocol::udp);
    if (quoted.ip.fragmentOffset == 0 && (tcp || udp)) {
        quoted.sourcePort = word(octets, headerOctets);
        quoted.destinationPort = word(octets, headerOctets + 2);
        if (tcp) quoted.tcpSequence = longWord(octets, headerOctets + 4);
    }
    if (quoted.ip.fragmentOffset == 0 && quoted.ip.protocol == static_cast<std::uint8_t>(wire::Protocol::icmp) && octets[headerOctets] == kEchoRequest)
        quoted.echo = longWord(octets, headerOctets + 4);
    return quoted;
}

bool IcmpLimiter::allow(Instant now) {
    constexpr Duration kPerToken = std::chrono::nanoseconds(1'000'000'000 / kPerSecond);
    const Instant full = std::max(m_fullAt, now) + kPerToken;
    if (full > now + kPerToken * kBurst) return false;
    m_fullAt = full;
    return true;
}

}  // namespace mailtrek::net
