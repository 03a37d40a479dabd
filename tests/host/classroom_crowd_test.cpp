// SPDX-License-Identifier: GPL-3.0-or-later
// Classroom rows 15 and 16: senders that are not who they say they are, and a list of two hundred.
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
using trace::DialogueProtocol;

// --- 15 falso_remitente ------------------------------------------------------------------------------------------------------------

const std::string kFalseSender = R"(  ana-pc:  { kind: pc, user: ana@norte.example }
  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }
  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} }, policy: { relay: deny, spf: reject } }
  luis-pc: { kind: pc, user: luis@sur.example }
  malo:    { kind: mail-server, domains: [malo.example], one-shot: true, smarthost: sur }
  mal-pc:  { kind: pc, user: mal@malo.example }
  dns:
    kind: dns-server
    zones:
      norte.example: [ { type: MX, host: norte }, { type: TXT, text: "v=spf1 mx -all" } ]
      malo.example:  [ { type: MX, host: malo },  { type: TXT, text: "v=spf1 mx -all" } ]
)";
const std::string kFalseRest = R"(timeline:
  - { at: 0 s, send: { id: honrada, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: Soy Ana } }
variants:
  relay:
    title: { en: An open relay is looked for, es: Se busca un relé abierto }
    timeline: [ { at: 1 s, send: { id: spam, from: mal@malo.example, to: [ana@norte.example], subject: Gane } } ]
    expect:
      mails:   { spam: { copies: 0, attempts: 1 } }
      metrics: { smtp.replies-5xx: 1, "mail.stored{node: norte}": 0, "smtp.connections{connection: malo>sur:25}": 1 }
  relay-abierto:
    set: { nodes.sur.policy: { relay: open } }
    timeline: [ { at: 1 s, send: { id: spam, from: mal@malo.example, to: [ana@norte.example], subject: Gane } } ]
    expect:
      mails:   { spam: { status: delivered, copies: 1, hops: 3 } }
      metrics: { smtp.replies-5xx: 0 }
  sobre-falso:
    title: { en: A forged envelope, es: Un sobre falso }
    timeline: [ { at: 1 s, send: { id: spam, from: mal@malo.example, envelope-from: ana@norte.example, header-from: ana@norte.example, to: [luis@sur.example] } } ]
    expect:
      mails:   { spam: { copies: 0 }, honrada: { status: delivered } }
      metrics: { smtp.replies-5xx: 1, smtp.data-transfers: 1 }
  sobre-propio:
    title: { en: An envelope of one's own, es: Un sobre propio }
    timeline: [ { at: 1 s, send: { id: spam, from: mal@malo.example, envelope-from: mal@malo.example, header-from: director@banco.example, to: [luis@sur.example] } } ]
    expect:
      mails:   { spam: { status: delivered, copies: 1 } }
      metrics: { smtp.replies-5xx: 0 }
expect:
  mails:   { honrada: { status: delivered, copies: 1 } }
  metrics: { smtp.replies-5xx: 0 }
)";

std::vector<trace::CheckResult> spfResults(const Story& story) {
    std::vector<trace::CheckResult> all;
    for (const auto& [id, e] : eventsOf<trace::SenderChecked>(story.recording))
        if (e.check == trace::SenderCheck::spf) all.push_back(e.result);
    return all;
}

TEST(Classroom15, WhatAFalseSenderCanAndCannotDo) {
    const Lesson lesson(kFalseSender, "  - { between: [malo, R4] }\n  - { between: [mal-pc, malo] }\n", kFalseRest);
    EXPECT_THAT(spfResults(lesson.run()), ElementsAre(trace::CheckResult::pass)) << "honest mail passes";
    const Story relay = lesson.run("relay");  // A
    EXPECT_THAT(relay.dialogue(DialogueProtocol::smtp), Contains("S: 550 5.7.1 <ana@norte.example> Relaying denied"));
    EXPECT_THAT(relay.letters("ana@norte.example"), IsEmpty());
    EXPECT_THAT(lesson.run("relay-abierto").letters("ana@norte.example"), SizeIs(1)) << "an open relay would have done it";
    const Story forged = lesson.run("sobre-falso");  // B
    EXPECT_THAT(spfResults(forged), Contains(trace::CheckResult::fail));
    EXPECT_THAT(forged.dialogue(DialogueProtocol::smtp), Contains(HasSubstr("S: 550 5.7.23 SPF: the domain of <ana@norte.example>")));
    const Story own = lesson.run("sobre-propio");  // C
    EXPECT_THAT(spfResults(own), Each(trace::CheckResult::pass));
    const auto letters = own.letters("luis@sur.example");
    ASSERT_THAT(letters, SizeIs(2));
    const auto lie = std::find_if(letters.begin(), letters.end(), [](const std::string& l) { return l.find("director@banco.example") != std::string::npos; });
    ASSERT_NE(lie, letters.end()) << "it passes, and proves nothing about From";
    EXPECT_THAT(*lie, HasSubstr("spf=pass smtp.mailfrom=mal@malo.example"));
    EXPECT_EQ(mail::parse(*lie).header("From"), "director@banco.example");
}

