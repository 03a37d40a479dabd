// SPDX-License-Identifier: GPL-3.0-or-later
// Letters: composed as RFC 5322 and MIME want them, read again, and what servers write on them.
#include "sim/mail/message.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/mail/encoding.h"
#include "sim/mail/mime_parameter.h"
#include "sim/mail/sha256.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Draft draft() {
    Draft letter;
    letter.from = "ana@norte.example";
    letter.to = {"luis@sur.example"};
    letter.subject = "Hola";
    letter.text = "¿Qué tal?";
    letter.messageId = "<1@norte.example>";
    return letter;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

// 7-bit, CRLF and nothing else, no line above 998, one empty line behind the header, each of the fields at most once (RFC 5322 3.6).
void expectSound(const std::string& letter) {
    EXPECT_EQ(count(letter, "\r"), count(letter, "\r\n"));
    EXPECT_EQ(count(letter, "\n"), count(letter, "\r\n"));
    EXPECT_TRUE(std::all_of(letter.begin(), letter.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\0'; }));
    EXPECT_TRUE(letter.ends_with("\r\n"));
    std::string_view rest = letter;
    while (!rest.empty()) {
        EXPECT_LE(rest.find("\r\n"), 998u);
        rest.remove_prefix(rest.find("\r\n") + 2);
    }
    for (const char* name : {"Date", "From", "Message-ID", "Subject", "MIME-Version", "Content-Type"})
        EXPECT_EQ(count("\r\n" + std::string(headersOf(letter)), fmt::format("\r\n{}: ", name)), 1u) << name;
    for (const char* name : {"To", "Cc"}) EXPECT_LE(count("\r\n" + std::string(headersOf(letter)), fmt::format("\r\n{}: ", name)), 1u) << name;
}

TEST(Letter, AsItIsWritten) {
    EXPECT_EQ(compose(draft()),
              "Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nFrom: ana@norte.example\r\nTo: luis@sur.example\r\nSubject: Hola\r\nMessage-ID: <1@norte.example>\r\nMIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C2=BFQu=C3=A9 tal?\r\n");
}

TEST(Letter, PlainTextStaysReadable) {
    Draft letter = draft();
    letter.text = "Hola Luis\n.\nAna";
    EXPECT_THAT(compose(letter), HasSubstr("charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHola Luis\r\n.\r\nAna\r\n"));
    expectSound(compose(letter));
}

TEST(Letter, ManyKinds) {
    for (const std::string& text : {std::string(), std::string("\n"), std::string("no end"), std::string(2000, 'x'), std::string("cr\ronly\r\nmixed\n"),
                                    std::string("tab\tand space \n"), std::string("\x01\x7f")}) {
        for (const std::string& html : {std::string(), std::string("<p>¡Hola!</p>")}) {
            for (const std::size_t attachments : {0u, 1u, 2u}) {
                Draft letter = draft();
                letter.text = text;
                letter.html = html;
                for (std::size_t i = 0; i < attachments; ++i) letter.attachments.push_back({"foto.jpg", Slice::filled(1000, static_cast<std::uint8_t>(200 + i))});
                const std::string octets = compose(letter);
                expectSound(octets);
                const Message read = parse(octets);
                const std::size_t texts = html.empty() || text.empty() ? 1 : 2;
                ASSERT_EQ(read.parts.size(), texts + attachments) << octets;
                for (std::size_t i = 0; i < attachments; ++i) {
                    EXPECT_EQ(read.parts[texts + i].octets, std::string(1000, static_cast<char>(200 + i)));
                    EXPECT_EQ(read.parts[texts + i].fileName, "foto.jpg");
                    EXPECT_EQ(read.parts[texts + i].type, "image/jpeg");
                }
            }
        }
    }
}

TEST(Letter, NoBoundaryBeginsWithAnother) {  // RFC 2046 5.1.2: marks are compared by their beginning
    Draft letter = draft();
    letter.html = "<p>Hola</p>";
    letter.attachments = {{"a.txt", Slice::copyOf("x")}};
    const std::string octets = compose(letter);
    const std::string outer = mimeParameter(parse(octets).header("Content-Type"), "boundary");
    const std::size_t at = octets.find("multipart/alternative; ");
    const std::string inner = mimeParameter(std::string_view(octets).substr(at, octets.find("\r\n", at) - at), "boundary");
    EXPECT_FALSE(inner.empty() || inner.starts_with(outer) || outer.starts_with(inner)) << outer << " " << inner;
}

TEST(Letter, LongListsAndSubjectsAreFolded) {
    Draft letter = draft();
    letter.to.clear();
    for (int i = 0; i < 150; ++i) letter.to.push_back(fmt::format("person{}@sur.example", i));
    letter.cc = letter.to;
    letter.subject.clear();
    for (int i = 0; i < 100; ++i) letter.subject += "¿Qué tal? ";
    const std::string octets = compose(letter);
    expectSound(octets);
    const Message read = parse(octets);
    EXPECT_EQ(decodeHeaderText(read.header("Subject")), letter.subject);
    EXPECT_EQ(count(read.header("To"), "@sur.example"), 150u);
    letter.subject = std::string(5000, 'x');
    expectSound(compose(letter));
    EXPECT_EQ(decodeHeaderText(parse(compose(letter)).header("Subject")), letter.subject);
}

TEST(Letter, BccOnly) {
    Draft letter = draft();
    letter.to.clear();
    EXPECT_THAT(compose(letter), HasSubstr("\r\nTo: undisclosed-recipients:;\r\n"));
}

TEST(Letter, NamesOfAttachments) {
    for (const std::string& name : {std::string("foto.jpg"), std::string("notas de clase.txt"), std::string("ñandú.txt"), std::string("a\"b\\c.txt"),
                                    std::string("semi;colon=.txt"), std::string(300, 'x') + ".txt", [] {
                                        std::string longName;
                                        for (int i = 0; i < 400; ++i) longName += "ñ";
                                        return longName + ".txt";
                                    }()}) {
        Draft letter = draft();
        letter.attachments = {{name, Slice::copyOf("line\r\nline\n\n")}};
        const std::string octets = compose(letter);
        expectSound(octets);
        EXPECT_EQ(parse(octets).parts.at(1).fileName, name);
        EXPECT_EQ(parse(octets).parts.at(1).octets, "line\r\nline\n\n") << name;  // an attachment is never touched
    }
}

TEST(Letter, Sha256IsOfTextAndAttachments) {
    const auto hash = [](std::string_view octets) {
        Sha256 sha;
        sha.add(octets);
        return sha.hex();
    };
    Draft letter = draft();
    EXPECT_EQ(bodySha256(compose(letter)), hash("¿Qué tal?"));
    letter.attachments = {{"ñ.txt", Slice::copyOf("x\r\n\n")}};
    EXPECT_EQ(bodySha256(compose(letter)), hash("¿Qué tal?x\r\n\n"));
    letter.html = "<p>Hola</p>";
    EXPECT_EQ(bodySha256(compose(letter)), hash("¿Qué tal?<p>Hola</p>x\r\n\n"));
    EXPECT_EQ(bodySha256("Received: from x\r\n" + compose(letter)), hash("¿Qué tal?<p>Hola</p>x\r\n\n"));
}

// --- reading what others wrote ---

TEST(Parse, Headers) {
    const Message read = parse("A: one\r\nB:two\r\n\tfolded\r\n  twice\r\nnonsense\r\na: again\r\n\r\nbody");
    EXPECT_EQ(read.header("a"), "one");
    EXPECT_EQ(read.header("b"), "two\tfolded  twice");
    EXPECT_EQ(read.headers.size(), 3u);
    EXPECT_EQ(read.parts.at(0).octets, "body");
    EXPECT_EQ(read.parts.at(0).type, "text/plain");  // RFC 2045 5.2
}

TEST(Parse, WithoutHeaderOrBody) {
    EXPECT_EQ(parse("\r\nbody").parts.at(0).octets, "body");
    EXPECT_TRUE(parse("\r\nA: b").headers.empty());
    EXPECT_EQ(parse("A: b").header("A"), "b");
    EXPECT_EQ(parse("A: b").parts.at(0).octets, "");
    EXPECT_EQ(parse("").parts.size(), 1u);
}

TEST(Parse, MultipartAsOthersWriteIt) {
    const Message read = parse(
        "Content-Type: Multipart/Mixed ; charset=x;\r\n boundary=b\r\n\r\npreamble\r\n--b  \r\n\r\none\r\n\r\n--b\r\nContent-Type: text/HTML\r\nContent-Transfer-Encoding: Base64 "
        "\r\n\r\nZm9v\r\n"
        "--b\r\n--b\r\nContent-Type: multipart/alternative; boundary=\"i n\"\r\n\r\n--i n\r\n\r\nin\r\n--i n--\r\nnothing\r\n--b--\r\nepilogue\r\n--b\r\n\r\nno more");
    std::vector<std::string> texts;
    for (const Part& part : read.parts) texts.push_back(part.type + ":" + part.octets);
    EXPECT_THAT(texts, ElementsAre("text/plain:one\r\n", "text/html:foo", "text/plain:", "text/plain:in"));
}

TEST(Parse, BrokenMultiparts) {
    for (const char* body : {"", "--b", "--b\r\n", "--b\r\nA: b", "--b\r\n\r\nno end", "--b--", "no mark at all", "--b\r\n--b\r\n--b\r\n"})
        parse(std::string("Content-Type: multipart/mixed; boundary=b\r\n\r\n") + body);  // takes anything
    EXPECT_EQ(parse("Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx").parts.size(), 1u);
    std::string nested;
    for (int i = 0; i < 5000; ++i) nested += "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
    EXPECT_LE(parse(nested).parts.size(), 1u);
}

TEST(MimeParameter, AsWritten) {
    struct Case {
        const char* field;
        const char* value;
    };
    for (const Case& c : {Case{"a; filename=x.txt", "x.txt"},
                          {"a;FileName = \"x y\" ; z=1", "x y"},
                          {"a; filename=\"a\\\"b\"", "a\"b"},
                          {"a; filename*=UTF-8'es'%C3%B1", "ñ"},
                          {"a; filename*0=ab; filename*1=cd", "abcd"},
                          {"a; filename*1*=%C3%B1; filename*0*=UTF-8''x%20", "x ñ"},
                          {"a; filename=plain; filename*=utf-8''better", "better"},
                          {"\"; filename=no\"; filename=yes", "yes"},
                          {"a; xfilename=no", ""},
                          {"a; filename", ""},
                          {"", ""},
                          {"filename=no", ""},
                          {"a; filename*=%41", "A"},
                          {"a; filename*=UTF-8''%4", "%4"},
                          {"a; filename=\"no end", "no end"}})
        EXPECT_EQ(mimeParameter(c.field, "filename"), c.value) << c.field;
}

// --- what servers write ---

TEST(Received, AsRfc5321Has) {  // 4.4
    ReceivedStamp stamp{"norte.norte.example", "10.0.0.1", "sur.sur.example", "ESMTP", "AB12", "luis@sur.example", kStart + std::chrono::seconds(5)};
    EXPECT_EQ(receivedLine(stamp),
              "Received: from norte.norte.example ([10.0.0.1])\r\n\tby sur.sur.example with ESMTP id AB12\r\n\tfor <luis@sur.example>;\r\n\tMon, 02 Mar 2026 10:00:05 +0000\r\n");
    stamp.forAddress.clear();
    const Slice stamped = withHeader(receivedLine(stamp), withHeader(receivedLine(stamp), Slice::adopt(compose(draft()))));
    EXPECT_EQ(receivedCount(stamped.text()), 2u);
    EXPECT_TRUE(hasHeader(stamped.text(), "message-id"));
    EXPECT_FALSE(hasHeader(stamped.text(), "Bcc"));
    EXPECT_TRUE(stamped.text().ends_with(compose(draft())));
}

}  // namespace
}  // namespace mailtrek::mail
