// SPDX-License-Identifier: GPL-3.0-or-later
// POP3, RFC 1939, 2449, 5034: every command, good and bad, in its state and out of it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/mail/encoding.h"
#include "sim/mail/pop3_text.h"
#include "tests/mail/pop3_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// --- AUTHORIZATION (4) ---

TEST(Pop3Server, UserAndPass) {
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.hears("user luis@sur.example").says("+OK password?").hears("pass se cret").says("+OK mailbox open, 2 messages");
    pop3.hears("USER eva@sur.example").says("-ERR already logged in").hears("PASS x").begins("-ERR").hears("AUTH PLAIN").begins("-ERR");
}

TEST(Pop3Server, WrongPasswordsAndUnknownUsersLookTheSame) {  // 13: nobody learns which names exist
    Pop3House house;
    Pop3Dialogue(house).hears("USER nobody@sur.example").says("+OK password?").hears("PASS se cret").says("-ERR [AUTH] wrong user or password");
    Pop3Dialogue(house).hears("USER luis@sur.example").says("+OK password?").hears("PASS secret").says("-ERR [AUTH] wrong user or password").loggedIn();
}

TEST(Pop3Server, PassOnlyRightAfterUser) {  // 7
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.hears("PASS se cret").says("-ERR USER first").hears("USER luis@sur.example").begins("+OK").hears("NOOP").begins("-ERR").hears("PASS se cret").says("-ERR USER first");
    pop3.hears("USER luis@sur.example").begins("+OK").hears("PASS wrong").begins("-ERR [AUTH]").hears("PASS se cret").says("-ERR USER first").hears("USER").says("-ERR USER name");
}

TEST(Pop3Server, AuthPlain) {  // RFC 5034
    const std::string good = base64(std::string("\0luis@sur.example\0se cret", 25)), named = base64(std::string("luis@sur.example\0luis@sur.example\0se cret", 41));
    Pop3House house;
    for (const std::string& response : {good, named}) {
        Pop3Dialogue(house).hears("AUTH PLAIN").says("+ ").hears(response).begins("+OK mailbox open");
        Pop3Dialogue(house).hears("auth plain " + response).begins("+OK mailbox open");
    }
    Pop3Dialogue pop3(house);
    pop3.hears("AUTH PLAIN").says("+ ").hears("*").says("-ERR cancelled").hears("AUTH PLAIN =").says("-ERR not a PLAIN response").hears("AUTH PLAIN !!!").begins("-ERR");
    pop3.hears("AUTH PLAIN " + base64(std::string("eva\0luis@sur.example\0se cret", 28))).begins("-ERR");  // to act for somebody else
    pop3.hears("AUTH CRAM-MD5").begins("-ERR").hears("AUTH").begins("-ERR").hears("APOP luis 1234").begins("-ERR APOP").loggedIn();
}

