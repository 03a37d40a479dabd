// SPDX-License-Identifier: GPL-3.0-or-later
// Packets as octets: known vectors (checksums worked out with a program of a few lines in another language), round trips, damage, garbage.
#include <gmock/gmock.h>

#include "sim/wire/checksum.h"
#include "tests/wire/arbitrary_packet.h"

namespace mailtrek::wire {
namespace {

std::string fromHex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return out;
}

constexpr Ipv4Address kAna{0x0a000001}, kSur{0x0a000102};

TEST(Checksum, OfTheExampleInRfc1071) { EXPECT_EQ(checksumFinish(checksumAdd(0, fromHex("0001f203f4f5f6f7"))), 0xffff - 0xddf2); }

TEST(Checksum, OfAnOddNumberOfOctets) {
    EXPECT_EQ(checksumFinish(checksumAdd(0, fromHex("01"))), 0xfeff);
    EXPECT_EQ(checksumFinish(checksumAdd(0, fromHex("000102"))), 0xffff - 0x0201);
    EXPECT_EQ(checksumFinish(checksumAdd(0, fromHex("0001020304"))), 0xffff - 0x0604);
    EXPECT_EQ(checksumFinish(checksumAdd(0, "")), 0xffff);
}

// A header with its checksum in place sums up to nothing: 4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7.
TEST(Checksum, OfAWellKnownHeader) { EXPECT_EQ(checksumFinish(checksumAdd(0, fromHex("45000073000040004011b861c0a80001c0a800c7"))), 0); }

struct Known {
    const char* name;
    std::string octets;
    Packet packet;
};

std::vector<Known> known() {
    std::vector<Known> all;
    Packet syn{{.source = kAna, .destination = kSur, .identification = 0x1234, .ttl = 64, .protocol = 6, .dontFragment = true}, {}, {}};
    TcpHeader tcp;
    tcp.sourcePort = 49152;
    tcp.destinationPort = 25;
    tcp.sequence = 0x01020304;
    tcp.window = 64240;
    tcp.flags.syn = true;
    tcp.options = {.mss = 1460, .windowScale = 7, .timestamps = TcpTimestamps{1, 0}, .sackPermitted = true};
    syn.transport = tcp;
    all.push_back({"SYN", fromHex("4500003c12344000400613860a0000010a000102c00000190102030400000000a002faf073ec0000020405b40402080a000000010000000001030307"), syn});

    Packet data{{.source = kSur, .destination = kAna, .identification = 7, .ttl = 61, .protocol = 6, .dontFragment = true}, {}, Slice::copyOf("HELO ana\r\n\r")};
    TcpHeader segment;
    segment.sourcePort = 25;
    segment.destinationPort = 49152;
    segment.sequence = 5;
    segment.acknowledgment = 6;
    segment.window = 1000;
    segment.flags.ack = segment.flags.psh = true;
    segment.options.timestamps = TcpTimestamps{10, 11};
    segment.options.sackCount = 1;
    segment.options.sack[0] = {100, 200};
    data.transport = segment;
    all.push_back(
        {"data with SACK, odd length",
         fromHex("4500004b000740003d0628a40a0001020a0000010019c0000000000500000006b01803e828e200000101080a0000000a0000000b0101050a00000064000000c848454c4f20616e610d0a0d"), data});

    Packet udp{{.source = kAna, .destination = kSur, .identification = 0xffff, .ttl = 64, .protocol = 17}, UdpHeader{53000, 53}, Slice::copyOf("query")};
    all.push_back({"UDP", fromHex("45000021ffff0000401165ca0a0000010a000102cf080035000dcbab7175657279"), udp});

    Packet icmp{{.source = kAna, .destination = kSur, .identification = 0x1234, .ttl = 64, .protocol = 1}, IcmpHeader{8, 0, 0x00070001}, Slice::copyOf("abc")};
    all.push_back({"echo request", fromHex("4500001f12340000400153a80a0000010a0001020800339500070001616263"), icmp});
    return all;
}

TEST(Packet, KnownOctets) {
    for (const Known& k : known()) {
        EXPECT_EQ(serialize(k.packet), k.octets) << k.name;
        const ParsedPacket parsed = parse(octetsOf(k.octets));
        EXPECT_EQ(parsed.damage, Damage::none) << k.name;
        EXPECT_EQ(parsed.packet, k.packet) << k.name;
        EXPECT_EQ(wireSize(k.packet), k.octets.size()) << k.name;
    }
}

RC_GTEST_PROP(Packet, ComesBackAsItWent, ()) {
    const Packet packet = arbitraryPacket();
    const std::string octets = serialize(packet);
    RC_ASSERT(octets.size() == wireSize(packet));
    RC_ASSERT(octets.substr(kIpv4HeaderSize) == serializeTransport(packet));
    const ParsedPacket parsed = parse(octetsOf(octets));
    RC_ASSERT(parsed.damage == Damage::none);
    RC_ASSERT(parsed.packet == packet);
    if (const TcpHeader* tcp = packet.tcp()) RC_ASSERT(headerSize(*tcp) == static_cast<std::uint32_t>(static_cast<unsigned char>(octets[32]) >> 4) * 4);
}

// The Internet checksum notices every single flipped bit. Three cases need saying: a UDP checksum that turns to zero says "no checksum", and the octets are sound;
// fragments and foreign protocols have none of their own behind the IP header; and a header length of 5 that turns to 7 or 13 takes octets of the payload for
// options, which may by chance sum up to nothing.
RC_GTEST_PROP(Packet, EveryFlippedBitIsNoticed, ()) {
    const Packet packet = arbitraryPacket();
    const std::string octets = serialize(packet);
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
        std::string flipped = octets;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (0x80 >> (bit % 8)));
        const ParsedPacket parsed = parse(octetsOf(flipped));
        if (bit < kIpv4HeaderSize * 8) {
            const bool longerHeader = bit == 4 || bit == 6;
            RC_ASSERT(parsed.damage == Damage::ipHeader || parsed.damage == Damage::malformed || longerHeader);
            if (longerHeader && !std::holds_alternative<RawDatagram>(parsed.packet.transport)) continue;
            RC_ASSERT(std::holds_alternative<RawDatagram>(parsed.packet.transport));
        } else if (std::holds_alternative<RawTransport>(packet.transport)) {
            RC_ASSERT(parsed.damage == Damage::none && parsed.packet.payload != packet.payload);
        } else if (parsed.damage == Damage::none) {
            RC_ASSERT(packet.udp() != nullptr && flipped[26] == 0 && flipped[27] == 0);
            RC_ASSERT(parsed.packet == packet);
            continue;  // would be sent with its checksum again
        } else {
            RC_ASSERT(std::holds_alternative<RawTransport>(parsed.packet.transport));
        }
        RC_ASSERT(serialize(parsed.packet) == flipped);
        RC_ASSERT(wireSize(parsed.packet) == octets.size());
    }
}

