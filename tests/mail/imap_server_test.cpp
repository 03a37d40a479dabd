// SPDX-License-Identifier: GPL-3.0-or-later
// IMAP4rev1, RFC 3501: states, commands and their syntax, literals, mailboxes.
#include "tests/mail/imap_kit.h"

#include <gmock/gmock.h>

namespace mailtrek::mail {
namespace {

using testing::Contains;
using testing::ElementsAre;

// --- any state (6.1) ---

TEST(ImapServer, Capability) {
    ImapDialogue()
        .hears("a CAPABILITY")
        .says("* CAPABILITY IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN IDLE NAMESPACE ID CHILDREN UNSELECT UIDPLUS MOVE QUOTA")
        .says("a OK CAPABILITY completed");
}

TEST(ImapServer, Noop) { ImapDialogue().hears("a noop").says("a OK NOOP completed").inInbox().hears("b NOOP").says("b OK NOOP completed"); }

TEST(ImapServer, Logout) { ImapDialogue().hears("a LOGOUT").says("* BYE sur.sur.example logging out").says("a OK LOGOUT completed").closes().hears("b NOOP").saysNothing(); }

TEST(ImapServer, HalfAnHourOfPatience) {  // 5.4
    ImapDialogue().waits(29min).saysNothing().hears("a NOOP").ends("a OK").waits(29min).saysNothing().waits(1min).says("* BYE Autologout; idle for too long").closes();
}

// --- logging in (6.2) ---

TEST(ImapServer, Login) {
    ImapDialogue().hears("a LOGIN \"luis@sur.example\" \"secret\"").says("a OK LOGIN completed").hears("b LOGIN luis@sur.example secret").ends("b BAD");
    ImapDialogue().hears("a LOGIN luis@sur.example wrong").says("a NO [AUTHENTICATIONFAILED] LOGIN failed").hears("b SELECT INBOX").ends("b BAD").loggedIn();
    for (const char* line : {"a LOGIN", "a LOGIN luis@sur.example", "a LOGIN luis@sur.example secret more", "a LOGIN \"luis@sur.example secret"})
        ImapDialogue().hears(line).ends("a BAD");
    ImapDialogue().hears("b STARTTLS").ends("b NO");
}

// --- syntax ---

TEST(ImapServer, WhatIsNoCommand) {
    for (const char* line : {"", " NOOP", "* NOOP", "+ NOOP", "a+b NOOP", "(a) NOOP", "\"a\" NOOP", "a% NOOP", "\xc3\xb1 NOOP"})
        ImapDialogue().hears(line).says("* BAD not a command").hears("b NOOP").ends("b OK");
    for (const char* line : {"a", "a ", "a  "}) ImapDialogue().hears(line).says("a BAD not a command").hears("b NOOP").ends("b OK");
    ImapDialogue().hears("a HOLA").ends("a BAD").hears("b NOOP now").ends("b BAD").hears("c LOGOUT now").ends("c BAD").hears("d CAPABILITY x").ends("d BAD");
}

TEST(ImapServer, EveryCommandHasItsState) {
    for (const char* verb :
         {"SELECT INBOX", "EXAMINE INBOX", "LIST \"\" *", "STATUS INBOX (MESSAGES)", "FETCH 1 FLAGS", "UID FETCH 1 FLAGS", "EXPUNGE", "CLOSE", "CHECK", "CREATE x"})
        ImapDialogue().hears("a " + std::string(verb)).ends("a BAD");
    for (const char* verb : {"FETCH 1 FLAGS", "STORE 1 FLAGS ()", "SEARCH ALL", "UID SEARCH ALL", "EXPUNGE", "CLOSE", "CHECK", "COPY 1 x"})
        ImapDialogue().loggedIn().hears("a " + std::string(verb)).ends("a BAD");
    for (const char* verb :
         {"CREATE x", "DELETE x", "RENAME INBOX x", "SUBSCRIBE x", "UNSUBSCRIBE INBOX", "APPEND x", "IDLE", "NAMESPACE", "GETQUOTAROOT INBOX", "MOVE 1 x", "UNSELECT"})
        ImapDialogue().hears("a " + std::string(verb)).says("a BAD log in first");
    ImapDialogue()
        .inInbox()
        .hears("a COPY 1 x")
        .says("a NO [TRYCREATE] no such mailbox")
        .hears("b UID COPY 1 x")
        .ends("b NO")
        .hears("c UID CHECK")
        .ends("c BAD")
        .hears("d CHECK")
        .ends("d OK");
}

TEST(ImapServer, LongLines) {
    ImapDialogue().hears("a NOOP " + std::string(20'000, 'x')).says("a BAD command too long").hears("b NOOP").ends("b OK");
    ImapDialogue().hears(std::string(200'000, 'x')).says("* BAD command too long").hears("b NOOP").ends("b OK");
}

// --- literals (4.3, RFC 7888) ---

TEST(ImapServer, Literals) {
    ImapDialogue()
        .hears("a LOGIN {16}")
        .says("+ go ahead")
        .hearsOctets("luis@sur")
        .saysNothing()
        .hearsOctets(".example {6}\r\n")
        .says("+ go ahead")
        .hears("secret")
        .says("a OK LOGIN completed");
    ImapDialogue().hears("a LOGIN luis@sur.example {6+}").saysNothing().hears("secret").says("a OK LOGIN completed");
    ImapDialogue().hears("a LOGIN luis@sur.example {0}").says("+ go ahead").hears("").says("a NO [AUTHENTICATIONFAILED] LOGIN failed").hears("b NOOP").ends("b OK");
    ImapDialogue().hears("a LOGIN {12}").says("+ go ahead").hearsOctets("a\"b\\c\r\n{3}\r\n x\r\n").says("a NO [AUTHENTICATIONFAILED] LOGIN failed");  // any octets
}

TEST(ImapServer, LiteralsThatAreTooLarge) {
    ImapDialogue().hears("a LOGIN {65537}").says("a BAD literal too large").hears("b NOOP").ends("b OK");
    ImapDialogue().hears("a LOGIN {65537+}").says("* BYE literal too large").closes();
    ImapDialogue imap;
    imap.hears("a LOGIN {65536}").says("+ go ahead").hears(std::string(65536, '"') + " {65536}").says("a BAD command too long").hears("b NOOP").ends("b OK");
}

TEST(ImapServer, OctetByOctet) {
    ImapDialogue imap;
    const std::string dialogue = "a LOGIN luis@sur.example {6+}\r\nsecret\r\nb SELECT INBOX\r\nc FETCH 1:2 (UID)\r\nd LOGOUT\r\n";
    std::string said;
    for (const char c : dialogue) {
        for (const auto& piece : imap.server.onBytes(std::string(1, c), kStart).pieces) said += piece.octets;
    }
    EXPECT_TRUE(said.starts_with("a OK LOGIN completed\r\n* FLAGS")) << said;
    EXPECT_TRUE(said.ends_with("* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\nc OK FETCH completed\r\n* BYE sur.sur.example logging out\r\nd OK LOGOUT completed\r\n")) << said;
}

// --- mailboxes (6.3) ---

TEST(ImapServer, Select) {
    ImapDialogue imap;
    imap.loggedIn().hears("a SELECT inbox").ends("a OK [READ-WRITE] SELECT completed");
    EXPECT_THAT(imap.untagged, ElementsAre("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)", "* 2 EXISTS", "* 0 RECENT", "* OK [UNSEEN 1] first unseen",
                                           "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)] kept", "* OK [UIDNEXT 3] next", "* OK [UIDVALIDITY 1] valid"));
    imap.hears("b EXAMINE \"INBOX\"").ends("b OK [READ-ONLY] EXAMINE completed");
    EXPECT_THAT(imap.untagged, Contains("* OK [PERMANENTFLAGS ()] none"));
    imap.hears("c SELECT other").ends("c NO").hears("d FETCH 1 FLAGS").ends("d BAD");  // 6.3.1: nothing is selected now
    imap.hears("e SELECT").ends("e BAD").hears("f SELECT INBOX INBOX").ends("f BAD");
}

TEST(ImapServer, SelectOfAnEmptyMailbox) {
    ImapDialogue imap;
    imap.box.remove(1);
    imap.box.remove(2);
    imap.inInbox();
    EXPECT_THAT(imap.untagged, Contains("* 0 EXISTS"));
    EXPECT_THAT(imap.untagged, Contains("* OK [UIDNEXT 3] next"));  // uids are never used again
    EXPECT_THAT(imap.untagged, testing::Not(Contains(testing::HasSubstr("UNSEEN"))));
    imap.hears("a FETCH 1:* FLAGS").ends("a BAD").hears("b UID FETCH 1:* FLAGS").says("b OK FETCH completed").hears("c SEARCH ALL").says("* SEARCH").says("c OK SEARCH completed");
}

TEST(ImapServer, List) {
    ImapDialogue imap;
    imap.loggedIn();
    for (const char* arguments : {"\"\" *", "\"\" %", "\"\" inbox", "\"\" \"IN*\"", "IN %", "\"\" *%*o%*"})
        imap.hears("a LIST " + std::string(arguments)).says("* LIST (\\HasNoChildren) \"/\" INBOX").says("a OK LIST completed");
    for (const char* arguments : {"\"\" other", "other *", "\"\" I", "\"\" INBOX/%", "\"\" ************************z"})
        imap.hears("a LIST " + std::string(arguments)).says("a OK LIST completed");
    imap.hears("b LIST \"\" \"\"")
        .says("* LIST (\\Noselect) \"/\" \"\"")
        .says("b OK LIST completed")
        .hears("c LSUB \"\" *")
        .says("* LSUB () \"/\" INBOX")
        .says("c OK LSUB completed");
    imap.hears("d LIST").ends("d BAD").hears("e LIST *").ends("e BAD");
}

TEST(ImapServer, Status) {
    ImapDialogue imap;
    imap.loggedIn().hears("a STATUS INBOX (UIDNEXT messages)").says("* STATUS INBOX (UIDNEXT 3 MESSAGES 2)").says("a OK STATUS completed");
    imap.hears("b STATUS INBOX (UNSEEN RECENT UIDVALIDITY)").says("* STATUS INBOX (UNSEEN 2 RECENT 0 UIDVALIDITY 1)").ends("b OK");
    imap.hears("c STATUS other (MESSAGES)")
        .ends("c NO")
        .hears("d STATUS INBOX")
        .ends("d BAD")
        .hears("e STATUS INBOX ()")
        .ends("e BAD")
        .hears("f STATUS INBOX (WHAT)")
        .ends("f BAD");
}

TEST(ImapServer, RecentForTheFirstWhoIsTold) {  // 2.3.2
    ImapDialogue imap;
    imap.arrives(kFirstLetter);
    imap.inInbox("EXAMINE").hears("a FETCH 2:3 FLAGS").says("* 2 FETCH (FLAGS ())").says("* 3 FETCH (FLAGS (\\Recent))").ends("a OK");
    imap.hears("b SELECT INBOX").ends("b OK");  // to examine is not to be told
    EXPECT_THAT(imap.untagged, Contains("* 1 RECENT"));
    imap.hears("c STORE 3 FLAGS (\\Seen)").says("* 3 FETCH (FLAGS (\\Recent \\Seen))").ends("c OK").hears("d STORE 3 FLAGS (\\Recent)").ends("d BAD");  // nobody can change it
    imap.hears("e STATUS INBOX (RECENT)").says("* STATUS INBOX (RECENT 0)").ends("e OK").arrives(kFirstLetter);
    imap.hears("f STATUS INBOX (RECENT)").says("* STATUS INBOX (RECENT 1)").ends("f OK").hears("g NOOP").says("* 4 EXISTS").says("* 2 RECENT").ends("g OK");
    imap.hears("h SELECT INBOX").ends("h OK").arrives(kFirstLetter);
    EXPECT_THAT(imap.untagged, Contains("* 0 RECENT"));
    imap.hears("i NOOP")
        .says("* 5 EXISTS")
        .says("* 1 RECENT")
        .ends("i OK")
        .hears("j SEARCH RECENT")
        .says("* SEARCH 5")
        .ends("j OK")
        .hears("k SEARCH NEW")
        .says("* SEARCH 5")
        .ends("k OK");
    imap.hears("l STORE 5 +FLAGS.SILENT (\\Deleted)").ends("l OK").hears("m EXPUNGE").says("* 5 EXPUNGE").ends("m OK").hears("n SEARCH OLD").says("* SEARCH 1 2 3 4").ends("n OK");
}

// --- what comes and goes (5.5, 7.3.1, 7.4.1) ---

TEST(ImapServer, NewLettersAreToldAndHaveHigherUids) {
    ImapDialogue imap;
    imap.inInbox().arrives(kFirstLetter);
    imap.hears("a FETCH 3 UID")
        .ends("a BAD")
        .hears("b NOOP")
        .says("* 3 EXISTS")
        .says("* 1 RECENT")
        .says("b OK NOOP completed")
        .hears("c FETCH 3 UID")
        .says("* 3 FETCH (UID 3)")
        .ends("c OK");
}

TEST(ImapServer, ExpungeRenumbers) {
    ImapDialogue imap;
    imap.arrives(kFirstLetter);
    imap.inInbox()
        .hears("a STORE 1:2 +FLAGS.SILENT (\\Deleted)")
        .says("a OK STORE completed")
        .hears("b EXPUNGE")
        .says("* 1 EXPUNGE")
        .says("* 1 EXPUNGE")
        .says("b OK EXPUNGE completed");
    EXPECT_THAT(imap.log, ElementsAre("flags 1", "flags 2", "expunged 1", "expunged 2"));
    imap.hears("c FETCH 1 UID").says("* 1 FETCH (UID 3)").ends("c OK").hears("d EXPUNGE").says("d OK EXPUNGE completed");
}

TEST(ImapServer, CloseExpungesInSilenceButNotWhatWasOnlyExamined) {
    ImapDialogue imap;
    imap.inInbox().hears("a STORE 1 +FLAGS (\\Deleted)").ends("a OK").hears("b CLOSE").says("b OK CLOSE completed").hears("c FETCH 1 UID").ends("c BAD");
    EXPECT_EQ(imap.box.messages().size(), 1u);
    ImapDialogue other;
    other.box.messages()[0].flags = kDeleted;
    other.inInbox("EXAMINE").hears("a EXPUNGE").ends("a NO").hears("b STORE 1 FLAGS ()").ends("b NO").hears("c CLOSE").ends("c OK");
    EXPECT_EQ(other.box.messages().size(), 2u);
}

TEST(ImapServer, WhatAnotherSessionTookAwayIsToldOnlyBetweenCommands) {
    ImapDialogue imap;
    imap.inInbox();
    imap.box.remove(1);
    imap.hears("a FETCH 1:2 UID").says("* 2 FETCH (UID 2)").ends("a OK").hears("b SEARCH ALL").says("* SEARCH 2").ends("b OK");
    imap.hears("s STORE 1:2 +FLAGS (\\Seen)").says("* 2 FETCH (FLAGS (\\Seen))").ends("s OK");
    imap.hears("c NOOP").says("* 1 EXPUNGE").says("c OK NOOP completed").hears("d FETCH 1 UID").says("* 1 FETCH (UID 2)").ends("d OK");
}

}  // namespace
}  // namespace mailtrek::mail