TEST(Pop3Server, CommandsOfTheOtherStateAreRefused) {
    Pop3House house;
    for (const char* line : {"STAT", "LIST", "LIST 1", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 0", "UIDL"}) Pop3Dialogue(house).hears(line).says("-ERR log in first");
    Pop3Dialogue(house).hears("QUIT").says("+OK sur.sur.example bye").closes().hears("NOOP").saysNothing();
}

TEST(Pop3Server, LoginCanBeDisabledUntilTheConnectionIsEncrypted) {
    Pop3House house;
    Pop3Dialogue pop3(house, {.hostName = "sur.sur.example", .loginDisabled = true, .startTls = true});
    pop3.hears("USER luis@sur.example").begins("-ERR").hears("AUTH PLAIN").begins("-ERR").hears("CAPA").begins("+OK");
    EXPECT_THAT(pop3.last, HasSubstr("\r\nSTLS\r\n"));
    EXPECT_THAT(pop3.last, Not(HasSubstr("USER")));
    pop3.hearsOctets("STLS\r\nUSER eva\r\n").says("+OK begin TLS").saysNothing();  // what was slipped in behind it is not for us (RFC 2595 4)
    EXPECT_TRUE(pop3.startTls);
    pop3.server->onSecured();
    pop3.hears("CAPA").begins("+OK");
    EXPECT_THAT(pop3.last, HasSubstr("\r\nUSER\r\nSASL PLAIN\r\n"));
    EXPECT_THAT(pop3.last, Not(HasSubstr("STLS")));
    pop3.hears("STLS").begins("-ERR").loggedIn();
    Pop3Dialogue(house).hears("STLS").begins("-ERR");
}

// --- capabilities (RFC 2449 5) ---

TEST(Pop3Server, Capa) {
    Pop3House house;
    const char* all =
        "+OK what this server can do\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUSER\r\nSASL PLAIN\r\nEXPIRE NEVER\r\nIMPLEMENTATION Mailtrek\r\n.";
    Pop3Dialogue(house).hears("CAPA").says(all).loggedIn().hears("capa").says(all).hears("CAPA x").begins("-ERR");
}

// --- TRANSACTION (5) ---

TEST(Pop3Server, StatIsTheSumOfList) {  // rfc-checklist: STAT = sum LIST
    Pop3House house;
    Pop3Dialogue pop3(house);
    const std::size_t first = kPlainLetter.size(), second = kDottedLetter.size() + 2;
    pop3.loggedIn().hears("STAT").says(fmt::format("+OK 2 {}", first + second)).hears("LIST").says(fmt::format("+OK 2 messages\r\n1 {}\r\n2 {}\r\n.", first, second));
    pop3.hears("LIST 2").says(fmt::format("+OK 2 {}", second)).hears("DELE 1").begins("+OK").hears("STAT").says(fmt::format("+OK 1 {}", second));
    pop3.hears("LIST").says(fmt::format("+OK 1 message\r\n2 {}\r\n.", second)).hears("LIST 1").says("-ERR no such message");
    pop3.hears("DELE 2").begins("+OK").hears("STAT").says("+OK 0 0").hears("LIST").says("+OK 0 messages\r\n.").hears("UIDL").says("+OK 0 messages\r\n.");
}

TEST(Pop3Server, RetrBringsAsManyOctetsAsListTells) {  // rfc-checklist: RETR octets = LIST size; byte-stuffing
    Pop3House house;
    house.arrives("");
    house.arrives("Subject: x");
    Pop3Dialogue pop3(house);
    pop3.loggedIn().hears("RETR 1").says(fmt::format("+OK {} octets\r\n{}.", kPlainLetter.size(), kPlainLetter));
    pop3.hears("RETR 2").says(fmt::format("+OK {} octets\r\nSubject: dots\r\n\r\n..\r\n...two\r\nno.dot\r\n..last\r\n.", kDottedLetter.size() + 2));
    pop3.hears("RETR 3").says("+OK 0 octets\r\n.").hears("RETR 4").says("+OK 12 octets\r\nSubject: x\r\n.");
    EXPECT_THAT(house.log, ElementsAre("retrieved 1 uid 1", "retrieved 2 uid 2", "retrieved 3 uid 3", "retrieved 4 uid 4"));
}

TEST(Pop3Server, Top) {  // 7
    Pop3House house;
    Pop3Dialogue pop3(house);
    const std::string header = "From: ana@norte.example\r\nSubject: Hola\r\n\r\n";
    pop3.loggedIn().hears("TOP 1 0").says("+OK the top of it\r\n" + header + ".").hears("top 1 2").says("+OK the top of it\r\n" + header + "uno\r\ndos\r\n.");
    pop3.hears("TOP 1 99").says("+OK the top of it\r\n" + kPlainLetter + ".").hears("TOP 2 1").says("+OK the top of it\r\nSubject: dots\r\n\r\n..\r\n.");
    for (const char* line : {"TOP", "TOP 1", "TOP 1 -1", "TOP 1 x", "TOP 3 1", "TOP 0 1", "TOP 1 1 1"}) pop3.hears(line).begins("-ERR");
    EXPECT_THAT(house.log, IsEmpty());  // the top is not the letter
}

TEST(Pop3Server, UidlIsStable) {  // rfc-checklist: UIDL stable, over sessions and whatever goes
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.loggedIn().hears("UIDL").says("+OK 2 messages\r\n1 00000001.00000001\r\n2 00000001.00000002\r\n.").hears("UIDL 2").says("+OK 2 00000001.00000002");
    pop3.hears("DELE 1").begins("+OK").hears("UIDL 1").begins("-ERR").hears("QUIT").begins("+OK");
    house.arrives(kPlainLetter);
    Pop3Dialogue(house).loggedIn().hears("UIDL").says("+OK 2 messages\r\n1 00000001.00000002\r\n2 00000001.00000003\r\n.");
}

TEST(Pop3Server, NumbersThatNameNothing) {
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.loggedIn();
    for (const char* verb : {"RETR", "DELE", "LIST", "UIDL"})
        for (const char* number : {"0", "3", "-1", "+1", "1.5", "x", "1 2", "99999999999999999999999", " 1", "1 "})
            pop3.hears(std::string(verb) + " " + number).begins("-ERR").staysOpen();
}

TEST(Pop3Server, RetrAndDeleNeedANumber) {
    Pop3House house;
    Pop3Dialogue(house).loggedIn().hears("RETR").begins("-ERR").hears("DELE").begins("-ERR").hears("NOOP").says("+OK still here").hears("NOOP x").begins("-ERR");
}

// --- UPDATE (6) ---

TEST(Pop3Server, DeletesAtQuitOnly) {  // rfc-checklist: DELE applied only at QUIT
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.loggedIn().hears("DELE 1").says("+OK message 1 will be deleted").hears("DELE 1").says("-ERR no such message").hears("RETR 1").begins("-ERR");
    EXPECT_EQ(house.box.messages().size(), 2u);
    pop3.hears("QUIT").says("+OK sur.sur.example bye (1 left)").closes();
    EXPECT_THAT(house.log, ElementsAre("removed 1"));
    ASSERT_EQ(house.box.messages().size(), 1u);
    EXPECT_EQ(house.box.messages()[0].uid, 2u);
    EXPECT_FALSE(house.locked);
}

TEST(Pop3Server, RsetTakesTheMarksBack) {
    Pop3House house;
    Pop3Dialogue(house)
        .loggedIn()
        .hears("DELE 2")
        .begins("+OK")
        .hears("RSET")
        .says("+OK 2 messages")
        .hears("RETR 2")
        .begins("+OK")
        .hears("QUIT")
        .says("+OK sur.sur.example bye (2 left)");
    EXPECT_EQ(house.box.messages().size(), 2u);
}

TEST(Pop3Server, WithoutQuitNothingIsDeleted) {
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.loggedIn().hears("DELE 1").begins("+OK").hangsUp();
    EXPECT_EQ(house.box.messages().size(), 2u);
    EXPECT_FALSE(house.locked);
    Pop3Dialogue silent(house);
    silent.loggedIn().hears("DELE 1").begins("+OK").waits(9min).staysOpen().hears("NOOP").begins("+OK").waits(9min + 59s).staysOpen();
    silent.waits(1s).saysNothing().closes();  // 3: autologout closes without a word
    EXPECT_EQ(house.box.messages().size(), 2u);
    EXPECT_FALSE(house.locked);
}

TEST(Pop3Server, WhatAnotherProgramTookAwayMeanwhile) {
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.loggedIn();
    house.box.remove(1);
    house.arrives(kPlainLetter);
    pop3.hears("RETR 1").begins("+OK").hears("STAT").begins("+OK 2 ");  // the maildrop is as it was
    pop3.hears("DELE 1").begins("+OK").hears("QUIT").says("+OK sur.sur.example bye (1 left)");
    EXPECT_THAT(house.log, ElementsAre("retrieved 1 uid 1"));
    EXPECT_EQ(house.box.messages().size(), 2u);
}

// --- the lock (3, RFC 2449 8.1.2) ---

TEST(Pop3Server, OneSessionAtATime) {  // rfc-checklist: exclusive lock
    Pop3House house;
    Pop3Dialogue first(house), second(house);
    first.loggedIn();
    second.hears("USER luis@sur.example").begins("+OK").hears("PASS se cret").begins("-ERR [IN-USE]").staysOpen();
    first.hears("QUIT").begins("+OK");
    second.loggedIn();
}

// --- the line (3, RFC 2449 4) ---

TEST(Pop3Server, UnknownCommandsAndLongLines) {
    Pop3House house;
    Pop3Dialogue pop3(house);
    for (const char* line : {"", " ", "HELO x", " QUIT", "STAT\t", "XTND", "LAST"}) pop3.hears(line).begins("-ERR").staysOpen();
    pop3.hears("USER " + std::string(248, 'u')).begins("+OK").hears("USER " + std::string(249, 'u')).says("-ERR line too long");
    pop3.hears(std::string(200'000, 'x')).says("-ERR line too long").hears("AUTH PLAIN").says("+ ").hears(std::string(20'000, 'A')).says("-ERR line too long").loggedIn();
}

TEST(Pop3Server, EndsASessionOfNothingButErrors) {
    Pop3House house;
    Pop3Dialogue pop3(house);
    pop3.loggedIn();
    for (int i = 0; i < 50; ++i) pop3.staysOpen().hears("WHAT").begins("-ERR");
    pop3.closes();
    EXPECT_FALSE(house.locked);
}

TEST(Pop3Server, PipeliningAndOctetByOctet) {  // RFC 2449 6.6
    const std::string dialogue = "USER luis@sur.example\r\nPASS se cret\r\nSTAT\r\nRETR 2\r\nDELE 2\r\nUIDL\r\nQUIT\r\nNOOP\r\n";
    std::string said[2];
    for (const bool slowly : {false, true}) {
        Pop3House house;
        Pop3Server server({.hostName = "sur"}, house);
        for (std::size_t i = 0; i < dialogue.size(); i += slowly ? 1 : dialogue.size())
            for (const auto& piece : server.onBytes(std::string_view(dialogue).substr(i, slowly ? 1 : dialogue.size()), kStart).pieces) said[slowly] += piece.octets;
        EXPECT_EQ(house.box.messages().size(), 1u);
    }
    EXPECT_EQ(said[0], said[1]);
    EXPECT_TRUE(said[0].ends_with("+OK 1 message\r\n1 00000001.00000001\r\n.\r\n+OK sur bye (1 left)\r\n")) << said[0];
}

}  // namespace
}  // namespace mailtrek::mail
