// SPDX-License-Identifier: GPL-3.0-or-later
// Classroom rows 11, 12, 13 and 14: refused and full, servers that are down, greylisting, a DNS that fails.
#include <gmock/gmock.h>

#include "sim/mail/message.h"
#include "tests/host/classroom_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using trace::DialogueProtocol;

std::string people(const std::string& norte, const std::string& sur, const std::string& surBoxes = "luis: {}") {
    return fmt::format(R"(  ana-pc:  {{ kind: pc, user: ana@norte.example }}
  norte:   {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }}{} }}
  sur:     {{ kind: mail-server, domains: [sur.example], mailboxes: {{ {} }}{} }}
  luis-pc: {{ kind: pc, user: luis@sur.example }}
  dns:     {{ kind: dns-server }}
)",
                       norte, surBoxes, sur);
}

// --- 11 rebote_y_cuota -----------------------------------------------------------------------------------------------------------

TEST(Classroom11, ANobodyIsRefusedBeforeAnyContent) {  // A
    const Lesson lesson(people("", ""), "", R"(timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [nadie@sur.example], subject: Hola, text: Hola, attach: [ { name: foto.jpg, size: 100 kB } ] } }
expect:
  mails:   { carta: { status: bounced, copies: 0, attempts: 1, before: 1 s } }
  metrics: { smtp.replies-5xx: 1, smtp.data-transfers: 0, smtp.connections: 1, mail.notices: 1, mail.bounced: 1, mail.retries: 0 }
  replies: { carta: [220, 250, 250, 550, 221] }
)");
    const Story story = lesson.run();
    EXPECT_THAT(story.dialogue(DialogueProtocol::smtp), Contains("S: 550 5.1.1 <nadie@sur.example> No such mailbox here"));
    for (const auto& [id, e] : eventsOf<trace::SmtpContent>(story.recording)) EXPECT_NE(e.protocol, DialogueProtocol::smtp) << "no octet of the letter crosses the road";
    const auto notices = story.letters("ana@norte.example");
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], StartsWith("Return-Path: <>\r\n"));
    EXPECT_THAT(notices[0], HasSubstr("\r\nFinal-Recipient: rfc822; nadie@sur.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
}

TEST(Classroom11, AFullMailboxHasRoomAgain) {  // B
    const Lesson lesson(people("", "", "luis: { quota: 50 kB }, eva: {}") + "  eva-pc: { kind: pc, user: eva@sur.example }\n", "  - { between: [eva-pc, sur] }\n", R"(timeline:
  - { at: 0 s, send: { id: fotos, from: eva@sur.example, to: [luis@sur.example], subject: Fotos, attach: [ { name: fotos.zip, size: 30 kB } ] } }
  - { at: 5 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, attach: [ { name: foto.jpg, size: 10 kB } ] } }
  - { at: 45 min, delete: { on: luis-pc, mail: fotos } }
expect:
  mails:   { fotos: { status: delivered, copies: 1 }, carta: { status: delivered, copies: 1, attempts: 3, after: 1 h, before: 61 min } }
  metrics: { smtp.replies-4xx: 2, smtp.data-transfers: 1, mail.retries: 2, mail.notices: 0 }
)");
    const Story story = lesson.run();
    EXPECT_THAT(attemptTimes(story, "norte"), ElementsAre(0min, 30min, 60min));
    const auto lines = story.dialogue(DialogueProtocol::smtp);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "S: 452 4.2.2 <luis@sur.example> Mailbox full"), 2);
    EXPECT_THAT(eventsOf<trace::MailboxFull>(story.recording), SizeIs(2));
}

// --- 12 servidor_caido -------------------------------------------------------------------------------------------------------------

TEST(Classroom12, ABackupTakesItAndWithoutOneItWaits) {
    const Lesson lesson(people("", "") + "  este: { kind: mail-server, domains: [este.example], mailboxes: { olga: {} }, backup-for: [sur.example] }\n",
                        "  - { between: [este, R4] }\n", R"(timeline:
  - { at: 0 s, stop: sur }
  - { at: 1 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: Hola } }
  - { at: 75 min, start: sur }
variants:
  sin-respaldo:
    title: { en: No backup, es: Sin respaldo }
    set: { nodes.este.backup-for: [] }
    expect:
      mails:   { carta: { status: delivered, copies: 1, hops: 2, attempts: 4, after: 90 min, before: 91 min } }
      metrics: { mail.retries: 3, mail.notices: 0 }
expect:
  mails:   { carta: { status: delivered, copies: 1, hops: 3 } }
  metrics: { smtp.connections: 2, mail.notices: 0 }
)");
    const Story backup = lesson.run();  // A
    EXPECT_THAT(attemptTimes(backup, "norte"), ElementsAre(0min)) << "norte is rid of it at once";
    EXPECT_THAT(backup.connects("norte", "sur", 25), SizeIs(1)) << "the better preference first";
    EXPECT_THAT(backup.connects("norte", "este", 25), SizeIs(1));
    EXPECT_THAT(backup.letters("luis@sur.example"), ElementsAre(HasSubstr("by este.este.example")));
    const Story alone = lesson.run("sin-respaldo");  // B
    EXPECT_THAT(attemptTimes(alone, "norte"), ElementsAre(0min, 30min, 60min, 90min));
    EXPECT_THAT(alone.connects("norte", "este", 25), IsEmpty());
}

