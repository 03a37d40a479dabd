// SPDX-License-Identifier: GPL-3.0-or-later
// Random networks, random cuts, restores and crashes: when it is quiet again, every router has the table that somebody with perfect knowledge would give it. In between
// packets may circle or vanish, and only then.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/kernel/dice.h"
#include "tests/routing/wired.h"

namespace mailtrek::routing::test {
namespace {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : m_seed(seed) {}
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::messageId, m_drawn++), bound); }

private:
    std::uint64_t m_seed, m_drawn = 0;
};

std::vector<Wire> randomWires(Chance& chance, std::uint32_t routers, std::uint16_t mostCost) {
    std::vector<Wire> wires;
    const auto cost = [&] { return static_cast<std::uint16_t>(1 + chance.pick(mostCost)); };
    for (std::uint32_t i = 1; i < routers; ++i) {
        const auto other = static_cast<std::uint32_t>(chance.pick(i));
        wires.push_back({other, i, cost()});
    }
    for (std::uint64_t more = chance.pick(routers); more > 0; --more) {
        const auto a = static_cast<std::uint32_t>(chance.pick(routers)), b = static_cast<std::uint32_t>(chance.pick(routers));
        const std::uint16_t price = cost();
        if (a != b) wires.push_back({a, b, price});
    }
    return wires;
}

const net::Route* find(const std::vector<net::Route>& routes, wire::Ipv4Prefix prefix) {
    const auto found = std::ranges::find(routes, prefix, &net::Route::prefix);
    return found == routes.end() ? nullptr : &*found;
}

// The learnt routes of one router against the plan; of equal ways OSPF has all, and the plan's among them.
template <class Net>
void expectPlanned(const Net& net, std::size_t router, const net::RoutePlan& plan, std::uint32_t announcedCosts, std::uint32_t infinity) {
    std::size_t planned = 0;
    for (const net::Route& route : plan.routes[router])
        planned += route.source == trace::RouteSource::linkState && route.cost + (route.prefix.length == 32 ? announcedCosts : 0) < infinity;
    std::size_t learnt = 0;
    for (const LearntRoute& route : net.routers[router]->routes()) {
        const net::Route* wanted = find(plan.routes[router], route.prefix);
        ASSERT_NE(wanted, nullptr) << router;
        if (wanted->source == trace::RouteSource::connected) continue;  // it is told of its own segment, too
        ++learnt;
        EXPECT_EQ(route.cost, wanted->cost + (route.prefix.length == 32 ? announcedCosts : 0)) << router << " to " << wire::toString(route.prefix);
        const bool sameWay = std::ranges::any_of(route.hops, [&](const NextHop& hop) { return hop.gateway == wanted->gateway; });
        EXPECT_TRUE(sameWay || announcedCosts != 0) << router << ": of equal distances RIP keeps the first that it heard of";
    }
    EXPECT_EQ(learnt, planned) << "router " << router;
}

template <class Net>
void disturb(Net& net, Chance& chance) {
    const std::size_t w = chance.pick(net.wires.size()), i = chance.pick(net.routers.size());
    switch (chance.pick(4)) {
        case 0:
        case 1: net.wires[w].up ? net.cut(w) : net.restore(w); break;
        case 2:
            if (net.running[i])
                net.crash(i);
            else
                net.boot(i);
            break;
        default: break;
    }
}

std::uint64_t rounds(std::uint64_t usual) {
    const char* wanted = std::getenv("MAILTREK_SWEEP");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

TEST(Convergence, LinkStateComesToThePerfectTablesAfterAnyDisturbance) {
    for (std::uint64_t seed = 1; seed <= rounds(300); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        const auto routers = static_cast<std::uint32_t>(2 + chance.pick(9));
        WiredOspf net{routers, randomWires(chance, routers, 9)};
        const bool lossy = chance.pick(3) == 0;
        net.start();
        net.runFor(60s);
        if (lossy) net.loses = [&chance](std::size_t, int, const SendOspf&) { return chance.pick(100) < 15; };
        for (int step = 0; step < 6; ++step) {
            disturb(net, chance);
            net.runFor(Duration{static_cast<std::int64_t>(chance.pick(30'000'000'000ull))});
        }
        net.loses = {};
        net.runFor(150s);
        const net::RoutePlan plan = net::planRoutes(topologyOf(net.wires, net.running));
        for (std::size_t i = 0; i < routers; ++i) {
            if (!net.running[i]) continue;
            expectPlanned(net, i, plan, 0, ~0u);
            EXPECT_TRUE(net.routers[i]->settled(net.now)) << i;
        }
        if (HasFailure()) return;
    }
}

TEST(Convergence, DistanceVectorComesToThePerfectDistances) {
    for (std::uint64_t seed = 1; seed <= rounds(200); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        const auto routers = static_cast<std::uint32_t>(2 + chance.pick(7));
        WiredRip net{routers, randomWires(chance, routers, 2)};
        net.start();
        net.runFor(60s);
        for (int step = 0; step < 5; ++step) {
            disturb(net, chance);
            net.runFor(Duration{static_cast<std::int64_t>(chance.pick(60'000'000'000ull))});
        }
        net.runFor(900s);
        const net::RoutePlan plan = net::planRoutes(topologyOf(net.wires, net.running));
        for (std::size_t i = 0; i < routers; ++i)
            if (net.running[i]) expectPlanned(net, i, plan, 1, kInfinity);
        if (HasFailure()) return;
    }
}

TEST(Convergence, PacketsCircleOrVanishOnlyWhileTablesDisagree) {
    int circled = 0, vanished = 0;
    for (std::uint64_t seed = 1; seed <= rounds(60); ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        // A ring, so that one cut leaves another way.
        const auto routers = static_cast<std::uint32_t>(4 + chance.pick(5));
        std::vector<Wire> wires;
        for (std::uint32_t i = 0; i < routers; ++i) wires.push_back({i, (i + 1) % routers, static_cast<std::uint16_t>(1 + chance.pick(4))});
        WiredOspf net{routers, wires};
        net.start();
        net.runFor(60s);
        const auto fates = [&net, routers] {
            std::set<std::string> all;
            for (std::uint32_t a = 0; a < routers; ++a)
                for (std::uint32_t b = 0; b < routers; ++b) all.insert(net.follow(a, b));
            return all;
        };
        EXPECT_FALSE(fates().contains("loop") || fates().contains("lost"));
        Instant lastTrouble = net.now;
        const Instant cutAt = net.now;
        net.afterStep = [&] {
            const std::set<std::string> all = fates();
            circled += all.contains("loop");
            vanished += all.contains("lost");
            if (all.contains("loop") || all.contains("lost")) lastTrouble = net.now;
        };
        net.cut(chance.pick(routers));
        net.runFor(30s);
        EXPECT_FALSE(fates().contains("loop") || fates().contains("lost"));
        EXPECT_LT(lastTrouble, cutAt + 1s) << "flooding and the delay of the computation, no more";
    }
    EXPECT_GT(circled, 0);
    EXPECT_GT(vanished, 0);
}

}  // namespace
}  // namespace mailtrek::routing::test
