// SPDX-License-Identifier: GPL-3.0-or-later
// What an independent dissector sees of a letter's whole way, in the capture at norte: the dialogue on port 25 octet by octet, and every question to the DNS. One run of tshark.
#include <gmock/gmock.h>
#include <unistd.h>

#include <set>
#include <sstream>

#include "sim/export/export.h"
#include "sim/run/outcome.h"
#include "tests/run/dissector.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Ana writes to Luis (an MX), to Eva (no MX: the address serves) and to Paz, whose provider has so many servers that the answer does not fit into 512 octets. The name server says
// nothing for the first five seconds.
std::string scenarioText() {
    std::string many;
    for (int i = 0; i < 40; ++i) many += fmt::format("{{ type: MX, preference: {}, host: mx{}.grande.example }}, ", 20 + i, i);
    return R"(mailtrek: 1
nodes:
  ana-pc: { kind: pc, user: ana@norte.example }
  norte:  { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }
  r:      { kind: router }
  sur:    { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }
  este:   { kind: mail-server, domains: [este.example], mailboxes: { eva: {} } }
  grande: { kind: mail-server, domains: [grande.example], mailboxes: { paz: {} } }
  dns:    { kind: dns-server, zones: { este.example: [ { type: A, host: este } ], grande.example: [ )" +
           many + R"({ type: MX, preference: 10, host: grande } ] } }
links:
  - { between: [ana-pc, norte] }
  - { between: [norte, r], delay: 5 ms }
  - { between: [r, sur] }
  - { between: [r, este] }
  - { between: [r, grande] }
  - { between: [r, dns] }
timeline:
  - { at: 0 s, fail: { dns: dns, with: silence, for: 5 s } }
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Puntos, text: ".uno\n..dos\ntres.\n" } }
  - { at: 1 min, send: { id: dos, from: ana@norte.example, to: [eva@este.example], text: Hola } }
  - { at: 2 min, send: { id: tres, from: ana@norte.example, to: [paz@grande.example], text: Hola } }
)";
}

struct Frame {
    std::string stream, sourcePort, destinationPort, payload, command, code, fin, dnsResponse, dnsType, dnsName, respondsTo, unsolicited, again, truncated, rcode, malformed,
        number, time;
};

std::string octetsOf(const std::string& hex) {
    std::string octets;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) octets += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return octets;
}

// The frames of the capture at norte; made once, since tshark starts slowly.
const std::vector<Frame>& frames() {
    static const std::vector<Frame> all = [] {
        const trace::Recording recording = simulate(scenarioOf(scenarioText()));
        for (const RecipientOutcome& one : mailOutcomes(recording)) EXPECT_EQ(one.status, Status::delivered) << one.to;
        const std::filesystem::path file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-mail-{}.pcapng", getpid());
        EXPECT_FALSE(exporting::exportTo(file, recording, exporting::AtNode{NodeId{1}}));
        std::string command = fmt::format("tshark -r {} -n -T fields -E separator='|' -E occurrence=f", file.string());
        for (const char* field : {"tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.payload", "smtp.req.command", "smtp.response.code", "tcp.flags.fin", "dns.flags.response",
                                  "dns.qry.type", "dns.qry.name", "dns.response_to", "dns.unsolicited", "dns.retransmission", "dns.flags.truncated", "dns.flags.rcode",
                                  "_ws.malformed", "frame.number", "frame.time_relative"})
            command += std::string(" -e ") + field;
        std::istringstream in(outputOf(command + " 2>/dev/null"));
        std::filesystem::remove(file);
        std::vector<Frame> read;
        for (std::string line; std::getline(in, line);) {
            Frame f;
            std::istringstream cells(line);
            for (std::string* cell : {&f.stream, &f.sourcePort, &f.destinationPort, &f.payload, &f.command, &f.code, &f.fin, &f.dnsResponse, &f.dnsType, &f.dnsName, &f.respondsTo,
                                      &f.unsolicited, &f.again, &f.truncated, &f.rcode, &f.malformed, &f.number, &f.time})
                std::getline(cells, *cell, '|');
            read.push_back(std::move(f));
        }
        return read;
    }();
    return all;
}

class MailCapture : public testing::Test {
protected:
    void SetUp() override {
        if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
        ASSERT_GT(frames().size(), 100u);
    }
    // Of the first connection to port 25, in order.
    static std::vector<Frame> dialogue() {
        std::vector<Frame> found;
        std::string stream;
        for (const Frame& f : frames()) {
            if (stream.empty() && f.destinationPort == "25") stream = f.stream;
            if (!stream.empty() && f.stream == stream) found.push_back(f);
        }
        return found;
    }
    static std::string said(bool byClient) {
        std::string octets;
        for (const Frame& f : dialogue())
            if ((f.destinationPort == "25") == byClient) octets += octetsOf(f.payload);
        return octets;
    }
    static std::vector<Frame> dns() {
        std::vector<Frame> found;
        for (const Frame& f : frames())
            if (!f.dnsResponse.empty()) found.push_back(f);
        return found;
    }
};

