// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "sim/kernel/dice.h"
#include "tests/transport/wire_pair.h"

namespace mailtrek::test {
namespace {

using trace::RetransmitReason;
using trace::TcpState;
using transport::Congestion;
using transport::LossDetection;

TcpSettings textbook() {
    TcpSettings s;
    s.congestion = Congestion::newreno;
    s.lossDetection = LossDetection::dupack;
    s.sack = s.timestamps = s.delayedAck = false;
    s.minRto = 1s;
    return s;
}

WirePair::Decide loseFirst(std::vector<std::uint32_t> numbers) {
    return [numbers = std::move(numbers)](const Outgoing& segment, bool fromClient, std::size_t) {
        const bool named = std::find(numbers.begin(), numbers.end(), segment.facts.number) != numbers.end();
        return Fate{.lose = fromClient && named && segment.facts.transmission == 1};
    };
}

void transfer(WirePair& pair, std::size_t size, Duration most = 24h) {
    pair.connect();
    pair.run(40s);
    pair.client.stack.write(pair.socket, Slice::adopt(pattern(size)), true, true, pair.now);
    pair.client.stack.close(pair.socket, pair.now);
    pair.run(most);
}

TEST(Tcp, OpensWithThreeSegmentsAndTheRightOptions) {
    WirePair pair;
    pair.connect();
    pair.run(1s);
    ASSERT_EQ(pair.client.sent.size(), 2u);
    ASSERT_EQ(pair.server.sent.size(), 1u);
    const wire::TcpHeader& syn = pair.client.sent[0].header;
    EXPECT_TRUE(syn.flags.syn && !syn.flags.ack);
    EXPECT_EQ(syn.options.mss, 1460);
    EXPECT_TRUE(syn.options.sackPermitted);
    EXPECT_EQ(syn.options.windowScale, 4);  // 1,000,000 >> 4 fits in 16 bits
    EXPECT_TRUE(syn.options.timestamps.has_value());
    EXPECT_EQ(syn.window, 65535);
    EXPECT_TRUE(pair.server.sent[0].header.flags.syn && pair.server.sent[0].header.flags.ack);
    EXPECT_FALSE(pair.client.sent[1].header.flags.syn);
    EXPECT_EQ(pair.client.stack.connection(pair.socket)->state(), TcpState::established);
}

TEST(Tcp, CutsTheStreamIntoSegmentsOfTheLargestSize) {
    WirePair pair(textbook());
    transfer(pair, 146'000);
    EXPECT_EQ(pair.server.received, pattern(146'000));
    std::size_t data = 0;
    for (const Outgoing& segment : pair.client.sent) data += segment.facts.length > 0 ? 1 : 0;
    EXPECT_EQ(data, 100u);
    EXPECT_EQ(pair.client.retransmits(), 0u);
    WirePair stamped;
    transfer(stamped, 100'000);
    for (const Outgoing& segment : stamped.client.sent) EXPECT_LE(segment.facts.length, 1448);
}

TEST(Tcp, ClosesInOrderAndWaitsTwoMsl) {
    WirePair pair;
    transfer(pair, 1000, 10s);
    EXPECT_TRUE(pair.server.sawFin);
    EXPECT_EQ(pair.client.ended, trace::CloseReason::closed);
    EXPECT_EQ(pair.server.ended, trace::CloseReason::closed);
    ASSERT_NE(pair.client.stack.connection(pair.socket), nullptr);
    EXPECT_EQ(pair.client.stack.connection(pair.socket)->state(), TcpState::timeWait);
    pair.run(61s);
    EXPECT_EQ(pair.client.stack.connection(pair.socket), nullptr);
}

TEST(Tcp, AnswersAClosedPortWithAReset) {
    WirePair pair;
    pair.connect(26);
    pair.run(1s);
    EXPECT_EQ(pair.client.ended, trace::CloseReason::refused);
    EXPECT_TRUE(pair.server.sent.at(0).header.flags.rst);
}

TEST(Tcp, ResendsEachOfThreeLostSegmentsOnce) {
    for (const bool sack : {false, true}) {
        TcpSettings s = textbook();
        s.sack = sack;
        WirePair pair(s, loseFirst({20, 50, 80}));
        transfer(pair, 146'000);
        EXPECT_EQ(pair.server.received, pattern(146'000));
        EXPECT_EQ(pair.client.retransmits(), 3u) << "sack " << sack;
        EXPECT_EQ(pair.client.again(RetransmitReason::timeout), 0u) << "sack " << sack;
    }
}

TEST(Tcp, RackFindsTheSameLosses) {
    WirePair pair({}, loseFirst({20, 50, 80}));
    transfer(pair, 146'000);
    EXPECT_EQ(pair.server.received, pattern(146'000));
    EXPECT_EQ(pair.client.again(RetransmitReason::rack), 3u);
    EXPECT_EQ(pair.client.retransmits(), 3u);
}

TEST(Tcp, NewRenoRepairsTwoHolesOfOneWindowWithAPartialAck) {
    WirePair pair(textbook(), loseFirst({30, 33}));
    transfer(pair, 146'000);
    EXPECT_EQ(pair.server.received, pattern(146'000));
    EXPECT_EQ(pair.client.again(RetransmitReason::thirdDuplicateAck), 1u);
    EXPECT_EQ(pair.client.again(RetransmitReason::partialAck), 1u);
    EXPECT_EQ(pair.client.retransmits(), 2u);
}

TEST(Tcp, ALostTailWaitsForTheTimeoutOrForAProbe) {
    WirePair slow(textbook(), loseFirst({20}));
    transfer(slow, 29'200);
    EXPECT_EQ(slow.server.received, pattern(29'200));
    WirePair quick({}, loseFirst({21}));
    transfer(quick, 29'200);
    EXPECT_EQ(quick.server.received, pattern(29'200));
    EXPECT_GE(quick.client.again(RetransmitReason::tailLossProbe), 1u);
    EXPECT_EQ(quick.client.noted<trace::TimerExpired>().size() >= 1, true);
    EXPECT_EQ(quick.client.again(RetransmitReason::timeout), 0u);
}

TEST(Tcp, DoublesTheTimeoutWhileNothingComesBack) {
    bool dead = false;
    WirePair pair(textbook(), [&](const Outgoing&, bool, std::size_t) { return Fate{.lose = dead}; });
    pair.connect();
    pair.run(1s);
    dead = true;
    pair.client.stack.write(pair.socket, Slice::copyOf("hello"), false, false, pair.now);
    pair.run(2h);
    const auto timers = pair.client.noted<trace::TimerExpired>();
    ASSERT_GE(timers.size(), 6u);
    for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(timers[i].waited, 2 * timers[i - 1].waited) << i;
    EXPECT_EQ(pair.client.ended, trace::CloseReason::timedOut);
    EXPECT_EQ(pair.client.stack.openSockets(), 0u);
}

TEST(Tcp, ALostSynIsSentAgainAfterOneSecond) {
    WirePair pair({}, [](const Outgoing& s, bool fromClient, std::size_t nth) { return Fate{.lose = fromClient && s.header.flags.syn && nth == 1}; });
    transfer(pair, 5000);
    EXPECT_EQ(pair.server.received, pattern(5000));
    EXPECT_EQ(pair.client.again(RetransmitReason::synTimeout), 1u);
}

TEST(Tcp, GivesUpConnectingAfterTheConnectTimeout) {
    WirePair pair({}, [](const Outgoing&, bool, std::size_t) { return Fate{.lose = true}; });
    pair.connect();
    pair.run(1h);
    EXPECT_EQ(pair.client.ended, trace::CloseReason::timedOut);
    EXPECT_EQ(pair.client.sent.size(), 5u);  // at 0, 1, 3, 7 and 15 s; 31 s would be too late
}

TEST(Tcp, DelaysAcknowledgmentsToEverySecondSegment) {
    TcpSettings s = textbook();
    s.delayedAck = true;
    WirePair pair(s);
    pair.perSegment = 100us;
    transfer(pair, 146'000);
    EXPECT_EQ(pair.server.received, pattern(146'000));
    EXPECT_LT(pair.server.sent.size(), 70u);
}

TEST(Tcp, AFullReaderClosesTheWindowAndProbesKeepAsking) {
    TcpSettings s;
    s.receiveBuffer = 20'000;
    WirePair pair(s);
    pair.server.reads = false;
    pair.connect();
    pair.run(1s);
    pair.client.stack.write(pair.socket, Slice::adopt(pattern(100'000)), true, true, pair.now);
    pair.run(30s);
    std::size_t probes = 0;
    for (const auto& timer : pair.client.noted<trace::TimerExpired>()) probes += timer.timer == trace::TcpTimer::persist ? 1 : 0;
    EXPECT_GE(probes, 3u);
    EXPECT_EQ(pair.client.retransmits(), 0u);
    pair.server.reads = true;
    pair.server.readable(pair.server.peer);
    pair.client.stack.close(pair.socket, pair.now);
    pair.run();
    EXPECT_EQ(pair.server.received, pattern(100'000));
}

TEST(Tcp, AnAbortReachesThePeerAsAReset) {
    WirePair pair;
    pair.connect();
    pair.run(1s);
    pair.client.stack.abort(pair.socket, pair.now);
    pair.run(1s);
    EXPECT_EQ(pair.server.ended, trace::CloseReason::resetByPeer);
    EXPECT_EQ(pair.client.stack.openSockets() + pair.server.stack.openSockets(), 0u);
}

TEST(Tcp, ACrashedPeerAnswersWithAReset) {
    WirePair pair;
    pair.connect();
    pair.run(1s);
    pair.server.stack.crash();
    pair.client.stack.write(pair.socket, Slice::copyOf("anybody there?"), false, false, pair.now);
    pair.run(10s);
    EXPECT_EQ(pair.client.ended, trace::CloseReason::resetByPeer);
}

TEST(Tcp, KeepAliveFindsOutThatThePeerIsGone) {  // RFC 9293 3.8.4
    TcpSettings s;
    s.keepAlive = true;
    bool dead = false;
    WirePair pair(s, [&](const Outgoing&, bool, std::size_t) { return Fate{.lose = dead}; });
    pair.connect();
    pair.run(5h);
    EXPECT_FALSE(pair.client.ended) << "an answer keeps it";
    dead = true;
    pair.run(5h);
    EXPECT_EQ(pair.client.ended, trace::CloseReason::timedOut);
}

TEST(Tcp, ATimeoutThatWasNotNeededIsTakenBack) {  // RFC 3522: the echo is older than the retransmission
    WirePair pair({}, [](const Outgoing& s, bool fromClient, std::size_t) {
        const bool held = fromClient && s.facts.number >= 30 && s.facts.number < 200;  // the way is longer for a while
        return Fate{.later = held ? Duration{600ms} : Duration{}};
    });
    transfer(pair, 290'000);
    EXPECT_EQ(pair.server.received, pattern(290'000));
    EXPECT_GE(pair.client.again(RetransmitReason::timeout), 1u);
    std::uint32_t before = 0, undone = 0, least = ~0u;
    for (const trace::WindowChanged& window : pair.client.noted<trace::WindowChanged>()) {
        if (window.reason == trace::WindowReason::timeout) least = std::min(least, window.cwnd);
        if (window.reason == trace::WindowReason::spuriousUndo) undone = window.cwnd;
        if (least == ~0u) before = window.cwnd;
    }
    EXPECT_LE(least, 1460u);
    EXPECT_GE(undone, before);
}

TEST(Tcp, ASingleLossCutsTheWindowByItsFactor) {  // reno 0.5, cubic 0.7 of before
    for (const auto& [congestion, tenths] : {std::pair{Congestion::reno, 5u}, std::pair{Congestion::cubic, 7u}}) {
        TcpSettings s;
        s.congestion = congestion;
        WirePair pair(s, loseFirst({80}));
        transfer(pair, 290'000);
        std::uint32_t before = 0, after = 0;
        for (const trace::WindowChanged& window : pair.client.noted<trace::WindowChanged>()) {
            if (window.reason == trace::WindowReason::fastRetransmit) break;
            before = window.cwnd;
        }
        for (const trace::WindowChanged& window : pair.client.noted<trace::WindowChanged>())
            if (window.reason == trace::WindowReason::recoveryExit) after = window.cwnd;
        EXPECT_NEAR(after, before * tenths / 10.0, 1448) << "before " << before;
    }
}

// Guard 4: whatever the line does, all octets arrive in order, or somebody reports an error; and it ends.
TEST(Tcp, SurvivesAnyLine) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        const auto roll = [seed](std::uint64_t what, std::uint64_t bound) { return below(draw(seed, Purpose::loss, what), bound); };
        TcpSettings s;
        s.congestion = std::array{Congestion::reno, Congestion::newreno, Congestion::cubic}[roll(1, 3)];
        s.lossDetection = roll(2, 2) == 0 ? LossDetection::rack : LossDetection::dupack;
        s.sack = roll(3, 2) == 0;
        s.timestamps = roll(4, 2) == 0;
        s.windowScaling = roll(5, 2) == 0;
        s.delayedAck = roll(6, 2) == 0;
        s.nagle = roll(7, 2) == 0;
        s.receiveBuffer = static_cast<std::uint32_t>(4000 + roll(8, 200'000));
        const std::uint64_t loss = roll(9, 25), doubled = roll(10, 10), late = roll(11, 20);
        std::uint64_t drawn = 100;
        WirePair pair(
            s,
            [&](const Outgoing&, bool, std::size_t) {
                drawn += 3;
                return Fate{.lose = roll(drawn, 100) < loss, .copies = roll(drawn + 1, 100) < doubled ? 2 : 1, .later = roll(drawn + 2, 100) < late ? Duration{15ms} : Duration{}};
            },
            seed);
        const std::size_t size = 1 + roll(12, 150'000);
        transfer(pair, size);
        if (pair.server.received != pattern(size)) {
            EXPECT_NE(pair.client.ended, trace::CloseReason::closed) << "seed " << seed << " received " << pair.server.received.size() << " of " << size;
            EXPECT_TRUE(pair.client.ended.has_value()) << "seed " << seed << " hangs";
        }
        EXPECT_EQ(pair.client.stack.openSockets(), 0u) << "seed " << seed;
        EXPECT_EQ(pattern(size).substr(0, pair.server.received.size()), pair.server.received) << "seed " << seed;
    }
}

TEST(Tcp, SurvivesSegmentsThatMakeNoSense) {
    WirePair pair;
    pair.connect();
    pair.run(1s);
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const std::uint64_t a = draw(7, Purpose::loss, i, 1), b = draw(7, Purpose::loss, i, 2), c = draw(7, Purpose::loss, i, 3);
        wire::Packet packet;
        packet.ip.source = kClient;
        packet.ip.destination = kServer;
        wire::TcpHeader header;
        header.sourcePort = i % 3 == 0 ? pair.client.stack.connections().at(0)->endpoints().localPort : static_cast<std::uint16_t>(a);
        header.destinationPort = 25;
        header.sequence = static_cast<std::uint32_t>(a >> 16);
        header.acknowledgment = static_cast<std::uint32_t>(b);
        header.window = static_cast<std::uint16_t>(b >> 32);
        header.flags = {.fin = (c & 1) != 0, .syn = (c & 2) != 0, .rst = (c & 12) == 12, .psh = (c & 16) != 0, .ack = (c & 96) != 0};
        header.options.sackCount = static_cast<std::uint8_t>(c >> 8 & 3);
        for (int k = 0; k < 3; ++k) header.options.sack[static_cast<std::size_t>(k)] = {static_cast<std::uint32_t>(a >> k), static_cast<std::uint32_t>(b >> k)};
        packet.transport = header;
        packet.payload = Slice::adopt(std::string(c % 100, 'x'));
        pair.server.stack.onSegment(packet, PacketId{}, 1460, pair.now);
        pair.server.sent.clear();
        pair.server.facts.clear();
    }
    pair.run(1h);
    SUCCEED();
}

}  // namespace
}  // namespace mailtrek::test
