// SPDX-License-Identifier: GPL-3.0-or-later
// What one learns all learn, once, and again when it gets lost; what nobody confirms is forgotten (RFC 2328 13 and 14).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/routing/wired.h"

namespace mailtrek::routing::test {
namespace {

struct Counter {
    int updates = 0, acknowledgments = 0, retransmissions = 0;
    void operator()(std::size_t, const SendOspf& send) {
        const auto packet = parseOspf(send.octets);
        updates += std::holds_alternative<Update>(packet->body);
        acknowledgments += std::holds_alternative<Acknowledgment>(packet->body);
        retransmissions += std::holds_alternative<Update>(packet->body) && send.reason == trace::UpdateReason::retransmission;
    }
};

struct Ring : testing::Test {
    WiredOspf net{4, {{0, 1}, {1, 2}, {2, 3}, {3, 0}}};
    Counter count;
    void SetUp() override {
        net.start();
        net.runFor(60s);
        net.onSend = std::ref(count);
    }
    void same() const {
        const auto first = net.routers[0]->database(net.now);
        for (const auto& router : net.routers) {
            const auto other = router->database(net.now);
            ASSERT_EQ(other.size(), first.size());
            for (const auto& [origin, header] : first) EXPECT_EQ(compareInstances(header, other.at(origin)), 0);
        }
    }
};

TEST_F(Ring, ACutIsToldToAllAndAcknowledged) {
    net.cut(0);
    net.runFor(4s);
    // 0 tells 3, 3 tells 2, and 1 tells 2, 2 tells 3: each LSA crosses each of the three links that are left, at most in both directions.
    EXPECT_GE(count.updates, 6);
    EXPECT_LE(count.updates, 12);
    EXPECT_GT(count.acknowledgments, 0);
    EXPECT_EQ(count.retransmissions, 0);
    same();
    EXPECT_EQ(net.costTo(0, 1), 3u);
    EXPECT_TRUE(net.routers[0]->settled(net.now));
}

TEST_F(Ring, WhatIsNotAcknowledgedIsSentAgain) {
    int lost = 0;
    net.loses = [&lost](std::size_t w, int, const SendOspf& send) {
        return w == 3 && send.entries > 0 && ++lost <= 2;  // the first two updates between 3 and 0
    };
    net.cut(0);
    net.runFor(20s);
    EXPECT_GT(count.retransmissions, 0);
    same();
    EXPECT_EQ(net.costTo(0, 1), 3u);
}

TEST_F(Ring, AnInstanceIsFollowedByTheNextOnlyAfterFiveSeconds) {
    net.cut(0);
    net.runFor(1s);
    const std::int32_t sequence = net.routers[2]->database(net.now).at(routerId(0)).sequence;
    net.restore(0);
    net.runFor(1s);
    net.cut(0);
    net.runFor(1s);
    EXPECT_EQ(net.routers[2]->database(net.now).at(routerId(0)).sequence, sequence);
    net.runFor(20s);
    same();
}

TEST_F(Ring, LsasAreRefreshedAfterHalfAnHour) {
    const std::int32_t before = net.routers[2]->database(net.now).at(routerId(0)).sequence;
    net.runFor(31min);
    const LsaHeader after = net.routers[2]->database(net.now).at(routerId(0));
    EXPECT_EQ(after.sequence, before + 1);
    EXPECT_LT(after.age, 1860);
    EXPECT_EQ(net.costTo(0, 2), 2u);
}

TEST_F(Ring, WhoDoesNotRefreshIsForgottenAfterAnHour) {
    net.crash(3);
    net.runFor(45s);
    EXPECT_EQ(net.wireTowards(0, 3), -1) << "unreachable at once";
    EXPECT_TRUE(net.routers[0]->database(net.now).contains(routerId(3))) << "but remembered";
    net.runFor(61min);
    for (const std::size_t i : {0u, 1u, 2u}) EXPECT_FALSE(net.routers[i]->database(net.now).contains(routerId(3)));
    EXPECT_EQ(net.costTo(0, 2), 2u);
}

TEST_F(Ring, PassingOverAnHourLeavesWhatAnHourWouldHaveLeft) {
    WiredOspf lived{4, net.wires}, rested{4, net.wires};
    for (WiredOspf* both : {&lived, &rested}) {
        both->start();
        both->runFor(60s);
        ASSERT_TRUE(std::ranges::all_of(both->routers, [&](const auto& r) { return r->settled(both->now); }));
    }
    lived.runFor(100min);
    std::map<RouterId, std::pair<OspfRouter::Advertised, OspfRouter::Advertised>> refreshed;
    const Instant from = rested.now, to = from + 100min;
    for (const auto& router : rested.routers)
        if (const auto fresh = router->refreshedBy(to)) refreshed.emplace(router->id(), std::pair(router->own(), *fresh));
    for (const auto& router : rested.routers) router->passOver(from, to, refreshed);
    rested.now = to;
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(rested.routers[i]->settled(to));
        const auto a = lived.routers[i]->database(to), b = rested.routers[i]->database(to);
        ASSERT_EQ(a.size(), b.size());
        for (const auto& [origin, header] : a) {
            EXPECT_EQ(header.sequence, b.at(origin).sequence);
            EXPECT_EQ(header.checksum, b.at(origin).checksum);
            EXPECT_NEAR(header.age, b.at(origin).age, 5) << "seconds on the way are counted when they are lived";
        }
    }
    // And both go on alike.
    for (WiredOspf* both : {&lived, &rested}) {
        both->cut(0);
        both->runFor(10s);
        EXPECT_EQ(both->costTo(0, 1), 3u);
        EXPECT_TRUE(std::ranges::all_of(both->routers, [&](const auto& r) { return r->settled(both->now); }));
    }
}

}  // namespace
}  // namespace mailtrek::routing::test