TEST_F(MailCapture, TheGreetingPrecedesEveryCommandAndEhloComesFirst) {
    std::vector<std::string> talk;  // as the dissector reads it
    for (const Frame& f : dialogue()) {
        if (!f.command.empty()) talk.push_back(f.command);
        if (!f.code.empty()) talk.push_back(f.code);
    }
    EXPECT_THAT(talk, ElementsAre("220", "EHLO", "250", "MAIL", "250", "RCPT", "250", "DATA", "354", "250", "QUIT", "221"));
    EXPECT_TRUE(said(false).starts_with("220 sur.sur.example ")) << "the first word is a domain";
    EXPECT_THAT(said(false), HasSubstr("\r\n250-sur.sur.example greets norte.norte.example\r\n250-PIPELINING\r\n250-SIZE 25000000\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n"
                                       "250-DSN\r\n250 SMTPUTF8\r\n"));
}

TEST_F(MailCapture, DotsAreStuffedAndNoLineEndStandsAlone) {
    const std::string client = said(true), server = said(false);
    EXPECT_THAT(client, HasSubstr("\r\n\r\n..uno\r\n...dos\r\ntres.\r\n.\r\nQUIT\r\n"));
    for (const std::string* side : {&client, &server})
        for (std::size_t i = 0; i < side->size(); ++i) {
            ASSERT_TRUE((*side)[i] != '\n' || (i > 0 && (*side)[i - 1] == '\r')) << "a bare LF at " << i;
            ASSERT_TRUE((*side)[i] != '\r' || (i + 1 < side->size() && (*side)[i + 1] == '\n')) << "a bare CR at " << i;
        }
}

TEST_F(MailCapture, TheClientLeavesOnlyWhenItHasHeard221) {
    bool heard = false, left = false;
    for (const Frame& f : dialogue()) {
        heard |= f.code == "221";
        if (f.destinationPort == "25" && f.fin == "1") {
            EXPECT_TRUE(heard);
            left = true;
        }
    }
    EXPECT_TRUE(left);
}

TEST_F(MailCapture, MxIsAskedForFirstAndTheAddressOnlyWhereThereIsNone) {
    std::vector<std::string> asked;  // repeats left out
    for (const Frame& f : dns())
        if (const std::string question = f.dnsName + " " + f.dnsType; f.dnsResponse == "0" && (asked.empty() || asked.back() != question)) asked.push_back(question);
    ASSERT_GT(asked.size(), 4u);
    EXPECT_THAT(std::vector(asked.begin(), asked.begin() + 4), ElementsAre("sur.example 15", "este.example 15", "este.example 1", "grande.example 15"));
    for (const std::string& later : std::vector(asked.begin() + 4, asked.end()))
        EXPECT_THAT(later, testing::EndsWith(".grande.example 1")) << "addresses of the servers that were named";
}

TEST_F(MailCapture, EveryAnswerBelongsToItsQuestion) {
    std::size_t answers = 0;
    std::map<std::string, Frame> queries;
    for (const Frame& f : dns()) {
        if (f.dnsResponse == "0") queries[f.number] = f;
        if (f.dnsResponse != "1") continue;
        ++answers;
        EXPECT_EQ(f.unsolicited, "") << "frame " << f.number;
        const auto query = queries.find(f.respondsTo);
        ASSERT_NE(query, queries.end()) << "frame " << f.number;
        EXPECT_EQ(query->second.dnsName + query->second.dnsType, f.dnsName + f.dnsType);
    }
    EXPECT_GE(answers, 5u);
}

TEST_F(MailCapture, ASilentServerIsAskedAgainLaterAndLater) {
    std::vector<double> times;
    std::vector<std::string> again;
    for (const Frame& f : dns())
        if (f.dnsName == "sur.example" && f.dnsResponse == "0") {
            times.push_back(std::stod(f.time));
            again.push_back(f.again);
        }
    ASSERT_THAT(times, SizeIs(3)) << "two fall into the five seconds";
    EXPECT_NEAR(times[1] - times[0], 4, 0.1);
    EXPECT_NEAR(times[2] - times[1], 8, 0.1);
    EXPECT_EQ(again[0], "");
    EXPECT_NE(again[1], "") << "to the dissector too it is a retransmission";
}

TEST_F(MailCapture, AnAnswerBeyond512OctetsIsCutAndComesOverTcp) {
    std::vector<std::string> seen;
    for (const Frame& f : dns())
        if (f.dnsName == "grande.example")
            seen.push_back(fmt::format("{} {}{}", f.stream.empty() ? "udp" : "tcp", f.dnsResponse == "1" ? "answer" : "query", f.truncated == "1" ? " TC" : ""));
    EXPECT_THAT(seen, ElementsAre("udp query", "udp answer TC", "tcp query", "tcp answer"));
}

TEST_F(MailCapture, NothingIsMalformed) {
    for (const Frame& f : frames()) EXPECT_EQ(f.malformed, "") << "frame " << f.number;
}

}  // namespace
}  // namespace mailtrek::run::test
