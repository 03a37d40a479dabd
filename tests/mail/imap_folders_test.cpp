// SPDX-License-Identifier: GPL-3.0-or-later
// Folders over IMAP: RFC 3501 6.3, CHILDREN, NAMESPACE, QUOTA, and what a mailbox keeps of them.
#include <gmock/gmock.h>

#include "sim/mail/imap_folder_name.h"
#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ImapFolders, CreateWithAllNamesAbove) {  // 6.3.3
    ImapDialogue imap;
    imap.loggedIn().hears("a CREATE Trabajo/2026/marzo").says("a OK CREATE completed").hears("b LIST \"\" *").ends("b OK");
    EXPECT_THAT(imap.untagged, ElementsAre("* LIST (\\HasNoChildren) \"/\" INBOX", "* LIST (\\HasChildren) \"/\" Trabajo", "* LIST (\\HasChildren) \"/\" Trabajo/2026",
                                           "* LIST (\\HasNoChildren) \"/\" Trabajo/2026/marzo"));
    imap.hears("c CREATE Trabajo").says("c NO [ALREADYEXISTS] there is one of that name").hears("d CREATE inbox").ends("d NO").hears("e CREATE Otros/").ends("e OK");
    imap.hears("f CREATE inbox/hijo")
        .ends("f OK")
        .hears("g LIST \"\" InBox/*")
        .says("g OK LIST completed")
        .hears("h LIST \"\" INBOX/*")
        .says("* LIST (\\HasNoChildren) \"/\" INBOX/hijo")
        .ends("h OK");
    imap.hears("i CREATE").ends("i BAD").hears("j CREATE a b").ends("j BAD");
    for (const char* name : {"\"\"", "/a", "a//b", "a%", "\"a*\"", "\"a\tb\"", "&", "&Jjo", "&AAA-", "&AGE-"}) imap.hears("k CREATE " + std::string(name)).ends("k NO");
    imap.hears("l CREATE " + std::string(256, 'x')).ends("l NO");
}

TEST(ImapFolders, PatternsOfList) {  // 6.3.8
    ImapDialogue imap;
    imap.loggedIn();
    for (const char* name : {"a", "a/b", "a/b/c", "ab", "con espacio"}) imap.hears("m CREATE \"" + std::string(name) + "\"").ends("m OK");
    const auto names = [&](const std::string& arguments) {
        imap.hears("n LIST " + arguments).ends("n OK");
        std::string all;
        for (const std::string& line : imap.untagged) all += line.substr(line.find("\"/\" ") + 4) + ";";
        return all;
    };
    EXPECT_EQ(names("\"\" %"), "INBOX;a;ab;\"con espacio\";");
    EXPECT_EQ(names("\"\" a/%"), "a/b;");
    EXPECT_EQ(names("\"\" a*"), "a;a/b;a/b/c;ab;");
    EXPECT_EQ(names("\"\" %/%"), "a/b;");
    EXPECT_EQ(names("\"\" *c"), "a/b/c;");
    EXPECT_EQ(names("a/ %"), "a/b;");
    EXPECT_EQ(names("\"\" %b"), "ab;");
    EXPECT_EQ(names("\"\" A"), "");  // only INBOX has no case
}

