// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/ethernet.h"

#include "sim/wire/octets.h"

namespace mailtrek::wire {
namespace {

constexpr std::uint16_t kEthernet = 1;  // hardware type, RFC 826

MacAddress macAt(std::string_view octets, std::size_t at) {
    MacAddress address;
    for (std::size_t i = 0; i < 6; ++i) address.octets[i] = get8(octets, at + i);
    return address;
}

void putMac(std::string& out, MacAddress address) {
    for (const std::uint8_t octet : address.octets) put8(out, octet);
}

std::string_view textOf(std::span<const std::uint8_t> octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

}  // namespace

std::string serialize(const ArpPacket& arp) {
    std::string out;
    out.reserve(kArpSize);
    put16(out, kEthernet);
    put16(out, static_cast<std::uint16_t>(EtherType::ipv4));
    put8(out, 6);
    put8(out, 4);
    put16(out, arp.operation);
    putMac(out, arp.senderMac);
    put32(out, arp.sender.value);
    putMac(out, arp.targetMac);
    put32(out, arp.target.value);
    return out;
}

ParsedPacket parseArp(std::span<const std::uint8_t> octets) {
    const std::string_view text = textOf(octets);
    const bool known =
        text.size() >= kArpSize && get16(text, 0) == kEthernet && get16(text, 2) == static_cast<std::uint16_t>(EtherType::ipv4) && get8(text, 4) == 6 && get8(text, 5) == 4;
    if (!known) return {{{}, RawDatagram{}, Slice::copyOf(octets)}, Damage::malformed};
    return {arpPacket({get16(text, 6), macAt(text, 8), {get32(text, 14)}, macAt(text, 18), {get32(text, 24)}}), Damage::none};
}

std::string frame(const EthernetHeader& header, std::string_view packet) {
    std::string out;
    out.reserve(frameSize(static_cast<std::uint32_t>(packet.size())));
    putMac(out, header.destination);
    putMac(out, header.source);
    put16(out, static_cast<std::uint16_t>(header.type));
    out += packet;
    if (out.size() < kLeastFrame) out.resize(kLeastFrame, '\0');
    return out;
}

Result<ParsedFrame> parseFrame(std::span<const std::uint8_t> octets) {
    if (octets.size() < kEthernetHeaderSize) return Error{"shorter than an Ethernet header"};
    const std::string_view text = textOf(octets);
    ParsedFrame parsed{{macAt(text, 0), macAt(text, 6), static_cast<EtherType>(get16(text, 12))}, {}};
    const std::span<const std::uint8_t> rest = octets.subspan(kEthernetHeaderSize);
    switch (parsed.header.type) {
        case EtherType::ipv4: parsed.content = parse(rest); return parsed;
        case EtherType::arp: parsed.content = parseArp(rest); return parsed;
    }
    parsed.content = {{{}, RawDatagram{}, Slice::copyOf(rest)}, Damage::malformed};
    return parsed;
}

}  // namespace mailtrek::wire
