// SPDX-License-Identifier: GPL-3.0-or-later
// The ARP cache as a dialogue: what is asked, what waits, what is forgotten (RFC 826, RFC 1122 2.3.2).
#include "sim/net/arp_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailtrek::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr wire::Ipv4Address kAna{0x0a000001}, kSur{0x0a000002};
constexpr wire::MacAddress kAnaMac = wire::stationAddress(0, 0), kSurMac = wire::stationAddress(1, 1), kNewMac = wire::stationAddress(1, 2);

struct Dialogue {
    FlightPool pool;
    ArpTable table;
    Instant now = kStart;

    void wait(Duration d) { now += d; }
    // A packet to `to` that cannot be sent yet gets this number.
    std::optional<wire::MacAddress> send(wire::Ipv4Address to, std::uint16_t number) {
        const ArpTable::Lookup found = table.find(to, now);
        if (found.question) {
            questions.push_back(*found.question);
            table.asked(to, {});
        }
        if (found.station) return found.station;
        FlightPtr flight = pool.acquire();
        flight->packet.ip.identification = number;
        if (const FlightPtr oldest = table.hold(to, std::move(flight))) pushedOut.push_back(oldest->packet.ip.identification);
        return std::nullopt;
    }
    std::vector<std::uint16_t> hears(wire::Ipv4Address from, wire::MacAddress station, bool meantForUs) {
        const ArpTable::Learnt learnt = table.learn(from, station, meantForUs, now);
        news = learnt.news;
        std::vector<std::uint16_t> numbers;
        for (const FlightPtr& flight : learnt.waited) numbers.push_back(flight->packet.ip.identification);
        return numbers;
    }
    // Lets the timer run out once; how many packets are given up.
    std::size_t timer() {
        EXPECT_NE(table.nextDeadline(), kNever);
        now = table.nextDeadline();
        std::size_t lost = 0;
        for (const ArpTable::Expired& expired : table.expire(now)) {
            failed = failed || expired.failed;
            lost += expired.waited.size();
            if (expired.failed) continue;
            questions.push_back(expired.question);
            table.asked(expired.question.target, {});
        }
        return lost;
    }
    std::vector<ArpTable::Question> questions;
    std::vector<std::uint16_t> pushedOut;
    bool news = false, failed = false;
};

TEST(ArpTable, AsksOnceAndSendsWhatWaitedInOrder) {
    Dialogue d;
    for (std::uint16_t n = 1; n <= 3; ++n) EXPECT_EQ(d.send(kSur, n), std::nullopt);
    ASSERT_THAT(d.questions, SizeIs(1)) << "one request for all";
    EXPECT_EQ(d.questions[0].target, kSur);
    EXPECT_EQ(d.questions[0].station, std::nullopt) << "broadcast";
    d.wait(5ms);
    EXPECT_THAT(d.hears(kSur, kSurMac, true), ElementsAre(1, 2, 3));
    EXPECT_TRUE(d.news);
    EXPECT_EQ(d.table.nextDeadline(), kNever) << "nothing is left to wait for";
    EXPECT_EQ(d.send(kSur, 4), kSurMac);
}

TEST(ArpTable, AsksThreeTimesOneSecondApartAndGivesUp) {
    Dialogue d;
    d.send(kSur, 1);
    d.send(kSur, 2);
    EXPECT_EQ(d.timer(), 0u);
    EXPECT_EQ(d.now, kStart + 1s);
    EXPECT_EQ(d.timer(), 0u);
    EXPECT_THAT(d.questions, SizeIs(3));
    EXPECT_EQ(d.questions[2].attempt, 3);
    d.wait(500ms);
    d.send(kSur, 3);
    EXPECT_THAT(d.questions, SizeIs(3)) << "no more than one a second";
    EXPECT_EQ(d.timer(), 3u);
    EXPECT_TRUE(d.failed);
    EXPECT_EQ(d.now, kStart + 3s);
    EXPECT_EQ(d.table.nextDeadline(), kNever);
    d.send(kSur, 4);
    EXPECT_THAT(d.questions, SizeIs(4)) << "a later packet asks anew";
}

