// SPDX-License-Identifier: GPL-3.0-or-later
// Classroom scenario 10, many devices, with webmail among them, as a file that a teacher writes; and what an independent dissector makes of the page: TLS on 443, nothing else.
#include <gmock/gmock.h>

#include <sstream>

#include "sim/export/export.h"
#include "sim/run/expect.h"
#include "tests/run/dissector.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

const char* const kManyDevices = R"(mailtrek: 1
title: { en: Many devices, es: Muchos dispositivos }
nodes:
  ana-pc:   { kind: pc, user: ana@norte.example }
  norte:    { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }
  r1:       { kind: router }
  sur:      { kind: mail-server, domains: [sur.example], mailboxes: { luis: {}, hp: {} } }
  luis-fon: { kind: phone, user: luis@sur.example }
  luis-tab: { kind: tablet, user: luis@sur.example }
  luis-pc:  { kind: pc, user: luis@sur.example }
  cafe-pc:  { kind: pc, user: luis@sur.example, reads-with: webmail, label: { en: the PC in the library, es: el PC de la biblioteca } }
  hp:       { kind: printer, user: hp@sur.example, prints: true }
links:
  - { between: [ana-pc, norte] }
  - { between: [norte, r1] }
  - { between: [r1, sur], name: backbone }
  - { between: [sur, luis-fon] }
  - { between: [sur, luis-tab] }
  - { between: [sur, luis-pc] }
  - { between: [r1, cafe-pc], name: cafe, delay: 5 ms }
  - { between: [sur, hp] }
timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Fotos, text: Mira, attach: [ { name: f.jpg, size: 30 kB } ] } }
  - { at: 1 min, send: { id: pagina, from: ana@norte.example, to: [hp@sur.example], text: "Para imprimir" } }
  - { at: 2 min, read: { on: cafe-pc, mail: carta } }
  - { at: 3 min, read: { on: luis-fon, mail: carta } }
  - { at: 4 min, read: { on: luis-tab, mail: carta } }
  - { at: 5 min, read: { on: luis-pc, mail: carta } }
  - { at: 6 min, send: { id: escaneo, from: hp@sur.example, on: hp, to: [luis@sur.example], subject: Escaneo } }
  - { at: 7 min, read: { on: cafe-pc, mail: escaneo } }
  - { at: 8 min, delete: { on: cafe-pc, mail: escaneo } }
expect:
  mails:
    carta: { status: read, copies: 1, reads: 4 }
    escaneo: { status: read, copies: 1, reads: 1 }
  metrics:
    mail.printed: 1
    "tcp.connections{connection: cafe-pc>sur:443}": 3
    "tcp.connections{connection: cafe-pc>sur:143}": 0
)";

TEST(ManyDevices, ShowOneMailboxInTheBrowserToo) {
    const scenario::Scenario scenario = scenarioOf(kManyDevices);
    const trace::Recording recording = simulate(scenario);
    for (const Shortfall& wrong : check(scenario.expect, recording)) ADD_FAILURE() << wrong.what << ": " << wrong.found << " instead of " << wrong.expected;
    std::size_t seen = 0;
    for (const auto& [id, e] : eventsOf<trace::FlagsChanged>(recording)) seen += (e.flags & 1) != 0 && recording.text(e.mailbox) == "luis@sur.example" ? 1 : 0;
    EXPECT_EQ(seen, 2u) << "each letter was new once, whichever device read it first";
}

TEST(Tshark, SeesTlsOn443) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const trace::Recording recording = simulate(scenarioOf(kManyDevices));
    const auto rows = dissected(
        recording, exporting::AtNode{NodeId{7}},
        {"_ws.malformed", "tcp.checksum.status", "tcp.port", "tcp.len", "tls.record.version", "tls.handshake.extensions_server_name", "tls.handshake.type", "http.request.method"});
    std::size_t packets = 0, hellos = 0;
    for (const auto& row : rows) {
        EXPECT_EQ(row[0], "") << "malformed";
        if (row[2].empty()) continue;
        EXPECT_EQ(row[1], "1");
        EXPECT_EQ(row[7], "") << "no HTTP that anybody could read";
        packets += row[3] != "0" ? 1 : 0;
        hellos += row[6] == "1" ? 1 : 0;
        if (row[6] == "1") { EXPECT_EQ(row[5], "sur.sur.example") << "the name of the page is not hidden"; }
    }
    EXPECT_EQ(hellos, 3u);
    EXPECT_GT(packets, 40u);
    std::uint64_t told = 0;
    for (const auto& [id, e] : eventsOf<trace::TlsRecord>(recording)) told += recording.cast().connections[e.connection.index()].serverPort == 443 ? e.size : 0;
    std::uint64_t carried = 0;
    for (const auto& [id, e] : eventsOf<trace::SegmentSent>(recording)) carried += recording.cast().connections[e.connection.index()].serverPort == 443 ? e.length : 0;
    EXPECT_EQ(told, carried) << "all that travels on 443 is records";
}

}  // namespace
}  // namespace mailtrek::run::test
