// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector on POP3 and IMAP of whole runs: commands, replies and letters, without a malformed packet.
#include <gmock/gmock.h>

#include <sstream>

#include "sim/export/export.h"
#include "tests/run/dissector.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using testing::Contains;
using testing::IsSupersetOf;

const char* const kScenario = R"(mailtrek: 1
nodes:
  pc:  { kind: pc, user: ana@sur.example }
  tab: { kind: tablet, user: ana@sur.example, reads-with: pop3-delete }
  fon: { kind: phone, user: ana@sur.example, reads-with: pop3 }
  sur: { kind: mail-server, domains: [sur.example], mailboxes: { ana: {} } }
links:
  - { between: [pc, sur] }
  - { between: [tab, sur] }
  - { between: [fon, sur] }
timeline:
  - { at: 1 s, send: { id: uno, from: ana@sur.example, on: pc, to: [ana@sur.example], text: "..dots\n.\nhola\n", attach: [ { name: f.bin, size: 5 kB } ] } }
  - { at: 2 s, send: { id: dos, from: ana@sur.example, on: pc, to: [ana@sur.example], text: hola } }
  - { at: 10 s, read: { on: fon } }
  - { at: 20 s, read: { on: pc } }
  - { at: 30 s, read: { on: tab, mail: dos } }
  - { at: 40 s, empty: { on: pc } }
)";

TEST(Tshark, ReadsPop3AndImap) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const trace::Recording recording = simulate(scenarioOf(kScenario));
    const std::filesystem::path file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-mailbox-{}.pcapng", getpid());
    ASSERT_FALSE(exporting::exportTo(file, recording, exporting::AtNode{NodeId{3}}));
    std::istringstream in(
        outputOf(fmt::format("tshark -r {} -n -T fields -E separator='|' -E occurrence=a -e _ws.malformed -e pop.request.command -e pop.response.indicator "
                             "-e imap.request.command -e imap.response.status -e tcp.checksum.status -o tcp.check_checksum:TRUE 2>/dev/null",
                             file.string())));
    std::filesystem::remove(file);
    std::vector<std::string> pop, popReplies, imap;
    std::size_t packets = 0;
    for (std::string line; std::getline(in, line); ++packets) {
        std::vector<std::string> row(1);
        for (const char c : line) c == '|' ? row.emplace_back() : row.back() += std::string(1, c);
        ASSERT_EQ(row.size(), 6u);
        EXPECT_EQ(row[0], "") << "malformed";
        if (!row[5].empty()) { EXPECT_EQ(row[5], "1"); }
        if (!row[1].empty()) pop.push_back(row[1]);
        if (!row[2].empty()) popReplies.push_back(row[2]);
        if (!row[3].empty()) imap.push_back(row[3]);
    }
    EXPECT_GT(packets, 100u);
    EXPECT_THAT(
        pop, testing::ElementsAre("CAPA", "USER", "PASS", "STAT", "UIDL", "RETR", "RETR", "QUIT", "CAPA", "USER", "PASS", "STAT", "UIDL", "RETR", "RETR", "DELE", "DELE", "QUIT"));
    EXPECT_THAT(popReplies, testing::Each("+OK"));
    EXPECT_THAT(imap, IsSupersetOf({"LOGIN", "SELECT", "FETCH", "LOGOUT"})) << testing::PrintToString(imap);
}

}  // namespace
}  // namespace mailtrek::run::test
