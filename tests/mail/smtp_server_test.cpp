// SPDX-License-Identifier: GPL-3.0-or-later
// What an SMTP server answers to what, RFC 5321 section 4: order of commands, transactions, special addresses, enhanced codes.
#include <gmock/gmock.h>

#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

TEST(SmtpServer, GreetsFirstAndByItsName) {
    SmtpDialogue server;
    EXPECT_THAT(server.last.lines, ElementsAre(StartsWith("sur.sur.example ")));  // 4.3.1: the first word is a domain
    EXPECT_EQ(server.last.enhanced, "");                                          // RFC 2034 4: not in the greeting
}

TEST(SmtpServer, TellsItsExtensions) {
    SmtpDialogue server;
    server.hears("EHLO norte.norte.example").says(250);
    EXPECT_EQ(server.last.wire(),
              "250-sur.sur.example greets norte.norte.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250 SMTPUTF8\r\n");
}

TEST(SmtpServer, SpeaksPlainSmtpAfterHelo) {
    SmtpDialogue server;
    server.hears("HELO norte.norte.example").says(250);
    EXPECT_EQ(server.last.lines.size(), 1u);
    server.hears("MAIL FROM:<ana@norte.example>").says(250);
    EXPECT_EQ(server.last.enhanced, "");  // enhanced codes were not offered
    server.hears("RCPT TO:<luis@sur.example> NOTIFY=NEVER").says(555).hears("RCPT TO:<luis@sur.example>").says(250).hears("DATA").says(354).hears("Hola").hears(".").says(250);
    EXPECT_FALSE(server.letter().hello.extended);
}

TEST(SmtpServer, TakesALetter) {
    SmtpDialogue server;
    server.inData().hears("Subject: Hola").hears("").hears("¿Qué tal?").saysNothing().hears(".").says(250, "2.0.0").hears("QUIT").says(221, "2.0.0").closes();
    EXPECT_EQ(server.letter().octets, "Subject: Hola\r\n\r\n¿Qué tal?\r\n");
    EXPECT_EQ(server.letter().envelope.from, "ana@norte.example");
    EXPECT_EQ(server.letter().envelope.recipients.at(0).address, "luis@sur.example");
    EXPECT_EQ(server.letter().hello.name, "norte.norte.example");
    EXPECT_TRUE(server.letter().hello.extended);
}

TEST(SmtpServer, TakesSeveralLettersInOneSession) {
    SmtpDialogue server;
    server.greeted();
    for (const char* text : {"one", "two"})
        server.hears("MAIL FROM:<ana@norte.example>").says(250).hears("RCPT TO:<luis@sur.example>").says(250).hears("DATA").says(354).hears(text).hears(".").says(250);
    EXPECT_EQ(server.policy.letters.at(0).octets, "one\r\n");
    EXPECT_EQ(server.policy.letters.at(1).octets, "two\r\n");
}

// --- the order of commands ---

TEST(SmtpServer, WantsCommandsInOrder) {
    SmtpDialogue().hears("MAIL FROM:<ana@norte.example>").says(503);
    SmtpDialogue().hears("RCPT TO:<luis@sur.example>").says(503);
    SmtpDialogue().hears("DATA").says(503);
    SmtpDialogue().greeted().hears("RCPT TO:<luis@sur.example>").says(503, "5.5.1");
    SmtpDialogue().greeted().hears("DATA").says(503, "5.5.1");
    SmtpDialogue().inTransaction().hears("DATA").says(503, "5.5.1");
    SmtpDialogue().inTransaction().hears("MAIL FROM:<eva@norte.example>").says(503, "5.5.1");
}

TEST(SmtpServer, TheseNeedNoGreeting) {  // 4.1.4
    SmtpDialogue().hears("NOOP").says(250).hears("NOOP with words").says(250).hears("RSET").says(250).hears("VRFY luis").says(252).hears("QUIT").says(221).closes();
}

TEST(SmtpServer, NoDataWhenAllRecipientsWereRefused) {
    SmtpDialogue server;
    server.inTransaction().hears("RCPT TO:<nobody@sur.example>").says(550, "5.1.1").hears("DATA").says(503).hears("RCPT TO:<luis@sur.example>").says(250).hears("DATA").says(354);
}

TEST(SmtpServer, RsetForgetsTheTransaction) {
    SmtpDialogue server;
    server.inTransaction().hears("RCPT TO:<ana@sur.example>").says(250).hears("RSET").says(250, "2.0.0").hears("RCPT TO:<luis@sur.example>").says(503);
    server.hears("MAIL FROM:<eva@norte.example>").says(250).hears("RCPT TO:<luis@sur.example>").says(250).hears("DATA").says(354).hears(".").says(250);
    EXPECT_EQ(server.letter().envelope.from, "eva@norte.example");
    EXPECT_EQ(server.letter().envelope.recipients.size(), 1u);
}

TEST(SmtpServer, ASecondEhloForgetsTheTransaction) {  // 4.1.4
    SmtpDialogue server;
    server.inTransaction().greeted("other.norte.example").hears("RCPT TO:<luis@sur.example>").says(503);
    EXPECT_FALSE(server.server().inTransaction());
}

TEST(SmtpServer, ARefusedEhloLeavesTheTransactionAlone) { SmtpDialogue().inTransaction().hears("EHLO").says(501).hears("RCPT TO:<luis@sur.example>").says(250); }

// --- syntax ---

TEST(SmtpServer, CommandsAreReadWithoutRegardToCase) {
    SmtpDialogue().hears("eHlO norte").says(250).hears("mail from:<ana@norte.example>").says(250).hears("Rcpt tO:<luis@sur.example>").says(250).hears("dAtA").says(354);
}

