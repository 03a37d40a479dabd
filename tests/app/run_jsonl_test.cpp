// SPDX-License-Identifier: GPL-3.0-or-later
// run --format jsonl: every recorded event, one object a line, in the order of the recording.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Json> events(const std::string& file) {
    const Ran ran = mailtrekCli({"run", file, "--format", "jsonl"});
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    std::vector<Json> all;
    for (const std::string& line : linesOf(ran.out)) all.push_back(Json::parse(line));
    return all;
}

// A little of everything: a road that is cut while a letter is under way, another that is not known, one that is read.
std::string eventful() {
    return "mailtrek: 1\n"
           "nodes:\n"
           "  ana-pc:  { kind: pc, user: ana@norte.example }\n"
           "  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n"
           "  r1:      { kind: router }\n"
           "  r2:      { kind: router }\n"
           "  r3:      { kind: router }\n"
           "  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n"
           "  luis-pc: { kind: pc, user: luis@sur.example }\n"
           "links:\n"
           "  - { between: [ana-pc, norte] }\n"
           "  - { between: [norte, r1] }\n"
           "  - { name: high, between: [r1, r2], delay: 10 ms, rate: 2 Mbit/s }\n"
           "  - { name: low, between: [r1, r3], delay: 10 ms, rate: 1 Mbit/s }\n"
           "  - { between: [r3, r2], delay: 10 ms }\n"
           "  - { between: [r2, sur] }\n"
           "  - { between: [sur, luis-pc] }\n"
           "timeline:\n"
           "  - { at: 0 s, send: { id: a, from: ana@norte.example, to: [luis@sur.example], text: Hola, attach: [ { name: a.zip, size: 200 kB } ] } }\n"
           "  - { at: 600 ms, cut: high }\n"
           "  - { at: 2 s, send: { id: b, from: ana@norte.example, to: [nobody@sur.example], text: \"quote \\\" and \\\\ and ñ\" } }\n"
           "  - { at: 30 s, read: { on: luis-pc, mail: a } }\n";
}

TEST(RunJsonl, EveryEventIsAnObjectOnALineOfItsOwn) {
    const TemporaryFolder folder;
    const std::vector<Json> all = events(folder.write("x.yaml", eventful()));
    ASSERT_GT(all.size(), 500u);
    const std::vector<std::string> first = {"id", "cause", "t", "node", "mail", "type"};
    double last = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Json& event = all[i];
        std::vector<std::string> names;
        for (const auto& [name, value] : event.items()) names.push_back(name);
        ASSERT_EQ(std::vector(names.begin(), names.begin() + 6), first) << event;
        EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size()) << event;
        EXPECT_EQ(event["id"], i);
        if (!event["cause"].is_null()) { EXPECT_LT(event["cause"], i) << "a cause lies in the past"; }
        ASSERT_GE(event["t"].get<double>(), last);
        last = event["t"];
    }
    EXPECT_EQ(all.back()["type"], "run-ended");
}

TEST(RunJsonl, TypesAreThoseOfTheContract) {
    const TemporaryFolder folder;
    std::set<std::string> types;
    const std::regex kebab("[a-z]+(-[a-z0-9]+)*");
    for (const Json& event : events(folder.write("x.yaml", eventful()))) {
        types.insert(event["type"].get<std::string>());
        EXPECT_TRUE(std::regex_match(event["type"].get<std::string>(), kebab)) << event["type"];
    }
    for (const char* type : {"packet-sent", "packet-delivered", "packet-dropped", "segment-sent", "segment-retransmitted", "tcp-state", "window-changed", "smtp-command",
                             "smtp-reply", "dns-query", "dns-answer", "mail-queued", "mail-stored", "mail-read", "notice-issued", "route-changed"})
        EXPECT_TRUE(types.contains(type)) << type << " never happened";
}

TEST(RunJsonl, IsWhatTheMetricsCount) {
    const std::string file = scenarioPath("04_enlace_con_perdidas.yaml");
    const std::vector<Json> all = events(file);
    const auto count = [&](const char* type) { return std::ranges::count_if(all, [&](const Json& event) { return event["type"] == type; }); };
    const Json metrics = Json::parse(mailtrekCli({"run", file, "--format", "json"}).out)["metrics"];
    EXPECT_EQ(metrics["sim.events"], all.size());
    EXPECT_EQ(metrics["ip.hops"], count("packet-delivered"));
    EXPECT_EQ(metrics["tcp.retransmits"], count("segment-retransmitted"));
    EXPECT_EQ(metrics["dns.queries"], count("dns-query"));
    EXPECT_EQ(metrics["mail.stored"], count("mail-stored"));
    for (const Json& event : all) {
        if (event["type"] != "packet-dropped") continue;
        EXPECT_EQ(event["link"], "R2-R5");
        EXPECT_EQ(event["towards"], "R5");
        EXPECT_EQ(event["reason"], "rule");
        EXPECT_EQ(event["mail"], "carta");
        EXPECT_FALSE(event["cause"].is_null());
    }
}

}  // namespace
}  // namespace mailtrek::test
