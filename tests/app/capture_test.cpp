// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector judges the captures of our scenarios: nothing malformed, every checksum right, SMTP and DNS as they are, and the same retransmissions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::Contains;
using testing::ElementsAre;

struct Source {
    std::string file, variant;
};

std::vector<Source> sources() {
    std::vector<Source> all;
    for (const std::string& name : scenarioNames()) all.push_back({scenarioPath(name), ""});
    all.push_back({scenarioPath("04_enlace_con_perdidas.yaml"), "aleatorio"});
    return all;
}

// Rows of a capture, a column per field of `fields`; fields that occur several times in a packet are joined by commas. `node`: empty for all link ends.
std::vector<std::map<std::string, std::string>> dissect(const Source& source, const std::string& node, const std::vector<std::string>& fields) {
    const TemporaryFolder folder;
    std::vector<std::string> arguments = {"export", source.file, "--to", folder.path("x.pcapng")};
    if (!source.variant.empty()) arguments.insert(arguments.end(), {"--variant", source.variant});
    if (!node.empty()) arguments.insert(arguments.end(), {"--at-node", node});
    const Ran ran = mailtrekCli(arguments);
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    std::string command = "tshark -2 -n -r '" + folder.path("x.pcapng") +
                          "' -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -E separator=/t -E occurrence=a -E aggregator=,";
    for (const std::string& field : fields) command += " -e " + field;
    std::vector<std::map<std::string, std::string>> rows;
    for (const std::string& line : linesOf(outputOf(command + " 2>/dev/null"))) {
        std::map<std::string, std::string> row;
        std::size_t from = 0;
        for (const std::string& field : fields) {
            const std::size_t to = std::min(line.find('\t', from), line.size());
            row[field] = line.substr(std::min(from, line.size()), to - std::min(from, line.size()));
            from = to + 1;
        }
        rows.push_back(std::move(row));
    }
    EXPECT_GE(rows.size(), 10u) << command;
    return rows;
}

// Who speaks more than IP: devices and servers of a scenario.
std::vector<std::string> hosts(const Source& source) {
    std::set<std::string> names;
    const auto arguments = source.variant.empty() ? std::vector<std::string>{"run", source.file, "--format", "jsonl"}
                                                  : std::vector<std::string>{"run", source.file, "--variant", source.variant, "--format", "jsonl"};
    for (const std::string& line : linesOf(mailtrekCli(arguments).out)) {
        const Json event = Json::parse(line);
        if (event["type"] == "segment-sent" || event["type"] == "dns-query" || event["type"] == "dns-answer") names.insert(event["node"].get<std::string>());
    }
    return {names.begin(), names.end()};
}

class Capture : public testing::Test {
protected:
    void SetUp() override {
        if (!have("tshark")) GTEST_SKIP() << "*** tshark is missing: no independent dissector has looked at our captures (Debian: tshark) ***";
    }
};

const std::vector<std::string> kSoundness = {"_ws.malformed", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "ip.proto", "_ws.expert.severity"};

void expectSound(const std::vector<std::map<std::string, std::string>>& rows, const std::string& what) {
    constexpr const char *kGood = "1", *kTcp = "6", *kUdp = "17", *kOspf = "89";
    for (const auto& row : rows) {
        ASSERT_EQ(row.at("_ws.malformed"), "") << what;
        ASSERT_EQ(row.at("ip.checksum.status"), kGood) << what;
        ASSERT_THAT((std::set<std::string>{kTcp, kUdp, kOspf}), Contains(row.at("ip.proto"))) << what;
        ASSERT_EQ(row.at("tcp.checksum.status"), row.at("ip.proto") == kTcp ? kGood : "") << what;
        ASSERT_EQ(row.at("udp.checksum.status"), row.at("ip.proto") == kUdp ? kGood : "") << what;
        ASSERT_EQ(row.at("_ws.expert.severity").find("8388608"), std::string::npos) << what << ": an error by the expert";
    }
}

TEST_F(Capture, NothingMalformedAndEveryChecksumRight) {
    for (const Source& source : sources()) {
        expectSound(dissect(source, "", kSoundness), source.file + source.variant);
        for (const std::string& node : hosts(source)) expectSound(dissect(source, node, kSoundness), source.file + source.variant + " at " + node);
    }
}

