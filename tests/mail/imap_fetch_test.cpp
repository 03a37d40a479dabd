// SPDX-License-Identifier: GPL-3.0-or-later
// FETCH and STORE, RFC 3501 6.4.5, 6.4.6, 6.4.8 and the responses of 7.4.2.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::size_t kHeaderSize = kFirstLetter.find("\r\n\r\n") + 4;

std::string literal(std::string_view octets) { return fmt::format("{{{}}}\r\n{}", octets.size(), octets); }

TEST(ImapFetch, PlainItems) {
    ImapDialogue imap;
    imap.inInbox().hears("a FETCH 1 (FLAGS UID RFC822.SIZE INTERNALDATE)");
    imap.says(fmt::format("* 1 FETCH (FLAGS () UID 1 RFC822.SIZE {} INTERNALDATE \"02-Mar-2026 10:00:00 +0000\")", kFirstLetter.size())).says("a OK FETCH completed");
    imap.hears("b FETCH 1 flags").says("* 1 FETCH (FLAGS ())").ends("b OK");
    imap.hears("c FETCH 1 FAST").says(fmt::format("* 1 FETCH (FLAGS () INTERNALDATE \"02-Mar-2026 10:00:00 +0000\" RFC822.SIZE {})", kFirstLetter.size())).ends("c OK");
}

TEST(ImapFetch, Envelope) {
    ImapDialogue imap;
    imap.inInbox().hears("a FETCH 1:2 ENVELOPE");
    imap.says(
        "* 1 FETCH (ENVELOPE (\"Mon, 02 Mar 2026 10:00:00 +0000\" \"Hola\" ((\"Ana, de Norte\" NIL \"ana\" \"norte.example\")) ((\"Ana, de Norte\" NIL \"ana\" \"norte.example\"))"
        " ((\"Ana, de Norte\" NIL \"ana\" \"norte.example\")) ((NIL NIL \"luis\" \"sur.example\")(NIL NIL \"eva\" \"sur.example\")) NIL NIL NIL \"<1@norte.example>\"))");
    imap.says(
        "* 2 FETCH (ENVELOPE (NIL \"=?UTF-8?B?w7FhbmTDug==?=\" ((NIL NIL \"eva\" \"sur.example\")) ((NIL NIL \"eva\" \"sur.example\")) ((NIL NIL \"eva\" \"sur.example\")) NIL NIL "
        "NIL NIL"
        " \"<2@sur.example>\"))");
    imap.ends("a OK");
}

TEST(ImapFetch, EnvelopesOfOddLetters) {
    ImapDialogue imap;
    imap.arrives("From: a@b, \"q\\\"\" <c@d>, (x, y) e@f\r\nSender: s@t\r\nReply-To: r@t\r\nSubject:\r\nTo: undisclosed-recipients:;\r\nBcc: h@I\r\nIn-Reply-To: <0@b>\r\n\r\n");
    imap.arrives("Subject: \xc3\xb1\r\n\r\n");
    imap.inInbox().hears("a FETCH 3:4 ENVELOPE");
    imap.says(
        "* 3 FETCH (ENVELOPE (NIL \"\" ((NIL NIL \"a\" \"b\")(\"q\\\"\" NIL \"c\" \"d\")(NIL NIL \"(x, y) e\" \"f\")) ((NIL NIL \"s\" \"t\")) ((NIL NIL \"r\" \"t\")) NIL NIL"
        " ((NIL NIL \"h\" \"I\")) \"<0@b>\" NIL))");
    imap.says("* 4 FETCH (ENVELOPE (NIL {2}\r\n\xc3\xb1 NIL NIL NIL NIL NIL NIL NIL NIL))");  // no quoted string holds 8-bit octets
    imap.ends("a OK");
}