TEST(ArpTable, KeepsTheLatestThatWait) {
    Dialogue d;
    for (std::uint16_t n = 1; n <= ArpTable::kHeld + 2; ++n) d.send(kSur, n);
    EXPECT_THAT(d.pushedOut, ElementsAre(1, 2));
    EXPECT_THAT(d.hears(kSur, kSurMac, true), SizeIs(ArpTable::kHeld));
}

TEST(ArpTable, PollsTheStationWhileItGoesOnUsingIt) {
    Dialogue d;
    d.send(kSur, 1);
    d.hears(kSur, kSurMac, true);
    d.wait(59s);
    EXPECT_EQ(d.send(kSur, 2), kSurMac);
    EXPECT_THAT(d.questions, SizeIs(1)) << "fresh";
    d.wait(1s);
    EXPECT_EQ(d.send(kSur, 3), kSurMac) << "used while it is asked for";
    ASSERT_THAT(d.questions, SizeIs(2));
    EXPECT_EQ(d.questions[1].station, kSurMac) << "by unicast";
    EXPECT_THAT(d.hears(kSur, kSurMac, true), IsEmpty());
    EXPECT_FALSE(d.news);
    d.wait(59s);
    d.send(kSur, 4);
    EXPECT_THAT(d.questions, SizeIs(2)) << "fresh again";
}

TEST(ArpTable, ForgetsAStationThatDoesNotAnswerItsPoll) {
    Dialogue d;
    d.send(kSur, 1);
    d.hears(kSur, kSurMac, true);
    d.wait(100s);
    d.send(kSur, 2);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(d.timer(), 0u) << "nothing waits: it was sent";
    EXPECT_TRUE(d.failed);
    EXPECT_EQ(d.table.known(kSur), std::nullopt);
    EXPECT_EQ(d.send(kSur, 3), std::nullopt);
    EXPECT_EQ(d.questions.back().station, std::nullopt) << "all are asked";
}

TEST(ArpTable, ForgetsWhatIsNotUsed) {
    Dialogue d;
    d.hears(kSur, kSurMac, true);
    EXPECT_EQ(d.table.nextDeadline(), kNever) << "ageing needs no timer";
    d.wait(ArpTable::kForget);
    EXPECT_EQ(d.send(kSur, 1), std::nullopt);
    ASSERT_THAT(d.questions, SizeIs(1));
    EXPECT_EQ(d.questions[0].station, std::nullopt);
}

TEST(ArpTable, OverhearsOnlyAboutThoseItKnows) {  // RFC 826: Merge_flag
    Dialogue d;
    EXPECT_THAT(d.hears(kAna, kAnaMac, false), IsEmpty());
    EXPECT_EQ(d.table.known(kAna), std::nullopt) << "a request for another";
    d.hears(kAna, kAnaMac, true);
    EXPECT_EQ(d.table.known(kAna), kAnaMac) << "who asks for us will be answered";
    d.hears(kAna, kNewMac, false);
    EXPECT_EQ(d.table.known(kAna), kNewMac) << "gratuitous: it has another address now";
    EXPECT_TRUE(d.news);
}

TEST(ArpTable, AnOverheardRequestAlsoAnswers) {
    Dialogue d;
    d.send(kSur, 1);
    EXPECT_THAT(d.hears(kSur, kSurMac, false), ElementsAre(1));
}

TEST(ArpTable, ACrashEmptiesIt) {
    Dialogue d;
    d.hears(kAna, kAnaMac, true);
    d.send(kSur, 1);
    EXPECT_THAT(d.table.clear(), SizeIs(1));
    EXPECT_EQ(d.table.known(kAna), std::nullopt);
    EXPECT_EQ(d.table.nextDeadline(), kNever);
}

TEST(ArpTable, OneUnansweredQuestionDoesNotDelayAnother) {
    Dialogue d;
    d.send(kSur, 1);
    d.wait(300ms);
    d.send(kAna, 2);
    d.timer();
    EXPECT_EQ(d.now, kStart + 1s);
    EXPECT_EQ(d.questions.back().target, kSur);
    d.timer();
    EXPECT_EQ(d.now, kStart + 1300ms);
    EXPECT_EQ(d.questions.back().target, kAna);
}

}  // namespace
}  // namespace mailtrek::net
