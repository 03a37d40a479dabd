// SPDX-License-Identifier: GPL-3.0-or-later
// Queue, line and chance of a link, on two hosts with a link between them.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const LinkSettings kSlow = line(BitRate::megabits(2), 40ms);  // 1500 octets take 6 ms

TEST(Link, OneRateOneDelayToTheNanosecond) {
    Net net = pair(line(BitRate{3}, 1ns));  // 28 octets at 3 bit/s: 74.666... s, rounded up
    net.udp(0, net.address(0, 1), 28);
    net.run();
    ASSERT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[1]->packets[0].at, kStart + 74'666'666'667ns + 1ns);
    const auto sent = net.all<trace::PacketSent>();
    EXPECT_EQ(sent[0].start, kStart);
    EXPECT_EQ(sent[0].arrival, kStart + 74'666'666'668ns);
    EXPECT_EQ(sent[0].size, 28);
    EXPECT_EQ(sent[0].ttl, 64);
}

TEST(Link, PacketsFollowOneAnotherOnTheLine) {
    Net net = pair(kSlow);
    for (int i = 0; i < 3; ++i) net.udp(0, net.address(0, 1), 1500);
    EXPECT_EQ(net.links[0]->waiting(0, kStart), 2u);
    EXPECT_EQ(net.links[0]->waitingBytes(0, kStart), 3000u);
    EXPECT_EQ(net.links[0]->carried(0), 3u);
    net.runUntil(6ms);
    EXPECT_EQ(net.links[0]->waiting(0, kStart + 6ms), 1u);
    net.run();
    const auto& got = net.inboxes[1]->packets;
    ASSERT_THAT(got, SizeIs(3));
    EXPECT_EQ(got[0].at, kStart + 46ms);
    EXPECT_EQ(got[1].at, kStart + 52ms);
    EXPECT_EQ(got[2].at, kStart + 58ms);
    EXPECT_EQ(net.links[0]->carried(0), 0u);
}

TEST(Link, DirectionsHaveTheirOwnSettings) {
    Net net = pair(kSlow, line(BitRate::megabits(12), 5ms));
    net.udp(0, net.address(0, 1), 1500);
    net.udp(1, net.address(0, 0), 1500);
    net.run();
    EXPECT_EQ(net.inboxes[1]->packets[0].at, kStart + 46ms);
    EXPECT_EQ(net.inboxes[0]->packets[0].at, kStart + 6ms);
}

TEST(Link, DropTailCountsThoseThatWait) {
    LinkSettings settings = kSlow;
    settings.queue.packets = 20;
    Net net = pair(settings);
    for (int i = 0; i < 30; ++i) net.udp(0, net.address(0, 1), 1500);
    EXPECT_THAT(net.drops(), testing::AllOf(SizeIs(9), Each(trace::DropReason::queueFull)));  // one on the line, 20 behind it
    for (const auto& drop : net.all<trace::PacketDropped>()) {
        EXPECT_TRUE(drop.onLink);
        EXPECT_FALSE(drop.queued);
    }
    net.runUntil(6ms);
    net.udp(0, net.address(0, 1), 1500);  // one has moved up: there is room for one
    net.udp(0, net.address(0, 1), 1500);
    EXPECT_THAT(net.drops(), SizeIs(10));
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(22));
}

TEST(Link, QueueInOctets) {
    LinkSettings settings = kSlow;
    settings.queue = {QueueLimit::kUnlimited, 3000};
    Net net = pair(settings);
    for (const std::uint32_t size : {1500u, 1500u, 1000u, 600u, 500u}) net.udp(0, net.address(0, 1), size);
    EXPECT_EQ(net.links[0]->waitingBytes(0, kStart), 3000u);
    EXPECT_THAT(net.drops(), SizeIs(1));  // the 600
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(4));
}

TEST(Link, AQueueOfNoneStillSends) {
    LinkSettings settings = kSlow;
    settings.queue.packets = 0;
    Net net = pair(settings);
    net.udp(0, net.address(0, 1), 1500);
    net.udp(0, net.address(0, 1), 1500);
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1));
}

