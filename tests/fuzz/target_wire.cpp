// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <memory>

#include "sim/wire/checksum.h"
#include "sim/wire/ethernet.h"
#include "sim/wire/packet.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

// In a buffer of exactly that size, so that a sanitizer sees every octet read too many.
wire::ParsedPacket parsed(std::string_view octets) {
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[octets.size()]);
    if (!octets.empty()) std::memcpy(exact.get(), octets.data(), octets.size());
    return wire::parse({exact.get(), octets.size()});
}

// With lengths and checksums that fit, or chance would hardly ever come past them.
std::string checksummed(std::string octets) {
    const auto put = [&octets](std::size_t place, std::uint32_t value) {
        octets[place] = static_cast<char>(value >> 8);
        octets[place + 1] = static_cast<char>(value & 0xff);
    };
    if (octets.size() < 20 || octets.size() > 65535) return octets;
    const std::size_t head = (static_cast<unsigned char>(octets[0]) & 15u) * 4u;
    if (head < 20 || head > octets.size()) return octets;
    octets[0] = static_cast<char>((octets[0] & 15) | 0x40);
    put(2, static_cast<std::uint32_t>(octets.size()));
    put(10, 0);
    put(10, wire::checksumFinish(wire::checksumAdd(0, std::string_view(octets).substr(0, head))));
    const auto protocol = static_cast<std::uint8_t>(octets[9]);
    const std::size_t field = protocol == 6 ? 16 : protocol == 17 ? 6 : protocol == 1 ? 2 : 0;
    if (field == 0 || octets.size() < head + field + 2) return octets;
    if (protocol == 17) put(head + 4, static_cast<std::uint32_t>(octets.size() - head));
    put(head + field, 0);
    wire::Ipv4Header ip;
    const auto word = [&](std::size_t place) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(octets[place + i]);
        return value;
    };
    ip.source = {word(12)};
    ip.destination = {word(16)};
    const std::uint64_t pseudo = protocol == 1 ? 0 : wire::pseudoHeaderSum(ip, protocol, static_cast<std::uint32_t>(octets.size() - head));
    put(head + field, wire::checksumFinish(wire::checksumAdd(pseudo, std::string_view(octets).substr(head))));
    return octets;
}

// What is read without damage is written and read as the same packet, of the size that is told.
void takeAsIs(std::string_view octets) {
    const wire::ParsedPacket first = parsed(octets);
    if (std::holds_alternative<wire::RawTransport>(first.packet.transport) && first.packet.ip.fragmentOffset == 0 && !first.packet.ip.moreFragments)
        wire::parseTransport(first.packet);
    if (first.damage != wire::Damage::none) return;
    const std::string written = wire::serialize(first.packet);
    must(written.size() == wire::wireSize(first.packet), "the size that is told is the size on the wire");
    const wire::ParsedPacket again = parsed(written);
    must(again.damage == wire::Damage::none, "what we write is sound");
    must(again.packet == first.packet, "what we write reads as what was written");
}

// Any octets as a frame; what is read without damage is framed and read as the same.
void takeAsFrame(std::string_view octets) {
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[octets.size()]);
    if (!octets.empty()) std::memcpy(exact.get(), octets.data(), octets.size());
    const auto first = wire::parseFrame({exact.get(), octets.size()});
    must(static_cast<bool>(first) == (octets.size() >= wire::kEthernetHeaderSize), "every header that is there is read");
    if (!first || first->content.damage != wire::Damage::none) return;
    const std::string written = wire::frame(first->header, wire::serialize(first->content.packet));
    must(written.size() == wire::frameSize(wire::wireSize(first->content.packet)), "the size of a frame is the size that is told");
    const auto again = wire::parseFrame({reinterpret_cast<const std::uint8_t*>(written.data()), written.size()});
    must(again && again->header == first->header && again->content.packet == first->content.packet, "a frame that we write reads as what was written");
}

void take(std::string_view octets) {
    takeAsFrame(octets);
    takeAsIs(octets);
    takeAsIs(checksummed(std::string(octets)));
}

wire::Packet packet(wire::Transport transport, std::string_view payload) {
    wire::Packet packet;
    packet.ip.source = {0x0a000001};
    packet.ip.destination = {0x0a000002};
    packet.ip.identification = 7;
    packet.ip.ttl = 64;
    packet.ip.protocol = static_cast<std::uint8_t>(std::holds_alternative<wire::TcpHeader>(transport)   ? wire::Protocol::tcp
                                                   : std::holds_alternative<wire::UdpHeader>(transport) ? wire::Protocol::udp
                                                                                                        : wire::Protocol::icmp);
    packet.transport = transport;
    packet.payload = Slice::copyOf(payload);
    return packet;
}

}  // namespace

const Target& wireTarget() {
    static const Target target = [] {
        wire::TcpHeader syn;
        syn.sourcePort = 49152;
        syn.destinationPort = 25;
        syn.flags.syn = true;
        syn.options.mss = 1460;
        syn.options.windowScale = 7;
        syn.options.sackPermitted = true;
        wire::TcpHeader data;
        data.flags.ack = true;
        data.options.timestamps = {{1, 2}};
        data.options.sackCount = 2;
        data.options.sack[0] = {10, 20};
        data.options.sack[1] = {30, 40};
        return Target{"wire",
                      take,
                      {wire::serialize(packet(syn, "")), wire::serialize(packet(data, "MAIL FROM:<ana@norte.example>\r\n")),
                       wire::serialize(packet(wire::UdpHeader{1000, 53}, "question")), wire::serialize(packet(wire::IcmpHeader{}, "echo")),
                       wire::frame({wire::kBroadcast, wire::stationAddress(1, 2), wire::EtherType::arp},
                                   wire::serialize(wire::arpPacket({wire::kArpRequest, wire::stationAddress(1, 2), {0x0a000001}, {}, {0x0a000002}}))),
                       wire::frame({wire::stationAddress(2, 2), wire::stationAddress(1, 2), wire::EtherType::ipv4}, wire::serialize(packet(syn, "")))},
                      {std::string(1, '\0'), std::string(2, '\0'), "\x45", "\x4f", "\x06", "\x11", "\x01\x01", "\x02\x04", "\x05\x0a", "\x08\x0a", "\xff\xff", "\x05\x00",
                       "\x08\x06", "\x08\x00\x06\x04"},
                      400'000};
    }();
    return target;
}

}  // namespace mailtrek::fuzz
