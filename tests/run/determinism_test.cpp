// SPDX-License-Identifier: GPL-3.0-or-later
// Guard 1: the same run gives the same trace, whoever asks, how often, in which slices, sink, place or language.
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <locale>

#include "sim/run/run_json.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using trace::Sink;

struct Print {  // of a run
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    std::uint64_t wakeUps = 0;
    Instant end;
    friend bool operator==(const Print&, const Print&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Print& p) { return out << hexHash(p.hash) << " " << p.events << " events, " << p.wakeUps << " wake-ups"; }
};

struct Counter final : trace::EventObserver {
    std::uint64_t events = 0;
    void onEvent(trace::EventId, const trace::Event&) override { ++events; }
};

// `budgets`: how far each slice goes, over and over.
Print printOf(const scenario::Scenario& scenario, Sink sink = Sink::hash, const std::vector<std::uint64_t>& budgets = {1'000'000}) {
    Counter counter;
    Simulation simulation(scenario, {.sink = sink, .observer = &counter});
    for (std::size_t i = 0; !simulation.advance(budgets[i % budgets.size()]);) ++i;
    return {simulation.traceHash(), counter.events, simulation.wakeUps(), simulation.now()};
}

TEST(Determinism, OneScenarioTwiceGivesOneTrace) {
    for (std::uint64_t seed = 0; seed < sweep(150); ++seed) {
        const scenario::Scenario scenario = randomScenario(seed);
        ASSERT_EQ(printOf(scenario), printOf(randomScenario(seed))) << "seed " << seed;
    }
}

TEST(Determinism, AnotherSeedGivesAnotherTrace) {
    scenario::Scenario scenario = scenarioFile("01_primera_carta.yaml");
    const Print first = printOf(scenario);
    ++scenario.seed;
    EXPECT_NE(printOf(scenario).hash, first.hash);
}

TEST(Determinism, EverySinkSeesTheSameRun) {
    for (std::uint64_t seed = 0; seed < sweep(150); ++seed) {
        const scenario::Scenario scenario = randomScenario(seed);
        const Print hashed = printOf(scenario, Sink::hash);
        ASSERT_EQ(printOf(scenario, Sink::record), hashed) << "seed " << seed;
        Print unseen = printOf(scenario, Sink::none);
        ASSERT_EQ(unseen.hash, 0u);
        unseen.hash = hashed.hash;
        ASSERT_EQ(unseen, hashed) << "seed " << seed;
    }
}

TEST(Determinism, SlicesOfAnySizeGiveTheSameTrace) {
    for (std::uint64_t seed = 0; seed < sweep(60); ++seed) {
        const scenario::Scenario scenario = randomScenario(seed);
        const Print whole = printOf(scenario);
        for (const std::vector<std::uint64_t>& budgets : {std::vector<std::uint64_t>{1}, {7}, {1, 100, 3}, {0, 1000}})
            ASSERT_EQ(printOf(scenario, Sink::hash, budgets), whole) << "seed " << seed;
    }
}

TEST(Determinism, LookingWhileItRunsChangesNothing) {
    for (std::uint64_t seed = 0; seed < sweep(30); ++seed) {
        const scenario::Scenario scenario = randomScenario(seed);
        const Print whole = printOf(scenario);
        Simulation simulation(scenario);
        while (!simulation.advance(50)) {
            simulation.snapshot();
            trace::ViewIndex(simulation.recording()).at(simulation.recording().size() / 2);
        }
        ASSERT_EQ(simulation.traceHash(), whole.hash) << "seed " << seed;
    }
}

class Environment {  // of the process, put back at the end
public:
    Environment(const char* locale, const char* zone) : m_before(std::setlocale(LC_ALL, nullptr)), m_global(std::locale()) {
        foreign = std::setlocale(LC_ALL, locale) != nullptr;
        if (foreign) std::locale::global(std::locale(locale));
        setenv("LC_ALL", locale, 1);
        setenv("TZ", zone, 1);
        tzset();
    }
    ~Environment() {
        std::locale::global(m_global);
        std::setlocale(LC_ALL, m_before.c_str());
        unsetenv("LC_ALL");
        unsetenv("TZ");
        tzset();
    }
    bool foreign = false;

private:
    std::string m_before;
    std::locale m_global;
};