// 4 standard deviations of 20,000 throws of 10 % are 170.
TEST(Link, LossComesAsOftenAsItSays) {
    LinkSettings settings = line(BitRate::gigabits(1), 0ns);
    settings.loss = Share::percent(10);
    settings.queue.packets = QueueLimit::kUnlimited;
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        Net net = pair(settings, {}, {}, seed);
        for (int i = 0; i < 20'000; ++i) net.udp(0, net.address(0, 1), 100);
        net.run();
        EXPECT_THAT(net.drops(), Each(trace::DropReason::noise));
        EXPECT_NEAR(static_cast<double>(net.drops().size()), 2000, 170) << "seed " << seed;
        EXPECT_EQ(net.inboxes[1]->packets.size() + net.drops().size(), 20'000u);
    }
}

TEST(Link, ALostPacketIsLostHalfWayAndItsPlaceOnTheLineIsUsed) {
    LinkSettings settings = kSlow;
    settings.loss = Share::percent(100);
    Net net = pair(settings);
    net.udp(0, net.address(0, 1), 1500);
    net.udp(0, net.address(0, 1), 1500);
    net.run();
    const auto ids = net.idsOf<trace::PacketDropped>();
    ASSERT_THAT(ids, SizeIs(2));
    EXPECT_EQ(net.event(ids[0]).at, kStart + 26ms);
    EXPECT_EQ(net.event(ids[1]).at, kStart + 32ms);
    EXPECT_TRUE(net.all<trace::PacketDropped>()[0].queued);
    EXPECT_EQ(net.event(ids[1]).cause, net.idsOf<trace::PacketSent>()[1]);
}

TEST(Link, JitterNeverReorders) {
    LinkSettings settings = line(BitRate::megabits(100), 5ms);
    settings.jitter = 3ms;
    Net net = pair(settings);
    std::vector<PacketId> sent;
    for (int i = 0; i < 100; ++i) sent.push_back(net.udp(0, net.address(0, 1), 1000));
    net.run();
    std::vector<PacketId> got;
    std::set<Duration> spacings;
    for (const Received& r : net.inboxes[1]->packets) {
        if (!got.empty()) spacings.insert(r.at - net.inboxes[1]->packets[got.size() - 1].at);
        got.push_back(r.id);
    }
    EXPECT_EQ(got, sent);
    EXPECT_GT(spacings.size(), 5u) << "it does vary";
    const Instant earliest = kStart + 80us + 5ms;
    EXPECT_GE(net.inboxes[1]->packets.front().at, earliest);
    EXPECT_LE(net.inboxes[1]->packets.back().at, kStart + 100 * 80us + 8ms);
}

TEST(Link, ReorderingHoldsSomeBack) {
    LinkSettings settings = line(BitRate::megabits(100), 5ms);
    settings.reorder = Share::percent(10);
    settings.reorderBy = 2ms;
    settings.queue.packets = 1000;
    Net net = pair(settings);
    std::vector<PacketId> sent;
    for (int i = 0; i < 500; ++i) sent.push_back(net.udp(0, net.address(0, 1), 1000));
    net.run();
    std::vector<PacketId> got;
    int late = 0;
    for (const Received& r : net.inboxes[1]->packets) {
        got.push_back(r.id);
        const Instant onTime = kStart + 5ms + 80us * static_cast<int>(std::ranges::find(sent, r.id) - sent.begin() + 1);
        EXPECT_TRUE(r.at == onTime || r.at == onTime + 2ms);
        late += r.at == onTime ? 0 : 1;
    }
    EXPECT_NE(got, sent);
    EXPECT_NEAR(late, 50, 28);
    std::ranges::sort(got);
    EXPECT_EQ(got, sent) << "and loses none";
}

TEST(Link, DuplicatesArePacketsOfTheirOwn) {
    LinkSettings settings = kSlow;
    settings.duplicate = Share::percent(100);
    Net net = pair(settings);
    const PacketId id = net.udp(0, net.address(0, 1), 1500);
    net.run();
    const auto copies = net.all<trace::PacketDuplicated>();
    ASSERT_THAT(copies, SizeIs(1));
    EXPECT_EQ(copies[0].packet, id);
    EXPECT_NE(copies[0].copy, id);
    const auto& got = net.inboxes[1]->packets;
    ASSERT_THAT(got, SizeIs(2));
    EXPECT_EQ(got[0].id, id);
    EXPECT_EQ(got[1].id, copies[0].copy);
    EXPECT_EQ(got[0].packet, got[1].packet);
    EXPECT_EQ(got[1].at, kStart + 52ms) << "it takes its time on the line";
    EXPECT_EQ(net.event(net.idsOf<trace::PacketSent>()[1]).cause, net.idsOf<trace::PacketDuplicated>()[0]);
    EXPECT_EQ(net.recording.store().packet(copies[0].copy).packet, got[1].packet);
}

TEST(Link, ACopyThatFindsTheQueueFullIsDropped) {
    LinkSettings settings = kSlow;
    settings.duplicate = Share::percent(100);
    settings.queue.packets = 1;
    Net net = pair(settings);
    net.udp(0, net.address(0, 1), 1500);  // on the line, its copy waits
    net.udp(0, net.address(0, 1), 1500);  // refused, so it has no copy
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::queueFull));
    EXPECT_THAT(net.all<trace::PacketDuplicated>(), SizeIs(1));
}

