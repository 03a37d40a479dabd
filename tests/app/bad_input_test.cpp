// SPDX-License-Identifier: GPL-3.0-or-later
// What is no scenario, or a wrong one, through the program itself: exit code, place and reason on standard error, nothing on standard output, and soon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

// Every command that takes a file refuses it alike. `place`: ":line:column", or empty when there is none.
void expectRefusal(const std::string& path, int exitCode, const std::string& place, const std::string& message) {
    const TemporaryFolder out;
    for (const std::vector<std::string>& command : {std::vector<std::string>{"run", path}, {"check", path}, {"export", path, "--to", out.path("out.csv")}}) {
        const Ran ran = mailtrekCli(command);
        EXPECT_EQ(ran.exitCode, exitCode) << command[0] << " " << message;
        EXPECT_EQ(ran.out, "") << command[0] << " " << message;
        EXPECT_THAT(ran.err, HasSubstr(path + place + ": error: ")) << command[0];
        EXPECT_THAT(ran.err, HasSubstr(message)) << command[0];
        EXPECT_LT(ran.cpuSeconds, 5) << message;
        EXPECT_LT(ran.peakKilobytes, 500'000) << message;
    }
    EXPECT_TRUE(out.names().empty()) << "nothing is written";
}

TEST(BadInput, WhatCannotBeRead) {
    const TemporaryFolder folder;
    expectRefusal(folder.path("missing.yaml"), 3, "", "there is no such file");
    const Ran ran = mailtrekCli({"run", folder.path()});
    EXPECT_EQ(ran.exitCode, 3);
    EXPECT_EQ(ran.err, folder.path() + ": error: this is a folder, not a scenario file\n");
    expectRefusal("/dev/zero", 3, "", "this is no ordinary file");
    if (geteuid() == 0) return;  // root may read everything
    const std::string secret = folder.write("secret.yaml", smallScenario());
    std::filesystem::permissions(secret, std::filesystem::perms::none);
    expectRefusal(secret, 3, "", "cannot be opened");
}

TEST(BadInput, WhatIsNoScenario) {
    const TemporaryFolder folder;
    expectRefusal(folder.write("empty.yaml", ""), 2, ":1:1", "the file is empty");
    expectRefusal(MAILTREK_CLI, 2, ":1:1", "control character U+007F");
    expectRefusal(folder.write("letter.txt", "Dear Luis,\n\nhow are you?\n"), 2, ":1:1", "");
    expectRefusal(folder.write("list.yaml", "- a\n- b\n"), 2, ":1:1", "");
    expectRefusal(folder.write("torn.yaml", "mailtrek: 1\nnodes: { a: {\n"), 2, ":3:1", "not YAML");
}

TEST(BadInput, WhatWantsToDoHarm) {
    const TemporaryFolder folder;
    expectRefusal(folder.write("brackets.yaml", std::string(16 << 20, '[')), 2, ":1:65", "nested more than 64 levels deep");
    expectRefusal(folder.write("large.yaml", std::string((16 << 20) + 1, '\n')), 2, ":1:1", "larger than 16 MiB");
    std::string bomb = "mailtrek: 1\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string before = "*x" + std::to_string(i - 1);
        bomb += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [" + before;
        for (int n = 1; n < 10; ++n) bomb += ", " + before;
        bomb += "]\n";
    }
    expectRefusal(folder.write("bomb.yaml", bomb), 2, ":8:5", "aliases expand to more than 2000000 values");
}

TEST(BadInput, OneMistakeWithItsPlace) {
    struct Case {
        std::string what, with;  // in the small scenario
        std::string place, message;
    };
    const std::vector<Case> cases = {
        {"delay: 10 ms", "dealy: 10 ms", ":11:43", "unknown key 'dealy' in a link (did you mean 'delay'?)"},
        {"delay: 10 ms", "delay: 10 ms, delay: 20 ms", ":11:57", "duplicate key 'delay'"},
        {"delay: 10 ms", "delay: 10", ":11:50", "unit"},
        {"delay: 10 ms", "delay: 10 kg", ":11:50", "kg"},
        {"delay: 10 ms", "delay: -10 ms", ":11:50", "negative"},
        {"delay: 10 ms", "delay: 10 Mbit/s", ":11:50", "Mbit/s"},
        {"delay: 10 ms", "loss: 120 %", ":11:49", "loss must be 0 to 100 %"},
        {"delay: 10 ms", "rate: 0 bit/s", ":11:49", "rate must be at least 1 bit/s"},
        {"between: [r1, sur]", "between: [r1, sud]", ":11:37", "between: there is no node 'sud' (did you mean 'sur'?)"},
        {"between: [r1, sur]", "between: [r1, r1]", ":11:32", "two different nodes"},
        {"kind: router", "kind: ruter", ":5:20", "(did you mean 'router'?)"},
        {"to: [luis@sur.example]", "to: [luis]", ":14:65", "to: 'luis' is not an address"},
        {"from: ana@norte.example", "from: eva@norte.example", ":14:41", "eva@norte.example"},
        {"text: Hola", "text: \"a\\x01b\"", ":14:105", "text holds a control character"},
        {"text: Hola", "attach: [ { file: ../secret.txt } ]", ":14:117", "../secret.txt"},
        {"text: Hola", "attach: [ { file: /etc/passwd } ]", ":14:117", "/etc/passwd"},
        {"text: Hola", "attach: [ { file: link.txt } ]", ":14:117", "link.txt"},
        {"text: Hola", "attach: [ { file: nothing.txt } ]", ":14:117", "nothing.txt"},
    };
    const TemporaryFolder folder;
    folder.write("secret.txt", "secret");
    std::filesystem::create_directory(folder.path("own"));
    std::filesystem::create_symlink("../secret.txt", folder.path("own/link.txt"));
    for (const Case& one : cases) {
        const std::string file = folder.write("own/x.yaml", replaced(smallScenario(), one.what, one.with));
        const Ran ran = mailtrekCli({"run", file});
        EXPECT_EQ(ran.exitCode, 2) << one.with;
        EXPECT_EQ(ran.out, "") << one.with;
        EXPECT_THAT(ran.err, AllOf(HasSubstr(file + one.place), HasSubstr(": error: "), HasSubstr(one.message))) << one.with;
        EXPECT_EQ(linesOf(ran.err).size(), 1u) << "one mistake, one line:\n" << ran.err;
        EXPECT_THAT(ran.err, MatchesRegex(".*/x.yaml:[0-9]+:[0-9]+: error: [^\n]+\n"));
    }
}

TEST(BadInput, AllMistakesInOneGo) {
    const TemporaryFolder folder;
    std::string text = smallScenario("sede: 3\n");
    text = replaced(text, "delay: 10 ms", "delay: -10 ms");
    text = replaced(text, "kind: router", "kind: ruter");
    text = replaced(text, "between: [sur, luis-pc]", "between: [sur, nowhere]");
    text = replaced(text, "to: [luis@sur.example]", "to: [luis]");
    const std::string file = folder.write("x.yaml", text);
    const std::vector<std::string> lines = linesOf(mailtrekCli({"run", file}).err);
    ASSERT_EQ(lines.size(), 5u);
    const std::vector<std::string> starts = {":2:1: error: unknown key 'sede'", ":6:20: error: ", ":12:50: error: ", ":13:22: error: ", ":15:65: error: "};
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(lines[i].starts_with(file + starts[i])) << lines[i];
}

Json outcome(const std::string& text, const std::string& warning) {
    const TemporaryFolder folder;
    const Ran ran = mailtrekCli({"run", folder.write("x.yaml", text), "--format", "json"});
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(warning));
    EXPECT_EQ(ran.err.empty(), warning.empty()) << ran.err;
    EXPECT_LT(ran.cpuSeconds, 5);
    return Json::parse(ran.out);
}

