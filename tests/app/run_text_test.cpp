// SPDX-License-Identifier: GPL-3.0-or-later
// run in text: the journey at five levels in two languages, a line per step with its time and place, indented as things nest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kLevels = {"story", "mail", "dialogue", "tcp", "ip"};

struct Step {
    std::string time, place;
    std::size_t indent = 0;
    std::string text;
    bool fold() const { return text.starts_with("... "); }
};

// Columns are characters, of which some have two octets.
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<Step> parse(const std::string& file, const std::string& level, const std::string& language) {
    const Ran ran = mailtrekCli({"run", file, "--level", level, "--lang", language});
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    EXPECT_THAT(ran.out, Not(HasSubstr("\033"))) << "no terminal, no colours";
    static const std::regex kEmptyPlace("\\{[a-z]+\\}");
    EXPECT_FALSE(std::regex_search(ran.out, kEmptyPlace)) << "a place that nothing was put in";
    static const std::regex kLine(" *((?:\\+\\d+ d )?\\d\\d:\\d\\d:\\d\\d[.,]\\d\\d\\d)  (\\S(?:.*?\\S)?)?  +(\\S.*)");
    std::vector<Step> steps;
    for (const std::string& line : linesOf(ran.out)) {
        std::smatch parts;
        EXPECT_TRUE(std::regex_match(line, parts, kLine)) << line;
        steps.push_back({parts[1], parts[2], characters(line) - characters(parts[3]), parts[3]});
    }
    std::size_t margin = ~std::size_t{0};  // where the texts of the story stand
    for (const Step& step : steps) margin = std::min(margin, step.indent);
    for (Step& step : steps) step.indent -= margin;
    return steps;
}

// The same journey serves several tests.
const std::vector<Step>& tell(const std::string& file, const std::string& level, const std::string& language) {
    static std::map<std::string, std::vector<Step>> told;
    const auto [place, fresh] = told.try_emplace(file + " " + level + " " + language);
    if (fresh) place->second = parse(file, level, language);
    return place->second;
}

TEST(RunText, EveryLineHasItsTimeItsPlaceAndItsDepth) {
    for (const std::string& name : scenarioNames()) {
        for (const std::string language : {"en", "es"}) {
            std::size_t before = 0;
            for (std::size_t level = 0; level < kLevels.size(); ++level) {
                const auto& steps = tell(scenarioPath(name), kLevels[level], language);
                std::size_t told = 0;
                std::string last;
                for (const Step& step : steps) {
                    EXPECT_LE(last, step.time) << step.text;
                    last = step.time;
                    EXPECT_EQ(step.place.empty(), step.fold()) << step.text;
                    EXPECT_EQ(step.indent % 2, 0u) << step.text;
                    EXPECT_LE(step.indent, 2 * (level + (step.fold() ? 1 : 0))) << step.text;
                    EXPECT_LE(characters(step.text), 130u) << step.text;
                    told += step.fold() ? 0 : 1;
                }
                EXPECT_GT(told, before) << name << " " << kLevels[level] << ": a deeper level tells more";
                before = told;
            }
        }
    }
}

// "A level only filters": what a level tells, the next one tells too, at the same time and place.
TEST(RunText, ADeeperLevelLeavesNothingOut) {
    for (const std::string& name : scenarioNames()) {
        std::multiset<std::pair<std::string, std::string>> deeper;
        for (std::size_t level = kLevels.size(); level-- > 0;) {
            std::multiset<std::pair<std::string, std::string>> here;
            for (const Step& step : tell(scenarioPath(name), kLevels[level], "en"))
                if (!step.fold()) here.emplace(step.time, step.place);
            EXPECT_TRUE(level + 1 == kLevels.size() || std::ranges::includes(deeper, here)) << name << " " << kLevels[level];
            deeper = here;
        }
    }
}

