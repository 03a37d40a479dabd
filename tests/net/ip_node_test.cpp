// SPDX-License-Identifier: GPL-3.0-or-later
// Hosts and routers in small chains: forwarding, what they drop, and what ICMP says about it.
#include <gmock/gmock.h>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr NodeRole H = NodeRole::host, R = NodeRole::router, S = NodeRole::switchNode;

LinkSpec between(std::uint32_t a, std::uint32_t b, std::uint32_t mtu = 1500) { return {a, b, line(BitRate::megabits(100), 1ms), line(BitRate::megabits(100), 1ms), mtu, {}, 1}; }

// host 0 -- router 1 -- router 2 -- host 3
Net chain(std::uint32_t middleMtu = 1500) { return Net({H, R, R, H}, {between(0, 1), between(1, 2, middleMtu), between(2, 3)}); }

const wire::IcmpHeader& icmpOf(const Received& r) { return *r.packet.icmp(); }

TEST(IpNode, CarriesAPacketAcrossRoutersWithOneLessPerHop) {
    Net net = chain();
    const PacketId id = net.udp(0, net.address(2, 1), 1000);
    net.run();
    ASSERT_THAT(net.inboxes[3]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[3]->packets[0].id, id);
    EXPECT_EQ(net.inboxes[3]->packets[0].packet.ip.ttl, 62);
    EXPECT_EQ(net.inboxes[3]->packets[0].packet.ip.source, net.address(0, 0));
    std::vector<int> ttls;
    for (const auto& sent : net.all<trace::PacketSent>()) ttls.push_back(sent.ttl);
    EXPECT_THAT(ttls, ElementsAre(64, 63, 62));
    EXPECT_EQ(net.inboxes[3]->packets[0].at, kStart + 3 * (80us + 1ms));
    const auto sents = net.idsOf<trace::PacketSent>(), delivered = net.idsOf<trace::PacketDelivered>();
    EXPECT_EQ(net.event(sents[1]).cause, delivered[0]);
    EXPECT_EQ(net.event(sents[2]).cause, delivered[1]);
}

TEST(IpNode, TcpMustNotBeFragmentedAndNumbersCount) {
    Net net = chain();
    net.tcp(0, net.address(2, 1), 100);
    net.tcp(0, net.address(2, 1), 100);
    net.udp(0, net.address(2, 1), 100);
    net.run();
    const auto& got = net.inboxes[3]->packets;
    ASSERT_THAT(got, SizeIs(3));
    EXPECT_TRUE(got[0].packet.ip.dontFragment);
    EXPECT_FALSE(got[2].packet.ip.dontFragment);
    EXPECT_EQ(got[1].packet.ip.identification, got[0].packet.ip.identification + 1);
    EXPECT_EQ(got[2].packet.ip.identification, got[0].packet.ip.identification) << "a counter of its own per protocol";
}

TEST(IpNode, TtlExpiredIsReported) {
    Net net = chain();
    const PacketId id = net.udp(0, net.address(2, 1), 100, 2);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::ttlExpired));
    const auto& got = net.inboxes[0]->packets;
    ASSERT_THAT(got, SizeIs(1));
    EXPECT_EQ(icmpOf(got[0]).type, kTimeExceeded);
    EXPECT_EQ(icmpOf(got[0]).code, kTtlExceeded);
    EXPECT_EQ(got[0].packet.ip.source, net.address(1, 1)) << "the interface towards the sender";
    const auto quoted = quotedPacket(got[0].packet);
    ASSERT_TRUE(quoted);
    EXPECT_EQ(quoted->ip.destination, net.address(2, 1));
    EXPECT_EQ(quoted->sourcePort, 1000);
    EXPECT_EQ(quoted->ip.ttl, 1) << "as it came in";
    const auto drop = net.idsOf<trace::PacketDropped>()[0];
    EXPECT_EQ(std::get<trace::PacketDropped>(net.event(drop).payload).packet, id);
    EXPECT_EQ(net.event(drop).node, NodeId{2});
    EXPECT_EQ(net.event(net.idsOf<trace::PacketSent>()[2]).cause, drop) << "the error follows from the drop";
}

TEST(IpNode, ALoopEndsWithTtl) {
    Net net({H, R, R}, {between(0, 1), between(1, 2)});
    const wire::Ipv4Prefix nowhere{{20u << 24}, 8};
    auto routes = [&](int node, std::uint32_t link, int direction, wire::Ipv4Address gateway) {
        std::vector<Route> all = net.nodes[node]->routes();
        all.push_back({nowhere, NodeId{}, gateway, trace::LinkEnd::of(LinkId{link}, direction), 1});
        net.nodes[node]->setRoutes(all);
    };
    routes(1, 1, 0, net.address(1, 1));
    routes(2, 1, 1, net.address(1, 0));
    net.udp(0, {20u << 24 | 1}, 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::ttlExpired));
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    std::size_t hops = 0;
    for (const auto& sent : net.all<trace::PacketSent>()) hops += sent.packet == PacketId{0} ? 1 : 0;
    EXPECT_EQ(hops, 64u);
}

