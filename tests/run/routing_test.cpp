// SPDX-License-Identifier: GPL-3.0-or-later
// Routing protocols in whole runs: a run begins converged, a cut or crash is noticed as routers notice it, the reason can be followed back, what they do all day neither fills
// the recording nor keeps the run alive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/run/metrics.h"
#include "sim/trace/journey.h"
#include "tests/run/routing_kit.h"

namespace mailtrek::run::test {
namespace {

using namespace std::chrono_literals;
using trace::RouteChanged;

// The first route of a router that changed after `from`.
trace::EventId changeAt(const trace::Recording& recording, std::string_view router, Instant from) {
    const NodeId node = nodeNamed(recording, router);
    for (const auto& [id, route] : eventsOf<RouteChanged>(recording))
        if (recording.event(id).node == node && recording.at(id) > from && route.nextHop.valid()) return id;
    return {};
}

template <class E>
bool comesFrom(const trace::Recording& recording, trace::EventId id) {
    return std::ranges::any_of(recording.causesOf(id), [&](trace::EventId cause) { return std::holds_alternative<E>(recording.event(cause).payload); });
}

std::size_t routingPackets(const trace::Recording& recording, Instant from, Instant to) {
    std::size_t count = 0;
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording))
        count += recording.at(id) >= from && recording.at(id) < to && trace::isRouting(recording.store().packet(sent.packet).packet);
    return count;
}

TEST(Routing, ARunBeginsConvergedAndSaysNothingOfIt) {
    for (const char* routing : {"", ", routing: distance-vector"}) {
        const trace::Recording recording = RoadMap{.router = routing, .spare = "5"}.run();
        const std::uint64_t start = recording.cursorAt(kStart);
        EXPECT_EQ(nextHop(recording, start, "r1", "sur"), "r2") << routing;
        EXPECT_EQ(nextHop(recording, start, "r4", "norte"), "r5") << routing;
        for (const auto& [id, change] : eventsOf<RouteChanged>(recording)) EXPECT_EQ(recording.at(id), kStart);
        for (const auto& [id, change] : eventsOf<trace::AdjacencyChanged>(recording)) EXPECT_EQ(recording.at(id), kStart);
        EXPECT_TRUE(delivered(recording));
        EXPECT_LT(recording.end(), kStart + 6s);
    }
}

TEST(Routing, ACutMovesTheTrafficAndTheReasonLeadsToIt) {
    const trace::Recording recording = RoadMap{.attachment = "300 kB", .timeline = "  - { at: 1 s, cut: b }\n"}.run();
    const Instant cut = kStart + 1s;
    EXPECT_EQ(nextHop(recording, recording.cursorAt(cut - 1ms), "r1", "sur"), "r2");
    EXPECT_EQ(nextHop(recording, recording.cursorAt(cut + 200ms), "r1", "sur"), "r3");
    const trace::EventId change = changeAt(recording, "r1", cut);
    ASSERT_TRUE(change.valid());
    EXPECT_GE(recording.at(change), cut + 60ms) << "an LSA over 10 ms, and 50 ms before the table is computed";
    EXPECT_TRUE(comesFrom<trace::LsaChanged>(recording, change));
    EXPECT_TRUE(comesFrom<trace::AdjacencyChanged>(recording, change));
    EXPECT_TRUE(comesFrom<trace::LinkChanged>(recording, change));
    EXPECT_TRUE(comesFrom<trace::TimelineApplied>(recording, change));
    EXPECT_TRUE(delivered(recording));
    EXPECT_EQ(eventsOf<trace::ConnectionOpened>(recording).size(), 2u) << "the same connection goes on";
}

TEST(Routing, ACrashIsNoticedByItsSilence) {
    const trace::Recording recording = RoadMap{.attachment = "300 kB", .timeline = "  - { at: 1 s, stop: r2 }\n"}.run();
    const trace::EventId change = changeAt(recording, "r1", kStart + 1s);
    ASSERT_TRUE(change.valid());
    EXPECT_GT(recording.at(change), kStart + 29s);
    EXPECT_LT(recording.at(change), kStart + 42s);
    const auto gone = eventsOf<trace::AdjacencyChanged>(recording);
    EXPECT_TRUE(std::ranges::any_of(gone, [](const auto& e) { return e.second.reason == trace::AdjacencyReason::silence; }));
    EXPECT_TRUE(comesFrom<trace::NodeChanged>(recording, change)) << "why? because it crashed";
    EXPECT_TRUE(delivered(recording));
}

