// SPDX-License-Identifier: GPL-3.0-or-later
// Letters that a reader puts somewhere: APPEND, COPY, MOVE, UID EXPUNGE (RFC 3501, 4315, 6851), and marks that others set.
#include <gmock/gmock.h>

#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ImapAppend, WithFlagsAndDate) {  // 6.3.11
    ImapDialogue imap;
    imap.inInbox()
        .hears("a APPEND INBOX (\\Seen \\Draft) \"17-Jul-1996 02:44:25 -0700\" {13}")
        .says("+ go ahead")
        .hearsOctets("Subject: x\r\n\r")
        .saysNothing()
        .hearsOctets("\r\n");
    imap.says("* 3 EXISTS").says("* 1 RECENT").says("a OK [APPENDUID 1 3] APPEND completed");
    imap.hears("b FETCH 3 (FLAGS INTERNALDATE BODY.PEEK[])")
        .says("* 3 FETCH (FLAGS (\\Recent \\Seen \\Draft) INTERNALDATE \"17-Jul-1996 09:44:25 +0000\" BODY[] {13}\r\nSubject: x\r\n\r)")
        .ends("b OK");
    EXPECT_THAT(imap.log, ElementsAre("added 3 to INBOX", "fetched 3"));
}

TEST(ImapAppend, WithoutFlagsAndDate) {
    ImapDialogue imap;
    imap.now += 26h;
    imap.loggedIn().hears("a APPEND {5+}\r\nINBOX {3+}\r\na\"\\").ends("a OK [APPENDUID 1 3]").hears("b EXAMINE INBOX").ends("b OK");
    imap.hears("c FETCH 3 (FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
        .says("* 3 FETCH (FLAGS (\\Recent) INTERNALDATE \"03-Mar-2026 12:00:00 +0000\" RFC822.SIZE 3 BODY[] {3}\r\na\"\\)")
        .ends("c OK");
}

TEST(ImapAppend, BadOnes) {
    ImapDialogue imap;
    imap.loggedIn().hears("a APPEND none {1+}\r\nx").says("a NO [TRYCREATE] no such mailbox").hears("b APPEND INBOX x").ends("b BAD").hears("c APPEND INBOX \"x\"").ends("c BAD");
    imap.hears("d APPEND INBOX (\\Recent) {1+}\r\nx")
        .ends("d BAD")
        .hears("e APPEND INBOX (\\Seen {1+}\r\nx")
        .ends("e BAD")
        .hears("f APPEND INBOX {1+}\r\nx more")
        .ends("f BAD")
        .hears("g APPEND")
        .ends("g BAD");
    for (const char* date : {"17-Jul-1996", "32-Jul-1996 02:44:25 -0700", "17-Xxx-1996 02:44:25 -0700", "17-Jul-1996 24:44:25 -0700", "17-Jul-1996 02:44:25 0700",
                             "30-Feb-2026 02:44:25 +0000", "17-Jul-1896 02:44:25 -0700"})
        imap.hears("h APPEND INBOX \"" + std::string(date) + "\" {1+}\r\nx").ends("h BAD");
    imap.hearsOctets(std::string("i APPEND INBOX {1+}\r\n\0\r\n", 24)).ends("i BAD").hears("j APPEND \"a*\" {1+}\r\nx").ends("j NO");
    EXPECT_EQ(imap.box.messages().size(), 2u);
    EXPECT_THAT(imap.log, IsEmpty());
    ImapDialogue().hears("a APPEND INBOX {1+}\r\nx").says("a BAD log in first");
}

TEST(ImapAppend, LargeLettersAndTooLargeOnes) {
    ImapDialogue imap;
    const std::string large(200'000, '"');
    imap.loggedIn().hears("a APPEND INBOX {200000}").says("+ go ahead").hears(large).ends("a OK");
    EXPECT_EQ(imap.box.messages().back().octets.text(), large);
    imap.hears("b APPEND INBOX {25000001}").says("b NO [TOOBIG] message too large").hears("c NOOP").ends("c OK");
    imap.box.setQuota(300'000);
    imap.hears("d APPEND INBOX {200000}").says("d NO [OVERQUOTA] no room for it").hears("e NOOP").ends("e OK");  // refused before it comes
    imap.hears("f LOGIN {70000}").says("f BAD literal too large");                                               // only APPEND may bring so much
}

TEST(ImapCopy, CopiesWithFlagsDateAndCode) {  // 6.4.7, RFC 4315
    ImapDialogue imap;
    imap.box.messages()[0].flags = kSeen | kFlagged;
    imap.now += 1h;
    imap.inInbox()
        .hears("a CREATE x")
        .ends("a OK")
        .hears("b COPY 1:2 x")
        .says("b OK [COPYUID 2 1:2 3:4] COPY completed")
        .hears("c UID COPY 2 x")
        .says("c OK [COPYUID 2 2 5] COPY completed");
    imap.hears("d SELECT x")
        .ends("d OK")
        .hears("e FETCH 1 (UID FLAGS INTERNALDATE)")
        .says("* 1 FETCH (UID 3 FLAGS (\\Recent \\Seen \\Flagged) INTERNALDATE \"02-Mar-2026 10:00:00 +0000\")")
        .ends("e OK");
    imap.hears("f COPY 1,3 x").says("* 5 EXISTS").says("* 5 RECENT").says("f OK [COPYUID 2 3,5 6:7] COPY completed");
}

TEST(ImapCopy, BadOnes) {
    ImapDialogue imap;
    imap.inInbox()
        .hears("a COPY 1 none")
        .says("a NO [TRYCREATE] no such mailbox")
        .hears("b COPY 9 INBOX")
        .ends("b BAD")
        .hears("c COPY 1")
        .ends("c BAD")
        .hears("d COPY 1 INBOX x")
        .ends("d BAD");
    imap.hears("e UID COPY 99 INBOX").says("e OK COPY completed");  // no letter, no code
    EXPECT_EQ(imap.box.messages().size(), 2u);
}

TEST(ImapMove, TakesThemOutAndSaysWhere) {  // RFC 6851
    ImapDialogue imap;
    imap.inInbox().hears("a CREATE x").ends("a OK").hears("b UID MOVE 1 x").says("* OK [COPYUID 2 1 3] moved").says("* 1 EXPUNGE").says("b OK MOVE completed");
    EXPECT_THAT(imap.log, ElementsAre("expunged 1", "added 3 to x"));
    imap.hears("c MOVE 1 none").ends("c NO [TRYCREATE]").hears("d MOVE 2 x").ends("d BAD").hears("e FETCH 1 UID").says("* 1 FETCH (UID 2)").ends("e OK");
    ImapDialogue().inInbox("EXAMINE").hears("a MOVE 1 INBOX").says("a NO [READ-ONLY] it was opened with EXAMINE");
}

TEST(ImapExpunge, OfUidsOnly) {  // RFC 4315 2.1
    ImapDialogue imap;
    imap.inInbox().hears("a STORE 1:2 +FLAGS.SILENT (\\Deleted)").ends("a OK").hears("b UID EXPUNGE 2,7").says("* 2 EXPUNGE").says("b OK UID EXPUNGE completed");
    EXPECT_EQ(imap.box.messages().size(), 1u);
    imap.hears("c UID EXPUNGE x").ends("c BAD").hears("d UID EXPUNGE").ends("d BAD").hears("e UNSELECT").says("e OK UNSELECT completed");  // RFC 3691: and nothing goes
    EXPECT_EQ(imap.box.messages().size(), 1u);
    imap.hears("f FETCH 1 UID").ends("f BAD");
}

TEST(ImapFlags, OfAnotherSessionAreTold) {
    ImapDialogue imap;
    imap.inInbox();
    imap.box.messages()[1].flags = kSeen;
    imap.hears("a FETCH 1 UID").says("* 1 FETCH (UID 1)").ends("a OK").hears("b NOOP").says("* 2 FETCH (FLAGS (\\Seen))").ends("b OK").hears("c NOOP").says("c OK NOOP completed");
    imap.hears("d STORE 1 +FLAGS.SILENT (\\Seen)").ends("d OK").hears("e NOOP").says("e OK NOOP completed");  // its own are known
}

}  // namespace
}  // namespace mailtrek::mail
