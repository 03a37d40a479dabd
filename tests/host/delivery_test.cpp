// SPDX-License-Identifier: GPL-3.0-or-later
// A mail server hands letters on, over lines that are slow, cut or dead, to servers that crash, are full or say no.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>

#include "sim/mail/message.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;
using trace::DialogueProtocol;

TEST(Delivery, TheWholeDialogue) {
    const Story run({.timeline = sendAt("0 s", "carta", "luis@sur.example, nobody@sur.example")});
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp),
                ElementsAre("S: 220 sur.sur.example ESMTP Mailtrek", "C: EHLO norte.norte.example",
                            "S: 250-sur.sur.example greets norte.norte.example\n250-PIPELINING\n250-SIZE 25000000\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n250-DSN\n250 SMTPUTF8",
                            MatchesRegex("C: MAIL FROM:<ana@norte.example> SIZE=[0-9]+"), "S: 250 2.1.0 Ok", "C: RCPT TO:<luis@sur.example>", "S: 250 2.1.5 Ok",
                            "C: RCPT TO:<nobody@sur.example>", "S: 550 5.1.1 <nobody@sur.example> No such mailbox here", "C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>",
                            "C: (content)", MatchesRegex("S: 250 2.0.0 Ok: queued as [0-9A-F]+"), "C: QUIT", "S: 221 2.0.0 sur.sur.example Bye"));
    EXPECT_EQ(run.outcome(0).status, Status::delivered);
    EXPECT_EQ(run.outcome(1).status, Status::bounced);
    const auto notices = run.letters("ana@norte.example");
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], HasSubstr("\r\nFinal-Recipient: rfc822; nobody@sur.example\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; sur.sur.example\r\n"
                                      "Diagnostic-Code: smtp; 550 5.1.1 <nobody@sur.example> No such mailbox here\r\n"));
}

TEST(Delivery, SubmissionDialogue) {
    const Story run({.timeline = sendAt("0 s", "carta", "luis@sur.example")});
    EXPECT_THAT(
        run.dialogue(DialogueProtocol::submission),
        ElementsAre(
            "S: 220 norte.norte.example ESMTP Mailtrek", MatchesRegex("C: EHLO \\[10\\.[0-9.]+\\]"),
            MatchesRegex(
                "S: 250-norte.norte.example greets .*\n250-PIPELINING\n250-SIZE 25000000\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n250-DSN\n250-SMTPUTF8\n250 AUTH PLAIN LOGIN"),
            "C: AUTH PLAIN ********", "S: 235 2.7.0 Authentication successful", MatchesRegex("C: MAIL FROM:<ana@norte.example> SIZE=[0-9]+"), "S: 250 2.1.0 Ok",
            "C: RCPT TO:<luis@sur.example>", "S: 250 2.1.5 Ok", "C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>", "C: (content)",
            MatchesRegex("S: 250 2.0.0 Ok: queued as [0-9A-F]+"), "C: QUIT", "S: 221 2.0.0 norte.norte.example Bye"));
}

TEST(Delivery, ManyRecipientsGoInTransactionsOfAHundred) {  // RFC 5321 4.5.3.1.8
    std::string to;
    for (int i = 1; i <= 130; ++i) to += fmt::format("{}u{}@sur.example", i == 1 ? "" : ", ", i);
    const Story run({.surBoxes = "luis: {}, \"u{1..130}\": {}", .timeline = sendAt("0 s", "carta", to)});
    for (std::size_t i = 0; i < 130; ++i) EXPECT_EQ(run.outcome(i).copies, 1u) << i;
    const auto lines = run.dialogue(DialogueProtocol::smtp);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "C: DATA"), 2);
    EXPECT_THAT(run.connects("norte", "sur", 25), SizeIs(1));
}

TEST(Delivery, ALongWayIsNoReasonToGiveUp) {  // 4.5.3.2.5: content that moves is waited for; here for some 25 minutes
    const Story run({.backbone = ", rate: 10 kbit/s", .timeline = sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: foto.jpg, size: 1200 kB } ]")});
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_EQ(run.outcome().attempts, 1u);
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_GT(*run.outcome().storedAt - kStart, Duration(20min));
}

