// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/cache.h"

#include <gtest/gtest.h>

#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

const Question kMx{Name::of("sur.example"), Type::mx};

Message mxResponse(std::uint32_t ttl) {
    Message response = queryFor("sur.example", Type::mx);
    response.response = true;
    response.answers = {mxRecord("sur.example", 10, "sur.sur.example", ttl)};
    response.additional = {aRecord("sur.sur.example", ip(10, 0, 0, 1), 30)};
    return response;
}

Message negativeResponse(Rcode rcode, std::uint32_t soaTtl, std::uint32_t minimum) {
    Message response = queryFor("sur.example", Type::mx);
    response.response = true;
    response.rcode = rcode;
    response.authority = {makeRecord(Name::of("sur.example"), soaTtl, soaWith(minimum))};
    return response;
}

TEST(Cache, ServesForTheTtlAndNotForOneSecondMore) {
    Cache cache;
    cache.remember(kMx, mxResponse(60), at(100));
    EXPECT_TRUE(cache.find(kMx, at(100)));
    EXPECT_TRUE(cache.find(kMx, at(160)));
    EXPECT_FALSE(cache.find(kMx, at(161)));
    EXPECT_FALSE(cache.find({Name::of("sur.example"), Type::a}, at(100)));
    EXPECT_FALSE(cache.find({Name::of("norte.example"), Type::mx}, at(100)));
}

TEST(Cache, TtlsCountDownAndAdditionalRecordsLeaveOnTheirOwn) {
    Cache cache;
    cache.remember(kMx, mxResponse(60), at(100));
    EXPECT_EQ(cache.find(kMx, at(110.9))->answers[0].ttl, 50u);
    EXPECT_EQ(cache.find(kMx, at(110.9))->additional.size(), 1u);
    EXPECT_EQ(cache.find(kMx, at(131))->additional.size(), 0u);
}

TEST(Cache, NegativeTtlIsTheLesserOfSoaTtlAndMinimum) {
    for (const Rcode rcode : {Rcode::noError, Rcode::nameError}) {
        Cache cache;
        cache.remember(kMx, negativeResponse(rcode, 300, 60), at(0));
        EXPECT_TRUE(cache.find(kMx, at(60)));
        EXPECT_FALSE(cache.find(kMx, at(61)));
        cache.remember(kMx, negativeResponse(rcode, 60, 300), at(1000));
        EXPECT_TRUE(cache.find(kMx, at(1060)));
        EXPECT_FALSE(cache.find(kMx, at(1061)));
    }
}

TEST(Cache, NoSuchNameHoldsForEveryTypeNoDataForItsOwn) {
    const Question a{Name::of("sur.example"), Type::a};
    Cache cache;
    cache.remember(kMx, negativeResponse(Rcode::noError, 60, 60), at(0));
    EXPECT_FALSE(cache.find(a, at(1)));
    cache.remember(kMx, negativeResponse(Rcode::nameError, 60, 60), at(0));
    ASSERT_TRUE(cache.find(a, at(1)));
    EXPECT_EQ(cache.find(a, at(1))->rcode, Rcode::nameError);
}

TEST(Cache, KeepsNoFailuresNoTtlZeroNothingTruncatedAndNoNegativeWithoutSoa) {
    Cache cache;
    cache.remember(kMx, mxResponse(0), at(0));
    Message truncated = mxResponse(60);
    truncated.truncated = true;
    cache.remember(kMx, truncated, at(0));
    cache.remember(kMx, negativeResponse(Rcode::serverFailure, 60, 60), at(0));
    Message bare = negativeResponse(Rcode::nameError, 60, 60);
    bare.authority.clear();
    cache.remember(kMx, bare, at(0));
    EXPECT_EQ(cache.size(), 0u);
}

TEST(Cache, ForgetsWhatEndsFirstWhenItIsFull) {
    Cache cache(2);
    const auto keep = [&](const char* name, std::uint32_t ttl) {
        Message response = queryFor(name, Type::a);
        response.answers = {aRecord(name, ip(10, 0, 0, 1), ttl)};
        cache.remember(response.questions[0], response, at(0));
    };
    keep("long.example", 600);
    keep("short.example", 60);
    keep("new.example", 300);
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_TRUE(cache.find({Name::of("long.example"), Type::a}, at(1)));
    EXPECT_FALSE(cache.find({Name::of("short.example"), Type::a}, at(1)));
    EXPECT_TRUE(cache.find({Name::of("new.example"), Type::a}, at(1)));
}

}  // namespace
}  // namespace mailtrek::dns