TEST(ImapFetch, Bodies) {
    struct Case {
        const char* item;
        const char* label;
        std::string octets;
    };
    for (const Case& c : {Case{"BODY.PEEK[]", "BODY[]", kFirstLetter},
                          {"RFC822.HEADER", "RFC822.HEADER", kFirstLetter.substr(0, kHeaderSize)},
                          {"BODY.PEEK[HEADER]", "BODY[HEADER]", kFirstLetter.substr(0, kHeaderSize)},
                          {"body.peek[text]", "BODY[text]", "Hola Luis\r\n"},
                          {"RFC822.TEXT", "RFC822.TEXT", "Hola Luis\r\n"},
                          {"RFC822", "RFC822", kFirstLetter},
                          {"BODY.PEEK[]<0.11>", "BODY[]<0>", "Return-Path"},
                          {"BODY.PEEK[TEXT]<5.100>", "BODY[TEXT]<5>", "Luis\r\n"},
                          {"BODY.PEEK[TEXT]<100.5>", "BODY[TEXT]<100>", ""},
                          {"BODY.PEEK[TEXT]<0.4294967295>", "BODY[TEXT]<0>", "Hola Luis\r\n"},
                          {"BODY.PEEK[HEADER.FIELDS (subject \"RECEIVED\" none)]", "BODY[HEADER.FIELDS (subject \"RECEIVED\" none)]",
                           "Received: from norte\r\n\tby sur; today\r\nSubject: Hola\r\n\r\n"},
                          {"BODY.PEEK[HEADER.FIELDS.NOT (Return-Path Received Date From To Message-ID)]", "BODY[HEADER.FIELDS.NOT (Return-Path Received Date From To Message-ID)]",
                           "Subject: Hola\r\n\r\n"},
                          {"BODY.PEEK[HEADER.FIELDS (X)]", "BODY[HEADER.FIELDS (X)]", "\r\n"}}) {
        ImapDialogue imap;
        imap.inInbox("EXAMINE").hears("a FETCH 1 (" + std::string(c.item) + ")").says(fmt::format("* 1 FETCH ({} {})", c.label, literal(c.octets))).ends("a OK");
    }
}

TEST(ImapFetch, ReadingSetsSeen) {
    for (const char* item : {"BODY[]", "BODY[TEXT]", "BODY[HEADER]", "RFC822", "RFC822.TEXT"}) {
        ImapDialogue imap;
        imap.inInbox().hears("a FETCH 1 " + std::string(item)).ends("a OK");
        EXPECT_TRUE(imap.untagged.at(0).ends_with(" FLAGS (\\Seen))")) << imap.untagged[0];  // the change is told
        EXPECT_EQ(imap.box.messages()[0].flags, kSeen) << item;
        imap.hears("b FETCH 1 " + std::string(item)).ends("b OK");
        EXPECT_FALSE(imap.untagged.at(0).ends_with(" FLAGS (\\Seen))"));
    }
    for (const char* item : {"BODY.PEEK[]", "RFC822.HEADER", "ENVELOPE", "RFC822.SIZE"}) {
        ImapDialogue imap;
        imap.inInbox().hears("a FETCH 1 " + std::string(item)).ends("a OK");
        EXPECT_EQ(imap.box.messages()[0].flags, 0) << item;
    }
    ImapDialogue imap;
    imap.inInbox("EXAMINE").hears("a FETCH 1 BODY[]").ends("a OK");
    EXPECT_EQ(imap.box.messages()[0].flags, 0);
    EXPECT_THAT(imap.log, ElementsAre("fetched 1"));
}

TEST(ImapFetch, FlagsAskedForWithTheBodyAreTheNewOnes) {
    ImapDialogue().inInbox().hears("a FETCH 2 (FLAGS BODY[TEXT])").says("* 2 FETCH (FLAGS (\\Seen) BODY[TEXT] " + literal("Adi\xc3\xb3s\r\n") + ")").ends("a OK");
}

TEST(ImapFetch, Sets) {
    const auto places = [](const std::string& set, bool uid) {
        ImapDialogue imap;
        for (int i = 0; i < 8; ++i) imap.arrives(kSecondLetter);
        for (const std::uint32_t gone : {3u, 5u, 10u}) imap.box.remove(gone);  // left: 1 2 4 6 7 8 9
        imap.inInbox().hears((uid ? "a UID FETCH " : "a FETCH ") + set + (uid ? " FLAGS" : " UID")).ends("a OK");
        std::vector<int> uids;
        for (const std::string& line : imap.untagged) uids.push_back(std::stoi(line.substr(line.find("UID ") + 4)));
        return uids;
    };
    EXPECT_THAT(places("1", false), ElementsAre(1));
    EXPECT_THAT(places("3", false), ElementsAre(4));
    EXPECT_THAT(places("*", false), ElementsAre(9));
    EXPECT_THAT(places("3:1", false), ElementsAre(1, 2, 4));
    EXPECT_THAT(places("2,4:5,4", false), ElementsAre(2, 6, 7));
    EXPECT_THAT(places("*:6", false), ElementsAre(8, 9));
    EXPECT_THAT(places("1:*", true), ElementsAre(1, 2, 4, 6, 7, 8, 9));
    EXPECT_THAT(places("3:5", true), ElementsAre(4));
    EXPECT_THAT(places("100", true), IsEmpty());
    EXPECT_THAT(places("100:*", true), ElementsAre(9));  // "*" is the largest there is
    EXPECT_THAT(places("4294967295", true), IsEmpty());
}