// Damage done on purpose is what the dissector sees, and nothing else.
TEST_F(Capture, OnlyTheDamagedPacketsAreDamaged) {
    const TemporaryFolder folder;
    const std::string file =
        folder.write("x.yaml", replaced(smallScenario("", "text: Hola, attach: [ { name: a.zip, size: 300 kB } ]"), "delay: 10 ms", "delay: 10 ms, corrupt: 3 %"));
    std::size_t damaged = 0;
    for (const auto& row : dissect({file, ""}, "sur", {"frame.comment", "_ws.malformed", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"})) {
        const bool marked = row.at("frame.comment").find("damaged: bit") != std::string::npos;
        const bool bad = row.at("ip.checksum.status") == "0" || row.at("tcp.checksum.status") == "0" || row.at("udp.checksum.status") == "0" ||
                         row.at("ip.checksum.status").empty() || !row.at("_ws.malformed").empty();
        EXPECT_EQ(marked, bad) << row.at("frame.comment");
        damaged += marked ? 1 : 0;
    }
    EXPECT_GE(damaged, 3u);
}

std::vector<std::string> column(const std::vector<std::map<std::string, std::string>>& rows, const std::string& field, const std::string& stream) {
    std::vector<std::string> values;
    for (const auto& row : rows)
        if (row.at("tcp.stream") == stream && !row.at(field).empty()) values.push_back(row.at(field));
    return values;
}

TEST_F(Capture, TheDialogueBetweenServersIsDissected) {
    for (const Source& source : sources()) {
        if (source.file == scenarioPath("02_mismo_servidor.yaml")) continue;  // there is none
        for (const char* node : {"norte", "sur"}) {
            const auto rows = dissect(source, node, {"tcp.stream", "tcp.dstport", "smtp.req.command", "smtp.response.code"});
            std::set<std::string> streams;
            for (const auto& row : rows)
                if (row.at("tcp.dstport") == "25") streams.insert(row.at("tcp.stream"));
            ASSERT_EQ(streams.size(), 1u) << source.file << node;
            EXPECT_THAT(column(rows, "smtp.response.code", *streams.begin()), ElementsAre("220", "250", "250", "250", "354", "250", "221"))
                << source.file << source.variant << node;
            EXPECT_THAT(column(rows, "smtp.req.command", *streams.begin()), ElementsAre("EHLO", "MAIL", "RCPT", "DATA", "QUIT")) << source.file << source.variant << node;
        }
    }
}

TEST_F(Capture, EveryQuestionToTheDnsHasItsAnswer) {
    for (const Source& source : sources()) {
        if (source.file == scenarioPath("02_mismo_servidor.yaml")) continue;  // nobody asks
        const auto rows = dissect(
            source, "norte", {"frame.number", "dns.flags.response", "dns.unsolicited", "dns.response_in", "dns.response_to", "dns.qry.name", "dns.qry.type", "dns.flags.rcode"});
        std::map<std::string, std::string> answerOf;
        std::vector<std::string> asked;
        for (const auto& row : rows) {
            EXPECT_EQ(row.at("dns.unsolicited"), "");
            if (row.at("dns.flags.response").empty()) continue;
            if (row.at("dns.flags.response") == "0" || row.at("dns.flags.response") == "False") {
                answerOf[row.at("frame.number")] = row.at("dns.response_in");
                asked.push_back(row.at("dns.qry.name") + " " + row.at("dns.qry.type"));
                EXPECT_NE(row.at("dns.response_in"), "") << source.file << ": a question without an answer";
            } else {
                EXPECT_EQ(answerOf[row.at("dns.response_to")], row.at("frame.number")) << source.file;
                EXPECT_EQ(row.at("dns.flags.rcode"), "0");
            }
        }
        EXPECT_THAT(asked, Contains("sur.example 15")) << "the MX question";
    }
}

// What tshark takes for sent again in a capture at the sender is what TCP says it sent again.
TEST_F(Capture, TheSameRetransmissionsAsOurs) {
    const Source lossy{scenarioPath("04_enlace_con_perdidas.yaml"), ""}, random{lossy.file, "aleatorio"};
    for (const Source& source : {lossy, random}) {
        std::size_t again = 0;
        for (const auto& row : dissect(source, "norte", {"tcp.dstport", "tcp.analysis.retransmission", "tcp.analysis.out_of_order"}))
            again += row.at("tcp.dstport") == "25" && !(row.at("tcp.analysis.retransmission") + row.at("tcp.analysis.out_of_order")).empty() ? 1 : 0;
        std::vector<std::string> arguments = {"run", source.file, "--format", "json"};
        if (!source.variant.empty()) arguments.insert(arguments.end(), {"--variant", source.variant});
        const Json run = Json::parse(mailtrekCli(arguments).out);
        std::size_t ours = 0;
        for (const Json& connection : run["connections"])
            if (connection["client"] == "norte" && connection["port"] == 25) ours += connection["retransmits"].get<std::size_t>();
        EXPECT_EQ(again, ours) << source.variant;
        EXPECT_TRUE(!source.variant.empty() || again == 3) << again;
    }
}

}  // namespace
}  // namespace mailtrek::test
