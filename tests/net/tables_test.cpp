// SPDX-License-Identifier: GPL-3.0-or-later
// Longest-prefix match against the definition; fragments; what ICMP may speak about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/net/forwarding_table.h"
#include "sim/net/fragments.h"
#include "sim/net/icmp.h"

namespace mailtrek::net {
namespace {

wire::Ipv4Prefix prefix(std::uint32_t address, std::uint8_t length) {
    wire::Ipv4Prefix p{{}, length};
    p.address = {address & p.mask()};
    return p;
}

std::uint32_t naive(const std::vector<ForwardingTable::Entry>& entries, wire::Ipv4Address address) {
    std::uint32_t value = ForwardingTable::kNone;
    int length = -1;
    for (const auto& entry : entries)
        if (entry.prefix.contains(address) && entry.prefix.length > length) {
            length = entry.prefix.length;
            value = entry.value;
        }
    return value;
}

RC_GTEST_PROP(ForwardingTable, AgreesWithTheDefinition, ()) {
    std::vector<ForwardingTable::Entry> entries;
    const auto count = *rc::gen::inRange<std::size_t>(0, 60);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto length = *rc::gen::inRange<int>(0, 33);
        const auto bits = *rc::gen::inRange<std::uint32_t>(0, 1u << 12);  // few addresses, so that prefixes lie inside one another
        const std::uint32_t address = (*rc::gen::arbitrary<bool>()) ? bits : bits << 20;
        entries.push_back({prefix(address, static_cast<std::uint8_t>(length)), i});
    }
    const ForwardingTable table(entries);
    std::vector<std::uint32_t> probes{0, 0xffffffffu};
    for (const auto& entry : entries) {
        const std::uint32_t first = entry.prefix.address.value, last = first | ~entry.prefix.mask();
        for (const std::uint32_t edge : {first, last}) probes.insert(probes.end(), {edge - 1, edge, edge + 1});
    }
    for (const std::uint32_t probe : probes) RC_ASSERT(table.lookup({probe}) == naive(entries, {probe}));
}

TEST(ForwardingTable, EmptyKnowsNothing) {
    EXPECT_EQ(ForwardingTable().lookup({1}), ForwardingTable::kNone);
    EXPECT_EQ(ForwardingTable(std::vector<ForwardingTable::Entry>{}).lookup({1}), ForwardingTable::kNone);
}

wire::Packet datagram(std::uint32_t payload) {
    wire::Packet packet;
    packet.ip.source = {10u << 24 | 1};
    packet.ip.destination = {10u << 24 | 2};
    packet.ip.identification = 77;
    packet.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::udp);
    packet.transport = wire::UdpHeader{1, 2};
    std::string octets;
    for (std::uint32_t i = 0; i < payload; ++i) octets += static_cast<char>(i * 7 + i / 251);
    packet.payload = Slice::adopt(octets);
    return packet;
}

// Cut, cut again, shuffled, some twice: the datagram comes out whole, once.
RC_GTEST_PROP(Fragments, JoinInAnyOrder, ()) {
    const wire::Packet packet = datagram(*rc::gen::inRange<std::uint32_t>(100, 9000));
    const auto mtu = *rc::gen::inRange<std::uint32_t>(68, 1500);
    RC_PRE(wire::wireSize(packet) > mtu);
    std::vector<wire::Packet> pieces;
    for (const wire::Packet& piece : fragment(packet, mtu)) {
        RC_ASSERT(wire::wireSize(piece) <= mtu);
        RC_ASSERT(!piece.ip.moreFragments || piece.payload.size() % 8 == 0);
        if (wire::wireSize(piece) > 68 && *rc::gen::arbitrary<bool>()) {
            for (const wire::Packet& smaller : fragment(piece, 68)) pieces.push_back(smaller);
        } else {
            pieces.push_back(piece);
        }
    }
    std::vector<std::size_t> order(pieces.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
    FlightPool pool;
    Reassembly reassembly;
    const auto add = [&](std::size_t index) {
        FlightPtr flight = pool.acquire();
        flight->packet = pieces[index];
        return reassembly.add(std::move(flight), kStart);
    };
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && *rc::gen::inRange(0, 4) == 0) {
            const Reassembly::Added again = add(order[i - 1]);
            RC_ASSERT(again.discarded.size() == 1u && !again.whole);
        }
        const Reassembly::Added added = add(order[i]);
        RC_ASSERT(added.discarded.empty());
        RC_ASSERT(static_cast<bool>(added.whole) == (i + 1 == order.size()));
        if (added.whole) {
            RC_ASSERT(added.whole->packet == packet);
            RC_ASSERT(added.whole->damage == wire::Damage::none);
        }
    }
    RC_ASSERT(reassembly.nextDeadline() == kNever);
    RC_ASSERT(pool.inUse() == 0u);
}