TEST(ImapFolders, NamesBeyondAscii) {  // 5.1.3
    EXPECT_EQ(toModifiedUtf7("Año & más"), "A&APE-o &- m&AOE-s");
    EXPECT_EQ(fromModifiedUtf7("A&APE-o &- m&AOE-s"), "Año & más");
    EXPECT_EQ(toModifiedUtf7("台北 ~peter/日本語"), "&U,BTFw- ~peter/&ZeVnLIqe-");
    EXPECT_EQ(fromModifiedUtf7("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
    EXPECT_EQ(fromModifiedUtf7(toModifiedUtf7("\xf0\x9f\x93\xac")), "\xf0\x9f\x93\xac");  // a pair of surrogates
    for (const char* bad : {"&", "&A-", "&AGE-", "&2D3c", "&3ew-", "&2D0-", "ñ", "&AP*-", "&Jjo!"}) EXPECT_FALSE(fromModifiedUtf7(bad)) << bad;
    ImapDialogue imap;
    imap.loggedIn().hears("a CREATE \"A&APE-o &- m&AOE-s\"").ends("a OK").hears("b SELECT \"A&APE-o &- m&AOE-s\"").ends("b OK [READ-WRITE]");
    imap.hears("c APPEND \"A&APE-o &- m&AOE-s\" {3+}\r\na\r\n").ends("c OK");
    EXPECT_THAT(imap.log, ElementsAre("added 3 to Año & más"));
}

TEST(ImapFolders, EachHasItsOwnLettersUidsAndValidity) {  // rfc-checklist: UIDVALIDITY constant; UID monotone and never reused
    ImapDialogue imap;
    imap.loggedIn().hears("a CREATE x").ends("a OK").hears("b STATUS x (MESSAGES UIDNEXT UIDVALIDITY)").says("* STATUS x (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 2)").ends("b OK");
    imap.hears("c APPEND x {3+}\r\na\r\n").says("c OK [APPENDUID 2 3] APPEND completed");
    imap.hears("d STATUS x (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT)").says("* STATUS x (MESSAGES 1 UIDNEXT 4 UIDVALIDITY 2 UNSEEN 1 RECENT 1)").ends("d OK");
    imap.hears("e STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY)").says("* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 1)").ends("e OK");  // unchanged
    imap.hears("f SELECT x").ends("f OK");
    EXPECT_THAT(imap.untagged, Contains("* 1 EXISTS"));
    EXPECT_THAT(imap.untagged, Contains("* OK [UIDVALIDITY 2] valid"));
    imap.hears("g UID FETCH 1:* FLAGS").says("* 1 FETCH (UID 3 FLAGS (\\Recent))").ends("g OK");
    imap.hears("h DELETE x").ends("h OK").hears("i CREATE x").ends("i OK").hears("j STATUS x (UIDVALIDITY UIDNEXT)").says("* STATUS x (UIDVALIDITY 3 UIDNEXT 1)").ends("j OK");
}

TEST(ImapFolders, Delete) {  // 6.3.4
    ImapDialogue imap;
    imap.loggedIn().hears("a CREATE a/b").ends("a OK").hears("b APPEND a {3+}\r\nx\r\n").ends("b OK");
    const std::uint64_t before = imap.box.used();
    imap.hears("c DELETE a").says("c OK DELETE completed").hears("d LIST \"\" a").says("* LIST (\\Noselect \\HasChildren) \"/\" a").ends("d OK");
    EXPECT_EQ(imap.box.used(), before - 3);
    EXPECT_THAT(imap.log, ElementsAre("added 3 to a", "expunged 3"));
    imap.hears("e SELECT a").ends("e NO").hears("f STATUS a (MESSAGES)").ends("f NO").hears("g DELETE a").says("g NO [INUSE] there are others below it");
    imap.hears("h APPEND a {3+}\r\nx\r\n")
        .ends("h NO [TRYCREATE]")
        .hears("i CREATE a")
        .ends("i OK")
        .hears("j SELECT a")
        .ends("j OK")
        .hears("k DELETE a/b")
        .ends("k OK")
        .hears("l DELETE a")
        .ends("l OK");
    imap.hears("m DELETE INBOX").ends("m NO").hears("n DELETE none").says("n NO [NONEXISTENT] no such mailbox").hears("o DELETE").ends("o BAD");
}

TEST(ImapFolders, Rename) {  // 6.3.5
    ImapDialogue imap;
    imap.loggedIn().hears("a CREATE a/b").ends("a OK").hears("b APPEND a {3+}\r\nx\r\n").ends("b OK").hears("c RENAME a x/y").says("c OK RENAME completed");
    imap.hears("d LIST \"\" *").ends("d OK");
    EXPECT_THAT(imap.untagged, ElementsAre(HasSubstr(" INBOX"), HasSubstr(" x"), HasSubstr(" x/y"), HasSubstr(" x/y/b")));
    imap.hears("e STATUS x/y (MESSAGES UIDVALIDITY)").says("* STATUS x/y (MESSAGES 1 UIDVALIDITY 2)").ends("e OK");
    imap.hears("f RENAME none z").ends("f NO").hears("g RENAME x INBOX").ends("g NO").hears("h RENAME x x/z").ends("h NO").hears("i RENAME x").ends("i BAD");
    imap.hears("j CREATE old").ends("j OK").hears("k RENAME x old").ends("k NO [ALREADYEXISTS]");
}

TEST(ImapFolders, RenameOfInboxMovesItsLetters) {  // 6.3.5
    ImapDialogue imap;
    imap.inInbox().hears("a RENAME INBOX viejo").ends("a OK").hears("b NOOP").says("* 1 EXPUNGE").says("* 1 EXPUNGE").ends("b OK");
    imap.hears("c STATUS viejo (MESSAGES UIDNEXT)")
        .says("* STATUS viejo (MESSAGES 2 UIDNEXT 3)")
        .ends("c OK")
        .hears("d STATUS INBOX (MESSAGES UIDNEXT)")
        .says("* STATUS INBOX (MESSAGES 0 UIDNEXT 3)")
        .ends("d OK");
    imap.arrives(kFirstLetter);
    imap.hears("e NOOP").says("* 1 EXISTS").says("* 1 RECENT").ends("e OK").hears("f UID FETCH 1:* UID").says("* 1 FETCH (UID 3)").ends("f OK");
}

TEST(ImapFolders, SubscriptionsOutliveTheirFolders) {  // 6.3.6, 6.3.7, 6.3.9
    ImapDialogue imap;
    imap.loggedIn().hears("a CREATE a/b").ends("a OK").hears("b SUBSCRIBE a/b").ends("b OK").hears("c SUBSCRIBE none").ends("c NO").hears("d LSUB \"\" *").ends("d OK");
    EXPECT_THAT(imap.untagged, ElementsAre("* LSUB () \"/\" INBOX", "* LSUB () \"/\" a/b"));
    imap.hears("e LSUB \"\" %").says("* LSUB () \"/\" INBOX").says("* LSUB (\\Noselect) \"/\" a").ends("e OK");
    imap.hears("f DELETE a/b")
        .ends("f OK")
        .hears("g LSUB \"\" a/*")
        .says("* LSUB () \"/\" a/b")
        .ends("g OK")
        .hears("h UNSUBSCRIBE a/b")
        .ends("h OK")
        .hears("i UNSUBSCRIBE a/b")
        .ends("i NO");
    imap.hears("j LSUB \"\" a/*").says("j OK LSUB completed").hears("k LSUB").ends("k BAD").hears("l SUBSCRIBE").ends("l BAD");
}

TEST(ImapFolders, QuotaOverAllOfThem) {  // RFC 2087
    ImapDialogue imap;
    imap.box.setQuota(imap.box.used() + 10);
    imap.loggedIn().hears("a CREATE x").ends("a OK").hears("b APPEND x {8+}\r\n12345678").ends("b OK").hears("c APPEND INBOX {3+}\r\nabc").says("c NO [OVERQUOTA] no room for it");
    imap.hears("d SELECT x").ends("d OK").hears("e COPY 1 INBOX").says("e NO [OVERQUOTA] no room for them").hears("f MOVE 1 INBOX").ends("f OK");
    ImapDialogue other;
    other.box.setQuota(10 * 1024);
    other.loggedIn()
        .hears("a GETQUOTAROOT INBOX")
        .says("* QUOTAROOT INBOX \"\"")
        .says("* QUOTA \"\" (STORAGE 1 10)")
        .ends("a OK")
        .hears("b GETQUOTA \"\"")
        .says("* QUOTA \"\" (STORAGE 1 10)")
        .ends("b OK");
    other.hears("c GETQUOTA x").ends("c NO").hears("d GETQUOTAROOT none").ends("d NO").hears("e SETQUOTA \"\" (STORAGE 1)").ends("e NO").hears("f GETQUOTA").ends("f BAD");
    ImapDialogue().loggedIn().hears("a GETQUOTA \"\"").says("* QUOTA \"\" ()").ends("a OK");
}

TEST(ImapFolders, Namespace) { ImapDialogue().loggedIn().hears("a NAMESPACE").says("* NAMESPACE ((\"\" \"/\")) NIL NIL").ends("a OK").hears("b NAMESPACE x").ends("b BAD"); }

TEST(ImapFolders, AMailboxDoesNotGrowWithoutEnd) {
    Mailbox box("luis@sur.example", std::nullopt);
    for (int i = 1; i < 1000; ++i) ASSERT_EQ(box.create("f" + std::to_string(i)), FolderResult::done);
    EXPECT_EQ(box.create("one/more"), FolderResult::forbidden);
}

}  // namespace
}  // namespace mailtrek::mail