TEST(RunText, BothLanguagesTellTheSameSteps) {
    for (const std::string& name : scenarioNames()) {
        for (const std::string& level : kLevels) {
            const auto &en = tell(scenarioPath(name), level, "en"), &es = tell(scenarioPath(name), level, "es");
            ASSERT_EQ(en.size(), es.size()) << name << " " << level;
            for (std::size_t i = 0; i < en.size(); ++i) {
                EXPECT_EQ(en[i].indent, es[i].indent);
                EXPECT_EQ(en[i].fold(), es[i].fold());
                EXPECT_EQ(std::regex_replace(en[i].time, std::regex("\\."), ","), es[i].time) << "the decimal comma of Spanish";
                if (!en[i].fold()) { EXPECT_NE(en[i].text, es[i].text) << "not translated"; }
            }
        }
    }
}

std::string lastStep(const std::string& name, const std::string& language) {
    const auto& steps = tell(scenarioPath(name), "story", language);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        if (!step->fold()) return step->place + ": " + step->text;
    return {};
}

// The sentences of the classroom page.
TEST(RunText, TheStoryEndsWhereTheLetterDoes) {
    EXPECT_EQ(lastStep("04_enlace_con_perdidas.yaml", "en"), "sur: Sur accepts it and keeps it in Luis's mailbox.");
    EXPECT_EQ(lastStep("04_enlace_con_perdidas.yaml", "es"), "sur: Sur lo acepta y lo guarda en el buzón de Luis.");
    EXPECT_THAT(lastStep("01_primera_carta.yaml", "en"), testing::StartsWith("Luis's PC: Luis reads the message"));
    EXPECT_THAT(lastStep("01_primera_carta.yaml", "es"), testing::StartsWith("PC de Luis: Luis lee el mensaje"));
    EXPECT_THAT(lastStep("02_mismo_servidor.yaml", "es"), testing::StartsWith("Móvil de Pepe: Pepe lee el mensaje"));
    EXPECT_THAT(lastStep("09_luis_sin_red.yaml", "en"), testing::StartsWith("Luis's PC: Luis reads the message"));
}

TEST(RunText, ThreeLossesAreToldAndRepaired) {
    std::size_t lost = 0, again = 0;
    for (const Step& step : tell(scenarioPath("04_enlace_con_perdidas.yaml"), "tcp", "en")) {
        lost += step.text.starts_with("As the scenario demands, segment ") && step.text.ends_with(" is lost on the link R2-R5; the rest go on.") ? 1 : 0;
        again += step.text.find("norte resends segment") != std::string::npos || step.text.starts_with("Norte resends segment") ? 1 : 0;
    }
    EXPECT_EQ(lost, 3u);
    EXPECT_EQ(again, 3u);
}

// Waits of days: the clock says on which day, and the story ends with the notice.
TEST(RunText, ALetterThatNeverArrives) {
    const TemporaryFolder folder;
    const auto& steps = tell(folder.write("x.yaml", replaced(smallScenario(), "delay: 10 ms", "loss: 100 %")), "story", "en");
    ASSERT_GT(steps.size(), 3u);
    EXPECT_THAT(steps.back().time, testing::StartsWith("+5 d 10:00:30"));
    EXPECT_EQ(steps.front().time, "10:00:00.000");
    std::string last;
    for (const Step& step : steps)
        if (!step.fold()) last = step.text;
    EXPECT_EQ(last, "Norte accepts it and keeps it in Ana's mailbox.") << "the notice";
}

TEST(RunText, AClosedPipeIsNoCrash) {
    const std::string command = "'" + std::string(MAILTREK_CLI) + "' run '" + scenarioPath("04_enlace_con_perdidas.yaml") + "' --level ip 2>&1 >/dev/full; echo $?";
    EXPECT_THAT(outputOf(command), HasSubstr("error: standard output cannot be written"));
    EXPECT_THAT(outputOf(command), EndsWith("\n3\n"));
    EXPECT_EQ(linesOf(outputOf("'" + std::string(MAILTREK_CLI) + "' run '" + scenarioPath("04_enlace_con_perdidas.yaml") + "' --level ip 2>/dev/null | head -1")).size(), 1u);
}

}  // namespace
}  // namespace mailtrek::test