TEST(Fragments, AnEndInFrontOfOthersIsNotBelieved) {
    FlightPool pool;
    Reassembly reassembly;
    const auto add = [&](std::uint16_t offset, bool more, std::uint32_t size) {
        FlightPtr flight = pool.acquire();
        flight->packet.ip.fragmentOffset = offset;
        flight->packet.ip.moreFragments = more;
        flight->packet.payload = Slice::filled(size, 'x');
        return reassembly.add(std::move(flight), kStart);
    };
    EXPECT_TRUE(add(8, true, 64).discarded.empty());
    EXPECT_EQ(add(1, false, 10).discarded.size(), 1u) << "its end would be at 18";
    EXPECT_TRUE(add(16, false, 10).discarded.empty());
    EXPECT_EQ(add(18, true, 8).discarded.size(), 1u) << "behind the end";
    EXPECT_EQ(add(7, true, 16).discarded.size(), 1u) << "overlaps";
    EXPECT_EQ(add(6, true, 12).discarded.size(), 1u) << "no multiple of 8";
    EXPECT_EQ(add(8191, true, 64).discarded.size(), 1u) << "longer than any datagram";
    EXPECT_TRUE(add(0, true, 64).whole);
}

RC_GTEST_PROP(Fragments, NonsenseNeitherCrashesNorStays, ()) {
    FlightPool pool;
    {
        Reassembly reassembly;
        const auto count = *rc::gen::inRange(1, 200);
        for (int i = 0; i < count; ++i) {
            FlightPtr flight = pool.acquire();
            flight->packet.ip.identification = *rc::gen::inRange<std::uint16_t>(0, 80);
            flight->packet.ip.fragmentOffset = *rc::gen::inRange<std::uint16_t>(0, 8192);
            flight->packet.ip.moreFragments = *rc::gen::arbitrary<bool>();
            flight->packet.payload = Slice::filled(*rc::gen::inRange<std::uint32_t>(0, 1500), 'x');
            reassembly.add(std::move(flight), kStart + std::chrono::seconds(i));
        }
        reassembly.expire(kStart + std::chrono::seconds(1000));
        RC_ASSERT(reassembly.nextDeadline() == kNever);
    }
    RC_ASSERT(pool.inUse() == 0u);
}

TEST(Icmp, SpeaksOnlyOfWhatItMay) {
    wire::Packet packet = datagram(40);
    EXPECT_TRUE(mayReport(packet));
    wire::Packet later = packet;
    later.ip.fragmentOffset = 3;
    EXPECT_FALSE(mayReport(later));
    for (const std::uint32_t nobody : {0u, 0x7f000001u, 0xe0000001u, 0xffffffffu}) {
        wire::Packet odd = packet;
        odd.ip.source = {nobody};
        EXPECT_FALSE(mayReport(odd));
        odd = packet;
        odd.ip.destination = {nobody};
        EXPECT_FALSE(mayReport(odd));
    }
    const struct {
        std::uint8_t type;
        bool may;
    } table[] = {{0, true}, {8, true}, {13, true}, {3, false}, {4, false}, {5, false}, {11, false}, {12, false}, {200, false}};
    for (const auto& row : table) {
        wire::Packet icmp = packet;
        icmp.ip.protocol = 1;
        icmp.transport = wire::IcmpHeader{row.type, 0, 0};
        EXPECT_EQ(mayReport(icmp), row.may) << int{row.type};
        wire::Packet raw = icmp;  // the same as a first fragment
        raw.payload = Slice::adopt(wire::serializeTransport(icmp));
        raw.transport = wire::RawTransport{};
        EXPECT_EQ(mayReport(raw), row.may) << int{row.type};
    }
}

RC_GTEST_PROP(Icmp, QuotesOfAnyKindAreRead, (const std::vector<std::uint8_t>& octets)) {
    wire::Packet error;
    error.transport = wire::IcmpHeader{3, 3, 0};
    error.payload = Slice::copyOf(std::span<const std::uint8_t>(octets));
    const auto quoted = quotedPacket(error);
    RC_ASSERT(!quoted || octets.size() >= 28u);
}

}  // namespace
}  // namespace mailtrek::net