// --- hosts that are down ---

TEST(Delivery, AHostThatIsDownIsAskedOncePerInterval) {
    const Story run({.timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "uno", "luis@sur.example") + sendAt("10 min", "dos", "luis@sur.example") +
                                 sendAt("20 min", "tres", "luis@sur.example") + "  - { at: 45 min, start: sur }\n"});
    EXPECT_THAT(run.connects("norte", "sur", 25), ElementsAre(0min, 30min, 60min));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(run.outcome(i).copies, 1u) << i;
    EXPECT_EQ(run.outcome(0).attempts, 3u);
    EXPECT_EQ(run.outcome(1).attempts, 2u);
}

TEST(Delivery, GivesUpWhenTheTimeIsOver) {
    const Story run({.mail = "retry: [30 min, 1 h], give-up: 4 h", .timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "carta", "luis@sur.example")});
    EXPECT_THAT(run.connects("norte", "sur", 25), ElementsAre(0min, 30min, 90min, 150min, 210min));
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_GE(*run.outcome().noticeAt - kStart, Duration(4h));
    EXPECT_LT(*run.outcome().noticeAt - kStart, Duration(4h + 2s));
    const auto notices = run.letters("ana@norte.example");
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], HasSubstr("\r\nAction: failed\r\nStatus: 4.4.7\r\n"));
    EXPECT_TRUE(notices[0].starts_with("Return-Path: <>\r\n"));
}

TEST(Delivery, TheBackupTakesOver) {
    Plan plan{.more = "  otro: { kind: mail-server, domains: [otro.example], mailboxes: { x: {} }, backup-for: [sur.example] }\n", .links = "  - { between: [otro, r] }\n"};
    plan.timeline = sendAt("0 s", "carta", "luis@sur.example");
    const Story calm(plan);
    EXPECT_THAT(calm.connects("norte", "otro", 25), SizeIs(0));  // the lower preference comes first
    plan.timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 40 min, start: sur }\n";
    const Story run(plan);
    EXPECT_THAT(run.connects("norte", "sur", 25), SizeIs(1));
    EXPECT_THAT(run.connects("norte", "otro", 25), SizeIs(1));
    EXPECT_THAT(run.connects("otro", "sur", 25), SizeIs(3));   // at once, after half an hour, after an hour
    EXPECT_THAT(run.connects("otro", "otro", 25), SizeIs(0));  // never to itself
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_EQ(run.outcome().receivedHeaders, 3u);
}

TEST(Delivery, ADomainThatDoesNotExist) {
    const Story run({.timeline = sendAt("0 s", "carta", "x@nowhere.example")});
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_THAT(run.letters("ana@norte.example").at(0), HasSubstr("\r\nStatus: 5.1.2\r\n"));
    EXPECT_EQ(run.outcome().attempts, 1u);
}

