// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine makes of ICMP errors: for TCP (RFC 1122 4.2.3.9, RFC 5927), for path MTU discovery (RFC 1191), for UDP programs.
#include <gmock/gmock.h>

#include "tests/host/row_kit.h"

namespace mailtrek::host {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr net::IcmpError kTooBig{net::kUnreachable, net::kFragmentationNeeded, 576};
constexpr net::IcmpError kNoNet{net::kUnreachable, net::kNetUnreachable};
constexpr net::IcmpError kNoPort{net::kUnreachable, net::kPortUnreachable};

std::vector<trace::IcmpEffect> effects(const Row& row) {
    std::vector<trace::IcmpEffect> found;
    for (const auto& e : row.all<trace::IcmpReceived>()) found.push_back(e.effect);
    return found;
}

const std::string kStream(200'000, 's');

TEST(IcmpToTcp, AForgedQuoteIsIgnored) {
    Row row;
    Sink& sink = row.server().run<Sink>(row.server());
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect(Row::kServer);
    row.run(70ms);
    wire::Packet forged = row.lastSegment();
    std::get<wire::TcpHeader>(forged.transport).sequence += 10'000'000;  // RFC 5927 4.1: not outstanding
    row.error(kTooBig, forged);
    wire::Packet foreign = row.lastSegment();
    std::get<wire::TcpHeader>(foreign.transport).sourcePort ^= 1;  // no such connection
    row.error(kTooBig, foreign);
    wire::Packet others = row.lastSegment();
    others.ip.source = {Row::kClient.value + 40};
    others.ip.destination = Row::kClient;
    wire::Packet misled = net::icmpError(others, kTooBig);
    misled.ip.destination = Row::kClient;
    net::FlightPtr flight = row.router().ip().newFlight();
    flight->packet = misled;
    row.router().ip().send(std::move(flight), row.world.simulator.now());
    row.run(60s);
    EXPECT_THAT(effects(row), ElementsAre(trace::IcmpEffect::ignored, trace::IcmpEffect::ignored, trace::IcmpEffect::ignored));
    EXPECT_THAT(row.all<trace::PathMtuChanged>(), IsEmpty());
    EXPECT_EQ(sink.got, kStream);
}

TEST(IcmpToTcp, ATrueQuoteLowersThePathMtu) {
    Row row;
    Sink& sink = row.server().run<Sink>(row.server());
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect(Row::kServer);
    row.run(70ms);
    row.error(kTooBig, row.lastSegment());
    row.run(60s);
    EXPECT_THAT(effects(row), ElementsAre(trace::IcmpEffect::pathMtu));
    ASSERT_THAT(row.all<trace::PathMtuChanged>(), SizeIs(1));
    EXPECT_EQ(row.all<trace::PathMtuChanged>()[0].before, 1500u);
    EXPECT_EQ(sink.got, kStream);
}

TEST(IcmpToTcp, NobodyOnThePortEndsOnlyAnAttempt) {
    Row row;
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect({Row::kServer.value});
    row.error(kNoPort, row.lastSegment());
    row.run(15ms);
    EXPECT_EQ(source.ended, trace::CloseReason::refused) << "RFC 1122 4.2.3.9: hard, in SYN-SENT";
    EXPECT_THAT(effects(row), ElementsAre(trace::IcmpEffect::hard));
}

TEST(IcmpToTcp, WhatStandsIsNotGivenUp) {
    Row row;
    Sink& sink = row.server().run<Sink>(row.server());
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect(Row::kServer);
    row.run(70ms);
    row.error(kNoPort, row.lastSegment());
    row.error({net::kUnreachable, net::kProtocolUnreachable}, row.lastSegment());
    row.error(kNoNet, row.lastSegment());
    row.error({net::kTimeExceeded, net::kTtlExceeded}, row.lastSegment());
    row.run(60s);
    EXPECT_THAT(effects(row), testing::AllOf(SizeIs(4), Each(trace::IcmpEffect::soft))) << "RFC 5927 5.2";
    EXPECT_EQ(sink.got, kStream);
    EXPECT_EQ(source.ended, trace::CloseReason::closed);
}

TEST(IcmpToTcp, SoftErrorsAreTheReasonInTheEnd) {
    Row row;
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect({20u << 24 | 1});  // the router knows no way
    row.run(29s);
    EXPECT_FALSE(source.ended) << "it goes on trying";
    row.run(60s);
    EXPECT_EQ(source.ended, trace::CloseReason::unreachable);
    EXPECT_GT(row.all<trace::SegmentRetransmitted>().size(), 2u);
}

TEST(PathMtu, OfTheOwnLinkGrowsNarrower) {
    Row row;
    Sink& sink = row.server().run<Sink>(row.server());
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect(Row::kServer);
    row.run(70ms);
    row.links[0]->setMtu(576, row.world.simulator.now(), {});
    row.run(60s);
    EXPECT_EQ(sink.got, kStream);
    std::size_t timeouts = 0;
    for (const auto& timer : row.all<trace::TimerExpired>()) timeouts += timer.timer == trace::TcpTimer::retransmission ? 1 : 0;
    EXPECT_EQ(timeouts, 0u) << "noticed at once";
}

TEST(PathMtu, OfAWindowThatIsUnderWay) {
    Row row;
    Sink& sink = row.server().run<Sink>(row.server());
    Source& source = row.client().run<Source>(row.client(), kStream);
    source.connect(Row::kServer);
    row.run(70ms);
    row.links[1]->setMtu(296, row.world.simulator.now(), {});  // 256 octets a segment, timestamps among them
    const Instant changed = row.world.simulator.now();
    row.run(60s);
    EXPECT_EQ(sink.got, kStream);
    ASSERT_THAT(row.all<trace::PathMtuChanged>(), SizeIs(1)) << "one step, however many errors come";
    bool lowered = false;
    std::size_t again = 0;
    for (std::uint64_t i = 0; i < row.recording.size(); ++i) {
        const trace::Event& event = row.recording.event({i});
        lowered |= std::holds_alternative<trace::PathMtuChanged>(event.payload);
        const auto* sent = std::get_if<trace::PacketSent>(&event.payload);
        if (sent && lowered && event.node == NodeId{0}) { EXPECT_LE(sent->size, 296); }
        const auto* resent = std::get_if<trace::SegmentRetransmitted>(&event.payload);
        if (resent && resent->reason == trace::RetransmitReason::pathMtu) ++again;
        const auto* window = std::get_if<trace::WindowChanged>(&event.payload);
        if (window && event.at > changed && window->side == trace::Side::client) {
            EXPECT_TRUE(window->reason != trace::WindowReason::fastRetransmit && window->reason != trace::WindowReason::timeout) << "no sign of congestion: RFC 1191 6.4";
        }
    }
    EXPECT_GT(again, 4u);
    EXPECT_EQ(row.timesOf<trace::SegmentRetransmitted>().front(), row.timesOf<trace::PathMtuChanged>().front()) << "at once, not when a timer says so";
}

TEST(PathMtu, SackBlocksGiveWayOnATinyLink) {
    Row row;
    Sink& sink = row.server().run<Sink>(row.server());
    for (const auto& link : row.links) link->setMtu(68, kStart, {});
    net::LinkSettings lossy = row.links[1]->settings(0);
    lossy.loss = Share::percent(5);
    row.links[1]->configure(0, lossy, kStart, {});
    Source& source = row.client().run<Source>(row.client(), kStream.substr(0, 20'000));
    source.connect(Row::kServer);
    row.run(600s);
    EXPECT_EQ(sink.got.size(), 20'000u);
    for (const auto& sent : row.all<trace::PacketSent>()) ASSERT_LE(sent.size, 68);
    for (const auto& drop : row.all<trace::PacketDropped>()) ASSERT_NE(drop.reason, trace::DropReason::tooBig);
}

TEST(IcmpToUdp, TheResolverAsksTheNextServerAtOnce) {
    Row row;
    dns::ResolverOptions options;
    options.servers = {Row::kServer, Row::address(0, 1)};  // nobody answers on port 53 of either
    ResolverService& resolver = row.client().run<ResolverService>(row.client(), options);
    int answers = 0;
    resolver.ask(dns::Name::of("sur.example"), dns::Type::mx, {}, [&](const ResolverService::Reply& reply) { answers += std::holds_alternative<dns::Answer>(reply) ? 1 : 0; });
    row.run(1s);
    const auto queries = row.all<trace::DnsQuery>();
    ASSERT_THAT(queries, SizeIs(2));
    EXPECT_LT(row.timesOf<trace::DnsQuery>()[1], kStart + 50ms) << "not after the 4 s of its timer";
    EXPECT_EQ(answers, 1) << "and says so when it was the last one";
    EXPECT_THAT(effects(row), ElementsAre(trace::IcmpEffect::hard, trace::IcmpEffect::hard));
}

}  // namespace
}  // namespace mailtrek::host
