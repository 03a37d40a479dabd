// SPDX-License-Identifier: GPL-3.0-or-later
// Greylisting, RFC 6647, and the rate limit: who has to come again, and when.
#include <gtest/gtest.h>

#include <chrono>

#include "sim/mail/greylist.h"
#include "sim/mail/rate_limiter.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;
using Verdict = Greylist::Verdict;

wire::Ipv4Address host(std::uint32_t third, std::uint32_t fourth) { return {10u << 24 | third << 8 | fourth}; }

struct Door {
    Greylist list;
    Duration delay = 300s;
    Verdict comes(Duration at, wire::Ipv4Address client = host(1, 1), std::string_view from = "ana@norte.example", std::string_view to = "luis@sur.example") {
        const Greylist::Answer answer = list.check(client, from, to, delay, kStart + at);
        until = answer.until - kStart;
        return answer.verdict;
    }
    Duration until{};
};

TEST(Greylist, StrangersWaitAndAreKnownAfterwards) {
    Door door;
    EXPECT_EQ(door.comes(0s), Verdict::wait);
    EXPECT_EQ(door.until, 300s);
    EXPECT_EQ(door.comes(299999ms), Verdict::wait) << "hurrying does not help";
    EXPECT_EQ(door.until, 300s) << "nor does it make the wait longer";
    EXPECT_EQ(door.comes(300s), Verdict::passedNow);
    EXPECT_EQ(door.comes(301s), Verdict::known);
}

TEST(Greylist, CountsByNetworkSenderAndRecipient) {
    Door door;
    EXPECT_EQ(door.comes(0s), Verdict::wait);
    EXPECT_EQ(door.comes(300s, host(1, 200)), Verdict::passedNow) << "the machine next door of the same provider";
    EXPECT_EQ(door.comes(300s, host(2, 1)), Verdict::wait) << "another network";
    EXPECT_EQ(door.comes(300s, host(1, 1), "eva@norte.example"), Verdict::wait) << "another sender";
    EXPECT_EQ(door.comes(300s, host(1, 1), "ana@norte.example", "hp@sur.example"), Verdict::wait) << "another recipient";
    EXPECT_EQ(door.comes(300s, host(1, 1), "ana@NORTE.example", "\"luis\"@Sur.Example"), Verdict::known) << "the same, spelt otherwise";
    EXPECT_EQ(door.comes(300s, host(1, 1), ""), Verdict::wait) << "the null reverse-path is a sender like others";
}

TEST(Greylist, ForgetsWhoDoesNotComeBack) {
    Door door;
    EXPECT_EQ(door.comes(0s), Verdict::wait);
    EXPECT_EQ(door.comes(48h + 301s), Verdict::wait) << "two days after it could have passed";
    EXPECT_EQ(door.comes(48h + 601s), Verdict::passedNow);
    EXPECT_EQ(door.comes(48h + 601s + 35 * 24h), Verdict::known) << "35 days, to the second";
    EXPECT_EQ(door.comes(48h + 602s + 70 * 24h), Verdict::wait);
}

TEST(Greylist, DoesNotGrowForEver) {
    Door door;
    for (std::uint32_t day = 0; day < 400; ++day)
        for (std::uint32_t i = 0; i < 100; ++i) door.comes(24h * day, host(i, 1), "spam" + std::to_string(day) + "@malo.example");
    EXPECT_LT(door.list.size(), 2000u);
    EXPECT_EQ(door.comes(24h * 399 + 300s, host(7, 1), "spam399@malo.example"), Verdict::passedNow) << "what counts is kept";
}

TEST(RateLimiter, AllowsSoManyInAnyMinute) {
    RateLimiter limiter;
    const RateLimit limit{3, 1min};
    for (const Duration at : {0s, 10s, 20s}) EXPECT_TRUE(limiter.allows(host(1, 1), limit, kStart + at));
    EXPECT_FALSE(limiter.allows(host(1, 1), limit, kStart + 30s));
    EXPECT_EQ(limiter.allowedAt(host(1, 1), limit, kStart + 30s), kStart + 60s);
    EXPECT_TRUE(limiter.allows(host(1, 2), limit, kStart + 30s)) << "each client by itself";
    EXPECT_FALSE(limiter.allows(host(1, 1), limit, kStart + 59999ms));
    EXPECT_TRUE(limiter.allows(host(1, 1), limit, kStart + 60s)) << "those turned away do not count";
    EXPECT_FALSE(limiter.allows(host(1, 1), limit, kStart + 61s)) << "a window that slides, not one that begins anew";
    EXPECT_TRUE(limiter.allows(host(1, 1), limit, kStart + 70s));
}

TEST(RateLimiter, TakesAChangedLimit) {
    RateLimiter limiter;
    for (const Duration at : {0s, 1s, 2s, 3s}) EXPECT_TRUE(limiter.allows(host(1, 1), {4, 1min}, kStart + at));
    EXPECT_EQ(limiter.allowedAt(host(1, 1), {2, 1min}, kStart + 4s), kStart + 62s);
    EXPECT_FALSE(limiter.allows(host(1, 1), {2, 1min}, kStart + 61s));
    EXPECT_TRUE(limiter.allows(host(1, 1), {2, 1min}, kStart + 62s));
}

}  // namespace
}  // namespace mailtrek::mail