TEST(Packet, DamageIsNamed) {
    const std::vector<Known> all = known();
    const auto damageAt = [](std::string octets, std::size_t at) {
        octets[at] = static_cast<char>(octets[at] ^ 1);
        return parse(octetsOf(octets)).damage;
    };
    EXPECT_EQ(damageAt(all[0].octets, 8), Damage::ipHeader);
    EXPECT_EQ(damageAt(all[0].octets, 30), Damage::tcpChecksum);
    EXPECT_EQ(damageAt(all[1].octets, 70), Damage::tcpChecksum);
    EXPECT_EQ(damageAt(all[2].octets, 30), Damage::udpChecksum);
    EXPECT_EQ(damageAt(all[2].octets, 25), Damage::malformed) << "its length";
    EXPECT_EQ(damageAt(all[3].octets, 30), Damage::icmpChecksum);
    EXPECT_EQ(damageAt(all[3].octets, 0), Damage::malformed) << "header length 16";
}

TEST(Packet, UdpWithoutChecksumIsTaken) {
    std::string octets = known()[2].octets;
    octets[26] = octets[27] = 0;
    EXPECT_EQ(parse(octetsOf(octets)).damage, Damage::none);
}

TEST(Packet, AUdpChecksumIsNeverZero) {
    Packet packet = known()[2].packet;
    std::string payload = "xxquery!";
    bool found = false;
    for (std::uint32_t word = 0; word < 0x10000 && !found; ++word) {  // some first word makes the sum come out as zero
        payload[0] = static_cast<char>(word >> 8);
        payload[1] = static_cast<char>(word & 0xff);
        packet.payload = Slice::copyOf(payload);
        const std::string octets = serialize(packet);
        EXPECT_FALSE(octets[26] == 0 && octets[27] == 0);
        found = octets[26] == '\xff' && octets[27] == '\xff';
        EXPECT_EQ(parse(octetsOf(octets)).damage, Damage::none);
    }
    EXPECT_TRUE(found);
}

