// SPDX-License-Identifier: GPL-3.0-or-later
// Rules, cuts, new settings and removed packets.
#include <gmock/gmock.h>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const LinkSettings kSlow = line(BitRate::megabits(2), 40ms);  // 1500 octets take 6 ms

FateKey segment(std::uint32_t number, std::uint32_t transmission = 1) {
    FateKey fate{.flow = 1, .number = number * 1460ull, .transmission = transmission, .dataSegment = number};
    fate.firstTransmission = transmission == 1;
    return fate;
}

std::vector<std::uint32_t> segmentsLost(const Net& net) {
    std::vector<std::uint32_t> lost;
    for (const auto& drop : net.all<trace::PacketDropped>()) lost.push_back(net.recording.store().packet(drop.packet).packet.tcp()->sequence / 1000);
    return lost;
}

TEST(LinkRules, LoseTheDataSegmentsNamedButNotTheirRepetitions) {
    Net net = pair(line(BitRate::gigabits(1), 1ms), {}, {{LinkRule::Action::lose, LinkRule::Counts::dataSegment, {50, 20, 80}}});
    for (std::uint32_t i = 1; i <= 100; ++i) {
        net.tcp(0, net.address(0, 1), 140, segment(i));
        net.runUntil(i * 1ms);
    }
    for (const std::uint32_t again : {20u, 50u, 80u}) net.tcp(0, net.address(0, 1), 140, segment(again, 2));
    net.tcp(0, net.address(0, 1), 40, {.flow = 1, .number = 77});  // an acknowledgment
    net.tcp(1, net.address(0, 0), 140, segment(20));               // the other direction
    net.run();
    EXPECT_THAT(net.drops(), AllOf(SizeIs(3), Each(trace::DropReason::rule)));
    EXPECT_THAT(segmentsLost(net), ElementsAre(20, 50, 80));
}

TEST(LinkRules, MailSegmentsAndTheLastOctet) {
    Net net = pair(line(BitRate::gigabits(1), 1ms), {}, {{LinkRule::Action::lose, LinkRule::Counts::mailSegment, {2, -1}}});
    for (std::uint32_t i = 1; i <= 8; ++i) {
        FateKey fate = segment(i);
        fate.mailSegment = i >= 4 ? i - 3 : 0;  // data segments 1 to 3 are commands
        fate.lastContent = i == 8;
        net.tcp(0, net.address(0, 1), 140, fate);
    }
    net.run();
    EXPECT_THAT(segmentsLost(net), ElementsAre(5, 8));
}

TEST(LinkRules, ThePacketThatEntersAsTheThird) {
    LinkSettings settings = kSlow;
    settings.duplicate = Share::percent(100);  // copies made here do not count
    settings.queue.packets = 4;
    Net net = pair(settings, {}, {{LinkRule::Action::lose, LinkRule::Counts::packet, {3}}});
    std::vector<PacketId> sent;
    for (int i = 0; i < 4; ++i) sent.push_back(net.udp(0, net.address(0, 1), 1500));  // the fourth finds the queue full
    net.run();
    const auto drops = net.all<trace::PacketDropped>();
    ASSERT_THAT(drops, SizeIs(3));
    EXPECT_EQ(drops[0].reason, trace::DropReason::queueFull);
    EXPECT_EQ(drops.back().reason, trace::DropReason::rule);
    EXPECT_EQ(drops.back().packet, sent[2]);
}

TEST(LinkRules, CorruptByRule) {
    Net net = pair(line(BitRate::gigabits(1), 1ms), {}, {{LinkRule::Action::corrupt, LinkRule::Counts::dataSegment, {7}}});
    std::vector<PacketId> sent;
    for (std::uint32_t i = 1; i <= 10; ++i) sent.push_back(net.tcp(0, net.address(0, 1), 1040, segment(i)));
    net.run();
    const auto corrupted = net.all<trace::PacketCorrupted>();
    ASSERT_THAT(corrupted, SizeIs(1));
    EXPECT_EQ(corrupted[0].packet, sent[6]);
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(9));
}

TEST(LinkCut, DropsAllThatItCarriesAtThatInstant) {
    Net net = pair(kSlow, kSlow);
    for (int i = 0; i < 4; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(20ms);
    net.udp(1, net.address(0, 0), 1500);
    net.runUntil(50ms);  // the first has arrived
    const trace::EventId entry = net.tracer.emit(kStart + 50ms, {}, {}, {}, trace::TimelineApplied{});
    net.links[0]->cut(kStart + 50ms, entry);
    net.udp(0, net.address(0, 1), 1500);
    net.run();
    EXPECT_THAT(net.drops(), AllOf(SizeIs(5), Each(trace::DropReason::linkDown)));
    const auto drops = net.all<trace::PacketDropped>();
    const auto ids = net.idsOf<trace::PacketDropped>();
    const trace::EventId cut = net.idsOf<trace::LinkChanged>().at(0);
    EXPECT_EQ(net.event(cut).cause, entry);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(net.event(ids[i]).at, kStart + 50ms);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(net.event(ids[i]).cause, cut);
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(drops[i].queued);
    EXPECT_FALSE(drops[4].queued) << "it never entered";
    EXPECT_EQ(net.links[0]->carried(0) + net.links[0]->carried(1), 0u);
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty());
    EXPECT_FALSE(net.links[0]->view().up);
}

