// SPDX-License-Identifier: GPL-3.0-or-later
// Switches and ARP at work between hosts and routers: learning, flooding, ageing, loops, failures.
#include <gmock/gmock.h>

#include <map>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using trace::DropReason;

constexpr NodeRole H = NodeRole::host, R = NodeRole::router, S = NodeRole::switchNode;

LinkSpec between(std::uint32_t first, std::uint32_t second, std::uint32_t mtu = 1500) {
    return {first, second, line(BitRate::megabits(100), 1ms), line(BitRate::megabits(100), 1ms), mtu};
}

// Hosts 0, 1, 2 on switch 3.
Net star() { return Net({H, H, H, S}, {between(0, 3), between(1, 3), between(2, 3)}); }

wire::EthernetHeader frameOf(const Net& net, const trace::PacketSent& sent) { return net.recording.store().frame(sent.frame); }

TEST(Switch, AFirstPacketAsksThenTravels) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    ASSERT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[1]->packets[0].packet.ip.ttl, 64) << "a switch is no hop";
    EXPECT_THAT(net.inboxes[2]->packets, IsEmpty());
    EXPECT_THAT(net.drops(), IsEmpty()) << "who is not asked for says nothing";
    ASSERT_THAT(net.all<trace::ArpAsked>(), SizeIs(1));
    EXPECT_EQ(net.all<trace::ArpAsked>()[0].target, (wire::Ipv4Prefix{net.address(1, 0), 32}));
    ASSERT_THAT(net.all<trace::ArpAnswered>(), SizeIs(1));
    const auto learnt = net.all<trace::ArpLearned>();
    ASSERT_THAT(learnt, SizeIs(2)) << "the one who is asked notes who asked";
    EXPECT_EQ(learnt[0].neighbour, NodeId{0});
    EXPECT_EQ(learnt[1].neighbour, NodeId{1});
    EXPECT_EQ(learnt[1].station, wire::stationAddress(1, 1));
    EXPECT_EQ(learnt[1].released, 1);
    // There and back for ARP, then the packet: six links, each stored and forwarded, 60 octets for ARP and 114 for the packet.
    EXPECT_EQ(net.inboxes[1]->packets[0].at, kStart + 6ms + 4 * 4800ns + 2 * 9120ns);
}

TEST(Switch, FramesNameBothStationsOnEveryLink) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    for (const trace::PacketSent& sent : net.all<trace::PacketSent>()) {
        ASSERT_TRUE(sent.frame.valid());
        const wire::Packet& packet = net.recording.store().packet(sent.packet).packet;
        const wire::EthernetHeader frame = frameOf(net, sent);
        EXPECT_EQ(frame.type, wire::etherTypeOf(packet));
        if (const wire::ArpPacket* arp = packet.arp()) {
            EXPECT_EQ(frame.source, arp->senderMac);
            EXPECT_EQ(frame.destination, arp->operation == wire::kArpRequest ? wire::kBroadcast : arp->targetMac);
            EXPECT_EQ(sent.ttl, 0);
            EXPECT_EQ(sent.size, 60);
        } else {
            EXPECT_EQ(frame, (wire::EthernetHeader{wire::stationAddress(1, 1), wire::stationAddress(0, 0), wire::EtherType::ipv4}));
            EXPECT_EQ(sent.size, 114);
        }
    }
}

TEST(Switch, FloodsARequestAndSendsTheAnswerStraightBack) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    const auto floods = net.all<trace::FrameFlooded>();
    ASSERT_THAT(floods, SizeIs(1));
    EXPECT_EQ(floods[0].reason, trace::FloodReason::group);
    EXPECT_EQ(floods[0].copies, 1u);
    const auto stations = net.all<trace::StationLearned>();
    ASSERT_THAT(stations, SizeIs(2)) << "from the request and the answer";
    EXPECT_EQ(stations[0].neighbour, NodeId{0});
    EXPECT_EQ(stations[0].via, trace::LinkEnd::of(LinkId{0}, 1)) << "out of this port from now on";
    EXPECT_FALSE(stations[0].moved);
}