TEST(SmtpServer, SyntaxErrors) {
    struct Case {
        const char* line;
        int code;
        const char* enhanced;
    };
    for (const Case& c : {Case{"EHLO", 501, ""},
                          Case{"HELO", 501, ""},
                          Case{"EHLO two words", 501, ""},
                          Case{"EHLO <b>", 501, ""},
                          Case{"", 500, "5.5.1"},
                          Case{"HOLA", 500, "5.5.1"},
                          Case{"EXPN clase", 252, "2.5.0"},
                          Case{"EXPN", 501, "5.5.4"},
                          Case{"TURN", 502, "5.5.1"},
                          Case{"HELP", 214, "2.0.0"},
                          Case{"help MAIL", 214, "2.0.0"},
                          Case{"STARTTLS", 502, "5.5.1"},
                          Case{"VRFY", 501, "5.5.4"},
                          Case{"RSET now", 501, "5.5.4"},
                          Case{"QUIT now", 501, "5.5.4"},
                          Case{"DATA now", 501, "5.5.4"},
                          Case{"MAIL", 501, "5.5.4"},
                          Case{"MAIL FROM", 501, "5.5.4"},
                          Case{"MAIL TO:<ana@norte.example>", 501, "5.5.4"},
                          Case{"MAIL FROM:ana@norte.example", 501, "5.1.7"},
                          Case{"MAIL FROM:<ana>", 501, "5.1.7"},
                          Case{"MAIL FROM:<postmaster>", 501, "5.1.7"},
                          Case{"MAIL FROM:<ana@>", 501, "5.1.7"},
                          Case{"MAIL FROM:<a@b>SIZE=1", 501, "5.1.7"}}) {
        SmtpDialogue server;
        server.greeted().hears(c.line);
        server.says(c.code, c.enhanced).staysOpen();
    }
    for (const char* line : {"RCPT", "RCPT FROM:<luis@sur.example>"}) SmtpDialogue().inTransaction().hears(line).says(501, "5.5.4");
    for (const char* path : {"<>", "luis@sur.example", "<luis@sur.example", "<luis>", "<@sur.example>", "<a b@sur.example>", "<luis@sur..example>", "<.luis@sur.example>"})
        SmtpDialogue().inTransaction().hears("RCPT TO:" + std::string(path)).says(501, "5.1.3");
}

TEST(SmtpServer, OnlyPrintableCommands) {
    for (const std::string& line :
         {std::string("EHLO nor\nte"), std::string("EHLO nor\rte"), std::string("EHLO nor\0te", 11), std::string("EHLO \xc3\xb1"), std::string("\x16\x03\x01")})
        SmtpDialogue().hears(line).says(500).staysOpen();
}

// --- special addresses ---

TEST(SmtpServer, TakesTheNullReversePath) { SmtpDialogue().greeted().hears("MAIL FROM:<>").says(250).hears("RCPT TO:<luis@sur.example>").says(250); }

TEST(SmtpServer, TakesMailForPostmaster) {  // 4.5.1: with and without a domain, in any case
    for (const char* path : {"<postmaster>", "<Postmaster>", "<POSTMASTER@sur.example>"}) SmtpDialogue().inTransaction().hears("RCPT TO:" + std::string(path)).says(250);
}

TEST(SmtpServer, DropsSourceRoutes) {  // RFC 5321 C
    SmtpDialogue server;
    server.inTransaction().hears("RCPT TO:<@uno.example,@dos.example:luis@sur.example>").says(250).hears("DATA").says(354).hears(".").says(250);
    EXPECT_EQ(server.letter().envelope.recipients.at(0).address, "luis@sur.example");
}

TEST(SmtpServer, WhomItRefuses) {
    SmtpDialogue server;
    server.inTransaction()
        .hears("RCPT TO:<nobody@sur.example>")
        .says(550, "5.1.1")
        .hears("RCPT TO:<x@otro.example>")
        .says(550, "5.7.1")
        .hears("RCPT TO:<full@sur.example>")
        .says(452, "4.2.2");
    server.hears("RCPT TO:<luis@sur.example>").says(250).hears("DATA").says(354).hears(".").says(250);
    EXPECT_EQ(server.letter().envelope.recipients.size(), 1u);
}

TEST(SmtpServer, ARefusedContentLeavesTheSessionUsable) {
    SmtpDialogue server;
    server.policy.answer = reply(554, "5.4.6", "Too many hops");
    server.inData().hears(".").says(554, "5.4.6").hears("DATA").says(503).hears("MAIL FROM:<ana@norte.example>").says(250);
}

// --- patience ---

TEST(SmtpServer, WaitsFiveMinutes) {  // 4.5.3.2.7
    SmtpDialogue().greeted().waits(299s).saysNothing().hears("NOOP").says(250).waits(299s).saysNothing().waits(1s).says(421, "4.4.2").closes();
    SmtpDialogue().inData().waits(4min).hears("Hola").waits(4min).saysNothing().hears("Luis").waits(5min).says(421, "4.4.2").closes();
}

TEST(SmtpServer, SaysNothingMoreAfterClosing) {
    SmtpDialogue server;
    server.hearsOctets("QUIT\r\nNOOP\r\n").says(221).saysNothing().closes().hears("NOOP").saysNothing().waits(1h).saysNothing();
}

TEST(SmtpServer, LosesItsPatienceWithNonsense) {
    SmtpDialogue server;
    server.greeted();
    for (int i = 1; i < 20; ++i) server.hears("NONSENSE").says(500).staysOpen();
    server.hears("NONSENSE").says(421, "4.7.0").saysNothing().closes();
}

}  // namespace
}  // namespace mailtrek::mail