TEST(LinkCut, IsThereAgainAfterRestore) {
    Net net = pair(kSlow);
    for (int i = 0; i < 5; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(1ms);
    net.links[0]->cut(kStart + 1ms, {});
    net.links[0]->cut(kStart + 1ms, {});  // already cut: nothing happens
    net.runUntil(2ms);
    net.links[0]->restore(kStart + 2ms, {});
    net.links[0]->restore(kStart + 2ms, {});
    net.udp(0, net.address(0, 1), 1500);  // the line is free
    net.run();
    EXPECT_THAT(net.all<trace::LinkChanged>(), SizeIs(2));
    ASSERT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[1]->packets[0].at, kStart + 2ms + 46ms);
}

TEST(LinkSettings, NewOnesPlanTheQueueAnewButNotTheWire) {
    Net net = pair(kSlow);
    for (int i = 0; i < 4; ++i) net.udp(0, net.address(0, 1), 1500);  // on the line from 0, 6, 12, 18 ms
    net.runUntil(7ms);
    net.links[0]->configure(0, line(BitRate::megabits(12), 100ms), kStart + 7ms, {});  // 1500 octets take 1 ms
    net.run();
    std::vector<Duration> at;
    for (const Received& r : net.inboxes[1]->packets) at.push_back(r.at - kStart);
    EXPECT_THAT(at, ElementsAre(46ms, 52ms, 12ms + 1ms + 100ms, 13ms + 1ms + 100ms));
}

TEST(LinkSettings, AShorterDelayDoesNotOvertake) {
    Net net = pair(kSlow);
    for (int i = 0; i < 3; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(7ms);
    net.links[0]->configure(0, line(BitRate::megabits(2), 1ms), kStart + 7ms, {});
    net.run();
    std::vector<Duration> at;
    for (const Received& r : net.inboxes[1]->packets) at.push_back(r.at - kStart);
    EXPECT_THAT(at, ElementsAre(46ms, 52ms, 52ms)) << "the third would be there at 19 ms, but stays behind the second";
}

TEST(LinkSettings, LossThatBeginsSpoilsOnlyWhatHasNotStarted) {
    Net net = pair(kSlow);
    for (int i = 0; i < 4; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(7ms);
    LinkSettings lossy = kSlow;
    lossy.loss = Share::percent(100);
    net.links[0]->configure(0, lossy, kStart + 7ms, {});
    net.runUntil(13ms);
    net.links[0]->configure(0, kSlow, kStart + 13ms, {});  // the third is on the wire already, the fourth is saved
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(3));
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::noise));
    EXPECT_THAT(net.all<trace::LinkConfigured>(), SizeIs(2));
}

TEST(LinkRemoval, OfAPacketOnTheWire) {
    Net net = pair(kSlow);
    net.tcp(0, net.address(0, 1), 1500, segment(1));
    net.tcp(0, net.address(0, 1), 1500, segment(2));
    net.runUntil(20ms);
    const trace::EventId entry = net.tracer.emit(kStart + 20ms, {}, {}, {}, trace::TimelineApplied{});
    net.links[0]->remove(0, {.connection = {}, .dataSegment = 2, .mailSegment = {}, .packet = {}, .transmission = 1}, kStart + 20ms, entry);
    net.run();
    const auto ids = net.idsOf<trace::PacketDropped>();
    ASSERT_THAT(ids, SizeIs(1));
    EXPECT_EQ(net.event(ids[0]).at, kStart + 20ms);
    EXPECT_EQ(net.event(ids[0]).cause, entry);
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::removed));
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1));
}

TEST(LinkRemoval, OfAWaitingPacketLetsTheOthersMoveUp) {
    Net net = pair(kSlow);
    for (std::uint32_t i = 1; i <= 4; ++i) net.tcp(0, net.address(0, 1), 1500, segment(i));
    net.runUntil(1ms);
    net.links[0]->remove(0, {.connection = {}, .dataSegment = 2, .mailSegment = {}, .packet = {}, .transmission = {}}, kStart + 1ms, {});
    EXPECT_EQ(net.links[0]->waiting(0, kStart + 1ms), 2u);
    EXPECT_EQ(net.links[0]->waitingBytes(0, kStart + 1ms), 3000u);
    net.run();
    std::vector<Duration> at;
    for (const Received& r : net.inboxes[1]->packets) at.push_back(r.at - kStart);
    EXPECT_THAT(at, ElementsAre(46ms, 52ms, 58ms));
}