// --- 13 lista_gris -----------------------------------------------------------------------------------------------------------------

TEST(Classroom13, TheGreylistSendsEverybodyAwayOnceAndASpammerForGood) {
    const Lesson lesson(
        people("", ", policy: { greylist: 300 s }") + "  malo: { kind: mail-server, domains: [malo.example], one-shot: true }\n  malo-pc: { kind: pc, user: mal@malo.example }\n",
        "  - { between: [malo, R3] }\n  - { between: [malo-pc, malo] }\n", R"(timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: Hola } }
  - { at: 0 s, send: { id: spam, from: mal@malo.example, to: [luis@sur.example], subject: Gane, text: Dinero } }
  - { at: 10 s, send: { id: otra, from: mal@malo.example, to: [luis@sur.example], subject: Gane, text: Dinero } }
expect:
  mails:   { carta: { status: delivered, copies: 1, attempts: 2, after: 30 min, before: 31 min }, spam: { copies: 0, attempts: 1 }, otra: { copies: 0, attempts: 1 } }
  metrics: { smtp.replies-4xx: 3, mail.stored: 1, mail.notices: 0, "smtp.data-transfers{node: sur}": 1 }
)");
    const Story story = lesson.run();
    const auto lines = story.dialogue(DialogueProtocol::smtp);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return line.starts_with("S: 451 4.7.1 <luis@sur.example> Greylisted"); }), 3);
    EXPECT_THAT(attemptTimes(story, "norte"), ElementsAre(0min, 30min));
    EXPECT_THAT(attemptTimes(story, "malo"), ElementsAre(0min, 0min)) << "one attempt for each letter, and no more";
}

// --- 14 dns_falla ------------------------------------------------------------------------------------------------------------------

TEST(Classroom14, TheDnsFailsInThreeWays) {
    const Lesson lesson(people("", ""), "", R"(timeline:
  - { at: 1 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: Hola } }
variants:
  servfail:
    timeline: [ { at: 0 s, fail: { dns: dns, with: servfail, for: 40 min } } ]
    expect:
      mails:   { carta: { status: delivered, copies: 1, attempts: 3, after: 1 h, before: 61 min } }
      metrics: { dns.failures: 2, dns.mx-queries: 3, mail.notices: 0 }
  nxdomain:
    timeline: [ { at: 0 s, fail: { dns: dns, with: nxdomain, for: 40 min } } ]
    expect:
      mails:   { carta: { status: bounced, copies: 0, attempts: 1, before: 2 s } }
      metrics: { dns.mx-queries: 1, mail.notices: 1, smtp.connections: 0 }
  sin-mx:
    set: { nodes.dns.zones: { sur.example: [ { type: A, host: sur } ] } }
    expect:
      mails:   { carta: { status: delivered, copies: 1, attempts: 1, before: 2 s } }
      metrics: { dns.mx-queries: 1, dns.queries: 2, mail.notices: 0 }
expect:
  mails:   { carta: { status: delivered, attempts: 1, before: 2 s } }
  metrics: { dns.queries: 1, dns.failures: 0 }
)");
    lesson.run();
    const Story servfail = lesson.run("servfail");  // A
    EXPECT_THAT(attemptTimes(servfail, "norte"), ElementsAre(0min, 30min, 60min));
    const Story nxdomain = lesson.run("nxdomain");  // B
    EXPECT_THAT(nxdomain.letters("ana@norte.example"), ElementsAre(HasSubstr("\r\nStatus: 5.1.2\r\n")));
    const Story implicit = lesson.run("sin-mx");  // C
    std::vector<std::string> asked;
    for (const auto& [id, e] : eventsOf<trace::DnsQuery>(implicit.recording)) asked.push_back(fmt::format("{} {}", implicit.recording.text(e.name), trace::name(e.type)));
    EXPECT_THAT(asked, ElementsAre("sur.example MX", "sur.example A")) << "MX first, and A only since there is none";
}

}  // namespace
}  // namespace mailtrek::host
