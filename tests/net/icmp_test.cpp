// SPDX-License-Identifier: GPL-3.0-or-later
// Fragments and ICMP between nodes: what routers cut, what they say and what they keep to themselves (RFC 791, 792, 1122, 1191, 1812).
#include <gmock/gmock.h>

#include <set>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr NodeRole H = NodeRole::host, R = NodeRole::router;

LinkSpec between(std::uint32_t a, std::uint32_t b, std::uint32_t mtu = 1500) { return {a, b, line(BitRate::megabits(100), 1ms), line(BitRate::megabits(100), 1ms), mtu, {}, 1}; }

// host 0 -- router 1 -- router 2 -- host 3
Net chain(std::uint32_t firstMtu, std::uint32_t middleMtu, std::uint32_t lastMtu = 1500) {
    return Net({H, R, R, H}, {between(0, 1, firstMtu), between(1, 2, middleMtu), between(2, 3, lastMtu)});
}

struct Piece {
    std::uint32_t first, size;
    bool more;
    friend bool operator==(const Piece&, const Piece&) = default;
};

// The packets that crossed the link, as pieces of their datagram.
std::vector<Piece> piecesOn(const Net& net, std::uint32_t link) {
    std::vector<Piece> pieces;
    for (const auto& sent : net.all<trace::PacketSent>()) {
        if (sent.via.link() != LinkId{link}) continue;
        const wire::Packet& packet = net.recording.store().packet(sent.packet).packet;
        pieces.push_back({packet.ip.fragmentOffset * 8u, sent.size - 20u, packet.ip.moreFragments});
    }
    return pieces;
}

TEST(Fragmentation, CutsForEachLinkWhatItTakes) {
    Net net = chain(1500, 576, 300);
    net.udp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_THAT(piecesOn(net, 1), ElementsAre(Piece{0, 552, true}, Piece{552, 552, true}, Piece{1104, 376, false})) << "RFC 791 3.2: multiples of 8 octets";
    EXPECT_THAT(piecesOn(net, 2),
                ElementsAre(Piece{0, 280, true}, Piece{280, 272, true}, Piece{552, 280, true}, Piece{832, 272, true}, Piece{1104, 280, true}, Piece{1384, 96, false}))
        << "the pieces of pieces";
    ASSERT_THAT(net.inboxes[3]->packets, SizeIs(1));
    EXPECT_EQ(net.inboxes[3]->packets[0].packet.payload.text(), std::string(1472, 'u'));
    const auto cuts = net.all<trace::PacketFragmented>();
    ASSERT_THAT(cuts, SizeIs(1 + 3));
    EXPECT_EQ(cuts[0].pieces, 3);
    EXPECT_EQ(cuts[0].mtu, 576);
    const auto joins = net.all<trace::PacketReassembled>();
    ASSERT_THAT(joins, SizeIs(1));
    EXPECT_EQ(joins[0].pieces, 6);
    EXPECT_EQ(joins[0].packet, net.inboxes[3]->packets[0].id);
    const trace::Event& lastPiece = net.event(net.event(net.idsOf<trace::PacketReassembled>()[0]).cause);
    EXPECT_TRUE(std::holds_alternative<trace::PacketDelivered>(lastPiece.payload)) << "the piece that was missing made it whole";
}

TEST(Fragmentation, OfTheLargestDatagramOverTheSmallestLink) {
    Net net = chain(65535, 68);
    for (Link* link : {net.links[1].get(), net.links[2].get()}) {
        LinkSettings wide = link->settings(0);
        wide.queue.packets = QueueLimit::kUnlimited;
        link->configure(0, wide, kStart, {});
    }
    net.udp(0, net.address(2, 1), 65535);
    net.run();
    EXPECT_THAT(net.drops(), IsEmpty());
    ASSERT_THAT(net.inboxes[3]->packets, SizeIs(1));
    EXPECT_EQ(wire::wireSize(net.inboxes[3]->packets[0].packet), 65535u);
    EXPECT_EQ(piecesOn(net, 1).size(), (65515u + 47) / 48);
    EXPECT_LT(net.inboxes[3]->packets[0].at, kStart + 1s);
}