TEST(Switch, FloodsWhatItDoesNotKnowAnyMore) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    net.switches[3]->forgetStations();
    net.udp(0, net.address(1, 0), 200);
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(2));
    const auto floods = net.all<trace::FrameFlooded>();
    ASSERT_THAT(floods, SizeIs(2));
    EXPECT_EQ(floods[1].reason, trace::FloodReason::unknown);
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::filtered)) << "host 2 does not want its copy";
    EXPECT_THAT(net.inboxes[2]->packets, IsEmpty());
}

TEST(Switch, AgesWhatItHasLearned) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.runUntil(StationTable::kAgeing + 1s);
    const std::size_t before = net.all<trace::StationLearned>().size();
    EXPECT_THAT(net.drops(), IsEmpty());
    net.udp(0, net.address(1, 0), 100);
    net.run();
    EXPECT_EQ(net.all<trace::StationLearned>().size(), before + 2) << "both learned anew";
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(2));
}

TEST(Switch, ForgetsThePortsOfLinksThatGoDown) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    net.links[1]->cut(net.simulator.now(), {});
    net.switches[3]->linkDown(LinkId{1});
    net.udp(0, net.address(1, 0), 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::filtered)) << "flooded to host 2, and not onto the dead link";
    EXPECT_THAT(net.all<trace::FrameFlooded>(), SizeIs(1)) << "one open port is no flood";
}

TEST(Switch, SeesAStationMove) {
    // Two switches; host 0 has a link to each of them.
    StationTable table;
    const wire::MacAddress station = wire::stationAddress(0, 0);
    EXPECT_EQ(table.learn(station, 1, kStart), StationTable::News::learned);
    EXPECT_EQ(table.learn(station, 1, kStart + 1s), StationTable::News::known);
    EXPECT_EQ(table.learn(station, 2, kStart + 2s), StationTable::News::moved);
    EXPECT_EQ(table.find(station, kStart + 2s), 2u);
    EXPECT_EQ(table.find(station, kStart + 2s + StationTable::kAgeing - 1ns), 2u);
    EXPECT_EQ(table.find(station, kStart + 2s + StationTable::kAgeing), std::nullopt);
    EXPECT_EQ(table.learn(station, 2, kStart + 1000s), StationTable::News::learned) << "anew";
    table.forgetPort(1);
    EXPECT_EQ(table.find(station, kStart + 1000s), 2u);
    table.forgetPort(2);
    EXPECT_EQ(table.find(station, kStart + 1000s), std::nullopt);
    EXPECT_EQ(table.learn(wire::kBroadcast, 1, kStart), StationTable::News::known);
    EXPECT_EQ(table.find(wire::kBroadcast, kStart), std::nullopt) << "groups send nothing";
}

TEST(Switch, NobodyAnswersForAnAddressThatNobodyHas) {
    Net net = star();
    net.udp(0, {net.address(0, 0).value + 99}, 100);
    net.run();
    EXPECT_EQ(net.simulator.now(), kStart + 3s);
    EXPECT_THAT(net.all<trace::ArpAsked>(), SizeIs(3));
    ASSERT_THAT(net.all<trace::ArpFailed>(), SizeIs(1));
    EXPECT_EQ(net.all<trace::ArpFailed>()[0].dropped, 1);
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::unresolved));
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty()) << "whoever sent it knows";
}