TEST(Routing, TheTeacherSeesTheTablesChangeEvenWhenNoLetterIsUnderWay) {
    for (const auto& [routing, most] : {std::pair("", 50s), std::pair(", routing: distance-vector", 260s)}) {
        const trace::Recording recording = RoadMap{.router = routing, .attachment = "1 kB", .timeline = "  - { at: 20 s, stop: r2 }\n"}.run();
        EXPECT_EQ(nextHop(recording, recording.size(), "r1", "sur"), "r3") << routing;
        EXPECT_LT(recording.end(), kStart + 20s + most) << routing;
        const auto changes = eventsOf<RouteChanged>(recording);
        const NodeId r1 = nodeNamed(recording, "r1");
        const auto first = std::ranges::find_if(changes, [&](const auto& e) { return recording.event(e.first).node == r1 && recording.at(e.first) > kStart + 20s; });
        EXPECT_TRUE(comesFrom<trace::NodeChanged>(recording, first->first)) << routing;
    }
}

TEST(Routing, LossInOneDirectionEndsAnAdjacency) {
    const trace::Recording recording = RoadMap{.attachment = "1 kB", .timeline = "  - { at: 20 s, set: { link: b, forward: { loss: 100 % } } }\n"}.run();
    EXPECT_EQ(nextHop(recording, recording.size(), "r1", "sur"), "r3");
    EXPECT_EQ(nextHop(recording, recording.size(), "r5", "norte"), "r4");
    EXPECT_TRUE(comesFrom<trace::LinkConfigured>(recording, changeAt(recording, "r5", kStart + 20s)));
    EXPECT_LT(recording.end(), kStart + 6min);
}

TEST(Routing, ARestartedRouterComesBack) {
    const trace::Recording recording = RoadMap{.attachment = "1 kB", .timeline = "  - { at: 20 s, stop: r2 }\n  - { at: 25 s, start: r2 }\n  - { at: 100 s, cut: c }\n"}.run();
    EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart + 24s), "r2", "sur"), "");
    EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart + 99s), "r1", "sur"), "r2");
    EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart + 99s), "r2", "sur"), "r5");
    const auto lsas = eventsOf<trace::LsaChanged>(recording);
    EXPECT_TRUE(std::ranges::any_of(lsas, [](const auto& e) { return e.second.reason == trace::LsaReason::sequenceFound; })) << "its old LSA was still in the network";
}

TEST(Routing, WhatTheTimelineDoesAtTheBeginningBelongsToTheTables) {
    for (const char* what : {"cut: b", "stop: r2"}) {
        const trace::Recording recording = RoadMap{.timeline = fmt::format("  - {{ at: 0 s, {} }}\n", what)}.run();
        EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart), "r1", "sur"), "r3") << what;
        for (const auto& [id, change] : eventsOf<RouteChanged>(recording)) EXPECT_EQ(recording.at(id), kStart) << what;
        EXPECT_TRUE(delivered(recording));
    }
}

TEST(Routing, WaysOfEqualCostAreBothInTheTable) {
    const trace::Recording recording = simulate(scenarioOf(
        "mailtrek: 1\nnodes:\n  a: { kind: pc, user: a@x.example }\n  x: { kind: mail-server, domains: [x.example], mailboxes: { a: {} } }\n"
        "  r1: { kind: router }\n  r2: { kind: router }\n  r3: { kind: router }\n  r4: { kind: router }\n"
        "links:\n  - { between: [a, r1] }\n  - { between: [x, r4] }\n  - { between: [r1, r2] }\n  - { between: [r1, r3] }\n  - { between: [r2, r4] }\n  - { between: [r3, r4] }\n"
        "timeline:\n  - { at: 1 ms, send: { from: a@x.example, to: [a@x.example], text: hi, repeat: { times: 12, every: 3 s } } }\n  - { at: 60 s, cut: r1-r2 }\n"));
    const trace::View before = trace::ViewIndex(recording).at(recording.cursorAt(kStart + 59s));
    const NodeId r1 = nodeNamed(recording, "r1");
    EXPECT_GE(before.nodes[r1.index()]->alternatives.size(), 2u) << "towards x, and towards r4";
    const trace::View after = trace::ViewIndex(recording).at(recording.size());
    EXPECT_TRUE(after.nodes[r1.index()]->alternatives.empty());
    // Every flow keeps to one way; several flows use both.
    std::map<std::uint16_t, std::set<std::uint32_t>> waysByPort;
    std::set<std::uint32_t> ways;
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording)) {
        const wire::TcpHeader* tcp = recording.store().packet(sent.packet).packet.tcp();
        if (tcp == nullptr || recording.event(id).node != r1 || tcp->destinationPort != 587) continue;
        waysByPort[tcp->sourcePort].insert(sent.via.value);
        ways.insert(sent.via.value);
    }
    EXPECT_EQ(waysByPort.size(), 12u);
    for (const auto& [port, used] : waysByPort) EXPECT_EQ(used.size(), 1u) << port;
    EXPECT_EQ(ways.size(), 2u);
}

