// SPDX-License-Identifier: GPL-3.0-or-later
// People's mail programs: they hand over what they can, say goodbye, and try the rest again; they read over IMAP.
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::MatchesRegex;
using testing::SizeIs;
using trace::DialogueProtocol;

TEST(Device, WhatIsRefusedForNowIsTriedAgainAndTheRestIsNotSentTwice) {
    const Story run({.timeline = sendAt("0 s", "uno", "eva@norte.example", ", attach: [ { name: a.bin, size: 2500 B } ]") +
                                 sendAt("1 min", "dos", "eva@norte.example, luis@sur.example", ", attach: [ { name: b.bin, size: 2500 B } ]") +
                                 "  - { at: 150 s, set: { node: norte, mailboxes: { eva: { quota: 50 kB } } } }\n"});
    const auto lines = run.dialogue(DialogueProtocol::submission);
    EXPECT_THAT(lines, Contains("S: 452 4.2.2 <eva@norte.example> Mailbox full"));
    EXPECT_EQ(run.outcome(1).copies, 1u);  // eva
    EXPECT_EQ(run.outcome(2).copies, 1u);  // luis
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "C: RCPT TO:<luis@sur.example>"), 1);
    EXPECT_THAT(run.connects("ana-pc", "norte", 587), ElementsAre(0min, 1min, 2min, 4min));  // after one minute, after two
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "C: QUIT"), 4);                         // RFC 5321 4.1.1.10: always
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "S: 221 2.0.0 norte.norte.example Bye"), 4);
}

TEST(Device, ARefusalForGoodIsToldAtOnce) {
    const Story run({.timeline = sendAt("0 s", "carta", "nobody@norte.example, luis@sur.example")});
    EXPECT_EQ(run.outcome(0).status, Status::refused);
    EXPECT_EQ(run.outcome(1).status, Status::delivered);
    EXPECT_THAT(run.connects("ana-pc", "norte", 587), SizeIs(1));
}

TEST(Device, ALongWayToTheServerIsNoReasonToGiveUp) {
    const Story run({.access = ", rate: 10 kbit/s", .timeline = sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: foto.jpg, size: 1200 kB } ]")});
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_THAT(run.connects("ana-pc", "norte", 587), SizeIs(1));
}

TEST(Device, AServerThatIsDownIsTriedAgain) {
    const Story run({.timeline = "  - { at: 0 s, stop: norte }\n" + sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 5 min, start: norte }\n"});
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_GT(run.connects("ana-pc", "norte", 587).size(), 1u);
}

TEST(Device, ReadsFromTheSameMailboxAfterACrash) {  // RFC 3501 2.3.1.1: another validity would make programs throw away what they know
    const Story run({.timeline = sendAt("0 s", "carta", "luis@sur.example") +
                                 "  - { at: 1 min, read: { on: luis-pc, mail: carta } }\n  - { at: 2 min, stop: sur }\n  - { at: 3 min, start: sur }\n"
                                 "  - { at: 4 min, read: { on: luis-pc, mail: carta } }\n"});
    const auto lines = run.dialogue(DialogueProtocol::imap);
    EXPECT_EQ(std::ranges::count(lines, "S: * OK [UIDVALIDITY 1] valid"), 2) << "one in each session";
    EXPECT_EQ(std::ranges::count_if(lines, [](const std::string& line) { return line.find("[UIDVALIDITY") != std::string::npos; }), 2);
    EXPECT_EQ(run.outcome().reads, 2u);
}

TEST(Device, ReadsOverImap) {
    const Story run({.timeline = sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 1 min, read: { on: luis-pc, mail: carta } }\n"});
    EXPECT_THAT(run.dialogue(DialogueProtocol::imap),
                ElementsAre("S: * OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN IDLE NAMESPACE ID CHILDREN UNSELECT UIDPLUS MOVE QUOTA] sur.sur.example Mailtrek",
                            "C: A001 LOGIN \"luis@sur.example\" ********", "S: A001 OK LOGIN completed", "C: A002 SELECT INBOX",
                            "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)", "S: * 1 EXISTS", "S: * 1 RECENT", "S: * OK [UNSEEN 1] first unseen",
                            "S: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)] kept", "S: * OK [UIDNEXT 2] next", "S: * OK [UIDVALIDITY 1] valid",
                            "S: A002 OK [READ-WRITE] SELECT completed", "C: A003 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)",
                            MatchesRegex("S: \\* 1 FETCH \\(UID 1 FLAGS \\(\\\\Recent\\) RFC822.SIZE [0-9]+ ENVELOPE .*\\)"), "S: A003 OK FETCH completed",
                            "C: A004 UID FETCH 1 (BODY[])", MatchesRegex("S: \\* 1 FETCH \\(UID 1 BODY\\[\\] \\{[0-9]+\\} FLAGS \\(\\\\Recent \\\\Seen\\)\\)"),
                            "S: A004 OK FETCH completed", "C: A005 LOGOUT", "S: * BYE sur.sur.example logging out", "S: A005 OK LOGOUT completed"));
    EXPECT_EQ(run.outcome().reads, 1u);
}

TEST(Device, DeletesOverImap) {
    const Story run({.timeline = sendAt("0 s", "uno", "luis@sur.example") + sendAt("1 s", "dos", "luis@sur.example") +
                                 "  - { at: 1 min, delete: { on: luis-pc, mail: uno } }\n  - { at: 2 min, empty: { on: luis-pc } }\n"});
    const auto lines = run.dialogue(DialogueProtocol::imap);
    EXPECT_THAT(lines, Contains("C: A004 UID STORE 1 +FLAGS (\\Deleted)"));
    EXPECT_THAT(lines, Contains("C: A004 UID STORE 2 +FLAGS (\\Deleted)"));
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "S: * 1 EXPUNGE"), 2);
}

}  // namespace
}  // namespace mailtrek::host