// --- 16 lista_200 ------------------------------------------------------------------------------------------------------------------

// Four domains with fifty members each, u1 to u50.
Lesson listOf200() {
    std::string members, nodes, links;
    for (const char* domain : {"sur", "este", "oeste", "centro"})
        for (int i = 1; i <= 50; ++i) members += fmt::format("{}u{}@{}.example", members.empty() ? "" : ", ", i, domain);
    for (const char* domain : {"este", "oeste", "centro"})
        nodes += fmt::format("  {0}: {{ kind: mail-server, domains: [{0}.example], mailboxes: {{ \"u{{1..50}}\": {{}} }} }}\n", domain);
    for (const auto& [server, router] : {std::pair{"este", "R4"}, {"oeste", "R3"}, {"centro", "R2"}}) links += fmt::format("  - {{ between: [{}, {}] }}\n", server, router);
    return {fmt::format("  ana-pc:  {{ kind: pc, user: ana@norte.example }}\n"
                        "  norte:   {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }}, lists: {{ clase@norte.example: [{}] }} }}\n"
                        "  sur:     {{ kind: mail-server, domains: [sur.example], mailboxes: {{ \"u{{1..50}}\": {{}} }} }}\n"
                        "  luis-pc: {{ kind: pc, user: u1@sur.example }}\n  dns:     {{ kind: dns-server }}\n{}",
                        members, nodes),
            links, R"(timeline:
  - { at: 0 s, send: { id: aviso, from: ana@norte.example, to: [clase@norte.example], subject: Examen, text: El lunes. } }
variants:
  uno-malo:
    title: { en: One has left, es: Uno se ha ido }
    set: { nodes.este.mailboxes: { "u{1..49}": {} } }
    expect:
      mails:   { aviso: { copies: 199 } }
      metrics: { mail.notices: 1, mail.bounced: 1, smtp.submissions: 1, smtp.connections: 4, smtp.data-transfers: 4, smtp.replies-5xx: 1 }
expect:
  mails:   { aviso: { status: delivered, copies: 200, before: 5 s } }
  metrics: { mail.stored: 200, mail.notices: 0, smtp.submissions: 1, smtp.connections: 4, smtp.data-transfers: 4, dns.mx-queries: 4 }
)"};
}

TEST(Classroom16, OneSubmissionFourTransfersTwoHundredCopies) {
    const Story story = listOf200().run();
    for (const char* server : {"sur", "este", "oeste", "centro"}) EXPECT_THAT(story.connects("norte", server, 25), ElementsAre(0min)) << server;
    for (int i = 1; i <= 50; ++i) EXPECT_THAT(story.letters(fmt::format("u{}@oeste.example", i)), SizeIs(1)) << i;
    EXPECT_THAT(story.letters("u1@sur.example").at(0), HasSubstr("List-Id: <clase.norte.example>"));
}

TEST(Classroom16, OneWhoHasLeftIsTheOwnersBusiness) {
    const Story story = listOf200().run("uno-malo");
    EXPECT_THAT(story.dialogue(DialogueProtocol::smtp), Contains("S: 550 5.1.1 <u50@este.example> No such mailbox here"));
    const auto notices = story.letters("ana@norte.example");
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], testing::StartsWith("Return-Path: <>\r\n"));
    EXPECT_THAT(notices[0], HasSubstr("\r\nTo: clase-owner@norte.example\r\n")) << "RFC 5321 3.9.2";
    EXPECT_THAT(notices[0], HasSubstr("\r\nFinal-Recipient: rfc822; u50@este.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
}

}  // namespace
}  // namespace mailtrek::host