// Where numbers are written 1.234,5. Which of them a machine knows varies; the first will do.
const char* foreignLocale() {
    for (const char* name : {"es_ES.UTF-8", "es_ES.utf8", "es_ES", "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
        const std::string before = std::setlocale(LC_ALL, nullptr);
        const bool there = std::setlocale(LC_ALL, name) != nullptr;
        std::setlocale(LC_ALL, before.c_str());
        if (there) return name;
    }
    return "C.UTF-8";
}

// Traces, and what `run --format json` writes.
std::vector<std::string> tracesHere() {
    std::vector<std::string> prints;
    for (const char* name : {"01_primera_carta.yaml", "04_enlace_con_perdidas.yaml"}) {
        Simulation simulation(scenarioFile(name));
        while (!simulation.advance(1'000'000)) {}
        prints.push_back(runJson(simulation.recording(), simulation.traceHash(), "es"));
    }
    for (std::uint64_t seed = 0; seed < 20; ++seed) prints.push_back(hexHash(printOf(randomScenario(seed)).hash));
    return prints;
}

TEST(Determinism, LocaleAndTimeZoneDoNotMatter) {
    const std::vector<std::string> here = tracesHere();
    for (const char* zone : {"Asia/Kathmandu", "America/St_Johns"}) {
        const Environment elsewhere(foreignLocale(), zone);
        EXPECT_EQ(tracesHere(), here) << zone;
    }
}

// Numbers with a decimal comma: made here when the machine has no such locale.
TEST(Determinism, ADecimalCommaDoesNotMatter) {
    struct Comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    const std::vector<std::string> here = tracesHere();
    const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
    const std::vector<std::string> there = tracesHere();
    std::locale::global(before);
    EXPECT_EQ(there, here);
}

TEST(Determinism, FileNameAndFolderDoNotMatter) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("otra carpeta ñ {}", getpid());
    std::filesystem::create_directories(folder);
    for (const char* name : {"01_primera_carta.yaml", "04_enlace_con_perdidas.yaml"}) {
        const std::filesystem::path copy = folder / fmt::format("copia de {}", name);
        std::filesystem::copy_file(scenarioFolder() / name, copy, std::filesystem::copy_options::overwrite_existing);
        EXPECT_EQ(printOf(valueOf(scenario::readFile(copy))), printOf(scenarioFile(name))) << name;
    }
    std::filesystem::remove_all(folder);
}

// Pinned, so that every build that runs this test is compared with every other: gcc and clang, debug and release. A change here is a change of what is simulated, and is
// meant: say why in the commit.
struct Pinned {
    const char* file;
    const char* hash;
};
class PinnedTrace : public testing::TestWithParam<Pinned> {};

TEST_P(PinnedTrace, IsWhatEveryBuildGives) { EXPECT_EQ(hexHash(printOf(scenarioFile(GetParam().file)).hash), GetParam().hash); }

INSTANTIATE_TEST_SUITE_P(Scenarios, PinnedTrace,
                         testing::Values(Pinned{"01_primera_carta.yaml", "f32835b0931554f4"}, Pinned{"02_mismo_servidor.yaml", "55dc3b1aa3f81057"},
                                         Pinned{"04_enlace_con_perdidas.yaml", "c294ce78f35de273"}, Pinned{"09_luis_sin_red.yaml", "b407c1d41a75271e"}),
                         [](const auto& one) { return fileTitle(one.param.file); });

// All that a hundred random scenarios do, in one number.
TEST(PinnedTraces, OfAHundredRandomScenarios) {
    std::uint64_t all = 0;
    for (std::uint64_t seed = 1000; seed < 1100; ++seed) all = combine(all, printOf(randomScenario(seed)).hash);
    EXPECT_EQ(hexHash(all), "bc6464682c7a145a");
}

}  // namespace
}  // namespace mailtrek::run::test
