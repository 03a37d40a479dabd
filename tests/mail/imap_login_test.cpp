// SPDX-License-Identifier: GPL-3.0-or-later
// AUTHENTICATE PLAIN with and without an initial response (RFC 3501 6.2.2, RFC 4616, RFC 4959), LOGINDISABLED, STARTTLS, ID (RFC 2971), IDLE (RFC 2177).
#include <gmock/gmock.h>

#include "sim/mail/encoding.h"
#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string plainResponse(const std::string& actsFor, const std::string& user, const std::string& password) { return base64(actsFor + '\0' + user + '\0' + password); }

TEST(ImapLogin, AuthenticatePlain) {
    const std::string good = plainResponse("", "luis@sur.example", "secret");
    ImapDialogue()
        .hears("a AUTHENTICATE PLAIN")
        .says("+ ")
        .hears(good)
        .says("a OK AUTHENTICATE completed")
        .hears("b SELECT INBOX")
        .ends("b OK")
        .hears("c AUTHENTICATE PLAIN")
        .ends("c BAD");
    ImapDialogue().hears("a authenticate plain " + good).says("a OK AUTHENTICATE completed");
    ImapDialogue().hears("a AUTHENTICATE PLAIN " + plainResponse("luis@sur.example", "luis@sur.example", "secret")).ends("a OK");
}

TEST(ImapLogin, AuthenticateBadly) {
    ImapDialogue imap;
    imap.hears("a AUTHENTICATE PLAIN").says("+ ").hears("*").says("a BAD AUTHENTICATE cancelled").hears("b NOOP").ends("b OK");
    imap.hears("c AUTHENTICATE PLAIN").says("+ ").hears("b NOOP {3}").ends("c NO [AUTHENTICATIONFAILED]").hears("d NOOP").ends("d OK");  // no command, and no literal
    imap.hears("e AUTHENTICATE PLAIN =")
        .ends("e NO")
        .hears("f AUTHENTICATE CRAM-MD5")
        .ends("f NO")
        .hears("g AUTHENTICATE")
        .ends("g BAD")
        .hears("h AUTHENTICATE PLAIN x y")
        .ends("h BAD");
    imap.hears("i AUTHENTICATE PLAIN " + plainResponse("", "luis@sur.example", "wrong")).says("i NO [AUTHENTICATIONFAILED] AUTHENTICATE failed");
    imap.hears("j AUTHENTICATE PLAIN " + plainResponse("eva@sur.example", "luis@sur.example", "secret")).ends("j NO");
    imap.hears("k AUTHENTICATE PLAIN").says("+ ").hears(std::string(9000, 'A')).says("k BAD command too long").loggedIn();
}

struct Encrypting : ImapDialogue {
    Encrypting() : door({.hostName = "sur", .loginDisabled = true, .startTls = true}, *this) {}
    std::string ask(const std::string& line) {
        std::string said;
        const ImapServerOutput output = door.onBytes(line + "\r\n", kStart);
        for (const auto& piece : output.pieces) said += piece.octets;
        starts |= output.startTls;
        return said;
    }
    ImapServer door;
    bool starts = false;
};

TEST(ImapLogin, DisabledUntilTheConnectionIsEncrypted) {  // 6.2.1, 6.2.3
    Encrypting imap;
    EXPECT_THAT(imap.ask("a CAPABILITY"), HasSubstr(" STARTTLS LOGINDISABLED "));
    EXPECT_EQ(imap.ask("b LOGIN luis@sur.example secret"), "b NO [PRIVACYREQUIRED] encrypt the connection first\r\n");
    EXPECT_THAT(imap.ask("c AUTHENTICATE PLAIN"), HasSubstr("c NO [PRIVACYREQUIRED]"));
    EXPECT_EQ(imap.ask("d STARTTLS\r\ne LOGIN luis@sur.example secret"), "d OK begin TLS\r\n");  // what was slipped in behind it is forgotten
    EXPECT_TRUE(imap.starts);
    imap.door.onSecured();
    EXPECT_THAT(imap.ask("f CAPABILITY"), HasSubstr("SASL-IR AUTH=PLAIN IDLE"));
    EXPECT_THAT(imap.ask("g STARTTLS"), HasSubstr("g BAD"));
    EXPECT_EQ(imap.ask("h LOGIN luis@sur.example secret"), "h OK LOGIN completed\r\n");
}

TEST(ImapLogin, Id) {
    ImapDialogue()
        .hears("a ID NIL")
        .says("* ID (\"name\" \"Mailtrek\")")
        .ends("a OK")
        .hears("b ID (\"name\" \"mutt\")")
        .ends("b OK")
        .hears("c ID")
        .ends("c BAD")
        .hears("d ID x")
        .ends("d BAD");
}

// --- IDLE ---

struct Idle : ImapDialogue {
    std::vector<std::string> pushed() {
        std::vector<std::string> all;
        for (const auto& piece : server.onMailboxChanged().pieces) all.push_back(piece.line);
        return all;
    }
};

TEST(ImapIdle, TellsBeforeDone) {  // rfc-checklist: IDLE pushes EXISTS before DONE
    Idle imap;
    imap.inInbox();
    imap.arrives(kFirstLetter);
    EXPECT_THAT(imap.pushed(), ElementsAre()) << "not in IDLE: at the next command";
    imap.hears("a IDLE").says("+ idling").says("* 3 EXISTS").says("* 1 RECENT");
    EXPECT_THAT(imap.pushed(), ElementsAre());
    imap.arrives(kFirstLetter);
    EXPECT_THAT(imap.pushed(), ElementsAre("* 4 EXISTS", "* 2 RECENT"));
    imap.box.remove(1);
    imap.box.messages()[0].flags = kSeen;
    EXPECT_THAT(imap.pushed(), ElementsAre("* 1 EXPUNGE", "* 1 FETCH (FLAGS (\\Seen))"));
    imap.hears("done").says("a OK IDLE completed").hears("b FETCH 1 UID").says("* 1 FETCH (UID 2)").ends("b OK");
    imap.arrives(kFirstLetter);
    EXPECT_THAT(imap.pushed(), ElementsAre());
}

TEST(ImapIdle, WhatIsNotDone) {
    Idle imap;
    imap.inInbox().hears("a IDLE").says("+ idling").hears("b NOOP").says("a BAD DONE was expected").hears("c NOOP").ends("c OK").hears("d IDLE x").ends("d BAD");
    Idle nothingOpen;
    nothingOpen.loggedIn().hears("a IDLE").says("+ idling");
    nothingOpen.arrives(kFirstLetter);
    EXPECT_THAT(nothingOpen.pushed(), ElementsAre());
    nothingOpen.hears("DONE").ends("a OK");
    ImapDialogue().hears("a IDLE").says("a BAD log in first");
}

TEST(ImapIdle, EndsAfterHalfAnHour) {  // RFC 2177 3: the client must come again before
    Idle imap;
    imap.inInbox().hears("a IDLE").says("+ idling").waits(29min).saysNothing().waits(1min).says("* BYE Autologout; idle for too long").closes();
}

}  // namespace
}  // namespace mailtrek::mail
