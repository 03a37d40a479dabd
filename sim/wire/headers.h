// SPDX-License-Identifier: GPL-3.0-or-later
// Header values of IPv4 (RFC 791), TCP (RFC 9293 3.1), UDP (RFC 768), ICMP (RFC 792) and ARP (RFC 826), decoded. Checksums are not kept:
// the serialiser computes them, the parser verifies them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sim/wire/ipv4_address.h"
#include "sim/wire/mac_address.h"

namespace mailtrek::wire {

enum class Protocol : std::uint8_t { icmp = 1, tcp = 6, udp = 17 };

enum class Ecn : std::uint8_t { notCapable = 0, capable1 = 1, capable0 = 2, congestion = 3 };  // RFC 3168 5

struct Ipv4Header {
    Ipv4Address source;
    Ipv4Address destination;
    std::uint16_t identification = 0;
    std::uint16_t fragmentOffset = 0;  // in units of 8 octets
    std::uint8_t dscp = 0;
    Ecn ecn = Ecn::notCapable;
    std::uint8_t ttl = 64;
    std::uint8_t protocol = 0;
    bool dontFragment = false;
    bool moreFragments = false;
    friend bool operator==(const Ipv4Header&, const Ipv4Header&) = default;
};
inline constexpr std::uint32_t kIpv4HeaderSize = 20;  // we send no IP options; received ones are skipped

struct TcpFlags {
    bool fin = false, syn = false, rst = false, psh = false, ack = false, urg = false, ece = false, cwr = false;
    friend bool operator==(const TcpFlags&, const TcpFlags&) = default;
};

struct SackBlock {
    std::uint32_t left = 0;   // first sequence number of the block
    std::uint32_t right = 0;  // the one just after it
    friend bool operator==(const SackBlock&, const SackBlock&) = default;
};

struct TcpTimestamps {  // RFC 7323 3
    std::uint32_t value = 0;
    std::uint32_t echo = 0;
    friend bool operator==(const TcpTimestamps&, const TcpTimestamps&) = default;
};

struct TcpOptions {
    std::optional<std::uint16_t> mss;
    std::optional<std::uint8_t> windowScale;
    std::optional<TcpTimestamps> timestamps;
    bool sackPermitted = false;
    std::uint8_t sackCount = 0;  // blocks used in `sack`
    std::array<SackBlock, 4> sack{};
    friend bool operator==(const TcpOptions&, const TcpOptions&) = default;
};

struct TcpHeader {
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint16_t window = 0;  // as on the wire, unscaled
    std::uint16_t urgentPointer = 0;
    TcpFlags flags;
    TcpOptions options;
    friend bool operator==(const TcpHeader&, const TcpHeader&) = default;
};

struct UdpHeader {
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    friend bool operator==(const UdpHeader&, const UdpHeader&) = default;
};

struct IcmpHeader {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t rest = 0;  // identifier and sequence of an echo, next-hop MTU of 3/4, otherwise zero
    friend bool operator==(const IcmpHeader&, const IcmpHeader&) = default;
};

// The payload of the packet is everything behind the IP header, unparsed: a fragment, an unknown protocol, or damaged octets.
struct RawTransport {
    friend bool operator==(const RawTransport&, const RawTransport&) = default;
};

// The payload of the packet is the whole datagram, IP header included, whose header checksum is wrong.
struct RawDatagram {
    friend bool operator==(const RawDatagram&, const RawDatagram&) = default;
};

// Stands beside IP, not above it: the IP header of such a packet means nothing, and nothing of it is on the wire.
struct ArpPacket {
    std::uint16_t operation = 1;
    MacAddress senderMac;
    Ipv4Address sender;
    MacAddress targetMac;  // zero in a broadcast request
    Ipv4Address target;
    friend bool operator==(const ArpPacket&, const ArpPacket&) = default;
};
inline constexpr std::uint16_t kArpRequest = 1, kArpReply = 2;
inline constexpr std::uint32_t kArpSize = 28;

}  // namespace mailtrek::wire