// host 0 - router 1 - switch 2 - host 3
TEST(Switch, ARouterTellsWhoseHostDoesNotAnswer) {
    Net net({H, R, S, H}, {between(0, 1), between(1, 2), between(2, 3)});
    net.udp(0, net.address(2, 1), 100);
    net.run();
    EXPECT_THAT(net.inboxes[3]->packets, SizeIs(1));
    net.nodes[3]->stop(net.simulator.now(), {});
    net.run();
    net.udp(0, {net.address(2, 1).value + 1}, 100);
    net.run();
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    const wire::Packet& told = net.inboxes[0]->packets[0].packet;
    ASSERT_NE(told.icmp(), nullptr);
    EXPECT_EQ(told.icmp()->type, kUnreachable);
    EXPECT_EQ(told.icmp()->code, kHostUnreachable);
    EXPECT_THAT(net.drops(), testing::IsSupersetOf({DropReason::unresolved}));
}

TEST(Switch, ACrashedNodeAsksAnew) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    net.nodes[0]->stop(net.simulator.now(), {});
    net.nodes[0]->start();
    net.udp(0, net.address(1, 0), 100);
    net.run();
    EXPECT_THAT(net.all<trace::ArpAsked>(), SizeIs(2));
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(2));
}

TEST(Switch, WhatWaitsForAnAnswerDiesWithItsNode) {
    Net net = star();
    net.udp(0, net.address(1, 0), 100);
    net.nodes[0]->stop(kStart, {});
    net.run();
    EXPECT_THAT(net.drops(), Contains(DropReason::nodeDown));
    EXPECT_THAT(net.inboxes[1]->packets, IsEmpty());
    EXPECT_EQ(net.pool.inUse(), 0u);
}

TEST(Switch, AFloodOfPacketsOverflowsTheWaitingRoom) {
    Net net = star();
    for (std::size_t i = 0; i < ArpTable::kHeld + 3; ++i) net.udp(0, net.address(1, 0), 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::arpQueue, DropReason::arpQueue, DropReason::arpQueue));
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(ArpTable::kHeld));
}

TEST(Switch, DropsWhatIsTooBigForThePortAndAllWhenStopped) {
    Net net({H, S, H}, {between(0, 1), between(1, 2, 576)});
    net.udp(0, net.address(1, 1), 1000);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::tooBig)) << "and nobody is told: a switch sends no ICMP";
    net.switches[1]->stop(net.simulator.now(), {});
    net.udp(0, net.address(1, 1), 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::tooBig, DropReason::nodeDown));
}

// Four switches in a square with a diagonal, a host at each; what a broadcast makes of that.
TEST(Switch, BroadcastsDoNotCircle) {
    Net net({S, S, S, S, H, H, H, H}, {between(0, 1), between(1, 2), between(2, 3), between(3, 0), between(0, 2), between(4, 0), between(5, 1), between(6, 2), between(7, 3)});
    EXPECT_THAT(net.all<trace::PortChanged>(), SizeIs(2)) << "five links between four switches";
    for (std::uint32_t from = 4; from < 8; ++from)
        for (std::uint32_t to = 4; to < 8; ++to)
            if (from != to) net.udp(from, net.address(to + 1, 0), 100);
    net.run();
    for (std::uint32_t host = 4; host < 8; ++host) EXPECT_THAT(net.inboxes[host]->packets, SizeIs(3));
    std::map<PacketId, int> seen;
    for (const trace::PacketSent& sent : net.all<trace::PacketSent>()) EXPECT_LE(++seen[sent.packet], 5) << "longer than any way through the tree";
    EXPECT_THAT(net.drops(), Each(DropReason::filtered));
    EXPECT_EQ(net.pool.inUse(), 0u);
}

TEST(Switch, AnotherLinkTakesOverWhenOneFails) {
    Net net({S, S, S, H, H}, {between(0, 1), between(1, 2), between(2, 0), between(3, 1), between(4, 2)});  // 1-2 is blocked
    net.udp(3, net.address(4, 0), 100);
    net.run();
    EXPECT_THAT(net.inboxes[4]->packets, SizeIs(1));
    net.links[2]->cut(net.simulator.now(), {});
    net.topology.links[2].up = false;
    for (const std::uint32_t sw : {0u, 1u, 2u}) net.switches[sw]->forgetStations();
    net.route();
    EXPECT_FALSE(net.all<trace::PortChanged>().back().blocked);
    net.udp(3, net.address(4, 0), 100);
    net.run();
    EXPECT_THAT(net.inboxes[4]->packets, SizeIs(2));
}