TEST(IpNode, NoRouteIsReported) {
    Net net = chain();
    net.udp(0, {20u << 24 | 1}, 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::noRoute));
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    EXPECT_EQ(icmpOf(net.inboxes[0]->packets[0]).type, kUnreachable);
    EXPECT_EQ(icmpOf(net.inboxes[0]->packets[0]).code, kNetUnreachable);
}

TEST(IpNode, AHostWithoutRouteSaysSo) {
    Net net = pair(line(BitRate::megabits(1), 1ms));
    net.udp(0, {20u << 24 | 1}, 100);
    EXPECT_EQ(net.lastResult, SendResult::noRoute);
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::noRoute));
    EXPECT_FALSE(net.nodes[0]->sourceTowards({20u << 24 | 1}));
    EXPECT_FALSE(net.nodes[0]->mtuTowards({20u << 24 | 1}));
    EXPECT_EQ(net.nodes[0]->mtuTowards(net.address(0, 1)), 1500u);
}

TEST(IpNode, TooBigWithDfNamesTheMtu) {
    Net net = chain(576);
    net.tcp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::tooBig));
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    const Received& error = net.inboxes[0]->packets[0];
    EXPECT_EQ(icmpOf(error).type, kUnreachable);
    EXPECT_EQ(icmpOf(error).code, kFragmentationNeeded);
    EXPECT_EQ(icmpOf(error).rest, 576u);
    EXPECT_EQ(wire::wireSize(error.packet), 576u) << "quotes as much as fits";
    EXPECT_EQ(quotedPacket(error.packet)->destinationPort, 25);
}

TEST(IpNode, TooBigForTheOwnLink) {
    Net net({H, H}, {between(0, 1, 576)});
    net.tcp(0, net.address(0, 1), 577);
    EXPECT_EQ(net.lastResult, SendResult::tooBig);
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::tooBig));
}

TEST(IpNode, WithoutDfItTravelsInPieces) {
    Net net = chain(576);
    net.udp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_THAT(net.drops(), IsEmpty());
    ASSERT_THAT(net.inboxes[3]->packets, SizeIs(1));
    const wire::Packet& whole = net.inboxes[3]->packets[0].packet;
    EXPECT_EQ(whole.payload.size(), 1472u);
    EXPECT_EQ(whole.udp()->destinationPort, 2000);
    EXPECT_EQ(net.all<trace::PacketSent>().size(), 1u + 3 + 3);
    EXPECT_EQ(wire::wireSize(whole), 1500u);
}

TEST(IpNode, MissingPiecesAreGivenUpAfterAMinute) {
    Net net({H, R, R, H}, {between(0, 1), {1, 2, line(BitRate::megabits(100), 1ms), {}, 576, {{LinkRule::Action::lose, LinkRule::Counts::packet, {2}}}}, between(2, 3)});
    net.udp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_THAT(net.inboxes[3]->packets, IsEmpty());
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::rule, trace::DropReason::reassembly, trace::DropReason::reassembly));
    EXPECT_GE(net.event(net.idsOf<trace::PacketDropped>().back()).at, kStart + 60s);
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    EXPECT_EQ(icmpOf(net.inboxes[0]->packets[0]).type, kTimeExceeded);
    EXPECT_EQ(icmpOf(net.inboxes[0]->packets[0]).code, kReassemblyExceeded);
}

TEST(IpNode, EchoComesBackWithTheSameData) {
    Net net = chain();
    FlightPtr flight = net.nodes[0]->newFlight();
    flight->packet.ip.destination = net.address(2, 1);
    flight->packet.transport = wire::IcmpHeader{kEchoRequest, 0, 0x00070001};
    flight->packet.payload = Slice::copyOf("abcdefgh");
    net.nodes[0]->send(std::move(flight), kStart);
    net.run();
    EXPECT_THAT(net.inboxes[3]->packets, IsEmpty());
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    const Received& reply = net.inboxes[0]->packets[0];
    EXPECT_EQ(icmpOf(reply), (wire::IcmpHeader{kEchoReply, 0, 0x00070001}));
    EXPECT_EQ(reply.packet.payload.text(), "abcdefgh");
    EXPECT_EQ(reply.packet.ip.source, net.address(2, 1));
}

TEST(IpNode, AHostDropsWhatIsNotForIt) {
    Net net({H, H}, {between(0, 1)});
    net.udp(0, {net.address(0, 0).value + 2 - 1}, 100);  // .2: fine
    net.nodes[0]->setRoutes({{{}, NodeId{}, {}, trace::LinkEnd::of(LinkId{0}, 0), 0}});
    net.udp(0, {30u << 24 | 5}, 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::notForUs));
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty()) << "a host sends no error about it";
}

TEST(IpNode, AHostWithTwoLinksDoesNotForward) {
    Net net({H, H, H}, {between(0, 1), between(1, 2)});
    net.nodes[0]->setRoutes({{{}, NodeId{1}, net.address(0, 1), trace::LinkEnd::of(LinkId{0}, 0), 1}});
    net.udp(0, net.address(1, 1), 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::notForUs));
    net.udp(0, net.address(1, 0), 100);  // its other address is its own all the same
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1));
}

