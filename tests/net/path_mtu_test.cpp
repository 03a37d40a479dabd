// SPDX-License-Identifier: GPL-3.0-or-later
// What a host believes of the MTU of its paths (RFC 1191).
#include "sim/net/path_mtu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailtrek::net {
namespace {

using namespace std::chrono_literals;

constexpr wire::Ipv4Address kFar{10u << 24 | 9}, kOther{10u << 24 | 10};

TEST(PathMtu, GoesDownAsToldAndNeverUp) {
    PathMtus paths;
    EXPECT_EQ(paths.towards(kFar, 1500), 1500u);
    EXPECT_EQ(paths.lower(kFar, 576, 1500, 1500, kStart), 576u);
    EXPECT_EQ(paths.towards(kFar, 1500), 576u);
    EXPECT_EQ(paths.towards(kOther, 1500), 1500u);
    EXPECT_EQ(paths.lower(kFar, 1400, 1500, 1500, kStart), std::nullopt) << "RFC 1191 6.2";
    EXPECT_EQ(paths.lower(kFar, 9000, 1500, 1500, kStart), std::nullopt) << "nonsense";
    EXPECT_EQ(paths.towards(kFar, 400), 400u) << "the first link is narrower";
}

TEST(PathMtu, NeverBelow68) {
    PathMtus paths;
    EXPECT_EQ(paths.lower(kFar, 10, 1500, 1500, kStart), 68u);
    EXPECT_EQ(paths.lower(kFar, 1, 68, 1500, kStart), std::nullopt);
    EXPECT_EQ(paths.lower(kFar, 0, 68, 1500, kStart), std::nullopt);
}

TEST(PathMtu, OldRoutersLeadDownThePlateaus) {
    std::vector<std::uint32_t> steps;
    for (std::uint32_t length = 65535; length > 68; length = steps.back()) steps.push_back(plateauBelow(length));
    EXPECT_THAT(steps, testing::ElementsAre(32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68)) << "RFC 1191, table 7-1";
    PathMtus paths;
    EXPECT_EQ(paths.lower(kFar, 0, 1500, 1500, kStart), 1492u);
    EXPECT_EQ(paths.lower(kFar, 0, 1500, 1500, kStart), std::nullopt) << "a whole window of errors about the same size is one step";
    EXPECT_EQ(paths.lower(kFar, 0, 1492, 1500, kStart), 1006u);
}

TEST(PathMtu, IsForgottenAfterTenMinutes) {
    PathMtus paths;
    paths.lower(kFar, 1006, 1500, 1500, kStart);
    paths.lower(kOther, 576, 1500, 1500, kStart + 1min);
    paths.lower(kFar, 576, 1006, 1500, kStart + 3min);
    EXPECT_EQ(paths.nextDeadline(), kStart + 11min);
    EXPECT_THAT(paths.forget(kStart + 11min - 1ns), testing::IsEmpty());
    const auto first = paths.forget(kStart + 11min);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].destination, kOther);
    EXPECT_EQ(first[0].mtu, 576u);
    EXPECT_EQ(paths.nextDeadline(), kStart + 13min) << "counted from when it was last lowered";
    EXPECT_EQ(paths.towards(kOther, 1500), 1500u);
}

}  // namespace
}  // namespace mailtrek::net
