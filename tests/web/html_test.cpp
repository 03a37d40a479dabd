// SPDX-License-Identifier: GPL-3.0-or-later
// HTML written and read, and letters as a page shows them.
#include <gmock/gmock.h>

#include "sim/mail/message.h"
#include "sim/web/charset.h"
#include "sim/web/html.h"
#include "sim/web/html_reader.h"
#include "sim/web/letter.h"

namespace mailtrek::web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// "<b>", "</b>", "text"
std::vector<std::string> told(std::string_view html) {
    std::vector<std::string> all;
    for (const HtmlPiece& piece : htmlPieces(html)) {
        std::string one = piece.tag.empty() ? piece.text : std::string(piece.closes ? "</" : "<") + piece.tag;
        for (const auto& [name, value] : piece.attributes) one += " " + name + "=" + value;
        all.push_back(one + (piece.tag.empty() ? "" : ">"));
    }
    return all;
}

TEST(Html, EscapedTextComesBackAsItWas) {
    const std::string nasty = "<script>alert('x')</script> & \"&amp;\" ñ <!-- ";
    EXPECT_EQ(escaped(nasty).find_first_of("<>\"'"), std::string::npos);
    EXPECT_EQ(unescaped(escaped(nasty)), nasty);
    EXPECT_THAT(told("<p title=\"" + escaped(nasty) + "\">" + escaped(nasty)), ElementsAre("<p title=" + nasty + ">", nasty));
}

TEST(Html, TagsAreReadAsBrowsersDo) {
    EXPECT_THAT(told("<!DOCTYPE html><!-- <b> --><B>x</B>"), ElementsAre("<b>", "x", "</b>"));
    EXPECT_THAT(told("<a href=/mail/7 REL='next' data-x=\"a>b\" checked>"), ElementsAre("<a checked= data-x=a>b href=/mail/7 rel=next>"));
    EXPECT_THAT(told("<br/><input name=a name=b>"), ElementsAre("<br>", "<input name=a>"));
    EXPECT_THAT(told("1 < 2 <3 & &lt;b&gt; &#241;&#xF1; &nosuch; &"), ElementsAre("1 < 2 <3 & <b> ññ &nosuch; &"));
    EXPECT_THAT(told("<script>if (a<b) '</scripty>'</script >x"), ElementsAre("<script>", "if (a<b) '</scripty>'", "</script>", "x"));
    EXPECT_THAT(told("<textarea>&lt;<b></textarea>"), ElementsAre("<textarea>", "<<b>", "</textarea>"));
    EXPECT_THAT(told("a<b"), ElementsAre("a", "<b>"));
    EXPECT_THAT(told("a</"), ElementsAre("a</")) << "no tag, and nobody knows of what";
    EXPECT_THAT(told("<!-- never ends"), IsEmpty());
    EXPECT_THAT(told("<? php ?>x</ >y"), ElementsAre("xy"));
}

TEST(Html, FormsCarryTheirFields) {
    const auto forms =
        htmlForms(htmlPieces("<input name=out value=0><form method=POST action='/x?a&amp;b'><input type=hidden name=csrf value=1><input name=user><input type=submit name=go>"
                             "</form><input name=out value=1><form action=/y></form>"));
    ASSERT_THAT(forms, SizeIs(2));
    EXPECT_EQ(forms[0].method, "post");
    EXPECT_EQ(forms[0].action, "/x?a&b");
    EXPECT_EQ(forms[0].fields.wire(), "csrf=1&user=");
    EXPECT_EQ(forms[1].fields.wire(), "");
}

TEST(Html, BecomesTextForAPerson) {
    EXPECT_EQ(
        htmlText("<html><head><title>t</title><style>p{}</style></head><body><h1>Hola,</h1>\n<p>a  <b>b</b>\n c<br>d &lt;e&gt;</p><script>x()</script><pre> 1\n  2</pre></body>"),
        "Hola,\na b c\nd <e>\n 1\n  2\n");
}

TEST(Charset, OnlySoundUtf8StaysAsItIs) {
    EXPECT_EQ(soundUtf8("ñ 漢 😀\t\r\n"), "ñ 漢 😀\t\r\n");
    EXPECT_EQ(soundUtf8("\xc3"), "\uFFFD");
    EXPECT_EQ(soundUtf8("\xf1o"), "\uFFFDo");
    EXPECT_EQ(soundUtf8("\xc0\xaf"), "\uFFFD\uFFFD") << "an overlong slash";
    EXPECT_EQ(soundUtf8("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "half of a surrogate pair";
    EXPECT_EQ(soundUtf8("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "beyond U+10FFFF";
    EXPECT_EQ(soundUtf8(std::string("a\0\x1b\x7f\xc2\x85", 6)), "a    ");
    EXPECT_EQ(toUtf8("\xf1\x80\xa4", "ISO-8859-1"), "ñ€¤");
    EXPECT_EQ(toUtf8("\xf1\xa4", "iso-8859-15"), "ñ€");
    EXPECT_EQ(toUtf8("\xc3\xb1", "us-ascii"), "ñ");
}

TEST(LetterPage, ShowsTextNamesAttachmentsAndPrefersPlainText) {
    mail::Draft draft;
    draft.from = "ana@norte.example";
    draft.to = {"luis@sur.example"};
    draft.subject = "¿Qué tal?";
    draft.text = "Hola\n<b>";
    draft.html = "<p>adiós</p>";
    draft.attachments = {{"fotó.jpg", Slice::copyOf(std::string_view("\x01\x02\xff"))}, {"nota.txt", Slice::copyOf(std::string_view("nota"))}};
    draft.messageId = "<1@norte.example>";
    const Letter letter = letterOf(mail::compose(draft));
    EXPECT_EQ(letter.subject, "¿Qué tal?");
    EXPECT_EQ(letter.messageId, "<1@norte.example>");
    EXPECT_THAT(letter.text, testing::StartsWith("Hola\r\n<b>"));
    EXPECT_THAT(letter.text, testing::Not(testing::HasSubstr("adiós")));
    ASSERT_THAT(letter.attached, SizeIs(2));
    EXPECT_EQ(letter.attached[0].name, "fotó.jpg");
    EXPECT_EQ(letter.attached[0].octets, "\x01\x02\xff");
    EXPECT_EQ(letter.attached[1].octets, "nota") << "a text that has a name is an attachment";
}

TEST(LetterPage, ShowsHtmlAloneAsTextAndForwardedLettersAsAttachments) {
    EXPECT_EQ(letterOf("Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>ma\xf1"
                       "ana<script>x</script>")
                  .text,
              "mañana");
    const Letter letter =
        letterOf("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nuno\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\ndos\r\n--x--\r\n");
    EXPECT_EQ(letter.text, "uno");
    ASSERT_THAT(letter.attached, SizeIs(1));
    EXPECT_EQ(letter.attached[0].name, "letter.eml");
    EXPECT_EQ(letter.attached[0].octets, "Subject: y\r\n\r\ndos");
}

}  // namespace
}  // namespace mailtrek::web
