// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of letters: BODY, BODYSTRUCTURE and every section specification of RFC 3501 6.4.5, on the example tree of that clause.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/mail/mime_tree.h"
#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::HasSubstr;

// 1 text/plain; 2 application/octet-stream; 3 message/rfc822 with 3.1 text/plain, 3.2 application/octet-stream; 4 multipart/mixed with 4.1 image/gif and 4.2 message/rfc822
// with 4.2.1 text/plain and 4.2.2 multipart/alternative with 4.2.2.1 text/plain and 4.2.2.2 text/richtext.
const std::string kTree =
    "From: ana@norte.example\r\nSubject: tree\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\npreamble\r\n--A\r\n"
    "\r\none\r\nline\r\n--A  \r\n"
    "Content-Type: application/octet-stream; name=\"f.bin\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"f.bin\"\r\nContent-ID: "
    "<c@x>\r\n\r\nAQI=\r\n--A\r\n"
    "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nFrom: eva@sur.example\r\nContent-Type: multipart/mixed; boundary=AB\r\n\r\n--AB\r\n\r\nthree one\r\n--AB\r\n"
    "Content-Type: application/octet-stream\r\n\r\nthree two\r\n--AB--\r\n\r\n--A\r\n"
    "Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\nContent-Type: image/gif\r\nContent-Language: es, en\r\n\r\nGIF\r\n--C\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
    "deep\r\n"
    "Content-Type: multipart/mixed; boundary=D\r\n\r\n--D\r\n\r\nfour two one\r\n--D\r\nContent-Type: multipart/alternative; boundary=E\r\n\r\n--E\r\nContent-Type: text/plain; "
    "charset=utf-8\r\n\r\n"
    "plain\r\n--E\r\nContent-Type: text/richtext\r\n\r\nrich\r\n--E--\r\n--D--\r\n--C--\r\n--A--\r\nepilogue\r\n";

struct Parts : ImapDialogue {
    Parts() {
        arrives(kTree);
        inInbox("EXAMINE");
    }
    // What BODY.PEEK[section] brings; "NIL" when there is nothing.
    std::string body(const std::string& section) {
        hears("p FETCH 3 BODY.PEEK[" + section + "]").ends("p OK");
        const std::string label = "* 3 FETCH (BODY[" + section + "] ";
        const std::string& said = untagged.at(0);
        EXPECT_TRUE(said.starts_with(label)) << said;
        std::string rest = said.substr(label.size());
        rest.pop_back();
        if (rest == "NIL") return rest;
        const std::size_t line = rest.find("\r\n");
        EXPECT_EQ(rest.substr(0, line), fmt::format("{{{}}}", rest.size() - line - 2)) << "literal byte count";  // rfc-checklist
        return rest.substr(line + 2);
    }
};

TEST(ImapParts, ByNumber) {
    Parts imap;
    EXPECT_EQ(imap.body("1"), "one\r\nline");
    EXPECT_EQ(imap.body("2"), "AQI=");
    EXPECT_THAT(imap.body("3"), testing::StartsWith("Subject: inner\r\n"));
    EXPECT_EQ(imap.body("3.1"), "three one");
    EXPECT_EQ(imap.body("3.2"), "three two");
    EXPECT_THAT(imap.body("4"), testing::StartsWith("--C\r\n"));
    EXPECT_EQ(imap.body("4.1"), "GIF");
    EXPECT_EQ(imap.body("4.2.1"), "four two one");
    EXPECT_EQ(imap.body("4.2.2.1"), "plain");
    EXPECT_EQ(imap.body("4.2.2.2"), "rich");
    for (const char* none : {"5", "1.1", "3.3", "4.3", "4.2.2.3", "4.2.2.1.1", "99999"}) EXPECT_EQ(imap.body(none), "NIL") << none;
    imap.hears("a FETCH 3 BODY.PEEK[1]<1.3>").says("* 3 FETCH (BODY[1]<1> {3}\r\nne\r)").ends("a OK");
    imap.hears("b FETCH 3 BODY.PEEK[9]<1.3>").says("* 3 FETCH (BODY[9]<1> NIL)").ends("b OK");
}

TEST(ImapParts, HeadersOfParts) {
    Parts imap;
    EXPECT_EQ(imap.body("1.MIME"), "\r\n");
    EXPECT_EQ(imap.body("3.MIME"), "Content-Type: message/rfc822\r\n\r\n");
    EXPECT_EQ(imap.body("3.HEADER"), "Subject: inner\r\nFrom: eva@sur.example\r\nContent-Type: multipart/mixed; boundary=AB\r\n\r\n");
    EXPECT_EQ(imap.body("3.HEADER.FIELDS (Subject)"), "Subject: inner\r\n\r\n");
    EXPECT_EQ(imap.body("3.HEADER.FIELDS.NOT (Subject From)"), "Content-Type: multipart/mixed; boundary=AB\r\n\r\n");
    EXPECT_THAT(imap.body("3.TEXT"), testing::StartsWith("--AB\r\n"));
    EXPECT_EQ(imap.body("4.2.HEADER"), "Subject: deep\r\nContent-Type: multipart/mixed; boundary=D\r\n\r\n");
    EXPECT_EQ(imap.body("4.2.2.2.MIME"), "Content-Type: text/richtext\r\n\r\n");
    EXPECT_EQ(imap.body("1.HEADER"), "NIL") << "only a message has a header of its own";
    EXPECT_EQ(imap.body("4.TEXT"), "NIL");
}

