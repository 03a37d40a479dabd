// SPDX-License-Identifier: GPL-3.0-or-later
// Two routers meet, lose each other and meet again (RFC 2328 10).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/routing/wired.h"

namespace mailtrek::routing::test {
namespace {

using testing::ElementsAre;
using State = trace::AdjacencyState;
using Reason = trace::AdjacencyReason;

struct Pair : testing::Test {
    WiredOspf net{2, {{0, 1}}};
    std::vector<std::string> story;  // what router 0 goes through

    void SetUp() override {
        net.onAction = [this](std::size_t router, const OspfAction& action) {
            const auto* moved = std::get_if<AdjacencyMoved>(&action.what);
            if (router == 0 && moved != nullptr) story.push_back(std::string(name(moved->to)) + ":" + std::string(name(moved->reason)));
        };
    }
    State stateAt(std::size_t router) const {
        const auto all = net.routers[router]->neighbours();
        return all.empty() ? State::down : all.front().state;
    }
    void together() {
        net.start();
        net.runFor(30s);
        ASSERT_EQ(stateAt(0), State::full);
        ASSERT_EQ(stateAt(1), State::full);
        story.clear();
    }
};

TEST_F(Pair, FindEachOtherAndExchangeWhatTheyKnow) {
    net.start();
    net.runFor(30s);
    ASSERT_GE(story.size(), 4u);
    EXPECT_EQ(story.front(), "init:hello");
    EXPECT_THAT(story, testing::IsSupersetOf({"ex-start:two-way", "exchange:negotiated"}));
    EXPECT_TRUE(story.back() == "full:synchronised") << story.back();
    EXPECT_EQ(net.costTo(0, 1), 1u);
    EXPECT_EQ(net.routers[0]->database(net.now).size(), 2u);
    for (const auto& [origin, header] : net.routers[0]->database(net.now)) EXPECT_EQ(compareInstances(header, net.routers[1]->database(net.now).at(origin)), 0);
}

TEST_F(Pair, LossOfTheCarrierIsSeenAtOnce) {
    together();
    net.cut(0);
    EXPECT_THAT(story, ElementsAre("down:carrier"));
    net.runFor(100ms);
    EXPECT_EQ(net.wireTowards(0, 1), -1);
}

TEST_F(Pair, ASilentNeighbourIsGoneAfterTheDeadInterval) {
    together();
    net.crash(1);
    net.runFor(29s);
    EXPECT_EQ(stateAt(0), State::full) << "it was heard less than 40 s ago";
    net.runFor(12s);
    EXPECT_THAT(story, ElementsAre("down:silence"));
    EXPECT_EQ(net.wireTowards(0, 1), -1);
}

TEST_F(Pair, LossInOneDirectionEndsTheAdjacencyOnBothSides) {
    together();
    net.loses = [](std::size_t, int end, const SendOspf&) { return end == 0; };  // 1 hears nothing from 0 any more
    net.runFor(60s);
    EXPECT_THAT(story, ElementsAre("init:one-way")) << "0 learns it from a hello of 1 that does not name it";
    EXPECT_EQ(stateAt(1), State::down);
    EXPECT_EQ(net.wireTowards(0, 1), -1) << "nothing can be sent to 1";
    net.loses = {};
    net.runFor(30s);
    EXPECT_EQ(stateAt(0), State::full);
    EXPECT_EQ(net.costTo(1, 0), 1u);
}

TEST_F(Pair, ARouterThatStartsAnewFindsItsOldSequenceNumber) {
    together();
    const std::int32_t before = net.routers[0]->database(net.now).at(routerId(1)).sequence;
    net.crash(1);
    net.runFor(5s);
    net.boot(1);  // before 0 has noticed
    EXPECT_EQ(net.routers[1]->database(net.now).at(routerId(1)).sequence, kFirstSequence);
    net.runFor(40s);
    EXPECT_THAT(story.front(), "init:one-way") << "a hello that does not name us";
    EXPECT_EQ(stateAt(0), State::full);
    EXPECT_GT(net.routers[0]->database(net.now).at(routerId(1)).sequence, before);
    EXPECT_EQ(net.costTo(0, 1), 1u);
}

TEST_F(Pair, TheExchangeSurvivesLosses) {
    int count = 0;
    net.loses = [&count](std::size_t, int, const SendOspf&) { return ++count % 3 == 0; };
    net.start();
    net.runFor(200s);
    EXPECT_EQ(stateAt(0), State::full);
    EXPECT_EQ(stateAt(1), State::full);
    EXPECT_EQ(net.costTo(0, 1), 1u);
}

TEST(Adjacency, HellosWithOtherTimersAreIgnored) {
    WiredOspf net{2, {{0, 1}}};
    Hello hello;
    hello.interval = 5;
    EXPECT_TRUE(net.routers[0]->start(kStart, 0).size() > 0);
    net.routers[0]->onPacket(0, addressOn(0, 1), {routerId(1), hello}, kStart, 0);
    EXPECT_TRUE(net.routers[0]->neighbours().empty());
    net.routers[0]->onPacket(0, addressOn(0, 1), {routerId(1), Hello{}}, kStart, 0);
    EXPECT_EQ(net.routers[0]->neighbours().size(), 1u);
}

TEST(Adjacency, ADescriptionLargerThanTheInterfaceTakesIsIgnored) {
    WiredOspf net{2, {{0, 1}}, [](OspfConfig& config) { config.interfaces[0].mtu = config.id == routerId(0) ? 1400 : 1500; }};
    net.start();
    net.runFor(120s);
    EXPECT_EQ(net.routers[0]->neighbours().front().state, State::exStart) << "10.6: the classic mismatch of MTUs";
}

TEST(Adjacency, ALargeDatabaseGoesInSeveralDescriptions) {
    // A chain of 60 routers on links with an MTU of 576 octets: 26 headers to a description.
    std::vector<Wire> chain;
    for (std::uint32_t i = 0; i + 1 < 60; ++i) chain.push_back({i, i + 1});
    std::size_t largest = 0;
    WiredOspf net{60, chain, [](OspfConfig& config) {
                      for (OspfInterface& interface : config.interfaces) interface.mtu = 576;
                  }};
    net.wires[29].up = true;
    net.onSend = [&largest](std::size_t, const SendOspf& send) { largest = std::max(largest, send.octets.size()); };
    net.start();
    net.runFor(120s);
    net.cut(29);
    net.runFor(10s);
    net.restore(29);
    net.runFor(60s);
    EXPECT_EQ(net.costTo(0, 59), 59u);
    EXPECT_LE(largest, 576u - 20);
}

}  // namespace
}  // namespace mailtrek::routing::test
