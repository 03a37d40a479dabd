// SPDX-License-Identifier: GPL-3.0-or-later
// What lists write under letters: readers see it in every kind of letter, and the author's signature breaks.
#include "sim/mail/list_footer.h"

#include <gmock/gmock.h>

#include "sim/mail/dkim.h"
#include "sim/mail/message.h"
#include "tests/mail/mta_kit.h"

namespace mailtrek::mail {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

Draft draft(std::string text, std::string html = "") {
    Draft letter;
    letter.from = "ana@norte.example";
    letter.to = {"clase@sur.example"};
    letter.subject = "Hola";
    letter.text = std::move(text);
    letter.html = std::move(html);
    letter.messageId = "<1@norte.example>";
    return letter;
}
std::vector<Part> partsWith(const std::string& letter, std::string_view footer) { return parse(withFooter(Slice::copyOf(letter), footer).text()).parts; }
constexpr std::string_view kRule = "_______________________________________________";

TEST(ListFooter, APlainTextGrows) {
    const auto parts = partsWith(compose(draft("Hola")), "Lista de la clase");
    ASSERT_THAT(parts, SizeIs(1));
    EXPECT_EQ(parts[0].octets, "Hola\r\n\r\n" + std::string(kRule) + "\r\nLista de la clase\r\n");
    EXPECT_THAT(partsWith("Subject: x\r\n\r\nno end", "y")[0].octets, EndsWith("no end\r\n\r\n" + std::string(kRule) + "\r\ny\r\n"));
}

TEST(ListFooter, QuotedPrintableToo) {
    const auto parts = partsWith(compose(draft("¿Qué tal?")), "Teoría = práctica");
    ASSERT_THAT(parts, SizeIs(1));
    EXPECT_EQ(parts[0].octets, "¿Qué tal?\r\n\r\n" + std::string(kRule) + "\r\nTeoría = práctica\r\n");
}

TEST(ListFooter, AMixedLetterGetsAPartMore) {
    Draft letter = draft("Hola");
    letter.attachments = {{"foto.jpg", Slice::copyOf("octets")}};
    const auto parts = partsWith(compose(letter), "Lista");
    ASSERT_THAT(parts, SizeIs(3));
    EXPECT_EQ(parts[0].octets, "Hola");
    EXPECT_EQ(parts[1].octets, "octets");
    EXPECT_THAT(parts[2].octets, HasSubstr("Lista"));
}

TEST(ListFooter, EverythingElseBecomesTwoParts) {
    const auto html = partsWith(compose(draft("Hola", "<p>Hola</p>")), "Lista");
    ASSERT_THAT(html, SizeIs(3)) << "the two forms of the text stay together";
    EXPECT_EQ(html[1].type, "text/html");
    EXPECT_THAT(html[2].octets, HasSubstr("Lista"));
    const auto ascii = partsWith(compose(draft("Hola")), "Teoría");
    ASSERT_THAT(ascii, SizeIs(2)) << "a text in us-ascii cannot grow by letters that are not";
    EXPECT_THAT(ascii[1].octets, HasSubstr("Teoría"));
    const std::string whole(withFooter(Slice::copyOf(compose(draft("Hola", "<p>Hola</p>"))), "Lista").text());
    EXPECT_EQ(parse(whole).header("Subject"), "Hola");
    EXPECT_THAT(parse(whole).header("Content-Type"), testing::StartsWith("multipart/mixed;"));
}

TEST(ListFooter, IsWhatAListWrites) {
    MtaSettings settings;
    settings.lists = {{"clase@sur.example", {"luis@sur.example"}}};
    settings.listFooter = "Lista de la clase";
    MtaBench bench(settings);
    bench.letter({"clase@sur.example", "postbox@sur.example"});
    EXPECT_THAT(bench.lastLetterOf("luis@sur.example"), HasSubstr("\r\n\r\nHola\r\n\r\n_______________________________________________\r\nLista de la clase\r\n"));
    EXPECT_THAT(bench.lastLetterOf("postbox@sur.example"), EndsWith("\r\n\r\nHola\r\n")) << "not on the list";
}

TEST(ListFooter, BreaksTheSignatureOfTheAuthor) {
    const std::string letter = compose(draft("Hola"));
    const DkimKey key = modelledKey("norte.example");
    const std::string whole = dkimSignatureLine(letter, key, kStart) + letter, changed(withFooter(Slice::copyOf(whole), "Lista").text());
    DnsFacts facts;
    facts.add({dns::Name::of(dkimKeyName(key)), dns::Type::txt}, {Finding::records, {dns::makeRecord(dns::Name::of(dkimKeyName(key)), 60, dns::TxtRecord{{dkimKeyRecord(key)}})}});
    const auto check = [&](const std::string& one) { return std::get<DkimVerdict>(checkDkim(one, dkimSignatures(one).at(0), facts, kStart)).result; };
    EXPECT_EQ(check(whole), trace::CheckResult::pass);
    EXPECT_EQ(check(changed), trace::CheckResult::fail);
}

}  // namespace
}  // namespace mailtrek::mail
