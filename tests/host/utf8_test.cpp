// SPDX-License-Identifier: GPL-3.0-or-later
// Letters to and from josé@correo.example: over the wire, through the DNS, into the mailbox and back to the reader; and where somebody on the way cannot take them.
#include <gmock/gmock.h>

#include "sim/mail/message.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;
using trace::DialogueProtocol;

// Ñandú is a server of ñandú.example with niño and luis; josé has a mailbox and a PC at norte.
Plan utf8(const std::string& nandu, const std::string& timeline) {
    return {.more = "  nandu: { kind: mail-server, domains: [ÑANDÚ.example], mailboxes: { niño: {}, luis: {} }" + nandu +
                    " }\n  jose-pc: { kind: pc, user: josé@correo.example }\n  correo: { kind: mail-server, domains: [correo.example], mailboxes: { josé: {} } }\n"
                    "  nino-pc: { kind: pc, user: \"nin\\u0303o@xn--and-6ma2c.example\" }\n",
            .links = "  - { between: [nandu, r] }\n  - { between: [correo, r] }\n  - { between: [jose-pc, correo] }\n  - { between: [nino-pc, nandu] }\n",
            .timeline = timeline};
}
std::string fromJose(const std::string& to, const std::string& subject = "¿Qué tal?") {
    return "  - { at: 0 s, send: { id: carta, from: josé@correo.example, to: [" + to + "], subject: \"" + subject + "\", text: \"¡Hola!\" } }\n";
}

TEST(Utf8Mail, IsSubmittedRelayedStoredAndRead) {
    const Story run(utf8("", fromJose("niño@ñandú.example") + "  - { at: 1 min, read: { on: nino-pc, mail: carta } }\n"));
    EXPECT_THAT(run.dialogue(DialogueProtocol::submission), Contains(MatchesRegex("C: MAIL FROM:<josé@correo.example> SIZE=[0-9]+ BODY=8BITMIME SMTPUTF8")));
    const auto lines = run.dialogue(DialogueProtocol::smtp);
    EXPECT_THAT(lines, Contains("C: EHLO correo.correo.example"));
    EXPECT_THAT(lines, Contains("S: 220 nandu.xn--and-6ma2c.example ESMTP Mailtrek"));
    EXPECT_THAT(lines, Contains("C: RCPT TO:<niño@ñandú.example>"));
    const auto letters = run.letters("niño@ñandú.example");
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_THAT(letters[0], HasSubstr("Return-Path: <josé@correo.example>\r\nReceived: from correo.correo.example"));
    EXPECT_THAT(letters[0], HasSubstr("by nandu.xn--and-6ma2c.example with UTF8SMTP id "));
    EXPECT_THAT(letters[0], HasSubstr("by correo.correo.example with UTF8SMTPA id "));
    EXPECT_THAT(letters[0], HasSubstr("\r\nFrom: josé@correo.example\r\nTo: niño@ñandú.example\r\nSubject: ¿Qué tal?\r\n"));
    EXPECT_EQ(run.outcome().status, Status::read);
    std::vector<std::string> asked;
    for (const auto& [id, e] : eventsOf<trace::DnsQuery>(run.recording)) asked.emplace_back(run.recording.text(e.name));
    EXPECT_THAT(asked, Contains("xn--and-6ma2c.example")) << "the DNS knows A-labels only";
}

TEST(Utf8Mail, ADomainAloneGoesThroughServersThatKnowNothingOfIt) {
    const Story run(utf8(", policy: { smtputf8: off }", sendAt("0 s", "carta", "luis@ñandú.example")));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("C: RCPT TO:<luis@xn--and-6ma2c.example>"));
    EXPECT_THAT(run.letters("luis@ñandú.example"), SizeIs(1));
}

TEST(Utf8Mail, CannotBeMadePlainOnTheWay) {  // RFC 6531 3.6: it bounces, with a notice that its sender can read
    const Story run(utf8(", policy: { smtputf8: off }", fromJose("luis@ñandú.example")));
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_EQ(run.outcome().attempts, 1u);
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Not(Contains(HasSubstr("MAIL FROM"))));
    const auto notices = run.letters("josé@correo.example");
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], HasSubstr("\r\nTo: josé@correo.example\r\n"));
    EXPECT_THAT(notices[0], HasSubstr("\r\nStatus: 5.6.7\r\n"));
    EXPECT_THAT(notices[0], HasSubstr("\r\nContent-Type: message/global\r\n"));
    EXPECT_THAT(run.letters("luis@ñandú.example"), IsEmpty());
}

TEST(Utf8Mail, TheNoticeOfAnUnknownUserTravelsBack) {
    const Story run(utf8("", fromJose("nadie@ñandú.example, ñu@ñandú.example")));
    EXPECT_EQ(run.outcome(0).status, Status::bounced);
    EXPECT_EQ(run.outcome(1).status, Status::bounced);
    const auto notices = run.letters("josé@correo.example");
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], HasSubstr("\r\nFinal-Recipient: rfc822; nadie@xn--and-6ma2c.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
    EXPECT_THAT(notices[0], HasSubstr("\r\nFinal-Recipient: utf-8; ñu@ñandú.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
}

TEST(Utf8Mail, WhileItRunsAServerMayLearnIt) {
    const Story run(utf8(", policy: { smtputf8: off }", "  - { at: 0 s, set: { node: nandu, policy: { smtputf8: offer } } }\n" + fromJose("niño@ñandú.example")));
    EXPECT_EQ(run.outcome().status, Status::delivered);
}

}  // namespace
}  // namespace mailtrek::host
