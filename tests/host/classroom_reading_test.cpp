// SPDX-License-Identifier: GPL-3.0-or-later
// Classroom rows 02, 09 and 10: the same server, the reader without network, many devices.
#include <gmock/gmock.h>

#include "sim/mail/message.h"
#include "tests/host/classroom_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using trace::DialogueProtocol;

const std::string kNorteSurDns = R"(  ana-pc:  { kind: pc, user: ana@norte.example }
  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {}, pepe: {} } }
  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }
  luis-pc: { kind: pc, user: luis@sur.example }
  dns:     { kind: dns-server }
)";

// What persons did with letters, in order: "luis-fon read", with "local" when it was with the device's own copy.
std::vector<std::string> deeds(const Story& story) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::MailRead>(story.recording))
        all.push_back(fmt::format("{} {}{}", story.recording.cast().nodes[story.recording.event(id).node.index()].name, trace::name(e.action), e.local ? " local" : ""));
    return all;
}

TEST(Classroom02, TheSameServer) {
    const Lesson lesson(kNorteSurDns + "  pepe-fon: { kind: phone, user: pepe@norte.example }\n", "  - { between: [norte, pepe-fon] }\n", R"(timeline:
  - { at: 0 s, send: { id: nota, from: ana@norte.example, to: [pepe@norte.example], subject: Nota, text: "¿Comemos a las dos?" } }
  - { at: 10 s, read: { on: pepe-fon, mail: nota } }
expect:
  mails:   { nota: { status: read, copies: 1, hops: 1, reads: 1 } }
  metrics: { dns.mx-queries: 0, dns.queries: 0, smtp.connections: 0, smtp.submissions: 1, mail.stored: 1 }
)");
    const Story story = lesson.run();
    EXPECT_THAT(story.dialogue(DialogueProtocol::smtp), IsEmpty()) << "nobody speaks on port 25";
    EXPECT_THAT(story.letters("pepe@norte.example"), SizeIs(1));
}

TEST(Classroom09, LuisWithoutNetwork) {
    const Lesson lesson(kNorteSurDns + "  luis-fon: { kind: phone, user: luis@sur.example, online: false }\n", "  - { between: [sur, luis-fon], delay: 15 ms }\n", R"(timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: "Léela cuando puedas." } }
  - { at: 10 s, stop: ana-pc }
  - { at: 20 s, read: { on: luis-fon, mail: carta } }
  - { at: 1 h, online: luis-fon }
  - { at: 2 h, read: { on: luis-fon, mail: carta } }
  - { at: 3 h, read: { on: luis-pc, mail: carta } }
expect:
  mails:   { carta: { status: read, copies: 1, reads: 3, after: 1 h, before: 61 min } }
  metrics: { mail.stored: 1, mail.read: 3, mail.retries: 0, smtp.connections: 1 }
)");
    const Story story = lesson.run();
    EXPECT_LT(*story.outcome().storedAt - kStart, Duration(1s)) << "stored at once: the reader's being away is nobody's concern";
    EXPECT_THAT(deeds(story), ElementsAre("luis-fon read", "luis-fon read", "luis-pc read"));
    EXPECT_THAT(eventsOf<trace::MailboxRemoved>(story.recording), IsEmpty()) << "reading takes nothing away";
}

const std::string kManyDevices = kNorteSurDns + R"(  luis-fon: { kind: phone, user: luis@sur.example }
  luis-tab: { kind: tablet, user: luis@sur.example }
  hp:       { kind: printer, user: luis@sur.example, prints: true }
)";
const std::string kManyLinks = "  - { between: [sur, luis-fon] }\n  - { between: [sur, luis-tab] }\n  - { between: [sur, hp] }\n";
const std::string kManyRest = R"(timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: "Para todos tus aparatos." } }
  - { at: 1 min, read: { on: luis-pc, mail: carta } }
  - { at: 2 min, read: { on: luis-fon, mail: carta } }
  - { at: 3 min, read: { on: luis-tab, mail: carta } }
  - { at: 4 min, send: { id: escaneo, from: luis@sur.example, on: hp, to: [ana@norte.example], subject: Escaneo, attach: [ { name: hoja.pdf, size: 40 kB } ] } }
variants:
  pop3:
    title: { en: The PC takes it away, es: El PC se la lleva }
    set: { nodes.luis-pc.reads-with: pop3-delete, nodes.hp.prints: false }
    expect:
      mails:   { carta: { status: read, copies: 1, reads: 1 } }
      metrics: { mail.stored: 2, mail.read: 1, mail.printed: 0 }
expect:
  mails:   { carta: { status: read, copies: 1, reads: 3 }, escaneo: { status: delivered, copies: 1 } }
  metrics: { mail.printed: 1, mail.read: 3, mail.stored: 2, smtp.submissions: 2 }
)";

TEST(Classroom10, ManyDevicesOneCopy) {
    const Story story = Lesson(kManyDevices, kManyLinks, kManyRest).run();
    EXPECT_THAT(deeds(story), ElementsAre("hp print", "luis-pc read", "luis-fon read", "luis-tab read"));
    EXPECT_THAT(story.connects("hp", "sur", 587), ElementsAre(4min)) << "a scan is a submission";
    ASSERT_THAT(story.letters("ana@norte.example"), SizeIs(1));
    EXPECT_EQ(mail::parse(story.letters("ana@norte.example")[0]).parts.at(1).fileName, "hoja.pdf");
    // The first reader sets \Seen on the server, and whoever comes later is told.
    const auto flags = eventsOf<trace::FlagsChanged>(story.recording);
    ASSERT_THAT(flags, SizeIs(1)) << "there is one letter, and it becomes seen once";
    EXPECT_EQ(story.recording.event(flags[0].first).node, story.node("sur"));
    EXPECT_THAT(story.dialogue(DialogueProtocol::imap), Contains(testing::AllOf(testing::StartsWith("S: * 1 FETCH"), HasSubstr("\\Seen"))));
}

TEST(Classroom10, Pop3AndDeleteLeavesTheTabletEmpty) {
    const Story story = Lesson(kManyDevices, kManyLinks, kManyRest).run("pop3");
    EXPECT_THAT(deeds(story), ElementsAre("luis-pc read local"));
    EXPECT_THAT(eventsOf<trace::MailboxRemoved>(story.recording), SizeIs(1));
    EXPECT_THAT(story.dialogue(DialogueProtocol::imap), Contains("S: * 0 EXISTS")) << "phone and tablet find nothing";
}

}  // namespace
}  // namespace mailtrek::host
