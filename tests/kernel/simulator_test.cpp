// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/kernel/simulator.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/kernel/dice.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/units.h"

namespace mailtrek {
namespace {

using namespace std::chrono_literals;

class Diary : public Component {
public:
    Diary(std::string name, std::vector<std::string>& log) : m_name(std::move(name)), m_log(log) {}
    void onWake(std::uint64_t what, Instant) override { m_log.push_back(m_name + std::to_string(what)); }

private:
    std::string m_name;
    std::vector<std::string>& m_log;
};

TEST(Simulator, OrdersByTimeThenComponentThenItsOwnCounter) {
    std::vector<std::string> log;
    Simulator simulator;
    Diary a("a", log), b("b", log);
    const ComponentId idA = simulator.add(&a), idB = simulator.add(&b);
    simulator.schedule(kStart + 2ms, idB, 1);
    simulator.schedule(kStart + 2ms, idA, 9);
    simulator.schedule(kStart + 2ms, idA, 3);
    simulator.schedule(kStart + 1ms, idB, 7);
    EXPECT_TRUE(simulator.run(kStart + 1s, 100));
    EXPECT_EQ(log, (std::vector<std::string>{"b7", "a9", "a3", "b1"}));
    EXPECT_EQ(simulator.now(), kStart + 2ms);
}

TEST(Simulator, StopsAtItsBudgetAndGoesOn) {
    std::vector<std::string> log;
    Simulator simulator;
    Diary a("a", log);
    const ComponentId id = simulator.add(&a);
    for (std::uint64_t i = 0; i < 10; ++i) simulator.schedule(kStart + Duration{i}, id, i);
    EXPECT_FALSE(simulator.run(kNever, 4));
    EXPECT_EQ(log.size(), 4u);
    EXPECT_TRUE(simulator.run(kNever, 100));
    EXPECT_EQ(log.size(), 10u);
}

TEST(Simulator, SortsManyWakeUps) {
    struct Watch : Component {
        Instant last = kStart;
        bool ordered = true;
        void onWake(std::uint64_t, Instant now) override {
            ordered = ordered && now >= last;
            last = now;
        }
    } watch;
    Simulator simulator;
    const ComponentId id = simulator.add(&watch);
    for (std::uint64_t i = 0; i < 10'000; ++i) simulator.schedule(kStart + Duration{static_cast<std::int64_t>(mix(i) % 1'000'000)}, id, 0);
    EXPECT_TRUE(simulator.run(kNever, 1'000'000));
    EXPECT_TRUE(watch.ordered);
    EXPECT_EQ(simulator.dispatched(), 10'000u);
}

TEST(Dice, ShareIsKeptAndDrawsAreIndependentOfOrder) {
    int hits = 0;
    for (std::uint64_t i = 0; i < 100'000; ++i) hits += happens(draw(7, Purpose::loss, i), Share::percent(5)) ? 1 : 0;
    EXPECT_NEAR(hits, 5'000, 300);  // four standard deviations are 276
    EXPECT_FALSE(happens(~std::uint64_t{0}, Share{0}));
    EXPECT_FALSE(happens(0, Share{0}));
    EXPECT_TRUE(happens(~std::uint64_t{0}, Share::percent(100)));
    EXPECT_NE(draw(7, Purpose::loss, 1, 2), draw(7, Purpose::loss, 2, 1));
}

TEST(Units, TransmissionTimeIsExactAndRoundsUp) {
    EXPECT_EQ(BitRate::megabits(100).timeFor(Bytes{1500}), 120us);
    EXPECT_EQ(BitRate{3}.timeFor(Bytes{1}), Duration{2'666'666'667});
    EXPECT_EQ(BitRate::gigabits(400).timeFor(Bytes{std::uint64_t{1} << 40}).count(), 21'990'232'556);
}

TEST(Slice, SharesTheBlockAndComparesByContent) {
    const Slice whole = Slice::copyOf("hello world");
    const Slice world = whole.from(6);
    EXPECT_EQ(world.text(), "world");
    EXPECT_EQ(world.data(), whole.data() + 6);
    EXPECT_EQ(world, Slice::copyOf("world"));
    EXPECT_TRUE(Slice().empty());
    EXPECT_EQ(Slice::filled(3, 'x').text(), "xxx");
}

}  // namespace
}  // namespace mailtrek
