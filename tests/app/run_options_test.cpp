// SPDX-License-Identifier: GPL-3.0-or-later
// run: variants, seeds, other values, limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kLossy = scenarioPath("04_enlace_con_perdidas.yaml");

Ran run(const std::vector<std::string>& options, const std::string& file = kLossy) {
    std::vector<std::string> arguments = {"run", file};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return mailtrekCli(arguments);
}

Json json(std::vector<std::string> options, const std::string& file = kLossy) {
    options.insert(options.end(), {"--format", "json"});
    const Ran ran = run(options, file);
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    return Json::parse(ran.out);
}

void expectRefusal(const std::vector<std::string>& options, const std::string& message) {
    const Ran ran = run(options);
    EXPECT_EQ(ran.exitCode, 2) << message << "\n" << ran.err;
    EXPECT_EQ(ran.out, "") << message;
    EXPECT_THAT(ran.err, HasSubstr("error: "));
    EXPECT_THAT(ran.err, HasSubstr(message));
}

TEST(RunOptions, AVariantIsTheFileWithItsValuesSet) {
    const Json variant = json({"--variant", "aleatorio"});
    EXPECT_EQ(variant["scenario"], "Random losses");
    EXPECT_EQ(variant["trace_hash"], json({"--set", "links.R2-R5.rules=[]", "--set", "links.R2-R5.loss=5 %"})["trace_hash"]);
    EXPECT_NE(variant["trace_hash"], json({})["trace_hash"]);
    expectRefusal({"--variant", "aleatoria"}, "aleatoria");
    expectRefusal({"--variant", "aleatoria"}, "did you mean 'aleatorio'?");
}

TEST(RunOptions, TheSeedThrowsTheDice) {
    const Json as = json({"--variant", "aleatorio"}), same = json({"--variant", "aleatorio", "--seed", "7"}), other = json({"--variant", "aleatorio", "--seed", "8"});
    EXPECT_EQ(as, same);
    EXPECT_EQ(other["seed"], 8);
    EXPECT_NE(other["trace_hash"], as["trace_hash"]);
    EXPECT_EQ(other, json({"--variant", "aleatorio", "--set", "seed=8"}));
    EXPECT_EQ(json({"--seed", "0"})["seed"], 0);
    EXPECT_EQ(json({"--seed", "18446744073709551615"})["seed"], 18446744073709551615u);
}

TEST(RunOptions, UntilEndsTheRunAtTheLatest) {
    for (const char* time : {"150ms", "150 ms", "0.15 s"}) {
        const Json cut = json({"--until", time});
        EXPECT_EQ(cut["end_time"], 0.15) << time;
        EXPECT_NE(cut["mails"][0]["status"], "delivered") << time;
    }
    EXPECT_EQ(json({"--until", "2 days"})["end_time"], json({})["end_time"]) << "a run that is over does not wait";
    for (const auto& [time, message] : std::vector<std::pair<std::string, std::string>>{{"150", "150"}, {"soon", "soon"}, {"-1 s", "until must not be negative"}, {"", "--until"}})
        expectRefusal({"--until", time}, message);
}

TEST(RunOptions, SetChangesAnyValueOfTheFile) {
    EXPECT_EQ(json({"--set", "links.R2-R5.rules=[]"})["metrics"]["tcp.retransmits"], 0);
    EXPECT_EQ(json({"--set", "links.R2-R5.rules=[]", "--set", "links.R2-R5.rules=[{ lose: { data-segment: [20], towards: R5 } }]"})["metrics"]["tcp.retransmits"], 1)
        << "a later one wins";
    const double before = json({})["mails"][0]["stored_at"], after = json({"--set", "links.R2-R5.delay=80 ms"})["mails"][0]["stored_at"];
    EXPECT_GT(after, before + 0.5);
    EXPECT_GT(json({"--set", "defaults.tcp.loss-detection=dupack", "--set=defaults.tcp.initial-window=1"})["mails"][0]["stored_at"], before);
}

TEST(RunOptions, WrongSettingsNameThePath) {
    expectRefusal({"--set", "links.R2-R5.dealy=1 s"}, "--set links.R2-R5.dealy: error: unknown key 'dealy' in a link (did you mean 'delay'?)");
    expectRefusal({"--set", "links.nowhere.delay=1 s"}, "nowhere");
    expectRefusal({"--set", "weather=fine"}, "weather");
    expectRefusal({"--set", "links.R2-R5.delay=1"}, "--set links.R2-R5.delay");
    expectRefusal({"--set", "links.R2-R5.loss=120 %"}, "--set links.R2-R5.loss");
    expectRefusal({"--set", "links.R2-R5.delay=-1 s"}, "--set links.R2-R5.delay");
    expectRefusal({"--set", "links.R2-R5.delay=[1 s"}, "--set links.R2-R5.delay");
    expectRefusal({"--set", "nodes.norte.kind=spaceship"}, "--set nodes.norte.kind");
    const Ran two = run({"--set", "weather=fine", "--set", "links.R2-R5.delay=1"});
    EXPECT_EQ(linesOf(two.err).size(), 2u) << two.err;
}

TEST(RunOptions, TheLimitOfEvents) {
    const std::vector<std::string> whole = linesOf(run({"--format", "jsonl"}).out);
    const std::size_t all = whole.size();
    ASSERT_GT(all, 1000u);
    EXPECT_EQ(run({"--max-events", std::to_string(all)}).exitCode, 0);
    for (const std::size_t limit : {all - 1, std::size_t{500}, std::size_t{1}}) {
        const Ran ran = run({"--format", "jsonl", "--max-events", std::to_string(limit)});
        EXPECT_EQ(ran.exitCode, 4);
        EXPECT_THAT(ran.err, StartsWith("mailtrek-cli: error: " + kLossy + ": stopped at "));
        EXPECT_THAT(ran.err, HasSubstr("--max-events"));
        const std::vector<std::string> told = linesOf(ran.out);  // what happened until then; what one thing brings about is not torn apart
        ASSERT_GE(told.size(), limit);
        EXPECT_TRUE(std::equal(told.begin(), told.end(), whole.begin()));
        EXPECT_EQ(Json::parse(told.back())["t"], Json::parse(told[limit - 1])["t"]);
    }
    const Ran text = run({"--max-events", "500", "--lang", "es"});
    EXPECT_EQ(text.exitCode, 4);
    EXPECT_THAT(text.err, HasSubstr("detenido en "));
    EXPECT_GE(linesOf(text.out).size(), 2u);
    const Ran object = run({"--max-events", "500", "--format", "json"});
    EXPECT_EQ(object.exitCode, 4);
    EXPECT_GE(Json::parse(object.out)["metrics"]["sim.events"], 500);
}

TEST(RunOptions, TheLimitOfMemory) {
    const Ran ran = run({"--max-memory", "300kB"});
    EXPECT_EQ(ran.exitCode, 4);
    EXPECT_THAT(ran.err, HasSubstr("(--max-memory)"));
    EXPECT_NE(ran.out, "");
    for (const char* enough : {"1GB", "1 GiB", "1000000000B"}) EXPECT_EQ(run({"--max-memory", enough, "--format", "json"}).out, run({"--format", "json"}).out);
}

TEST(RunOptions, WhatIsExpectedIsIgnored) {
    const TemporaryFolder folder;
    const std::string file = folder.write("x.yaml", smallScenario() + "expect: { metrics: { tcp.retransmits: 99 } }\n");
    EXPECT_EQ(run({}, file).exitCode, 0);
    EXPECT_EQ(run({}, file).err, "");
}

}  // namespace
}  // namespace mailtrek::test