TEST(Fragmentation, BySenderForItsOwnLink) {
    Net net({H, H}, {between(0, 1, 576)});
    net.udp(0, net.address(0, 1), 1500);
    net.run();
    EXPECT_EQ(net.lastResult, SendResult::sent);
    EXPECT_THAT(piecesOn(net, 0), SizeIs(3));
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1));
}

TEST(Fragmentation, IdentificationsDoNotComeBackSoon) {
    Net net({H, H}, {between(0, 1, 576)});
    std::set<std::uint16_t> used;
    for (int i = 0; i < 5000; ++i) {
        FlightPtr flight = net.nodes[0]->newFlight();
        flight->packet.ip.destination = net.address(0, 1);
        flight->packet.transport = wire::UdpHeader{1, static_cast<std::uint16_t>(i)};
        net.nodes[0]->prepare(*flight);
        EXPECT_TRUE(used.insert(flight->packet.ip.identification).second) << "RFC 6864 4.2: unique for source, destination and protocol";
    }
}

TEST(Fragmentation, AMissingFirstPieceIsGivenUpInSilence) {
    Net net({H, R, H}, {between(0, 1), {1, 2, line(BitRate::megabits(100), 1ms), {}, 576, {{LinkRule::Action::lose, LinkRule::Counts::packet, {1}}}}});
    net.udp(0, net.address(1, 1), 1500);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::rule, trace::DropReason::reassembly, trace::DropReason::reassembly));
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty()) << "RFC 1122 3.3.2: no Time Exceeded without fragment zero";
    const Instant givenUp = net.event(net.idsOf<trace::PacketDropped>().back()).at;
    EXPECT_GE(givenUp, kStart + 60s);
    EXPECT_LE(givenUp, kStart + 120s);
}

TEST(Fragmentation, ACopyOfAPieceDoesNoHarm) {
    LinkSettings copies = line(BitRate::megabits(100), 1ms);
    copies.duplicate = Share::percent(100);
    Net net({H, R, H}, {between(0, 1), {1, 2, copies, {}, 576}});
    net.udp(0, net.address(1, 1), 1500);
    net.run();
    EXPECT_THAT(net.inboxes[2]->packets, SizeIs(1));
}

TEST(Icmp, ToldSaysWhetherTheSenderHears) {
    Net net = chain(1500, 576);
    net.tcp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_TRUE(net.all<trace::PacketDropped>()[0].told);
    net.nodes[1]->setIcmp(IcmpMode::off);
    net.tcp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_FALSE(net.all<trace::PacketDropped>()[1].told);
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(1)) << "a black hole";
}

TEST(Icmp, OffMeansNoEchoEither) {
    Net net = chain(1500, 1500);
    net.nodes[3]->setIcmp(IcmpMode::off);
    FlightPtr flight = net.nodes[0]->newFlight();
    flight->packet.ip.destination = net.address(2, 1);
    flight->packet.transport = wire::IcmpHeader{kEchoRequest, 0, 0x00070001};
    net.nodes[0]->send(std::move(flight), kStart);
    net.run();
    EXPECT_THAT(net.inboxes[0]->packets, IsEmpty());
    EXPECT_THAT(net.drops(), IsEmpty()) << "it arrived";
}

TEST(Icmp, OldRoutersNameNoMtu) {
    Net net = chain(1500, 576);
    net.nodes[1]->setIcmp(IcmpMode::oldStyle);
    net.tcp(0, net.address(2, 1), 1500);
    net.run();
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1));
    const wire::Packet& error = net.inboxes[0]->packets[0].packet;
    EXPECT_EQ(error.icmp()->code, kFragmentationNeeded);
    EXPECT_EQ(error.icmp()->rest, 0u);
    EXPECT_EQ(quotedPacket(error)->totalLength, 1500) << "which the plateaus need";
}