TEST(Routing, RoutesByHandWinLoopsIncluded) {
    const trace::Recording loop =
        RoadMap{.r2 = ", routes: [ { to: sur, via: r1 } ]", .attachment = "1 kB", .timeline = "  - { at: 10 min, set: { node: r2, routes: [] } }\n"}.run();
    EXPECT_GT(std::ranges::count_if(eventsOf<trace::PacketDropped>(loop), [](const auto& e) { return e.second.reason == trace::DropReason::ttlExpired; }), 0);
    EXPECT_EQ(nextHop(loop, loop.cursorAt(kStart + 9min), "r2", "sur"), "r1");
    EXPECT_EQ(nextHop(loop, loop.size(), "r2", "sur"), "r5") << "what is learnt comes back at once";
    EXPECT_TRUE(delivered(loop)) << "repaired, it arrives";
    const auto stored = eventsOf<trace::MailStored>(loop);
    EXPECT_GT(loop.at(stored.front().first), kStart + 29min);

    const trace::Recording hole = RoadMap{.router = ", routing: static", .r2 = "", .attachment = "1 kB"}.run();
    EXPECT_FALSE(delivered(hole)) << "nobody has told r1 of sur";
    EXPECT_GT(std::ranges::count_if(eventsOf<trace::PacketDropped>(hole), [](const auto& e) { return e.second.reason == trace::DropReason::noRoute; }), 0);
}

TEST(Routing, CountingToInfinityShowsOnlyWithoutSplitHorizon) {
    // c is cut at the beginning, so that r1 - r2 - r5 is a chain, and r5 loses its link to r2.
    const auto highest = [](const std::string& rip) {
        const trace::Recording recording =
            RoadMap{.router = ", routing: distance-vector" + rip, .attachment = "1 kB", .timeline = "  - { at: 0 s, cut: c }\n  - { at: 20 s, cut: b }\n"}.run();
        std::uint32_t cost = 0;
        for (const auto& [id, change] : eventsOf<RouteChanged>(recording))
            if (recording.at(id) > kStart) cost = std::max(cost, change.cost);
        EXPECT_EQ(nextHop(recording, recording.size(), "r1", "sur"), "") << rip;
        return cost;
    };
    EXPECT_GE(highest(", rip: { split-horizon: off, triggered-updates: false }"), 12u);
    EXPECT_EQ(highest(""), 0u);
    EXPECT_EQ(highest(", rip: { split-horizon: simple }"), 0u);
}

TEST(Routing, AnHourOfWaitingIsPassedOver) {
    const std::string late = "  - { at: 5 h, send: { id: otra, from: ana@norte.example, to: [luis@sur.example], text: hola } }\n";
    for (const char* routing : {"", ", routing: distance-vector"}) {
        const trace::Recording recording = RoadMap{.router = routing, .attachment = "1 kB", .timeline = late}.run();
        EXPECT_EQ(routingPackets(recording, kStart + 1min, kStart + 5h - 1s), 0u) << routing;
        EXPECT_LT(recording.size(), 3000u) << routing;
        EXPECT_EQ(eventsOf<trace::MailStored>(recording).size(), 2u);
    }
    // What happens after the wait finds routers that know each other and the time.
    const trace::Recording cutLater = RoadMap{.attachment = "1 kB", .timeline = "  - { at: 5 h, cut: b }\n"}.run();
    EXPECT_EQ(nextHop(cutLater, cutLater.size(), "r1", "sur"), "r3");
    const trace::EventId change = changeAt(cutLater, "r1", kStart + 5h);
    EXPECT_LT(cutLater.at(change), kStart + 5h + 1s);
    for (const auto& [id, lsa] : eventsOf<trace::LsaChanged>(cutLater))
        EXPECT_TRUE(cutLater.at(id) == kStart || lsa.sequence >= 0x80000001u + 10) << "refreshed every half hour meanwhile";
}

TEST(Routing, AStubThatIsCutWhileRoutersRestIsToldToAll) {
    // r3 speaks no protocol, so nobody is heard on that link; its prefix is announced all the same.
    const trace::Recording recording = simulate(
        scenarioOf("mailtrek: 1\nnodes:\n  a: { kind: pc, user: a@x.example }\n  x: { kind: mail-server, domains: [x.example], mailboxes: { a: {} } }\n  sw: { kind: switch }\n"
                   "  r1: { kind: router }\n  r2: { kind: router }\n  r3: { kind: router, routing: static }\n"
                   "links:\n  - { between: [a, r1] }\n  - { between: [x, r1] }\n  - { between: [r1, r2] }\n  - { name: edge, between: [r2, r3] }\n"
                   "  - { between: [sw, r3] }\n"
                   "timeline:\n  - { at: 1 ms, send: { from: a@x.example, to: [a@x.example], text: hi } }\n  - { at: 2 h, cut: edge }\n"));
    const NodeId r1 = nodeNamed(recording, "r1");
    EXPECT_TRUE(std::ranges::any_of(eventsOf<RouteChanged>(recording), [&](const auto& e) {
        return recording.event(e.first).node == r1 && recording.at(e.first) > kStart + 2h && recording.at(e.first) < kStart + 2h + 1s && !e.second.nextHop.valid();
    })) << "r1 forgets the segment between r2 and r3";
}

