// SPDX-License-Identifier: GPL-3.0-or-later
// A policy that takes its time (it asks the DNS): the client waits, and what it sent on waits with it.
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

TEST(SmtpUndecided, TheSenderWaitsForTheVerdict) {
    SmtpDialogue server;
    server.greeted().policy.thinks = true;
    server.hears("MAIL FROM:<ana@norte.example>").saysNothing();
    EXPECT_FALSE(server.server().inTransaction());
    server.hears("RCPT TO:<luis@sur.example>").saysNothing();  // pipelined
    server.decides(reply(250, "2.1.0", "Ok")).says(250, "2.1.0").says(250, "2.1.5");
    EXPECT_EQ(server.server().envelope().from, "ana@norte.example");
}

TEST(SmtpUndecided, ARefusedSenderHasNoTransaction) {
    SmtpDialogue server;
    server.greeted().policy.thinks = true;
    server.hearsOctets("MAIL FROM:<ana@norte.example>\r\nRCPT TO:<luis@sur.example>\r\nDATA\r\n").saysNothing();
    server.decides(reply(550, "5.7.23", "SPF")).says(550, "5.7.23").says(503).says(503);
    server.hears("MAIL FROM:<>").saysNothing().decides(reply(250, "2.1.0", "Ok")).says(250);
    EXPECT_EQ(server.server().envelope().from, "");
}

TEST(SmtpUndecided, TheContentToo) {
    SmtpDialogue server;
    server.inData().policy.thinks = true;
    server.hearsOctets("Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n").saysNothing().staysOpen();
    EXPECT_EQ(server.policy.letters.size(), 1u);
    server.decides(reply(550, "5.7.1", "no")).says(550).says(221).closes();
}

TEST(SmtpUndecided, WhoThinksDoesNotLosePatienceWithTheClient) {
    SmtpDialogue server;
    server.greeted().policy.thinks = true;
    server.hears("MAIL FROM:<ana@norte.example>").waits(10min).saysNothing().staysOpen();
    server.decides(reply(451, "4.7.24", "no answer")).says(451).staysOpen();
    server.waits(299s).staysOpen().waits(1s).says(421).closes();
}

}  // namespace
}  // namespace mailtrek::mail
