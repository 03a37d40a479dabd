// SPDX-License-Identifier: GPL-3.0-or-later
// An IPv4 datagram, or an ARP packet, in flight: decoded headers and a slice of payload. Serialising gives exactly the octets on the wire.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "sim/kernel/result.h"
#include "sim/kernel/slice.h"
#include "sim/wire/headers.h"

namespace mailtrek::wire {

using Transport = std::variant<RawTransport, TcpHeader, UdpHeader, IcmpHeader, RawDatagram, ArpPacket>;

struct Packet {
    Ipv4Header ip;
    Transport transport;
    Slice payload;
    friend bool operator==(const Packet&, const Packet&) = default;

    const TcpHeader* tcp() const { return std::get_if<TcpHeader>(&transport); }
    const UdpHeader* udp() const { return std::get_if<UdpHeader>(&transport); }
    const IcmpHeader* icmp() const { return std::get_if<IcmpHeader>(&transport); }
    const ArpPacket* arp() const { return std::get_if<ArpPacket>(&transport); }
};

Packet arpPacket(const ArpPacket& arp);

// Octets of the TCP header with options as serialised: 20 to 60, a multiple of 4.
std::uint32_t headerSize(const TcpHeader& header);

// Octets of the whole datagram on the wire, IP header included (the IPv4 total length); 28 of ARP.
std::uint32_t wireSize(const Packet& packet);

// The datagram as it travels, all checksums filled in.
std::string serialize(const Packet& packet);
std::string serialize(const ArpPacket& arp);

// Only the transport part (header and payload, checksum filled in with the pseudo header of packet.ip).
std::string serializeTransport(const Packet& packet);

// What the octets of a received datagram turned out to be.
enum class Damage : std::uint8_t { none, ipHeader, tcpChecksum, udpChecksum, icmpChecksum, malformed, frame };  // frame: the check sequence of its Ethernet frame is wrong

struct ParsedPacket {
    Packet packet;  // RawTransport or RawDatagram where the damage forbids more
    Damage damage = Damage::none;
};

// Takes any octets without over-reading. Truncated or nonsensical datagrams are Damage::malformed (RFC 1122 3.2.1).
ParsedPacket parse(std::span<const std::uint8_t> datagram);

// Parses the transport part of a packet that carries RawTransport (first fragment offset 0, not more fragments).
ParsedPacket parseTransport(const Packet& packet);

}  // namespace mailtrek::wire
