// SPDX-License-Identifier: GPL-3.0-or-later
// Frames and ARP packets as octets: known vectors, padding, round trips, garbage.
#include "sim/wire/ethernet.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/wire/arbitrary_packet.h"

namespace mailtrek::wire {
namespace {

constexpr MacAddress kAna = stationAddress(0, 2), kSur = stationAddress(5, 0x1234);

std::string fromHex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return out;
}

TEST(MacAddress, OfStationsIsLocallyAdministeredAndTheirOwn) {
    EXPECT_EQ(toString(kAna), "02:00:00:10:00:03");
    EXPECT_EQ(toString(kSur), "02:00:00:60:12:35");
    std::set<MacAddress> all;
    for (std::uint32_t node : {0u, 1u, 255u, 256u, 65535u, 99'999u})
        for (std::uint32_t link : {0u, 1u, 15u, 16u, 255u, 300'000u}) {
            const MacAddress address = stationAddress(node, link);
            EXPECT_EQ(address.octets[0] & 3, 2) << "one station, locally administered";
            EXPECT_EQ(stationNode(address), node);
            all.insert(address);
        }
    EXPECT_EQ(all.size(), 36u);
    EXPECT_EQ(stationNode(kBroadcast), std::nullopt);
    EXPECT_EQ(stationNode(MacAddress{}), std::nullopt);
}

TEST(MacAddress, OfGroups) {  // RFC 1112 6.4: the low 23 bits
    EXPECT_EQ(toString(groupAddress({0xe0000005})), "01:00:5e:00:00:05");
    EXPECT_EQ(toString(groupAddress({0xe1ffffff})), "01:00:5e:7f:ff:ff");
    EXPECT_EQ(groupAddress({0xffffffff}), kBroadcast);
    EXPECT_TRUE(groupAddress({0xe0000005}).group());
    EXPECT_FALSE(kAna.group());
}

TEST(Arp, RequestIsAsRfc826Draws) {
    const Packet request = arpPacket({kArpRequest, kAna, {0x0a000001}, {}, {0x0a000002}});
    EXPECT_EQ(serialize(request), fromHex("0001"
                                          "0800"
                                          "06"
                                          "04"
                                          "0001"
                                          "0200001000030a000001"
                                          "0000000000000a000002"));
    EXPECT_EQ(wireSize(request), 28u);
    const std::string octets = frame({kBroadcast, kAna, EtherType::arp}, serialize(request));
    EXPECT_EQ(octets.size(), 60u);
    EXPECT_EQ(octets.substr(0, 14), fromHex("ffffffffffff0200001000030806"));
    EXPECT_EQ(octets.substr(42), std::string(18, '\0'));
    const auto parsed = parseFrame(octetsOf(octets));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->header, (EthernetHeader{kBroadcast, kAna, EtherType::arp}));
    EXPECT_EQ(parsed->content.packet, request);
    EXPECT_EQ(parsed->content.damage, Damage::none);
}

TEST(Arp, OfOtherNetworksIsNotRead) {
    const std::string good = serialize(arpPacket({kArpReply, kSur, {2}, kAna, {1}}));
    EXPECT_EQ(parseArp(octetsOf(good)).damage, Damage::none);
    for (const std::size_t place : {1u, 2u, 4u, 5u}) {  // hardware, protocol, and the lengths of their addresses
        std::string other = good;
        other[place] = '\x09';
        EXPECT_EQ(parseArp(octetsOf(other)).damage, Damage::malformed) << place;
    }
    for (std::size_t size = 0; size < good.size(); ++size) EXPECT_EQ(parseArp(octetsOf(good.substr(0, size))).damage, Damage::malformed) << size;
}

TEST(Frame, LeavesPaddingBehind) {
    Packet packet;
    packet.ip.source = {1};
    packet.ip.destination = {2};
    packet.ip.protocol = 17;
    packet.transport = UdpHeader{7, 9};
    packet.payload = Slice::copyOf(std::string_view("abc"));
    const std::string octets = frame({kSur, kAna, etherTypeOf(packet)}, serialize(packet));
    ASSERT_EQ(octets.size(), kLeastFrame);
    const auto parsed = parseFrame(octetsOf(octets));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->content.packet, packet);
}

TEST(Frame, SizeCountsHeaderAndPadding) {
    EXPECT_EQ(frameSize(28), 60u);
    EXPECT_EQ(frameSize(46), 60u);
    EXPECT_EQ(frameSize(47), 61u);
    EXPECT_EQ(frameSize(1500), 1514u);
}

TEST(Frame, OfAnotherTypeIsMalformed) {
    const auto parsed = parseFrame(octetsOf(frame({kBroadcast, kAna, static_cast<EtherType>(0x86dd)}, "IPv6 is out of scope")));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->content.damage, Damage::malformed);
    EXPECT_FALSE(parseFrame(octetsOf(std::string(13, 'x'))));
}

RC_GTEST_PROP(Frame, ComesOutAsItWentIn, ()) {
    const EthernetHeader header{MacAddress::of(*rc::gen::arbitrary<std::uint64_t>()), MacAddress::of(*rc::gen::arbitrary<std::uint64_t>()), EtherType::ipv4};
    const Packet packet = arbitraryPacket();
    const std::string octets = frame(header, serialize(packet));
    RC_ASSERT(octets.size() == frameSize(wireSize(packet)));
    const auto parsed = parseFrame(octetsOf(octets));
    RC_ASSERT(static_cast<bool>(parsed));
    RC_ASSERT(parsed->header == header);
    RC_ASSERT(parsed->content.packet == packet);
}

RC_GTEST_PROP(Arp, ComesOutAsItWentIn, ()) {
    const auto mac = [] { return MacAddress::of(*rc::gen::arbitrary<std::uint64_t>()); };
    const auto address = [] { return Ipv4Address{*rc::gen::arbitrary<std::uint32_t>()}; };
    ArpPacket arp;
    arp.operation = *rc::gen::arbitrary<std::uint16_t>();
    arp.senderMac = mac();
    arp.sender = address();
    arp.targetMac = mac();
    arp.target = address();
    const ParsedPacket parsed = parseArp(octetsOf(serialize(arp)));
    RC_ASSERT(parsed.damage == Damage::none);
    RC_ASSERT(parsed.packet == arpPacket(arp));
}

}  // namespace
}  // namespace mailtrek::wire
