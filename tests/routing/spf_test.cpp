// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/routing/spf.h"

namespace mailtrek::routing {
namespace {

using testing::ElementsAre;

struct Said {
    RouterId router;
    std::vector<RouterLink> links;
};

std::map<RouterId, LsaPtr> database(const std::vector<Said>& all) {
    std::map<RouterId, LsaPtr> made;
    for (const Said& said : all) made[said.router] = std::make_shared<const Lsa>(makeLsa(said.router, kFirstSequence, said.links));
    return made;
}

RouterLink to(std::uint32_t router, std::uint16_t cost, std::uint32_t own = 0) { return {LinkType::pointToPoint, {router}, {own}, cost}; }
RouterLink stub(std::uint32_t network, std::uint16_t cost) { return {LinkType::stub, {network}, {0xffffff00}, cost}; }
constexpr wire::Ipv4Prefix net(std::uint32_t network) { return {{network}, 24}; }

// 1 -- 2 -- 4, 1 -- 3 -- 4: a square.
const std::vector<FirstHop> kFirst{{{2}, {12}, {0, {21}}}, {{3}, {13}, {1, {31}}}};

TEST(Spf, KeepsAllPathsOfEqualCost) {
    const auto all = database({{{1}, {to(2, 1, 12), to(3, 1, 13)}}, {{2}, {to(1, 1), to(4, 1)}}, {{3}, {to(1, 1), to(4, 1)}}, {{4}, {to(2, 1), to(3, 1), stub(0x400, 2)}}});
    const PathResult found = shortestPaths({1}, all, kFirst);
    EXPECT_THAT(found.reached, ElementsAre(RouterId{1}, RouterId{2}, RouterId{3}, RouterId{4}));
    EXPECT_THAT(found.routes, ElementsAre(LearntRoute{net(0x400), 4, {{0, {21}}, {1, {31}}}}));
}

TEST(Spf, TakesTheCheaperWayAndTheSumOfWhatEachPaysToSend) {
    const auto all = database({{{1}, {to(2, 1, 12), to(3, 5, 13)}}, {{2}, {to(1, 9), to(4, 7)}}, {{3}, {to(1, 1), to(4, 1)}}, {{4}, {to(2, 1), to(3, 1), stub(0x400, 0)}}});
    EXPECT_THAT(shortestPaths({1}, all, kFirst).routes, ElementsAre(LearntRoute{net(0x400), 6, {{1, {31}}}}));
}

TEST(Spf, ALinkCountsOnlyWhenBothEndsSpeakOfIt) {
    const auto all = database({{{1}, {to(2, 1, 12)}}, {{2}, {to(4, 1), stub(0x200, 1)}}, {{4}, {to(2, 1), stub(0x400, 1)}}});
    EXPECT_TRUE(shortestPaths({1}, all, kFirst).routes.empty()) << "2 does not see 1 any more";
}

TEST(Spf, OfTwoRoutersWithTheSameNetworkTheNearerCounts) {
    const auto all = database({{{1}, {to(2, 1, 12), to(3, 1, 13), stub(0x100, 0)}}, {{2}, {to(1, 1), stub(0x500, 3), stub(0x100, 0)}}, {{3}, {to(1, 1), stub(0x500, 2)}}});
    EXPECT_THAT(shortestPaths({1}, all, kFirst).routes, ElementsAre(LearntRoute{net(0x500), 3, {{1, {31}}}})) << "and its own network is no route";
}

TEST(Spf, ParallelLinksToOneNeighbourAreTwoWays) {
    const std::vector<FirstHop> both{{{2}, {12}, {0, {21}}}, {{2}, {13}, {1, {22}}}};
    const auto all = database({{{1}, {to(2, 1, 12), to(2, 1, 13)}}, {{2}, {to(1, 1), to(1, 1), stub(0x200, 0)}}});
    EXPECT_THAT(shortestPaths({1}, all, both).routes, ElementsAre(LearntRoute{net(0x200), 1, {{0, {21}}, {1, {22}}}}));
}

}  // namespace
}  // namespace mailtrek::routing
