// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-bench: one JSON line with the peer's names, whose counts are the same in every run and grow as they must.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/process.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;

Ran bench(const std::vector<std::string>& arguments) { return launch({.program = MAILTREK_BENCH, .arguments = arguments, .environment = {}, .folder = {}, .outPath = {}}); }

Json chain(const std::vector<std::string>& arguments) {
    const Ran ran = bench(arguments);
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(linesOf(ran.out).size(), 1u);
    return Json::parse(ran.out);
}

TEST(Bench, OneLineWithThePeersNames) {
    const Json line = chain({"--mode=chain", "--hops=3", "--bytes=1000000", "--loss=0.01"});
    EXPECT_EQ(line["tool"], "mailtrek");
    EXPECT_EQ(line["hops"], 3);
    EXPECT_EQ(line["bytes"], 1'000'000);
    EXPECT_EQ(line["loss"], 0.01);
    for (const char* name : {"wall_s", "cpu_s", "sim_time_s"}) EXPECT_TRUE(line[name].is_number_float()) << name;
    for (const char* name : {"events", "packet_hops", "peak_rss_kb"}) EXPECT_TRUE(line[name].is_number_integer()) << name;
    EXPECT_GT(line["peak_rss_kb"], 1000);
}

TEST(Bench, CountsAreTheSameEveryTime) {
    const std::vector<std::string> arguments = {"--mode=chain", "--hops=2", "--bytes=2000000", "--loss=0.02"};
    const Json once = chain(arguments), again = chain(arguments);
    for (const char* name : {"events", "packet_hops", "sim_time_s"}) EXPECT_EQ(once[name], again[name]) << name;
}

// 1,000,000 octets are at least 685 segments of 1460, and half as many ACKs; over H routers each crosses H + 1 links. A link of 100 Mbit/s passes 12.5 MB a second.
TEST(Bench, CountsAreWhatTheNetworkMakesOfThem) {
    for (const int hops : {1, 4, 9}) {
        const Json line = chain({"--hops=" + std::to_string(hops), "--bytes=1000000"});
        const int packets = line["packet_hops"].get<int>() / (hops + 1);
        EXPECT_GE(packets, 685 + 343);
        EXPECT_LE(packets, 691 + 691 + 12);
        EXPECT_GE(line["sim_time_s"].get<double>(), 1.04 * 0.08 + 4 * (hops + 1) * 0.001);
        EXPECT_LE(line["sim_time_s"].get<double>(), 0.5);
    }
    const Json clean = chain({"--hops=1", "--bytes=1000000"}), lossy = chain({"--hops=1", "--bytes=1000000", "--loss=0.02"});
    EXPECT_GT(lossy["sim_time_s"], clean["sim_time_s"]);
}

TEST(Bench, WrongUsage) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--mode=ring"},
                                                      {"--hops=0"},
                                                      {"--hops=many"},
                                                      {"--bytes=0"},
                                                      {"--loss=1.5"},
                                                      {"--loss=-0.1"},
                                                      {"--weather"},
                                                      {"file"},
                                                      {"--mode=file"},
                                                      {"--scenario=x.yaml"},
                                                      {"--hops"}}) {
        const Ran ran = bench(arguments);
        EXPECT_EQ(ran.exitCode, 64) << arguments[0];
        EXPECT_EQ(ran.out, "") << arguments[0];
        EXPECT_NE(ran.err, "") << arguments[0];
    }
    EXPECT_EQ(bench({"--help"}).exitCode, 0);
    EXPECT_EQ(bench({"--mode=file", "--scenario=/nowhere.yaml"}).exitCode, 3);
}

TEST(Bench, AStreamThatNeverArrivesIsSaid) { EXPECT_EQ(bench({"--hops=1", "--bytes=1000", "--loss=1"}).exitCode, 1); }

TEST(Bench, AScenarioFile) {
    const Json line = chain({"--mode=file", "--scenario=" + scenarioPath("04_enlace_con_perdidas.yaml")});
    const Json run = Json::parse(mailtrekCli({"run", scenarioPath("04_enlace_con_perdidas.yaml"), "--format", "json"}).out);
    EXPECT_EQ(line["packet_hops"], run["metrics"]["ip.hops"]);
    EXPECT_NEAR(line["sim_time_s"].get<double>(), run["end_time"].get<double>(), 1e-6);
}

}  // namespace
}  // namespace mailtrek::test
