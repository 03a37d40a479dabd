// SPDX-License-Identifier: GPL-3.0-or-later
// Guard 2: folding the first n events gives the state that the simulator itself reports there; and a view is a function of (recording, cursor), whatever was looked at
// before. A wake-up of the kernel may report several events: the two are compared after each wake-up.
#include <gtest/gtest.h>

#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using trace::View;

// What the simulator knows and trace::difference leaves out.
std::string timeoutsDiffer(const View& folded, const View& live) {
    for (std::size_t i = 0; i < std::min(folded.connections.size(), live.connections.size()); ++i) {
        if (!folded.connections[i] || !live.connections[i]) continue;
        for (std::size_t side : {0u, 1u}) {
            const trace::TcpSideView &f = folded.connections[i]->sides[side], &l = live.connections[i]->sides[side];
            if (l.state != trace::TcpState::closed && f.timeouts != l.timeouts)
                return fmt::format("connection {} side {}: {} timeouts against {}", i, side, f.timeouts, l.timeouts);
        }
    }
    return {};
}

// The folded view beside a running simulation.
class Beside {
public:
    explicit Beside(const scenario::Scenario& scenario) : m_simulation(scenario), m_folded(trace::initialView(m_simulation.recording())) {}

    bool step(std::uint64_t wakeUps) { return m_simulation.advance(wakeUps); }
    // The first difference in words, or nothing.
    std::string compare() {
        const trace::Recording& recording = m_simulation.recording();
        while (m_folded.events < recording.size()) {
            const trace::EventId id{m_folded.events};
            trace::apply(m_folded, id, recording.event(id), recording);
        }
        const View live = m_simulation.snapshot();
        std::string found = trace::difference(m_folded, live, recording).value_or(timeoutsDiffer(m_folded, live));
        if (!found.empty()) found = fmt::format("after {} events, at {} s: {}", recording.size(), toSeconds(m_simulation.now()), found);
        return found;
    }

private:
    Simulation m_simulation;
    View m_folded;
};

// `stride`: wake-ups between two comparisons.
std::string firstDifference(const scenario::Scenario& scenario, std::uint64_t stride) {
    Beside beside(scenario);
    std::string found = beside.compare();
    for (bool over = false; !over && found.empty();) {
        over = beside.step(stride);
        found = beside.compare();
    }
    return found;
}

TEST(Fold, OfTheFirstEventsIsTheWorldThere) {
    for (std::uint64_t seed = 0; seed < sweep(100); ++seed) ASSERT_EQ(firstDifference(randomScenario(seed), 1), "") << "seed " << seed;
}

TEST(Fold, OfManyMoreRunsIsTheWorldNowAndThen) {
    for (std::uint64_t seed = 10'000; seed < 10'000 + sweep(200); ++seed) ASSERT_EQ(firstDifference(randomScenario(seed), 1 + seed % 97), "") << "seed " << seed;
}

class FoldOfFile : public testing::TestWithParam<const char*> {};

TEST_P(FoldOfFile, IsTheWorldAtEveryWakeUp) { EXPECT_EQ(firstDifference(scenarioFile(GetParam()), 1), ""); }

INSTANTIATE_TEST_SUITE_P(Scenarios, FoldOfFile, testing::Values("01_primera_carta.yaml", "02_mismo_servidor.yaml", "04_enlace_con_perdidas.yaml", "09_luis_sin_red.yaml"),
                         [](const auto& one) { return fileTitle(one.param); });

// A copy of the view at every cursor, folded straight through. What did not change is shared, so this is cheap.
std::vector<View> viewsOf(const trace::Recording& recording) {
    std::vector<View> views{trace::initialView(recording)};
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        views.push_back(views.back());
        trace::apply(views.back(), {i}, recording.event({i}), recording);
    }
    return views;
}

// The same in every respect, letters and times too.
std::string differ(const View& a, const View& b, const trace::Recording& recording) {
    if (a.now != b.now) return "they stand at different times";
    if (a.mails.size() != b.mails.size()) return "they know different numbers of letters";
    return trace::difference(a, b, recording).value_or(timeoutsDiffer(a, b));
}

TEST(Fold, StepsForwardAndBackThroughTheSameViews) {
    const trace::Recording recording = simulate(scenarioFile("01_primera_carta.yaml"));
    const std::vector<View> views = viewsOf(recording);
    trace::ViewIndex index(recording);
    for (std::uint64_t cursor = 0; cursor <= recording.size(); ++cursor) ASSERT_EQ(differ(index.at(cursor), views[cursor], recording), "") << "forward to " << cursor;
    for (std::uint64_t cursor = recording.size() + 1; cursor-- > 0;) ASSERT_EQ(differ(index.at(cursor), views[cursor], recording), "") << "back to " << cursor;
}

TEST(Fold, JumpsToTheSameViews) {
    for (std::uint64_t seed = 0; seed < sweep(40); ++seed) {
        const trace::Recording recording = simulate(randomScenario(seed));
        const std::vector<View> views = viewsOf(recording);
        trace::ViewIndex index(recording);
        for (std::uint64_t jump = 0; jump < 60; ++jump) {
            const std::uint64_t cursor = below(draw(seed, Purpose::messageId, jump), recording.size() + 1);
            ASSERT_EQ(differ(index.at(cursor), views[cursor], recording), "") << "seed " << seed << ", cursor " << cursor;
            if (cursor > 0) { ASSERT_EQ(differ(index.at(cursor - 1), views[cursor - 1], recording), "") << "seed " << seed << ", back from " << cursor; }
        }
    }
}

TEST(Fold, GrowsWithTheRecording) {
    const scenario::Scenario scenario = scenarioFile("04_enlace_con_perdidas.yaml");
    Simulation simulation(scenario);
    trace::ViewIndex index(simulation.recording());
    for (bool over = false; !over;) {
        over = simulation.advance(500);
        const trace::Recording& recording = simulation.recording();
        View straight = trace::initialView(recording);
        for (std::uint64_t i = 0; i < recording.size(); ++i) trace::apply(straight, {i}, recording.event({i}), recording);
        ASSERT_EQ(differ(index.at(recording.size()), straight, recording), "") << recording.size() << " events";
        index.at(recording.size() / 3);
    }
}

}  // namespace
}  // namespace mailtrek::run::test