TEST(IpNode, NobodyForwardsToAddressesThatStandForMany) {
    Net net = chain();
    std::vector<Route> routes = net.nodes[0]->routes();
    for (const std::uint32_t to : {0x7f000002u, 0xe0000005u, 0xffffffffu, 0x00000001u, net.address(2, 0).value | 3}) {
        FlightPtr flight = net.nodes[0]->newFlight();
        flight->packet.ip.destination = {to};
        flight->packet.transport = wire::UdpHeader{1, 2};
        net.nodes[0]->prepare(*flight);
        net.links[0]->send(0, std::move(flight), net.simulator.now());  // past the sender's own checks
    }
    net.run();
    EXPECT_THAT(net.drops(), AllOf(SizeIs(5), Each(trace::DropReason::notForUs)));
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty()) << "and no error about them";
    net.udp(0, {0xffffffffu}, 100);
    EXPECT_EQ(net.lastResult, SendResult::noRoute);
}

TEST(IpNode, NoIcmpAboutIcmpErrors) {
    Net net = chain();
    FlightPtr flight = net.nodes[0]->newFlight();
    flight->packet.ip.destination = net.address(2, 1);
    flight->packet.ip.ttl = 1;
    flight->packet.transport = wire::IcmpHeader{kUnreachable, kPortUnreachable, 0};
    flight->packet.payload = Slice::filled(28, 0);
    net.nodes[0]->send(std::move(flight), kStart);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::ttlExpired));
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty());
}

TEST(IpNode, ErrorsAreRateLimited) {
    Net net = chain();
    for (int i = 0; i < 90; ++i) net.udp(0, net.address(2, 1), 28, 1);  // within 0.2 ms
    net.run();
    EXPECT_THAT(net.drops(), SizeIs(90));
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(IcmpLimiter::kBurst));
    net.runUntil(1s);
    net.udp(0, net.address(2, 1), 28, 1);
    net.run();
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(IcmpLimiter::kBurst + 1));
}

TEST(IpNode, ARouterRefusesPortsThatNobodyListensOn) {
    Net net = chain();
    net.udp(0, net.address(2, 0), 100);  // the second router, by its other interface
    net.tcp(0, net.address(2, 0), 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::portClosed, trace::DropReason::portClosed));
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1)) << "TCP answers itself";
    EXPECT_EQ(icmpOf(net.inboxes[0]->packets[0]).code, kPortUnreachable);
    EXPECT_EQ(net.inboxes[0]->packets[0].packet.ip.source, net.address(1, 1)) << "the interface that the error leaves by";
}

TEST(IpNode, AStoppedOneDropsAndAnOfflineOneToo) {
    Net net = chain();
    net.nodes[2]->stop(kStart, {});
    net.udp(0, net.address(2, 1), 100);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::nodeDown));
    net.nodes[2]->start();
    net.nodes[3]->setOnline(false, net.simulator.now(), {});
    net.udp(0, net.address(2, 1), 100);
    net.udp(3, net.address(0, 0), 100);
    EXPECT_EQ(net.lastResult, SendResult::down);
    net.run();
    EXPECT_THAT(net.drops(), AllOf(SizeIs(3), Each(trace::DropReason::nodeDown)));
    net.nodes[3]->setOnline(true, net.simulator.now(), {});
    net.udp(3, net.address(0, 0), 100);
    net.run();
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(1));
}

TEST(IpNode, TalksToItself) {
    Net net = pair(line(BitRate::megabits(1), 1ms));
    net.udp(0, net.address(0, 0), 100);
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty()) << "not from inside transmit";
    net.run();
    net.udp(0, {127u << 24 | 1}, 100);
    net.run();
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(2));
    EXPECT_THAT(net.all<trace::PacketSent>(), IsEmpty());
}

TEST(SwitchNode, JoinsLinksIntoOneSegment) {
    // host 0, host 1 and router 3 on switches 2 and 4; host 5 behind the router
    Net net({H, H, S, R, S, H}, {between(0, 2), between(1, 4), between(2, 4), between(3, 4), between(3, 5)});
    net.udp(0, net.address(1, 0), 100);
    net.udp(0, net.address(4, 1), 100);
    net.udp(5, net.address(0, 0), 100);
    net.run();
    EXPECT_THAT(net.drops(), IsEmpty());
    ASSERT_THAT(net.inboxes[1]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[1]->packets[0].packet.ip.ttl, 64) << "a switch is no hop";
    ASSERT_THAT(net.inboxes[5]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[5]->packets[0].packet.ip.ttl, 63);
    // What host 5 sends makes the router ask for host 0, three links away, which so learns of the router and sends what waits.
    EXPECT_EQ(net.inboxes[5]->packets[0].at, kStart + (1ms + 8us) + 3 * (1ms + 4800ns) + 3 * (1ms + 9120ns) + (1ms + 8us));
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
}

}  // namespace
}  // namespace mailtrek::net
