// SPDX-License-Identifier: GPL-3.0-or-later
// check: a line per file, a last line for programs, and the exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const std::string kScenarios = MAILTREK_SOURCE_DIR "/scenarios";

Ran check(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "check");
    return mailtrekCli(arguments);
}

std::string lossy() { return readFile(scenarioPath("04_enlace_con_perdidas.yaml")); }
std::string expecting(const std::string& expect) { return smallScenario() + "expect: " + expect + "\n"; }

TEST(Check, OurScenariosPass) {
    const Ran ran = check({kScenarios});
    EXPECT_EQ(ran.exitCode, 0);
    EXPECT_EQ(ran.err, "");
    std::string wanted;
    for (const std::string& name : scenarioNames()) wanted += "ok      " + kScenarios + "/" + name + "\n";
    EXPECT_EQ(ran.out, wanted + std::to_string(scenarioNames().size()) + " passed, 0 failed\n");
    EXPECT_GE(scenarioNames().size(), 4u);
}

TEST(Check, AnotherNumberFailsWithTheOneFound) {
    const TemporaryFolder folder;
    const std::string file = folder.write("copy.yaml", replaced(lossy(), "metrics: { tcp.retransmits: 3,", "metrics: { tcp.retransmits: 4,"));
    const Ran ran = check({file});
    EXPECT_EQ(ran.exitCode, 1);
    EXPECT_EQ(ran.out, "FAILED  " + file + ": tcp.retransmits: expected 4, found 3\n0 passed, 1 failed\n");
    const Ran spanish = check({file, "--lang", "es"});
    EXPECT_EQ(spanish.out, "FAILED  " + file + ": tcp.retransmits: se esperaba 4, resultó 3\n0 passed, 1 failed\n") << "the last line is for programs";
}

TEST(Check, EveryKindOfExpectation) {
    const TemporaryFolder folder;
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"{ mails: { carta: { status: bounced } } }", "carta to luis@sur.example: status: expected bounced, found delivered"},
        {"{ mails: { carta: { copies: 2 } } }", "carta to luis@sur.example: copies: expected 2, found 1"},
        {"{ mails: { carta: { hops: 3 } } }", "hops: expected 3, found 2"},
        {"{ mails: { carta: { reads: \">= 1\" } } }", "reads: expected >= 1, found 0"},
        {"{ mails: { carta: { attempts: \"2..4\" } } }", "attempts: expected 2..4, found 1"},
        {"{ mails: { carta: { status: delivered, before: 1 ms } } }", "before: expected 0.001 s, found 0."},
        {"{ mails: { carta: { status: delivered, after: 1 h } } }", "after: expected 3600 s, found 0."},
        {"{ mails: { carta: { status: read, before: 1 h } } }", "before: expected 3600 s, found never"},
        {"{ metrics: { mail.stored: 2 } }", "mail.stored: expected 2, found 1"},
        {"{ metrics: { \"tcp.connections{connection: norte>sur:25}\": 7 } }", "tcp.connections{connection: norte>sur:25}: expected 7, found 1"},
        {"{ replies: { carta: [220, 250, 550] } }", "replies of carta: expected 220 250 550, found 220 250 250 250 354 250 221"},
    };
    for (const auto& [expect, message] : cases) {
        const Ran ran = check({folder.write("x.yaml", expecting(expect))});
        EXPECT_EQ(ran.exitCode, 1) << expect << ran.err;
        EXPECT_THAT(ran.out, HasSubstr(message));
        EXPECT_THAT(ran.out, EndsWith("\n0 passed, 1 failed\n"));
    }
    const Ran all = check({folder.write("x.yaml", expecting("{ mails: { carta: { copies: 2, hops: 3 } }, metrics: { mail.stored: 2 } }"))});
    EXPECT_EQ(std::ranges::count(all.out, ';'), 2) << all.out;  // all of them on the one line of the file
    EXPECT_EQ(linesOf(all.out).size(), 2u);
}

TEST(Check, VariantsAreCheckedToo) {
    const TemporaryFolder folder;
    const std::string file = folder.write("copy.yaml", replaced(lossy(), "tcp.retransmits: \">= 1\"", "tcp.retransmits: \"0..0\""));
    const Ran ran = check({file});
    EXPECT_EQ(ran.exitCode, 1);
    EXPECT_THAT(ran.out, HasSubstr(": [aleatorio] tcp.retransmits: expected 0..0, found "));
    EXPECT_THAT(ran.out, EndsWith("\n0 passed, 1 failed\n")) << "a line per file, not per variant";
}

TEST(Check, SeveralFilesAndFolders) {
    const TemporaryFolder folder;
    const std::string plain = folder.write("plain.yaml", smallScenario()), bad = folder.write("no/bad.yaml", expecting("{ metrics: { mail.stored: 2 } }"));
    folder.write("no/also.yml", expecting("{ metrics: { mail.stored: 1 } }"));
    folder.write("no/notes.txt", "no scenario");
    const Ran ran = check({plain, folder.path("no"), plain});
    EXPECT_EQ(ran.exitCode, 1);
    EXPECT_EQ(ran.out, "ok      " + plain + "\nok      " + folder.path("no/also.yml") + "\nFAILED  " + bad + ": mail.stored: expected 2, found 1\nok      " + plain +
                           "\n3 passed, 1 failed\n");
}

TEST(Check, TroubleWithFilesIsSaidBeforeAnythingIsSimulated) {
    const TemporaryFolder folder;
    const std::string good = folder.write("good.yaml", smallScenario()), broken = folder.write("broken.yaml", replaced(smallScenario(), "delay: 10 ms", "dealy: 10 ms")),
                      missing = folder.path("missing.yaml");
    std::filesystem::create_directory(folder.path("empty"));
    struct Case {
        std::vector<std::string> paths;
        int exitCode;
        std::vector<std::string> messages;
    };
    const std::vector<Case> cases = {
        {{broken}, 2, {broken + ":11:43: error: unknown key 'dealy' in a link (did you mean 'delay'?)"}},
        {{missing}, 3, {missing + ": error: there is no such file"}},
        {{good, broken, missing}, 2, {"unknown key 'dealy'", "there is no such file"}},
        {{missing, good}, 3, {"there is no such file"}},
        {{folder.path("empty")}, 2, {"empty: holds no scenario (*.yaml)"}},
        {{folder.path()}, 2, {"unknown key 'dealy'"}},
    };
    for (const Case& one : cases) {
        const Ran ran = check(one.paths);
        EXPECT_EQ(ran.exitCode, one.exitCode) << one.paths.front();
        EXPECT_EQ(ran.out, "");
        for (const std::string& message : one.messages) EXPECT_THAT(ran.err, HasSubstr(message));
    }
}

TEST(Check, AWarningIsSaidOnceForAFileWithVariants) {
    const TemporaryFolder folder;
    const std::string text = replaced(smallScenario(), "to: [luis@sur.example]", "to: [nobody@sur.example]") + "variants: { a: { set: { seed: 2 } }, b: { set: { seed: 3 } } }\n";
    const Ran ran = check({folder.write("x.yaml", text)});
    EXPECT_EQ(ran.exitCode, 0);
    EXPECT_EQ(linesOf(ran.err).size(), 1u) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(": warning: "));
    EXPECT_THAT(ran.out, EndsWith("1 passed, 0 failed\n"));
}

TEST(Check, AFullDiskIsSaid) { EXPECT_EQ(mailtrekCli({"check", scenarioPath("02_mismo_servidor.yaml")}, {}, "/dev/full").exitCode, 3); }

}  // namespace
}  // namespace mailtrek::test