TEST(Routing, HellosTravelWhileOthersDo) {
    const trace::Recording recording = RoadMap{.attachment = "3 MB"}.run();
    EXPECT_GT(recording.end(), kStart + 10s);
    EXPECT_GE(routingPackets(recording, kStart, recording.end()), 10u) << "five links, both directions, every 10 s";
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording))
        EXPECT_TRUE(!trace::isRouting(recording.store().packet(sent.packet).packet) || trace::isRoutine(recording, id));
}

TEST(Routing, ALinkThatLosesMostHellosDoesNotKeepARunAlive) {
    const trace::Recording recording = RoadMap{.backbone = ", loss: 60 %", .attachment = "1 kB", .timeline = "  - { at: 3 h, restore: a }\n"}.run();
    EXPECT_LT(recording.end(), kStart + 3h + 10min);
    EXPECT_LT(recording.size(), 30'000u);
}

TEST(Routing, AChangeLaterLeavesWhatComesBeforeItAlone) {
    const auto run = [](const std::string& more) {
        return RoadMap{.attachment = "300 kB", .timeline = "  - { at: 1 s, stop: r2 }\n" + more + "  - { at: 2 h, start: r2 }\n"}.run();
    };
    const trace::Recording plain = run(""), changed = run("  - { at: 1 h, cut: d }\n");
    const std::uint64_t before = plain.cursorAt(kStart + 1h - 1ns);
    ASSERT_EQ(changed.cursorAt(kStart + 1h - 1ns), before);
    for (std::uint64_t i = 0; i < before; ++i) {
        ASSERT_EQ(plain.event({i}).at, changed.event({i}).at) << i;
        ASSERT_EQ(plain.event({i}).payload.index(), changed.event({i}).payload.index()) << i;
    }
}

TEST(Routing, NeighboursOverASwitchFindEachOther) {
    const trace::Recording recording = simulate(
        scenarioOf("mailtrek: 1\nnodes:\n  a: { kind: pc, user: a@x.example }\n  x: { kind: mail-server, domains: [x.example], mailboxes: { a: {} } }\n  sw: { kind: switch }\n"
                   "  r1: { kind: router }\n  r2: { kind: router }\n  r3: { kind: router }\n"
                   "links:\n  - { between: [a, r1] }\n  - { between: [x, r3] }\n  - { between: [r1, sw] }\n  - { name: far, between: [r2, sw] }\n  - { between: [r3, sw] }\n  - { "
                   "between: [r1, r2] }\n"
                   "timeline:\n  - { at: 1 ms, send: { from: a@x.example, to: [a@x.example], text: hi } }\n  - { at: 100 s, stop: sw }\n  - { at: 200 s, start: sw }\n  - { at: "
                   "300 s, cut: far }\n"));
    EXPECT_EQ(stored(recording, "a@x.example"), 1u);
    EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart + 99s), "r2", "x"), "r3");
    EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart + 199s), "r1", "x"), "") << "no carrier is lost: silence tells, after 40 s";
    EXPECT_EQ(nextHop(recording, recording.cursorAt(kStart + 299s), "r1", "x"), "r3");
    EXPECT_EQ(nextHop(recording, recording.size(), "r2", "x"), "r1");
}

TEST(Routing, UpdatesAndChangesAreCounted) {
    const trace::Recording recording = RoadMap{.attachment = "1 kB", .timeline = "  - { at: 20 s, cut: b }\n"}.run();
    const auto metrics = countMetrics(recording);
    std::int64_t updates = 0, changes = 0;
    updates = std::ssize(eventsOf<trace::RoutingUpdateSent>(recording));
    for (const auto& [id, change] : eventsOf<RouteChanged>(recording)) changes += recording.at(id) > kStart && change.alternative == 0;
    EXPECT_GE(updates, 8) << "two LSAs over four links";
    EXPECT_GT(changes, 0);
    EXPECT_EQ(metrics.value(Metric::routingUpdates), updates);
    EXPECT_EQ(metrics.value(Metric::routingChanges), changes);
}

}  // namespace
}  // namespace mailtrek::run::test