TEST(Link, CorruptionFlipsOneBitAndTheHostNotices) {
    LinkSettings settings = line(BitRate::megabits(100), 1ms);
    settings.corrupt = Share::percent(100);
    settings.queue.packets = 1000;
    Net net = pair(settings);
    for (std::uint32_t i = 1; i <= 300; ++i) net.tcp(0, net.address(0, 1), 140, {.flow = 5, .number = i, .dataSegment = i});
    net.run();
    const auto corrupted = net.all<trace::PacketCorrupted>();
    ASSERT_THAT(corrupted, SizeIs(300));
    std::set<std::uint32_t> bits;
    for (const auto& c : corrupted) {
        const std::string before = wire::serialize(net.recording.store().packet(c.packet).packet);
        const std::string after = wire::serialize(net.recording.store().packet(c.damaged).packet);
        ASSERT_EQ(before.size(), after.size());
        std::vector<std::size_t> flipped;
        for (std::size_t b = 0; b < before.size() * 8; ++b)
            if (((before[b / 8] ^ after[b / 8]) >> (7 - b % 8) & 1) != 0) flipped.push_back(b);
        EXPECT_THAT(flipped, ElementsAre(c.bit));
        bits.insert(c.bit);
    }
    EXPECT_GT(bits.size(), 200u);
    EXPECT_THAT(net.inboxes[1]->packets, IsEmpty());
    const auto drops = net.drops();
    EXPECT_THAT(drops, SizeIs(300));
    EXPECT_GT(std::ranges::count(drops, trace::DropReason::ipChecksum), 20);    // 20 octets of 140
    EXPECT_GT(std::ranges::count(drops, trace::DropReason::tcpChecksum), 200);  // the rest
}

TEST(Link, CausesLeadBackToTheSender) {
    Net net = pair(kSlow);
    const trace::EventId why = net.tracer.emit(kStart, {}, NodeId{0}, {}, trace::NodeChanged{});
    FlightPtr flight = net.nodes[0]->newFlight();
    flight->packet.ip.destination = net.address(0, 1);
    flight->packet.transport = wire::UdpHeader{1, 2};
    flight->mail = MailId{3};
    flight->cause = why;
    net.nodes[0]->send(std::move(flight), kStart);
    net.run();
    const trace::EventId sent = net.idsOf<trace::PacketSent>().at(0), delivered = net.idsOf<trace::PacketDelivered>().at(0);
    EXPECT_EQ(net.event(sent).cause, why);
    EXPECT_EQ(net.event(sent).node, NodeId{0});
    EXPECT_EQ(net.event(delivered).cause, sent);
    EXPECT_EQ(net.event(delivered).node, NodeId{1});
    EXPECT_EQ(net.event(delivered).mail, MailId{3});
}

}  // namespace
}  // namespace mailtrek::net
