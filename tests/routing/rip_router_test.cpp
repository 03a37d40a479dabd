// SPDX-License-Identifier: GPL-3.0-or-later
// Distance vector as dialogues: learning, losing, poisoned reverse, and counting to infinity (RFC 2453 3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/routing/wired.h"

namespace mailtrek::routing::test {
namespace {

using testing::ElementsAre;

constexpr wire::Ipv4Prefix kFar{{0x0a090000}, 16};
constexpr wire::Ipv4Address kPeer = addressOn(0, 1), kOther = addressOn(1, 1);

// One router between two neighbours.
RipConfig between() { return {routerId(0), {loopback(0)}, {RipAdapter::interface(0, 0, {0, 1}, {}), RipAdapter::interface(1, 0, {0, 2}, {})}}; }

RipMessage says(std::uint32_t metric, wire::Ipv4Prefix prefix = kFar) { return {false, false, {{prefix, metric, {}}}}; }

// What goes out over the interface about the far network; 0: nothing.
std::uint32_t told(const RipActions& actions, std::uint32_t interface, wire::Ipv4Prefix prefix = kFar) {
    for (const RipAction& action : actions) {
        const auto* send = std::get_if<SendRip>(&action.what);
        if (send == nullptr || send->interface != interface) continue;
        const auto message = parseRip(send->octets);
        for (const RipEntry& entry : message->entries)
            if (entry.prefix == prefix) return entry.metric;
    }
    return 0;
}

struct Rip : testing::Test {
    RipRouter router{between()};
    Instant now = kStart + 100s;
    void SetUp() override { router.start(now, 0); }
    RipActions hears(std::uint32_t interface, wire::Ipv4Address from, const RipMessage& message) { return router.onMessage(interface, from, kRipPort, message, now, 0); }
    RipActions wait(Duration time) {
        RipActions all;
        const Instant end = now + time;
        for (; router.nextDeadline() <= end;) {
            now = std::max(now, router.nextDeadline());
            for (RipAction& action : router.onTimer(now)) all.push_back(std::move(action));
        }
        now = end;
        return all;
    }
};

TEST_F(Rip, AsksForEverythingWhenItStarts) {
    RipRouter fresh{between()};
    const RipActions actions = fresh.start(now, 0);
    int requests = 0;
    for (const RipAction& action : actions)
        if (const auto* send = std::get_if<SendRip>(&action.what)) requests += parseRip(send->octets)->wholeTable && send->destination == kRipRouters;
    EXPECT_EQ(requests, 2);
    RipMessage everything;
    everything.request = everything.wholeTable = true;
    EXPECT_EQ(told(fresh.onMessage(0, kPeer, kRipPort, everything, now, 0), 0, loopback(0)), 1u);
}

TEST_F(Rip, AddsTheCostOfTheLinkAndTellsTheOthers) {
    wait(10s);
    const RipActions actions = hears(0, kPeer, says(2));
    EXPECT_EQ(router.metric(kFar), 3u);
    EXPECT_EQ(told(actions, 1), 3u) << "at once";
    EXPECT_EQ(told(actions, 0), kInfinity) << "poisoned reverse: not this way";
}

TEST_F(Rip, TakesTheBetterAndStaysWithTheEqual) {
    hears(0, kPeer, says(4));
    hears(1, kOther, says(4));
    EXPECT_EQ(router.routes().back().hops.front().gateway, kPeer);
    hears(1, kOther, says(2));
    EXPECT_EQ(router.routes().back().hops.front().gateway, kOther);
    hears(1, kOther, says(9));
    EXPECT_EQ(router.metric(kFar), 10u) << "what the chosen router says counts, worse or not";
    EXPECT_EQ(told(hears(1, kOther, says(16)), 0), 0u) << "told within 5 s, not at once: it has just spoken";
    EXPECT_EQ(router.metric(kFar), kInfinity);
    EXPECT_EQ(told(wait(5s), 0), kInfinity);
}

TEST_F(Rip, ARouteTimesOutIsToldAsLostAndForgotten) {
    wait(10s);
    hears(0, kPeer, says(2));
    wait(179s);
    EXPECT_EQ(router.metric(kFar), 3u);
    const RipActions actions = wait(2s);
    EXPECT_EQ(router.metric(kFar), kInfinity);
    EXPECT_EQ(told(actions, 1), kInfinity);
    EXPECT_TRUE(std::ranges::any_of(actions, [](const RipAction& a) { return std::holds_alternative<PeerSilent>(a.what); }));
    EXPECT_EQ(told(wait(100s), 1), kInfinity) << "still in the periodic updates";
    wait(20s);
    EXPECT_EQ(told(wait(40s), 1), 0u) << "forgotten 120 s later";
}

TEST_F(Rip, StrangersAndOtherPortsAreNotBelieved) {
    router.onMessage(0, kPeer, 4000, says(2), now, 0);
    router.onMessage(0, {0x0a0b0c0d}, kRipPort, says(2), now, 0);
    router.onMessage(1, kPeer, kRipPort, says(2), now, 0);
    EXPECT_EQ(router.metric(kFar), kInfinity);
    hears(0, kPeer, says(2, loopback(0)));
    EXPECT_EQ(router.metric(loopback(0)), 1u) << "an own network is not learnt";
}

TEST_F(Rip, ACutLinkTakesItsRoutesAlong) {
    hears(0, kPeer, says(2));
    router.onCarrier(0, false, now, 0);
    EXPECT_EQ(router.metric(kFar), kInfinity);
    EXPECT_EQ(router.metric(prefixOf(0)), kInfinity);
    EXPECT_EQ(router.metric(loopback(0)), 1u);
    EXPECT_EQ(told(wait(5s), 1), kInfinity);
    router.onCarrier(0, true, now, 0);
    EXPECT_EQ(router.metric(prefixOf(0)), 1u);
}

TEST_F(Rip, LargeTablesGoInMessagesOf25) {
    RipMessage many;
    for (std::uint32_t i = 0; i < 25; ++i) many.entries.push_back({{{0x0a200000 + (i << 8)}, 24}, 2, {}});
    hears(0, kPeer, many);
    for (RipEntry& entry : many.entries) entry.prefix.address.value += 1 << 16;
    hears(0, kPeer, many);
    std::vector<std::uint16_t> sizes;
    for (const RipAction& action : wait(31s))
        if (const auto* send = std::get_if<SendRip>(&action.what); send != nullptr && send->interface == 1 && send->reason == trace::UpdateReason::periodic)
            sizes.push_back(send->entries);
    EXPECT_THAT(sizes, ElementsAre(25, 25, 3)) << "50 learnt, the loopback and two links";
}

// 0 -- 1 -- 2, and 2 crashes. With nothing to stop them 0 and 1 believe each other.
struct Count {
    std::vector<std::uint32_t> seen;  // metrics of 1 towards the loopback of 2, one after the other
};

Count crashAtTheEnd(SplitHorizon horizon, bool triggered) {
    WiredRip net{3, {{0, 1}, {1, 2}}, [&](RipConfig& config) {
                     config.splitHorizon = horizon;
                     config.triggeredUpdates = triggered;
                 }};
    net.start();
    net.runFor(120s);
    Count count{{net.routers[1]->metric(loopback(2))}};
    net.afterStep = [&] {
        const std::uint32_t metric = net.routers[1]->metric(loopback(2));
        if (metric != count.seen.back()) count.seen.push_back(metric);
    };
    net.cut(1);
    net.runFor(900s);
    EXPECT_EQ(net.costTo(0, 2), ~0u) << "gone at last";
    return count;
}

TEST(CountingToInfinity, HappensWithoutSplitHorizon) {
    const Count count = crashAtTheEnd(SplitHorizon::off, false);
    EXPECT_EQ(count.seen.front(), 2u);
    EXPECT_EQ(count.seen[1], kInfinity) << "1 has seen the cut";
    const auto believed = std::ranges::find_if(count.seen.begin() + 2, count.seen.end(), [](std::uint32_t m) { return m < kInfinity; });
    ASSERT_NE(believed, count.seen.end()) << "and then believes 0, which had it from 1";
    EXPECT_TRUE(std::is_sorted(believed, count.seen.end())) << "up and up";
    EXPECT_GE(count.seen.end() - believed, 6);
    EXPECT_EQ(count.seen.back(), kInfinity);
}

TEST(CountingToInfinity, DoesNotHappenWithSplitHorizon) {
    for (const SplitHorizon horizon : {SplitHorizon::poisonedReverse, SplitHorizon::simple})
        for (const bool triggered : {false, true}) EXPECT_THAT(crashAtTheEnd(horizon, triggered).seen, ElementsAre(2u, kInfinity));
}

TEST(CountingToInfinity, PacketsGoInCirclesMeanwhile) {
    WiredRip net{3, {{0, 1}, {1, 2}}, [](RipConfig& config) {
                     config.splitHorizon = SplitHorizon::off;
                     config.triggeredUpdates = false;
                 }};
    net.start();
    net.runFor(120s);
    EXPECT_EQ(net.follow(0, 2), "2");
    std::set<std::string> fates;
    net.afterStep = [&] { fates.insert(net.follow(0, 2)); };
    net.cut(1);
    net.runFor(900s);
    EXPECT_TRUE(fates.contains("loop"));
    EXPECT_EQ(net.follow(0, 2), "lost");
}

}  // namespace
}  // namespace mailtrek::routing::test
