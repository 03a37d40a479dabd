// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector on fragments, ICMP errors, pings and probes of whole runs.
#include <gmock/gmock.h>

#include "tests/run/dissector.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

const char* const kScenario = R"(mailtrek: 1
nodes:
  pc:  { kind: pc, user: ana@sur.example }
  r1:  { kind: router }
  r2:  { kind: router }
  sur: { kind: mail-server, domains: [sur.example], mailboxes: { ana: {} } }
links:
  - { between: [pc, r1] }
  - { between: [r1, r2], mtu: 576 B, delay: 5 ms }
  - { between: [r2, sur] }
timeline:
  - { at: 1 s, ping: { from: pc, to: sur, count: 2, size: 3000 B } }
  - { at: 4 s, traceroute: { from: pc, to: sur } }
  - { at: 9 s, ping: { from: pc, to: 10.200.0.1, count: 1 } }
  - { at: 20 s, send: { id: carta, from: ana@sur.example, to: [ana@sur.example], text: hola, attach: [ { name: f.bin, size: 20 kB } ] } }
)";

TEST(Tshark, ReadsFragmentsErrorsAndProbes) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const trace::Recording recording = simulate(scenarioOf(kScenario));
    const NodeId pc{0};
    const auto rows =
        dissected(recording, exporting::AtNode{pc},
                  {"_ws.malformed", "ip.checksum.status", "icmp.checksum.status", "udp.checksum.status", "tcp.checksum.status", "ip.flags.df", "ip.flags.mf", "ip.frag_offset",
                   "ip.reassembled.length", "icmp.type", "icmp.code", "icmp.mtu", "ip.proto", "icmp.resp_in", "icmp.resp_to", "ip.fragment.error", "ip.fragment.overlap"});
    ASSERT_GT(rows.size(), 50u);
    std::size_t fragments = 0, whole = 0, requests = 0, replies = 0, answered = 0, ttl = 0, tooBig = 0, closed = 0, noNet = 0;
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 17u);
        EXPECT_EQ(row[0], "") << "malformed";
        EXPECT_EQ(row[1], "1") << "the checksum of the IP header";
        const std::size_t checksum = row[12] == "1" ? 2 : row[12] == "17" ? 3 : 4;  // of the packet itself, not of what an error quotes in part
        EXPECT_TRUE(row[checksum].empty() || row[checksum] == "1") << checksum;
        EXPECT_EQ(row[15] + row[16], "");
        if (row[12] == "6") { EXPECT_EQ(row[5], "1") << "all TCP segments have DF (RFC 1191 3)"; }
        if (row[6] == "1" || row[7] != "0") ++fragments;
        if (row[8] == "3008") ++whole;
        requests += row[9] == "8" ? 1 : 0;
        replies += row[9] == "0" ? 1 : 0;
        answered += row[14] != "" ? 1 : 0;
        ttl += row[9] == "11" && row[10] == "0" ? 1 : 0;
        closed += row[9] == "3" && row[10] == "3" ? 1 : 0;
        noNet += row[9] == "3" && row[10] == "0" ? 1 : 0;
        if (row[9] == "3" && row[10] == "4") {
            ++tooBig;
            EXPECT_EQ(row[11], "576");
        }
    }
    EXPECT_EQ(fragments, 2u * (3 + 7)) << "three pieces go out for the link of the pc; two of the three that come back are cut in three again";
    EXPECT_EQ(whole, 4u) << "two requests and two replies, put together";
    EXPECT_EQ(requests, 3u);
    EXPECT_EQ(replies, 2u);
    EXPECT_EQ(answered, 2u);
    EXPECT_EQ(ttl, 2u) << "two routers on the way of the traceroute";
    EXPECT_EQ(closed, 1u);
    EXPECT_EQ(noNet, 1u);
    EXPECT_GT(tooBig, 0u);
}

}  // namespace
}  // namespace mailtrek::run::test