TEST(BadInput, AMailToNobodyBounces) {
    const Json run = outcome(replaced(smallScenario(), "to: [luis@sur.example]", "to: [nobody@sur.example]"), "warning: ");
    EXPECT_EQ(run["mails"][0]["status"], "bounced");
    EXPECT_NE(run["mails"][0]["notice_at"], nullptr);
    EXPECT_EQ(run["metrics"]["mail.notices"], 1);
    EXPECT_EQ(run["metrics"]["smtp.replies-5xx"], 1);
    const Json nowhere = outcome(replaced(smallScenario(), "to: [luis@sur.example]", "to: [luis@este.example]"), "warning: ");
    EXPECT_EQ(nowhere["mails"][0]["status"], "bounced");
    EXPECT_GE(nowhere["metrics"]["dns.failures"], 1);
}

TEST(BadInput, ALinkThatLosesEverythingEndsInANotice) {
    const Json run = outcome(replaced(smallScenario(), "delay: 10 ms", "loss: 100 %"), "");
    EXPECT_EQ(run["mails"][0]["status"], "bounced");
    EXPECT_GT(run["mails"][0]["attempts"], 100) << "every half hour";
    EXPECT_GE(run["mails"][0]["notice_at"], 5 * 86400.0) << "five days";
    EXPECT_EQ(run["metrics"]["mail.notices"], 1);
    const Json first = outcome(replaced(smallScenario(), "between: [ana-pc, norte]", "between: [ana-pc, norte], loss: 100 %"), "");
    EXPECT_EQ(first["mails"][0]["status"], "refused");
}

TEST(BadInput, MistakesOfACommandAreWrongInputToo) {
    const TemporaryFolder out;
    const std::string file = scenarioPath("04_enlace_con_perdidas.yaml");
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {{"--at-node", "nortee"}, "nortee"},
        {{"--at-link", "R2-R9"}, "R2-R9"},
        {{"--variant", "otra"}, "otra"},
    };
    for (const auto& [options, message] : cases) {
        std::vector<std::string> arguments = {"export", file, "--to", out.path("x.pcapng")};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const Ran ran = mailtrekCli(arguments);
        EXPECT_EQ(ran.exitCode, 2) << message;
        EXPECT_THAT(ran.err, HasSubstr(message));
        EXPECT_TRUE(out.names().empty());
    }
}

}  // namespace
}  // namespace mailtrek::test
