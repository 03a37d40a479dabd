// SPDX-License-Identifier: GPL-3.0-or-later
// The window by itself: initial window, slow start, Reno and CUBIC against the formulas of their RFCs.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/transport/congestion_window.h"
#include "sim/transport/cube_root.h"

namespace mailtrek::test {
namespace {

using namespace std::chrono_literals;
using transport::Congestion;
using transport::CongestionWindow;

constexpr std::uint32_t kMss = 1448;

CongestionWindow afterLossAt(Congestion algorithm, std::uint32_t segments) {
    CongestionWindow window(algorithm, 10);
    window.begin(kMss, false);
    window.setCwnd(segments * kMss);
    window.onCongestion(segments * kMss);
    window.setCwnd(window.ssthresh());
    return window;
}

// One round trip in which the whole window is acknowledged, segment by segment.
void roundTrip(CongestionWindow& window, Instant& now, Duration rtt) {
    const std::uint32_t segments = window.cwnd() / kMss;
    for (std::uint32_t i = 0; i < segments; ++i) window.onAcknowledged(kMss, now + rtt * i / segments, rtt, false);
    now += rtt;
}

TEST(CubeRoot, IsExact) {
    for (std::uint64_t r : {0ull, 1ull, 2ull, 9ull, 1000ull, 2097151ull}) {
        EXPECT_EQ(transport::cubeRoot(r * r * r), r);
        EXPECT_EQ(transport::cubeRoot(r * r * r + (r > 0 ? 1 : 0)), r);
        if (r > 0) { EXPECT_EQ(transport::cubeRoot(r * r * r - 1), r - 1); }
    }
}

TEST(InitialWindow, IsTenSegmentsAndAtMost14600Octets) {  // RFC 6928 2
    for (const auto& [mss, octets] : {std::pair{1448u, 14'480u}, std::pair{1460u, 14'600u}, std::pair{536u, 5'360u}, std::pair{4000u, 14'600u}, std::pair{8960u, 17'920u}}) {
        CongestionWindow window(Congestion::reno, 10);
        window.begin(mss, false);
        EXPECT_EQ(window.cwnd(), octets) << mss;
        window.begin(mss, true);  // RFC 5681 3.1: the SYN was lost
        EXPECT_EQ(window.cwnd(), mss);
    }
}

TEST(SlowStart, CountsOctetsAtMostTwoSegmentsAnAck) {  // RFC 3465 2.2, 2.3
    CongestionWindow window(Congestion::reno, 10);
    window.begin(kMss, false);
    window.onAcknowledged(100, kStart, 100ms, false);
    EXPECT_EQ(window.cwnd(), 10 * kMss + 100);
    window.onAcknowledged(5 * kMss, kStart, 100ms, false);
    EXPECT_EQ(window.cwnd(), 12 * kMss + 100);
    window.onAcknowledged(5 * kMss, kStart, 100ms, true);  // after a timeout one
    EXPECT_EQ(window.cwnd(), 13 * kMss + 100);
}

TEST(UnusedWindow, DoesNotGrow) {
    CongestionWindow window(Congestion::reno, 10);
    window.begin(kMss, false);
    window.onSent(kMss, false, 1, 1 + kMss);
    window.onAcknowledged(kMss, kStart, 100ms, false);
    EXPECT_EQ(window.cwnd(), 10 * kMss);
}

TEST(Reno, HalvesAndAddsOneSegmentARoundTrip) {
    CongestionWindow window = afterLossAt(Congestion::reno, 100);
    EXPECT_EQ(window.cwnd(), 50 * kMss);
    Instant now = kStart;
    for (int i = 1; i <= 20; ++i) {
        roundTrip(window, now, 100ms);
        EXPECT_NEAR(window.cwnd() / kMss, 50 + i, 1) << i;
    }
}

TEST(Reno, NeverFallsBelowTwoSegments) { EXPECT_EQ(afterLossAt(Congestion::reno, 1).ssthresh(), 2 * kMss); }

// RFC 9438 4.2: W(t) = 0.4 (t - K)^3 + W_max, beta 0.7. At 100 ms and 500 segments the Reno-friendly region is far below.
TEST(Cubic, FollowsItsCurveWithinFivePercent) {
    for (const std::uint32_t before : {300u, 500u, 1000u}) {
        CongestionWindow window = afterLossAt(Congestion::cubic, before);
        EXPECT_EQ(window.cwnd(), before * 7 / 10 * kMss);
        const double k = std::cbrt(before * 0.3 / 0.4);
        Instant now = kStart;
        for (double t = 0; t < 2 * k; t += 0.1) {
            const double wanted = 0.4 * std::pow(t - k, 3) + before;
            EXPECT_NEAR(window.cwnd() / static_cast<double>(kMss), wanted, wanted * 0.05) << "W_max " << before << ", t " << t;
            roundTrip(window, now, 100ms);
        }
    }
}

TEST(Cubic, GrowsByTimeAndNotByRoundTrips) {
    CongestionWindow quick = afterLossAt(Congestion::cubic, 1000), slow = afterLossAt(Congestion::cubic, 1000);
    Instant a = kStart, b = kStart;
    while (a < kStart + 10s) roundTrip(quick, a, 50ms);
    while (b < kStart + 10s) roundTrip(slow, b, 200ms);
    EXPECT_NEAR(quick.cwnd() / static_cast<double>(slow.cwnd()), 1.0, 0.06);
}

// 4.3: in small windows and short round trips it is no slower than Reno with alpha 9/17 and beta 0.7.
TEST(Cubic, IsNoSlowerThanRenoWhereRenoIsFaster) {
    CongestionWindow window = afterLossAt(Congestion::cubic, 20);
    Instant now = kStart;
    for (int i = 1; i <= 10; ++i) {
        roundTrip(window, now, 10ms);
        EXPECT_GE(window.cwnd() / static_cast<double>(kMss), 14 + 0.53 * i - 1.1) << i;
    }
}

// 4.7: a second loss below the first one's window leaves room to the others.
TEST(Cubic, ConvergesFast) {
    CongestionWindow window = afterLossAt(Congestion::cubic, 1000);
    window.setCwnd(800 * kMss);
    window.onCongestion(800 * kMss);
    window.setCwnd(window.ssthresh());
    Instant now = kStart;
    const double plateau = 800 * 0.85, k = std::cbrt((plateau - 560) / 0.4);
    while (toSeconds(now) < k) roundTrip(window, now, 100ms);
    EXPECT_NEAR(window.cwnd() / static_cast<double>(kMss), plateau, plateau * 0.02);
}

TEST(Idle, BringsBackTheInitialWindow) {
    CongestionWindow window = afterLossAt(Congestion::reno, 100);
    EXPECT_TRUE(window.idleRestart());
    EXPECT_EQ(window.cwnd(), 10 * kMss);
    EXPECT_FALSE(window.idleRestart());
}

}  // namespace
}  // namespace mailtrek::test
