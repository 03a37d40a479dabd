// SPDX-License-Identifier: GPL-3.0-or-later
// What an SMTP client says to what, RFC 5321: order, extensions it uses, several letters, refusals.
#include "tests/mail/client_kit.h"

namespace mailtrek::mail {
namespace {

const SmtpTransaction kToLuis = letterTo({"luis@sur.example"});

TEST(SmtpClient, SendsALetter) {
    ClientDialogue client({kToLuis});
    client.sentContent().reportsNothing().hears("250 2.0.0 Ok").says("QUIT").reports({250}).hears("221 Bye").saysNothing().closes();
    EXPECT_EQ(client.content, "Subject: Hola\r\n\r\n..Hola\r\n.\r\n");
}

TEST(SmtpClient, WaitsForTheGreeting) {
    ClientDialogue({kToLuis}).saysNothing().hearsOctets("220 su").saysNothing().hearsOctets("r ESMTP\r").saysNothing().hearsOctets("\n").says("EHLO norte.norte.example");
}

TEST(SmtpClient, ReadsRepliesOfManyLines) {
    ClientDialogue({kToLuis})
        .hears("220-sur\r\n220-welcomes\r\n220 you")
        .says("EHLO norte.norte.example")
        .hears("250-sur\r\n250-DSN")
        .saysNothing()
        .hears("250 SIZE")
        .says("MAIL FROM:<ana@norte.example> SIZE=24");
}

TEST(SmtpClient, TakesRepliesWithoutText) {
    ClientDialogue({kToLuis}).hears("220").says("EHLO norte.norte.example").hears("250").says("MAIL FROM:<ana@norte.example>").hears("250").says("RCPT TO:<luis@sur.example>");
}

TEST(SmtpClient, SaysHeloWhenEhloIsRefused) {  // 3.2
    ClientDialogue({kToLuis})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears("502 what?")
        .says("HELO norte.norte.example")
        .hears("250-sur\r\n250 SIZE")
        .says("MAIL FROM:<ana@norte.example>");
    ClientDialogue({kToLuis}).hears("220 sur").says("EHLO norte.norte.example").hears("451 later").says("QUIT").reports({451});
}

TEST(SmtpClient, UsesOnlyWhatIsOffered) {
    SmtpTransaction letter = kToLuis;
    letter.envelope.ret = DsnReturn::headers;
    letter.envelope.recipients[0].dsn.notify = DsnNotify::never;
    ClientDialogue({letter})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears("250-size.dsn.example\r\n250 DSNX")
        .says("MAIL FROM:<>")  // RFC 3461 5.2.2 (d): so that nobody is told
        .hears("250 Ok")
        .says("RCPT TO:<luis@sur.example>");
    ClientDialogue({letter})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears("250-sur\r\n250-size\r\n250 dsn")
        .says("MAIL FROM:<ana@norte.example> SIZE=24 RET=HDRS")
        .hears("250 Ok")
        .says("RCPT TO:<luis@sur.example> NOTIFY=NEVER");
}

TEST(SmtpClient, EightBitContentOnlyWhereItIsTaken) {  // RFC 6152 3
    const SmtpTransaction letter = letterTo({"luis@sur.example", "eva@sur.example"}, "\r\n\xc3\xb1\r\n");
    ClientDialogue({letter}).greeted().says("MAIL FROM:<ana@norte.example> SIZE=6 BODY=8BITMIME");
    ClientDialogue({letter, kToLuis}).hears("220 sur").says("EHLO norte.norte.example").hears("250 sur").reports({554, 554}).says("MAIL FROM:<ana@norte.example>");
}

TEST(SmtpClient, LogsInWithLoginWherePlainIsNotOffered) {
    ClientDialogue client({kToLuis}, {"norte.norte.example", "ana@norte.example", "secret"});
    client.hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears("250-sur\r\n250 AUTH CRAM-MD5 LOGIN")
        .says("AUTH LOGIN")
        .hears("334 VXNlcm5hbWU6")
        .says("YW5hQG5vcnRlLmV4YW1wbGU=");
    client.hears("334 UGFzc3dvcmQ6").says("********").hears("235 Ok").says("MAIL FROM:<ana@norte.example>");
    ClientDialogue refused({kToLuis}, {"norte.norte.example", "ana@norte.example", "secret"});
    refused.hears("220 sur").says("EHLO norte.norte.example").hears("250-sur\r\n250 AUTH LOGIN").says("AUTH LOGIN").hears("504 5.5.4 no").reports({504}).says("QUIT");
}

TEST(SmtpClient, NullReversePath) {
    SmtpTransaction notice = kToLuis;
    notice.envelope.from.clear();
    ClientDialogue({notice}).greeted().says("MAIL FROM:<> SIZE=24");
}

TEST(SmtpClient, NoDataWhenAllRecipientsWereRefused) {
    ClientDialogue({letterTo({"a@sur.example", "b@sur.example"})})
        .mailed()
        .says("RCPT TO:<a@sur.example>")
        .hears("550 5.1.1 no")
        .says("RCPT TO:<b@sur.example>")
        .hears("451 4.3.0 later")
        .says("QUIT")
        .reports({550, 451});
}

TEST(SmtpClient, DataWhenOneWasTaken) {
    ClientDialogue client({letterTo({"a@sur.example", "b@sur.example", "c@sur.example"})});
    client.mailed()
        .says("RCPT TO:<a@sur.example>")
        .hears("550 no")
        .says("RCPT TO:<b@sur.example>")
        .hears("251 will forward")
        .says("RCPT TO:<c@sur.example>")
        .hears("452 4.2.2 full")
        .says("DATA");
    client.hears("354 go").sendsContent().hears("250 Ok").says("QUIT").reports({550, 250, 452});
    EXPECT_EQ(client.outcomes[0].recipients[2].enhanced, "4.2.2");
}

TEST(SmtpClient, RefusalOfMailCountsForAll) {
    ClientDialogue({letterTo({"a@b", "c@b"})}).greeted().says("MAIL FROM:<ana@norte.example> SIZE=24").hears("552 5.3.4 big").says("QUIT").reports({552, 552});
}

TEST(SmtpClient, RefusalOfDataOrContentCountsForThoseWhoWereTaken) {
    ClientDialogue({kToLuis}).mailed().says("RCPT TO:<luis@sur.example>").hears("250 Ok").says("DATA").hears("451 later").says("QUIT").reports({451});
    ClientDialogue({kToLuis}).sentContent().hears("554 5.7.1 spam").says("QUIT").reports({554});
    ClientDialogue client({letterTo({"a@sur.example", "b@sur.example"})});
    client.mailed()
        .says("RCPT TO:<a@sur.example>")
        .hears("550 5.1.1 no")
        .says("RCPT TO:<b@sur.example>")
        .hears("250 Ok")
        .says("DATA")
        .hears("354 go")
        .sendsContent()
        .hears("452 4.3.1 disk")
        .says("QUIT")
        .reports({550, 452});
}

TEST(SmtpClient, SeveralLettersInOneSession) {
    ClientDialogue({kToLuis, kToLuis})
        .sentContent()
        .hears("250 one")
        .reports({250})
        .says("MAIL FROM:<ana@norte.example> SIZE=24")
        .hears("250 Ok")
        .says("RCPT TO:<luis@sur.example>")
        .hears("250 Ok")
        .says("DATA")
        .hears("354 go")
        .sendsContent()
        .hears("250 two")
        .says("QUIT")
        .reports({250})
        .hears("221 Bye")
        .closes();
}

TEST(SmtpClient, RsetAfterARefusedLetter) {
    ClientDialogue({kToLuis, kToLuis})
        .mailed()
        .says("RCPT TO:<luis@sur.example>")
        .hears("550 no")
        .reports({550})
        .says("RSET")
        .hears("250 Ok")
        .says("MAIL FROM:<ana@norte.example> SIZE=24");
}

TEST(SmtpClient, LogsInWhereThatIsOffered) {
    const SmtpClientOptions who{"[10.0.0.2]", "luis@sur.example", "secret"};
    ClientDialogue client({kToLuis}, who);
    client.hears("220 sur")
        .says("EHLO [10.0.0.2]")
        .hears("250-sur\r\n250 AUTH PLAIN LOGIN")
        .says("AUTH PLAIN ********")
        .hears("235 2.7.0 yes")
        .says("MAIL FROM:<ana@norte.example>");
    ClientDialogue({kToLuis}, who)
        .hears("220 sur")
        .says("EHLO [10.0.0.2]")
        .hears("250 sur")
        .says("MAIL FROM:<ana@norte.example>")
        .hears("530 5.7.0 no")
        .says("QUIT")
        .reports({530});
    ClientDialogue({kToLuis}, who)
        .hears("220 sur")
        .says("EHLO [10.0.0.2]")
        .hears("250-sur\r\n250 AUTH PLAIN")
        .says("AUTH PLAIN ********")
        .hears("535 5.7.8 no")
        .says("QUIT")
        .reports({535});
}

}  // namespace
}  // namespace mailtrek::mail