TEST(Delivery, SilentDnsIsNoReasonToBounce) {
    const Story run({.timeline = "  - { at: 0 s, stop: dns }\n" + sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 10 min, start: dns }\n"});
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_EQ(run.outcome().attempts, 2u);
    EXPECT_GE(*run.outcome().storedAt - kStart, Duration(30min));
}

// --- crashes ---

TEST(Delivery, TheReceiverCrashesInTheMiddleOfTheContent) {
    const Story run(
        {.backbone = ", rate: 100 kbit/s",
         .timeline = sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: foto.jpg, size: 100 kB } ]") + "  - { at: 5 s, stop: sur }\n  - { at: 6 s, start: sur }\n"});
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_EQ(run.outcome().attempts, 2u);
    EXPECT_TRUE(run.letters("ana@norte.example").empty());
}

TEST(Delivery, TheQueueSurvivesACrash) {
    const Story run({.timeline = "  - { at: 0 s, cut: backbone }\n" + sendAt("1 s", "carta", "luis@sur.example") +
                                 "  - { at: 2 s, stop: norte }\n  - { at: 10 min, start: norte }\n  - { at: 20 min, restore: backbone }\n"});
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_EQ(run.outcome().attempts, 2u);
    EXPECT_GE(*run.outcome().storedAt - kStart, Duration(30min));
}

TEST(Delivery, ALostFinalReplyMayMakeTwoCopiesAndNeverNone) {
    const Plan plan{.timeline = sendAt("0 s", "carta", "luis@sur.example")};
    const Duration storedAt = *Story(plan).outcome().storedAt - kStart;
    Plan trouble = plan;
    trouble.timeline += fmt::format("  - {{ at: {} us, stop: norte }}\n  - {{ at: 1 min, start: norte }}\n", storedAt / 1us + 1);
    const Story run(trouble);
    EXPECT_EQ(run.outcome().copies, 2u);
    EXPECT_EQ(run.outcome().attempts, 2u);
}

// --- mailboxes ---

TEST(Delivery, AFullMailboxIsTriedAgain) {  // 452 4.2.2
    const Story run({.surBoxes = "luis: { quota: 6 kB }",
                     .timeline = sendAt("0 s", "uno", "luis@sur.example", ", attach: [ { name: a.bin, size: 3 kB } ]") +
                                 sendAt("1 min", "dos", "luis@sur.example", ", attach: [ { name: b.bin, size: 3 kB } ]") +
                                 "  - { at: 10 min, delete: { on: luis-pc, mail: uno } }\n"});
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("S: 452 4.2.2 <luis@sur.example> Mailbox full"));
    EXPECT_EQ(run.outcome(1).copies, 1u);
    EXPECT_EQ(run.outcome(1).attempts, 2u);
    EXPECT_GE(*run.outcome(1).storedAt - kStart, Duration(31min));
}

TEST(Delivery, ALetterLargerThanTheMailboxComesBack) {  // 552 5.2.2
    const Story run({.surBoxes = "luis: { quota: 6 kB }", .timeline = sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: a.bin, size: 20 kB } ]")});
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_EQ(run.outcome().attempts, 1u);
    EXPECT_THAT(run.letters("ana@norte.example").at(0), HasSubstr("\r\nStatus: 5.2.2\r\n"));
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), testing::Not(Contains("C: DATA")));
}

TEST(Delivery, OneShotServersNeverTryAgainAndTellNobody) {
    const Story run({.norte = ", one-shot: true", .timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 1 min, start: sur }\n"});
    EXPECT_THAT(run.connects("norte", "sur", 25), SizeIs(1));
    EXPECT_EQ(run.outcome().status, Status::discarded);
    EXPECT_TRUE(run.letters("ana@norte.example").empty());
}

// RFC 5321 2.3.8: on the wire, whoever speaks, CR and LF stand together.
TEST(Delivery, NoLineEndStandsAlone) {
    const Story run({.timeline = sendAt("0 s", "carta", "luis@sur.example", ", text: \"uno\\ndos\\n.\\ntres\", attach: [ { name: a.bin, size: 20 kB } ]")});
    std::map<std::array<std::uint16_t, 2>, std::string> streams;  // by ports; nothing is lost, so packets come in order
    const trace::Store& store = run.recording.store();
    for (std::uint32_t p = 0; p < store.packets(); ++p) {
        const wire::Packet& packet = store.packet(PacketId{p}).packet;
        const wire::TcpHeader* tcp = packet.tcp();
        if (tcp != nullptr) streams[{tcp->sourcePort, tcp->destinationPort}] += packet.payload.text();
    }
    std::size_t ends = 0, spoken = 0;
    for (const auto& [ports, octets] : streams) {
        if (std::ranges::none_of(ports, [](std::uint16_t port) { return port == 25 || port == 587; })) continue;
        ++spoken;
        for (std::size_t at = 0; at < octets.size(); ++at) {
            if (octets[at] == '\r') { EXPECT_EQ(octets.substr(at, 2), "\r\n") << at; }
            if (octets[at] == '\n') { EXPECT_EQ(octets.substr(at > 0 ? at - 1 : 0, 2), "\r\n") << at; }
            ends += octets[at] == '\n' ? 1 : 0;
        }
    }
    EXPECT_EQ(spoken, 4u) << "both ends of both connections";
    EXPECT_GT(ends, 2u * 20'000 * 4 / 3 / 76) << "the letter crossed twice";
}

}  // namespace
}  // namespace mailtrek::host