TEST(Switch, DamagedFramesEndAtTheNextReceiver) {
    LinkSettings noisy = line(BitRate::megabits(100), 1ms);
    noisy.corrupt = Share::percent(100);
    Net net({H, S, H}, {{0, 1, noisy}, between(1, 2)});
    net.udp(0, net.address(1, 1), 100);
    net.run();
    EXPECT_THAT(net.all<trace::PacketCorrupted>(), SizeIs(3)) << "three questions";
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::frameChecksum, DropReason::frameChecksum, DropReason::frameChecksum, DropReason::unresolved));
    for (const trace::PacketCorrupted& damaged : net.all<trace::PacketCorrupted>())
        EXPECT_NE(net.recording.store().packet(damaged.damaged).packet.arp(), nullptr) << "still to be drawn as what it was";
}

TEST(Switch, ALateAnswerStillServes) {
    Net net = star();
    net.links[1]->remove(0, {.connection = {}, .dataSegment = {}, .mailSegment = {}, .packet = 1, .transmission = {}}, kStart, {});  // the first answer is lost
    net.udp(0, net.address(1, 0), 100);
    net.run();
    EXPECT_THAT(net.all<trace::ArpAsked>(), SizeIs(2));
    EXPECT_EQ(net.all<trace::ArpAsked>()[1].attempt, 2);
    ASSERT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_GT(net.inboxes[1]->packets[0].at, kStart + 1s);
    EXPECT_LT(net.inboxes[1]->packets[0].at, kStart + 1010ms);
    EXPECT_EQ(net.event(net.idsOf<trace::ArpAsked>()[1]).cause, net.idsOf<trace::ArpAsked>()[0]) << "why? it was asked before";
}

TEST(Switch, WhatWaitedMustStillFit) {
    Net net = star();
    net.udp(0, net.address(1, 0), 1000);
    net.links[0]->setMtu(576, kStart, {});
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(DropReason::tooBig));
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(1)) << "the sender hears it from its own IP";
}

TEST(Switch, GroupsGoToTheirMacAddress) {
    Net net({R, S, R, H}, {between(0, 1), between(2, 1), between(3, 1)});
    net.nodes[2]->joinGroup({0xe0000009});
    FlightPtr flight = net.nodes[0]->newFlight();
    flight->packet.ip.source = net.address(0, 0);
    flight->packet.ip.destination = {0xe0000009};
    flight->packet.ip.ttl = 1;
    flight->packet.transport = wire::UdpHeader{520, 520};
    net.nodes[0]->prepare(*flight);
    net.nodes[0]->transmitOn(std::move(flight), trace::LinkEnd::of(LinkId{0}, 0), kStart);
    net.run();
    EXPECT_THAT(net.all<trace::ArpAsked>(), IsEmpty());
    EXPECT_EQ(frameOf(net, net.all<trace::PacketSent>()[0]).destination, wire::MacAddress::of(0x01005e000009));
    EXPECT_THAT(net.drops(), testing::UnorderedElementsAre(DropReason::filtered, DropReason::portClosed)) << "host 3 did not join; nobody listens on router 2";
}

TEST(Switch, RawLinksStayAsTheyAre) {
    Net net({H, R, S, H}, {between(0, 1), between(1, 2), between(2, 3)});
    net.udp(0, net.address(2, 1), 100);
    net.run();
    const trace::PacketSent first = net.all<trace::PacketSent>().front();
    EXPECT_FALSE(first.frame.valid());
    EXPECT_EQ(first.size, 100);
}

}  // namespace
}  // namespace mailtrek::net