TEST(LinkRemoval, WaitsForThePacketOfThatConnectionAndTakesItOnce) {
    Net net = pair(line(BitRate::gigabits(1), 1ms));
    net.links[0]->remove(0, {.connection = [](ConnectionId c) { return c == ConnectionId{4}; }, .dataSegment = 3, .mailSegment = {}, .packet = {}, .transmission = 2}, kStart, {});
    for (const std::uint32_t connection : {3u, 4u})
        for (const std::uint32_t transmission : {1u, 2u, 2u})
            for (std::uint32_t i = 1; i <= 5; ++i) net.tcp(0, net.address(0, 1), 140, segment(i, transmission), ConnectionId{connection});
    net.run();
    const auto drops = net.all<trace::PacketDropped>();
    ASSERT_THAT(drops, SizeIs(1));
    EXPECT_EQ(drops[0].reason, trace::DropReason::removed);
    EXPECT_EQ(net.recording.store().packet(drops[0].packet).connection, ConnectionId{4});
    EXPECT_THAT(segmentsLost(net), ElementsAre(3));
}

// On the links behind the one that made it, a copy is a packet like any other: the second to enter is lost, whatever it is.
TEST(LinkRemoval, CountsCopiesThatOtherLinksMade) {
    LinkSettings twice = line(BitRate::gigabits(1), 1ms);
    twice.duplicate = Share::percent(100);
    const LinkSettings plain = line(BitRate::gigabits(1), 1ms);
    const LinkRule second{.action = LinkRule::Action::lose, .counts = LinkRule::Counts::packet, .numbers = {2}};
    for (const bool scripted : {true, false}) {
        Net net({NodeRole::host, NodeRole::router, NodeRole::host}, {{0, 1, twice, plain}, {1, 2, plain, plain, 1500, scripted ? std::vector{second} : std::vector<LinkRule>{}}});
        if (!scripted) net.links[1]->remove(0, {.connection = {}, .dataSegment = {}, .mailSegment = {}, .packet = 2, .transmission = {}}, kStart, {});
        net.udp(0, net.address(1, 1), 500);
        net.run();
        ASSERT_THAT(net.all<trace::PacketDuplicated>(), SizeIs(1));
        ASSERT_THAT(net.all<trace::PacketDropped>(), SizeIs(1));
        EXPECT_EQ(net.all<trace::PacketDropped>()[0].packet, net.all<trace::PacketDuplicated>()[0].copy);
        EXPECT_EQ(net.all<trace::PacketDropped>()[0].reason, scripted ? trace::DropReason::rule : trace::DropReason::removed);
        EXPECT_THAT(net.inboxes[2]->packets, SizeIs(1));
    }
}

TEST(LinkQueue, OfASenderThatGoesDownIsLost) {
    Net net = pair(kSlow);
    for (int i = 0; i < 4; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(7ms);
    const trace::EventId crash = net.tracer.emit(kStart + 7ms, {}, NodeId{0}, {}, trace::NodeChanged{});
    net.nodes[0]->stop(kStart + 7ms, crash);
    net.udp(0, net.address(0, 1), 1500);
    EXPECT_EQ(net.lastResult, SendResult::down);
    net.nodes[0]->start();
    net.udp(0, net.address(0, 1), 1500);
    net.run();
    EXPECT_THAT(net.drops(), AllOf(SizeIs(3), Each(trace::DropReason::nodeDown)));
    EXPECT_EQ(net.event(net.idsOf<trace::PacketDropped>()[0]).cause, crash);
    std::vector<Duration> at;
    for (const Received& r : net.inboxes[1]->packets) at.push_back(r.at - kStart);
    EXPECT_THAT(at, ElementsAre(46ms, 52ms, 58ms)) << "the line was free at 12 ms";
}

TEST(LinkSettings, AreReportedAtTheStart) {
    LinkSettings lossy = kSlow;
    lossy.loss = Share::percent(5);
    lossy.queue = {QueueLimit::kUnlimited, 64'000};
    Net net = pair(kSlow, lossy);
    net.links[0]->announce(kStart, {});
    const auto told = net.all<trace::LinkConfigured>();
    ASSERT_THAT(told, SizeIs(2));
    EXPECT_EQ(told[0].rate, BitRate::megabits(2));
    EXPECT_EQ(told[0].queuePackets, 100u);
    EXPECT_EQ(told[0].via, trace::LinkEnd::of(LinkId{0}, 0));
    EXPECT_EQ(told[1].loss, Share::percent(5));
    EXPECT_EQ(told[1].queuePackets, 0u) << "limited in octets";
    EXPECT_EQ(net.links[0]->view().ends[1].loss, Share::percent(5));
}

}  // namespace
}  // namespace mailtrek::net
