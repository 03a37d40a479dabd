// SPDX-License-Identifier: GPL-3.0-or-later
// Gilbert-Elliott: how long states last, what the long run gives, and that the states are a function of time alone.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

constexpr Duration kStep = 120us;
const BurstyLoss kChannel{Share::percent(1), Share::percent(25), Share{}, Share::percent(80)};

TEST(Trials, FollowTheGeometricDistribution) {
    constexpr std::uint64_t kDraws = 200'000;
    for (const std::uint32_t percent : {1u, 10u, 50u, 90u}) {
        std::uint64_t sum = 0, ones = 0;
        for (std::uint64_t i = 0; i < kDraws; ++i) {
            const std::uint64_t trials = trialsToSuccess(Share::percent(percent), draw(5, Purpose::burstState, i));
            ASSERT_GE(trials, 1u);
            sum += trials;
            ones += trials == 1 ? 1 : 0;
        }
        const double p = percent / 100.0;
        EXPECT_NEAR(static_cast<double>(sum) / kDraws * p, 1.0, 0.02) << percent << " %: the mean is 1 / p";
        EXPECT_NEAR(static_cast<double>(ones) / kDraws, p, 0.005) << percent << " %: the first one succeeds with p";
    }
    EXPECT_EQ(trialsToSuccess(Share::percent(100), 12345), 1u);
    EXPECT_EQ(trialsToSuccess(Share{}, 12345), kNoSuccess);
    EXPECT_GT(trialsToSuccess(Share{1}, 1ull << 63), 500'000'000u) << "one in a billion: half of the draws need ln 2 billions";
    EXPECT_LT(trialsToSuccess(Share{1}, 1ull << 63), 800'000'000u);
}

TEST(BurstProcess, StatesLastAsLongAsTheSharesSay) {
    BurstProcess process(kChannel, kStep, 99);
    std::uint64_t bad = 0, bursts = 0, steps = 0;
    bool before = false;
    for (Instant t = kStart; t < kStart + 120s; t += kStep) {
        const bool now = process.badAt(t);
        ++steps;
        bad += now ? 1 : 0;
        bursts += now && !before ? 1 : 0;
        before = now;
    }
    EXPECT_NEAR(static_cast<double>(bad) / static_cast<double>(steps), 1.0 / 26, 0.002) << "p / (p + r)";
    EXPECT_NEAR(static_cast<double>(bad) / static_cast<double>(bursts), 4.0, 0.15) << "a burst lasts 1 / r steps";
}

TEST(BurstProcess, IsAFunctionOfTimeWhateverIsAsked) {
    std::vector<Instant> times;
    for (std::uint64_t i = 0; i < 4000; ++i) times.push_back(kStart + Duration{static_cast<std::int64_t>(below(draw(1, Purpose::jitter, i), 3'000'000'000))});
    BurstProcess jumping(kChannel, kStep, 7);
    std::vector<bool> there;
    for (const Instant t : times) there.push_back(jumping.badAt(t));
    std::vector<std::size_t> order(times.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return times[i]; });
    BurstProcess walking(kChannel, kStep, 7);
    for (const std::size_t i : order) ASSERT_EQ(walking.badAt(times[i]), there[i]) << times[i].time_since_epoch().count();
    EXPECT_THAT(there, testing::Contains(true));
}

TEST(BurstProcess, AChannelThatChangesOnceAtMost) {
    BurstProcess never({Share{}, Share::percent(10), Share{}, Share::percent(100)}, kStep, 3);
    BurstProcess once({Share::percent(10), Share{}, Share{}, Share::percent(100)}, kStep, 3);
    EXPECT_FALSE(never.badAt(kStart + 240h));
    EXPECT_FALSE(once.badAt(kStart)) << "it starts good";
    EXPECT_TRUE(once.badAt(kStart + 1s));
    EXPECT_TRUE(once.badAt(kStart + 240h));
}

TEST(BurstProcess, ASilenceOfDaysCostsNothing) {
    BurstProcess process(kChannel, 1us, 11);
    std::uint64_t bad = 0;
    for (int i = 0; i < 2000; ++i) bad += process.badAt(kStart + i * 20min) ? 1 : 0;
    EXPECT_NEAR(static_cast<double>(bad) / 2000, 1.0 / 26, 0.015);
}

LinkSettings bursty(std::uint32_t goodPercent, std::uint32_t badPercent) {
    LinkSettings settings = line(BitRate::megabits(10), 1ms);
    settings.queue.packets = QueueLimit::kUnlimited;
    settings.bursts = BurstyLoss{Share::percent(2), Share::percent(20), Share::percent(goodPercent), Share::percent(badPercent)};
    return settings;
}

TEST(BurstyLink, LosesInRunsAndSaysWhy) {
    Net net = pair(bursty(0, 100));
    for (int i = 0; i < 20'000; ++i) net.udp(0, net.address(0, 1), 1500);  // on a busy line a step is a packet
    net.run();
    const auto drops = net.all<trace::PacketDropped>();
    EXPECT_NEAR(static_cast<double>(drops.size()) / 20'000, 1.0 / 11, 0.01);
    std::size_t runs = 0;
    for (std::size_t i = 0; i < drops.size(); ++i) {
        EXPECT_EQ(drops[i].reason, trace::DropReason::burst);
        runs += i == 0 || drops[i].packet.value != drops[i - 1].packet.value + 1 ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(drops.size()) / static_cast<double>(runs), 5.0, 0.5) << "a run has 1 / r packets";
}

TEST(BurstyLink, StatesAreInTimeNotInPackets) {
    // One packet now and then meets the states at those times, whatever else passes in between.
    const auto fates = [](bool busy) {
        Net net = pair(bursty(0, 100));
        std::vector<PacketId> watched;
        for (int i = 0; i < 300; ++i) {
            watched.push_back(net.udp(0, net.address(0, 1), 200));
            net.runUntil((i + 1) * 7ms);
            if (busy) net.udp(0, net.address(0, 1), 100 + static_cast<std::uint32_t>(i));
            net.runUntil((i + 1) * 7ms + 1ms);
        }
        net.run();
        std::vector<bool> lost;
        for (const PacketId id : watched) lost.push_back(std::ranges::any_of(net.all<trace::PacketDropped>(), [id](const auto& drop) { return drop.packet == id; }));
        return lost;
    };
    const std::vector<bool> alone = fates(false);
    EXPECT_EQ(fates(true), alone);
    EXPECT_THAT(alone, testing::Contains(true));
}

TEST(BurstyLink, TellsTheLongRunShare) {
    Net net = pair(bursty(1, 51));
    net.links[0]->announce(kStart, {});
    const auto told = net.all<trace::LinkConfigured>();
    ASSERT_EQ(told.size(), 2u);
    EXPECT_TRUE(told[0].bursty);
    EXPECT_NEAR(told[0].loss.perBillion / 1e9, (0.02 * 0.51 + 0.20 * 0.01) / 0.22, 1e-6);
    EXPECT_FALSE(told[1].bursty);
}

}  // namespace
}  // namespace mailtrek::net