TEST(Icmp, AHostOfAnAttachedNetworkOrAnUnknownNetwork) {
    Net net = chain(1500, 1500);
    std::vector<Route> routes = net.nodes[2]->routes();
    std::erase_if(routes, [&](const Route& route) { return route.prefix.contains(net.address(2, 1)); });  // as when the link is cut
    net.nodes[2]->setRoutes(routes);
    net.udp(0, net.address(2, 1), 100);
    net.udp(0, {20u << 24 | 1}, 100);
    net.run();
    std::vector<int> codes;
    for (const Received& error : net.inboxes[0]->packets) codes.push_back(error.packet.icmp()->code);
    EXPECT_THAT(codes, testing::UnorderedElementsAre(kHostUnreachable, kNetUnreachable));
}

TEST(Icmp, QuotesOfEchoRequestsNameThem) {
    Net net = chain(1500, 1500);
    FlightPtr flight = net.nodes[0]->newFlight();
    flight->packet.ip.destination = net.address(2, 1);
    flight->packet.ip.ttl = 1;
    flight->packet.transport = wire::IcmpHeader{kEchoRequest, 0, 0x00070003};
    flight->packet.payload = Slice::filled(100, 'e');
    net.nodes[0]->send(std::move(flight), kStart);
    net.run();
    ASSERT_THAT(net.inboxes[0]->packets, SizeIs(1)) << "an echo request is no error: it may be spoken of";
    const auto quoted = quotedPacket(net.inboxes[0]->packets[0].packet);
    ASSERT_TRUE(quoted);
    EXPECT_EQ(quoted->echo, 0x00070003u);
    EXPECT_EQ(quoted->totalLength, 128);
}

// Of the pieces that a router drops, only the first is spoken of (RFC 1122 3.2.2).
TEST(Icmp, OneErrorForAllPiecesOfADatagram) {
    Net net({H, R, R, H}, {between(0, 1, 576), between(1, 2), between(2, 3)});
    net.udp(0, net.address(2, 1), 1500, 2);
    net.run();
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::ttlExpired, trace::DropReason::ttlExpired, trace::DropReason::ttlExpired));
    EXPECT_THAT(net.inboxes[0]->packets, SizeIs(1));
}

TEST(LinkMtu, ChangesWhileItRuns) {
    Net net = chain(1500, 1500);
    net.tcp(0, net.address(2, 1), 1500);
    net.runUntil(100ms);
    net.links[1]->setMtu(576, net.simulator.now(), {});
    net.tcp(0, net.address(2, 1), 1500);
    net.run();
    EXPECT_THAT(net.inboxes[3]->packets, SizeIs(1));
    EXPECT_THAT(net.drops(), ElementsAre(trace::DropReason::tooBig));
    const auto told = net.all<trace::LinkConfigured>();
    ASSERT_THAT(told, SizeIs(2)) << "both directions";
    EXPECT_EQ(told[0].mtu, 576);
}

TEST(Jitter, MayReorderWhenAsked) {
    LinkSettings settings = line(BitRate::megabits(100), 10ms);
    settings.jitter = 5ms;
    settings.jitterReorders = true;
    settings.queue.packets = 1000;
    Net net = pair(settings);
    for (int i = 0; i < 500; ++i) net.udp(0, net.address(0, 1), 1500);
    net.run();
    const auto& got = net.inboxes[1]->packets;
    ASSERT_THAT(got, SizeIs(500));
    std::size_t overtaken = 0;
    for (std::size_t i = 1; i < got.size(); ++i) overtaken += got[i].id < got[i - 1].id ? 1 : 0;
    EXPECT_GT(overtaken, 100u);
    for (const auto& sent : net.all<trace::PacketSent>()) {
        EXPECT_GE(sent.arrival - sent.start, 10ms + 120us);
        EXPECT_LE(sent.arrival - sent.start, 15ms + 120us);
    }
}

}  // namespace
}  // namespace mailtrek::net