RC_GTEST_PROP(Packet, TruncatedOnesAreMalformed, ()) {
    const std::string octets = serialize(arbitraryPacket());
    const auto length = *rc::gen::inRange<std::size_t>(0, octets.size());
    RC_ASSERT(parse(octetsOf(octets.substr(0, length))).damage == Damage::malformed);
    RC_ASSERT(parse(octetsOf(octets + "padding")).packet == parse(octetsOf(octets)).packet);
}

RC_GTEST_PROP(Packet, GarbageIsRead, (std::vector<std::uint8_t> octets)) {
    parse(octets);
    // With a sound IP header around it, so that it gets further.
    Packet packet{
        {.source = kAna, .destination = kSur, .protocol = *rc::gen::element<std::uint8_t>(1, 6, 17)}, RawTransport{}, Slice::copyOf(std::span<const std::uint8_t>(octets))};
    const std::string datagram = serialize(packet);
    RC_ASSERT(serialize(parse(octetsOf(datagram)).packet).size() == datagram.size() || parse(octetsOf(datagram)).damage == Damage::none);
}

// Options nobody knows, wrong lengths, in a segment whose checksum is right.
ParsedPacket withOptions(const std::string& hex) {
    std::string options = fromHex(hex);
    while (options.size() % 4 != 0) options += '\0';
    std::string segment = fromHex("c000001900000001000000020010ffff00000000");
    segment[12] = static_cast<char>((20 + options.size()) / 4 << 4);
    segment += options + "text";
    const std::uint16_t sum = checksumFinish(checksumAdd(pseudoHeaderSum({.source = kAna, .destination = kSur}, 6, static_cast<std::uint32_t>(segment.size())), segment));
    segment[16] = static_cast<char>(sum >> 8);
    segment[17] = static_cast<char>(sum & 0xff);
    return parseTransport({{.source = kAna, .destination = kSur, .protocol = 6}, RawTransport{}, Slice::adopt(segment)});
}

TEST(TcpOptions, UnknownOnesAreSkipped) {
    const ParsedPacket parsed = withOptions(
        "fd06aabbccdd"
        "1e03ff"
        "01"
        "020405b4"
        "00");
    ASSERT_EQ(parsed.damage, Damage::none);
    EXPECT_EQ(parsed.packet.tcp()->options.mss, 1460);
    EXPECT_EQ(parsed.packet.payload.text(), "text");
}

TEST(TcpOptions, WhatComesAfterTheEndDoesNotCount) {
    const ParsedPacket parsed = withOptions("00020405b4030307");
    ASSERT_EQ(parsed.damage, Damage::none);
    EXPECT_EQ(parsed.packet.tcp()->options, TcpOptions{});
}

TEST(TcpOptions, FourSackBlocksAreRead) {
    const ParsedPacket parsed = withOptions(
        "0101"
        "0522"
        "0000000100000002"
        "0000000300000004"
        "0000000500000006"
        "0000000700000008");
    ASSERT_EQ(parsed.damage, Damage::none);
    EXPECT_EQ(parsed.packet.tcp()->options.sackCount, 4);
    EXPECT_EQ(parsed.packet.tcp()->options.sack[3], (SackBlock{7, 8}));
}

TEST(TcpOptions, WrongLengthsAreMalformed) {
    for (const char* options : {"0200", "0201", "02", "020305", "0206000000000000", "0509aabbccddeeff00", "0502", "080b00000000000000000000", "fd40", "fd01"})
        EXPECT_EQ(withOptions(options).damage, Damage::malformed) << options;
}

TEST(TcpOptions, BlocksThatDoNotFitAreLeftOut) {
    Packet packet = known()[1].packet;
    TcpHeader tcp = *packet.tcp();
    tcp.options.sackCount = 4;
    for (std::uint32_t i = 0; i < 4; ++i) tcp.options.sack[i] = {i * 10, i * 10 + 5};
    packet.transport = tcp;
    const ParsedPacket parsed = parse(octetsOf(serialize(packet)));
    EXPECT_EQ(parsed.packet.tcp()->options.sackCount, 3) << "with timestamps";
    EXPECT_EQ(parsed.packet.tcp()->options.sack[0], (SackBlock{0, 5}));
    EXPECT_EQ(wireSize(packet), serialize(packet).size());
}

}  // namespace
}  // namespace mailtrek::wire