TEST(ImapParts, OfALetterWithoutParts) {
    Parts imap;
    imap.hears("a FETCH 1 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2])").ends("a OK");
    EXPECT_THAT(imap.untagged.at(0), HasSubstr("BODY[1] {11}\r\nHola Luis\r\n BODY[1.MIME] {"));
    EXPECT_THAT(imap.untagged.at(0), testing::EndsWith("BODY[2] NIL)"));
}

TEST(ImapParts, ReadingAPartSetsSeen) {  // rfc-checklist: BODY[] sets \Seen
    ImapDialogue imap;
    imap.inInbox().hears("a FETCH 1 BODY[1]").says("* 1 FETCH (BODY[1] {11}\r\nHola Luis\r\n FLAGS (\\Seen))").ends("a OK").hears("b FETCH 2 (BODY BODYSTRUCTURE)").ends("b OK");
    EXPECT_EQ(imap.box.messages()[1].flags, 0);
}

TEST(ImapParts, Bodystructure) {  // 7.4.2
    Parts imap;
    imap.hears("a FETCH 3 BODYSTRUCTURE").ends("a OK");
    const auto text = [&](int octets, int lines) { return fmt::format("(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" {} {} NIL NIL NIL NIL)", octets, lines); };
    const std::string& said = imap.untagged.at(0);
    EXPECT_TRUE(said.starts_with("* 3 FETCH (BODYSTRUCTURE (" + text(9, 2) +
                                 "(\"application\" \"octet-stream\" (\"name\" \"f.bin\") \"<c@x>\" NIL \"base64\" 4 NIL (\"attachment\" (\"filename\" \"f.bin\")) NIL NIL)"
                                 "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" "))
        << said;
    EXPECT_THAT(said, HasSubstr("(NIL \"inner\" ((NIL NIL \"eva\" \"sur.example\"))"));
    EXPECT_THAT(said, HasSubstr("(\"image\" \"gif\" NIL NIL NIL \"7bit\" 3 NIL NIL (\"es\" \"en\") NIL)"));
    EXPECT_THAT(said, HasSubstr("\"alternative\" (\"boundary\" \"E\") NIL NIL NIL)"));
    EXPECT_TRUE(said.ends_with(" \"mixed\" (\"boundary\" \"A\") NIL NIL NIL))")) << said;
    imap.hears("b FETCH 1 BODY").says("* 1 FETCH (BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 11 1))").ends("b OK");
    imap.hears("c FETCH 2 FULL").ends("c OK");
    EXPECT_THAT(imap.untagged.at(0), testing::MatchesRegex("\\* 2 FETCH \\(FLAGS \\(\\) INTERNALDATE \".*\" RFC822.SIZE [0-9]+ ENVELOPE \\(.*\\) BODY \\(\"text\" .*\\)\\)"));
}

TEST(ImapParts, OfLettersThatAreBroken) {
    const MimePart noBoundary = mimeTree("Content-Type: multipart/mixed\r\n\r\n--A\r\n\r\nx\r\n");
    EXPECT_EQ(noBoundary.type, "text");
    EXPECT_TRUE(noBoundary.parts.empty());
    const MimePart noEnd = mimeTree("Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\none\r\n--A\r\n\r\ntwo");
    ASSERT_EQ(noEnd.parts.size(), 2u);
    EXPECT_EQ(noEnd.parts[1].body, "two");
    const MimePart empty = mimeTree("Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n--A--\r\n");
    ASSERT_EQ(empty.parts.size(), 1u);
    EXPECT_EQ(empty.parts[0].body, "");
    const MimePart longer = mimeTree("Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\none\r\n--AB\r\nstill one\r\n--A--\r\n");
    ASSERT_EQ(longer.parts.size(), 1u);
    EXPECT_EQ(longer.parts[0].body, "one\r\n--AB\r\nstill one");
    const MimePart digest = mimeTree("Content-Type: multipart/digest; boundary=A\r\n\r\n--A\r\n\r\nSubject: x\r\n\r\nhi\r\n--A--\r\n");
    ASSERT_EQ(digest.parts.size(), 1u);
    EXPECT_TRUE(digest.parts[0].isMessage());  // RFC 2046 5.1.5
    std::string nested = "x";
    for (int i = 0; i < 100; ++i) nested = "Content-Type: message/rfc822\r\n\r\n" + nested;
    int depth = 0;
    const MimePart deep = mimeTree(nested);
    for (const MimePart* part = &deep; !part->parts.empty(); part = &part->parts[0]) ++depth;
    EXPECT_EQ(depth, 20);
    std::string many = "Content-Type: multipart/mixed; boundary=A\r\n\r\n";
    for (int i = 0; i < 5000; ++i) many += "--A\r\n\r\nx\r\n";
    EXPECT_LE(mimeTree(many).parts.size(), 1000u);
}

}  // namespace
}  // namespace mailtrek::mail
