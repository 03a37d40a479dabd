// SPDX-License-Identifier: GPL-3.0-or-later
// Ethernet II frames (IEEE 802.3, RFC 894) and what they carry: IPv4 or ARP. Without preamble and frame check sequence, as a capture has them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sim/wire/mac_address.h"
#include "sim/wire/packet.h"

namespace mailtrek::wire {

enum class EtherType : std::uint16_t { ipv4 = 0x0800, arp = 0x0806 };

struct EthernetHeader {
    MacAddress destination;
    MacAddress source;
    EtherType type = EtherType::ipv4;  // others come out of the parser as their number
    friend constexpr auto operator<=>(const EthernetHeader&, const EthernetHeader&) = default;
};
inline constexpr std::uint32_t kEthernetHeaderSize = 14;
inline constexpr std::uint32_t kLeastFrame = 60;  // shorter ones are padded with zeros (802.3 4.2.8: 64 with the frame check sequence)

// Octets of the frame around a packet of `octets`.
constexpr std::uint32_t frameSize(std::uint32_t octets) { return octets + kEthernetHeaderSize < kLeastFrame ? kLeastFrame : octets + kEthernetHeaderSize; }

inline EtherType etherTypeOf(const Packet& packet) { return packet.arp() != nullptr ? EtherType::arp : EtherType::ipv4; }

// The frame around the octets of a packet, padded.
std::string frame(const EthernetHeader& header, std::string_view packet);

struct ParsedFrame {
    EthernetHeader header;
    ParsedPacket content;  // Damage::malformed when it is neither IPv4 nor ARP
};

// Takes any octets without over-reading; nothing when there is no whole header. Padding is left behind.
Result<ParsedFrame> parseFrame(std::span<const std::uint8_t> octets);

// ARP for IPv4 over Ethernet (RFC 826); octets behind it are padding. Anything else is Damage::malformed.
ParsedPacket parseArp(std::span<const std::uint8_t> octets);

}  // namespace mailtrek::wire
