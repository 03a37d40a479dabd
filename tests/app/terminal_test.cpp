// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and the progress bar: only on a terminal, and the bar only for what takes longer than a second.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kEscape = "\033";

Ran onTerminal(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {"TERM=xterm"}, bool heldUp = false) {
    return launch({.program = MAILTREK_CLI, .arguments = arguments, .environment = environment, .folder = {}, .outPath = {}, .terminal = true, .heldUp = heldUp});
}

TEST(Terminal, TheWordsErrorAndWarningAreColoured) {
    const TemporaryFolder folder;
    const std::string wrong = folder.write("x.yaml", replaced(smallScenario(), "delay: 10 ms", "dealy: 10 ms"));
    EXPECT_THAT(onTerminal({"run", wrong}).err, HasSubstr("\033[1;31merror:\033[0m unknown key 'dealy'"));
    const std::string odd = folder.write("y.yaml", replaced(smallScenario(), "to: [luis@sur.example]", "to: [nobody@sur.example]"));
    const Ran warned = onTerminal({"run", odd});
    EXPECT_THAT(warned.err, HasSubstr("\033[1;35mwarning:\033[0m"));
    EXPECT_THAT(warned.out, Not(HasSubstr(kEscape))) << "standard output is none";
    for (const std::vector<std::string>& environment : {std::vector<std::string>{"TERM=xterm", "NO_COLOR=1"}, {"TERM=dumb"}, {}})
        EXPECT_THAT(onTerminal({"run", wrong}, environment).err, Not(HasSubstr(kEscape)));
    EXPECT_THAT(onTerminal({"run", wrong}, {"TERM=xterm", "NO_COLOR="}).err, HasSubstr(kEscape)) << "empty counts as absent";
    EXPECT_THAT(mailtrekCli({"run", wrong}, {"TERM=xterm"}).err, Not(HasSubstr(kEscape)));
}

// A good half second of work.
std::string work(const TemporaryFolder& folder) { return folder.write("long.yaml", smallScenario("", "text: Hola, attach: [ { name: a.zip, size: 16 MB } ]")); }

TEST(Terminal, ABarShowsHowFarItIs) {
    const TemporaryFolder folder;
    const std::string file = work(folder);
    const std::vector<std::string> arguments = {"run", file, "--format", "json"};
    const Ran ran = onTerminal(arguments, {"TERM=xterm"}, true);
    EXPECT_EQ(ran.exitCode, 0);
    EXPECT_GT(ran.cpuSeconds, 0.2) << "too little work: it may have been over before it was held up";
    EXPECT_THAT(ran.err, StartsWith("\r\033[K"));
    EXPECT_THAT(ran.err, HasSubstr("simulating ["));
    EXPECT_THAT(ran.err, HasSubstr(file + ": "));
    EXPECT_TRUE(ran.err.ends_with("\r\033[K")) << "it is taken away";
    EXPECT_THAT(ran.out, StartsWith("{"));
    EXPECT_THAT(onTerminal(arguments, {"TERM=xterm", "LANG=es_ES.UTF-8"}, true).err, HasSubstr("simulando ["));
}

TEST(Terminal, NoBarForWhatIsShortOrElsewhere) {
    EXPECT_EQ(onTerminal({"run", scenarioPath("01_primera_carta.yaml")}).err, "");
    const TemporaryFolder folder;
    const Ran piped =
        launch({.program = MAILTREK_CLI, .arguments = {"run", work(folder), "--format", "json"}, .environment = {"TERM=xterm"}, .folder = {}, .outPath = {}, .heldUp = true});
    EXPECT_EQ(piped.exitCode, 0);
    EXPECT_EQ(piped.err, "");
    EXPECT_EQ(onTerminal({"run", work(folder), "--format", "json"}, {"TERM=dumb"}, true).err, "");
}

TEST(Terminal, AMessageTakesThePlaceOfTheBar) {
    const TemporaryFolder folder;
    const Ran ran = onTerminal({"run", work(folder), "--format", "json", "--max-events", "150000"}, {"TERM=xterm"}, true);
    EXPECT_EQ(ran.exitCode, 4);
    EXPECT_THAT(ran.err, HasSubstr("simulating ["));
    EXPECT_THAT(ran.err, HasSubstr("\r\033[Kmailtrek-cli: \033[1;31merror:\033[0m "));
}

}  // namespace
}  // namespace mailtrek::test