TEST(ImapFetch, BadSetsAndItems) {
    for (const char* arguments :
         {"",           "1",          "0 FLAGS",   "3 FLAGS",          "1:3 FLAGS",     "1, FLAGS",      ",1 FLAGS",     "1,,2 FLAGS",       "1: FLAGS",  "a FLAGS",
          "-1 FLAGS",   "+1 FLAGS",   "1.5 FLAGS", "4294967296 FLAGS", "1 ()",          "1 NOTHING",     "1 BODY[x]",    "1 BODY[1.MIME.2]", "1 BODY[0]", "1 BODY[MIME]",
          "1 BODY[1.]", "1 BODY[.1]", "1 BODY[",   "1 BODY[]<1>",      "1 BODY[]<0.0>", "1 BODY[]<a.1>", "1 BODY[]<0.1", "1 (FLAGS NOTHING)"}) {
        ImapDialogue imap;
        imap.inInbox().hears("a FETCH " + std::string(arguments)).ends("a BAD");
        EXPECT_THAT(imap.untagged, IsEmpty()) << arguments;
        EXPECT_THAT(imap.log, IsEmpty()) << arguments;
    }
    ImapDialogue().inInbox().hears("a UID FETCH 4294967296 FLAGS").ends("a BAD").hears("b UID FETCH x FLAGS").ends("b BAD");
}

TEST(ImapFetch, UidIsToldOnce) {  // 6.4.8
    ImapDialogue()
        .inInbox()
        .hears("a UID FETCH 2 (FLAGS)")
        .says("* 2 FETCH (UID 2 FLAGS ())")
        .ends("a OK")
        .hears("b UID FETCH 2 (FLAGS UID)")
        .says("* 2 FETCH (FLAGS () UID 2)")
        .ends("b OK");
}

TEST(ImapStore, AddsTakesAwayAndReplaces) {
    ImapDialogue imap;
    imap.inInbox().hears("a STORE 1 FLAGS (\\Seen \\Flagged)").says("* 1 FETCH (FLAGS (\\Seen \\Flagged))").says("a OK STORE completed");
    imap.hears("b STORE 1 +flags \\Answered")
        .says("* 1 FETCH (FLAGS (\\Seen \\Answered \\Flagged))")
        .ends("b OK")
        .hears("c STORE 1 -FLAGS (\\seen)")
        .says("* 1 FETCH (FLAGS (\\Answered \\Flagged))")
        .ends("c OK");
    imap.hears("d STORE 1 FLAGS ()").says("* 1 FETCH (FLAGS ())").ends("d OK").hears("e UID STORE 2 +FLAGS (\\Deleted)").says("* 2 FETCH (UID 2 FLAGS (\\Deleted))").ends("e OK");
    imap.hears("f STORE 1:2 FLAGS.SILENT (\\Draft)").says("f OK STORE completed");
    EXPECT_EQ(imap.box.messages()[0].flags, kDraft);
    EXPECT_EQ(imap.box.messages()[1].flags, kDraft);
    EXPECT_THAT(imap.log, ElementsAre("flags 1", "flags 1", "flags 1", "flags 1", "flags 2", "flags 1", "flags 2"));
}

TEST(ImapStore, KeywordsAreNotKept) {  // PERMANENTFLAGS has no \*
    ImapDialogue().inInbox().hears("a STORE 1 FLAGS ($Forwarded \\Seen)").says("* 1 FETCH (FLAGS (\\Seen))").ends("a OK");
}

TEST(ImapStore, BadArguments) {
    for (const char* arguments : {"", "1", "1 FLAGS", "9 FLAGS ()", "1 SIZE (\\Seen)", "1 FLAGS (\\Recent)", "1 FLAGS (\\Nothing)", "1 FLAGS (\\Seen", "1 +-FLAGS (\\Seen)"}) {
        ImapDialogue imap;
        imap.inInbox().hears("a STORE " + std::string(arguments)).ends("a BAD");
        EXPECT_THAT(imap.log, IsEmpty()) << arguments;
    }
}

}  // namespace
}  // namespace mailtrek::mail
