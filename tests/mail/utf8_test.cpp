// SPDX-License-Identifier: GPL-3.0-or-later
// Letters beyond ASCII in addresses and header lines, RFC 6531 to 6533: who may say what to whom, and what cannot be said is bounced. Python's email package judges the letters.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <unistd.h>
#include <cstdio>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sim/mail/dsn.h"
#include "sim/mail/message.h"
#include "tests/mail/client_kit.h"
#include "tests/mail/mta_kit.h"
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

using testing::HasSubstr;
using testing::Not;

// --- addresses ---

TEST(Utf8Address, IsAMailbox) {
    for (const char* good : {"josé@correo.example", "josé@ñandú.example", "ana@ñandú.example", "\"josé luis\"@x.example", "почта@почта.example", "用户@例子.example"})
        EXPECT_TRUE(isMailbox(good)) << good;
    for (const char* bad : {"jos\xe9@correo.example", "jos\xc3@x", "a\u0085@x.example", "a\u200b@x.example", "a\u202e@x.example", "ana@☃.example", "ana@\xff.example"})
        EXPECT_FALSE(isMailbox(bad)) << bad;
    std::string longest;
    for (int i = 0; i < 32; ++i) longest += "é";
    EXPECT_TRUE(isMailbox(longest + "@x.example")) << "64 octets (RFC 6531 3.3)";
    EXPECT_FALSE(isMailbox(longest + "e@x.example"));
}

TEST(Utf8Address, SpellingsThatMeanTheSame) {
    EXPECT_TRUE(sameAddress("jose\u0301@correo.example", "josé@correo.example"));
    EXPECT_TRUE(sameAddress("ana@ÑANDÚ.example", "ana@xn--and-6ma2c.EXAMPLE"));
    EXPECT_FALSE(sameAddress("José@correo.example", "josé@correo.example")) << "local parts are as they are";
    EXPECT_EQ(domainOf("ana@XN--and-6MA2c.example"), "ñandú.example");
}

TEST(Utf8Address, TravelsAsPlainlyAsItCan) {
    EXPECT_EQ(wireAddress("ana@ñandú.example"), "ana@xn--and-6ma2c.example");
    EXPECT_EQ(wireAddress("josé@ñandú.example"), "josé@ñandú.example");
    EXPECT_EQ(wireAddress("ana@norte.example"), "ana@norte.example");
    EXPECT_EQ(wireAddress(""), "");
}

// --- server ---

TEST(Utf8Server, TakesAddressesWithSmtpUtf8) {
    SmtpDialogue server;
    server.greeted().hears("MAIL FROM:<josé@correo.example> SMTPUTF8 SIZE=10").says(250).hears("RCPT TO:<niño@sur.example>").says(250).hears("DATA").says(354);
    server.hearsOctets("Subject: ñ\r\n\r\nñ\r\n.\r\n").says(250);
    EXPECT_TRUE(server.letter().envelope.utf8);
    EXPECT_EQ(server.letter().envelope.from, "josé@correo.example");
    EXPECT_EQ(server.letter().envelope.recipients[0].address, "niño@sur.example");
    server.hears("MAIL FROM:<ana@norte.example>").says(250);
    EXPECT_FALSE(server.server().envelope().utf8) << "each transaction says so by itself";
}

TEST(Utf8Server, RefusesThemWithout) {  // 3.5
    SmtpDialogue server;
    server.greeted().hears("MAIL FROM:<josé@correo.example>").says(553, "5.6.7");
    server.hears("MAIL FROM:<ana@norte.example>").says(250).hears("RCPT TO:<niño@sur.example>").says(553, "5.6.7").hears("RCPT TO:<luis@sur.example>").says(250);
    SmtpDialogue().hears("HELO norte").says(250).hears("MAIL FROM:<josé@correo.example>").says(500);
    SmtpDialogue().hears("HELO norte").says(250).hears("MAIL FROM:<ana@norte.example> SMTPUTF8").says(555);
    SmtpDialogue().greeted().hears("MAIL FROM:<ana@norte.example> SMTPUTF8=yes").says(501);
}

TEST(Utf8Server, TakesUtf8AndNothingElse) {
    for (const char* line : {"MAIL FROM:<jos\xe9@correo.example> SMTPUTF8", "MAIL FROM:<jos\xc3@correo.example> SMTPUTF8", "MAIL FROM:<a\u0085@correo.example> SMTPUTF8",
                             "EHLO ñandú.example", "NOOP ñ"})
        SmtpDialogue().greeted().hears(line).says(500);
    SmtpDialogue().greeted().hears("MAIL FROM:<a\u200b@correo.example> SMTPUTF8").says(501, "5.1.7");
}

TEST(Utf8Server, MayNotOfferIt) {
    TestPolicy policy;
    SmtpServer server({SmtpRole::relay, "sur.sur.example", 1000, false}, policy);
    server.onConnect(kStart);
    const auto say = [&](const std::string& line) { return server.onBytes(line + "\r\n", kStart).replies.at(0); };
    EXPECT_THAT(say("EHLO norte").wire(), Not(HasSubstr("SMTPUTF8")));
    EXPECT_EQ(say("MAIL FROM:<ana@norte.example> SMTPUTF8").code, 555);
    EXPECT_EQ(say("MAIL FROM:<josé@norte.example>").code, 500);
}

// --- client ---

constexpr std::string_view kOffers = "250-sur\r\n250-8BITMIME\r\n250 SMTPUTF8", kOffersNot = "250-sur\r\n250 8BITMIME";
const std::string_view kPlain = "Subject: Hola\r\n\r\nHola\r\n";

TEST(Utf8Client, SaysSmtpUtf8WhereItIsNeeded) {
    ClientDialogue({letterTo({"niño@sur.example"}, kPlain)})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears(kOffers)
        .says("MAIL FROM:<ana@norte.example> SMTPUTF8")
        .hears("250 Ok")
        .says("RCPT TO:<niño@sur.example>");
    SmtpTransaction letter = letterTo({"luis@sur.example"}, "Subject: ñ\r\n\r\nHola\r\n");
    ClientDialogue({letter}).hears("220 sur").says("EHLO norte.norte.example").hears(kOffers).says("MAIL FROM:<ana@norte.example> BODY=8BITMIME SMTPUTF8");
    letter = letterTo({"luis@ñandú.example"}, "Subject: x\r\n\r\nñ\r\n");
    ClientDialogue({letter})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears(kOffers)
        .says("MAIL FROM:<ana@norte.example> BODY=8BITMIME")
        .hears("250 Ok")
        .says("RCPT TO:<luis@xn--and-6ma2c.example>");
}

TEST(Utf8Client, ADomainAloneNeedsNoExtension) {
    SmtpTransaction letter = letterTo({"luis@ñandú.example"}, kPlain);
    letter.envelope.from = "ana@ñandú.example";
    ClientDialogue({letter})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears(kOffersNot)
        .says("MAIL FROM:<ana@xn--and-6ma2c.example>")
        .hears("250 Ok")
        .says("RCPT TO:<luis@xn--and-6ma2c.example>");
}

TEST(Utf8Client, WhatCannotBeSaidIsRefused) {  // 3.6: no downgrade
    SmtpTransaction from = letterTo({"luis@sur.example", "eva@sur.example"}, kPlain);
    from.envelope.from = "josé@norte.example";
    ClientDialogue({from, letterTo({"luis@sur.example"}, kPlain)})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears(kOffersNot)
        .reports({550, 550})
        .says("MAIL FROM:<ana@norte.example>");
    ClientDialogue({letterTo({"luis@sur.example"}, "Subject: ñ\r\n\r\nx\r\n")}).hears("220 sur").says("EHLO norte.norte.example").hears(kOffersNot).reports({550}).says("QUIT");
    ClientDialogue helo({from});
    helo.hears("220 sur").says("EHLO norte.norte.example").hears("500 what?").says("HELO norte.norte.example").hears("250 sur").reports({550, 550}).says("QUIT");
    EXPECT_EQ(helo.outcomes[0].recipients[0].enhanced, "5.6.7");
}

TEST(Utf8Client, ARecipientThatCannotBeSaidLeavesTheOthersAlone) {
    ClientDialogue some({letterTo({"niño@sur.example", "luis@sur.example", "ñ@sur.example"}, kPlain)});
    some.hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears(kOffersNot)
        .says("MAIL FROM:<ana@norte.example>")
        .hears("250 Ok")
        .says("RCPT TO:<luis@sur.example>")
        .hears("250 Ok");
    some.says("DATA").hears("354 go").sendsContent().hears("250 Ok").reports({550, 250, 550}).says("QUIT");
    ClientDialogue none({letterTo({"niño@sur.example"}, kPlain)});
    none.hears("220 sur").says("EHLO norte.norte.example").hears(kOffersNot).says("MAIL FROM:<ana@norte.example>").hears("250 Ok").reports({550}).says("QUIT");
}

TEST(Utf8Mta, KnowsItsPeopleInAnySpelling) {
    MtaSettings settings;
    settings.aliases = {{"josé@sur.example", {"luis@sur.example"}}};
    MtaBench bench(settings);
    EXPECT_TRUE(bench.mta.checkRecipient("jose\u0301@sur.example", false, 0, {}).good());
    EXPECT_EQ(bench.mta.checkRecipient("jose@sur.example", false, 0, {}).code, 550);
    bench.letter({"jose\u0301@SUR.example"});
    EXPECT_EQ(bench.lettersOf("luis@sur.example"), 1u);
    bench.mta.settings().domains.push_back("ñandú.example");
    EXPECT_EQ(bench.mta.checkRecipient("nadie@xn--and-6ma2c.example", false, 0, {}).enhanced, "5.1.1") << "its own domain";
}

// --- letters and notices ---

Draft draftOf(std::string from, std::vector<std::string> to, std::string subject) {
    Draft draft;
    draft.from = std::move(from);
    draft.to = std::move(to);
    draft.subject = std::move(subject);
    draft.text = "¿Qué tal?";
    draft.messageId = "<1@xn--and-6ma2c.example>";
    return draft;
}

TEST(Utf8Letter, IsPlainWhereverItCanBe) {
    const std::string plain = compose(draftOf("ana@ñandú.example", {"luis@sur.example"}, "¿Qué tal?"));
    EXPECT_TRUE(std::all_of(plain.begin(), plain.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) << plain;
    EXPECT_THAT(plain, HasSubstr("\r\nFrom: ana@xn--and-6ma2c.example\r\nTo: luis@sur.example\r\nSubject: =?UTF-8?B?"));
    EXPECT_THAT(compose(draftOf("josé@ñandú.example", {"luis@ñandú.example"}, "¿Qué tal?")),
                HasSubstr("\r\nFrom: josé@ñandú.example\r\nTo: luis@xn--and-6ma2c.example\r\nSubject: ¿Qué tal?\r\n"));
}

DsnFacts notice() {
    DsnFacts facts;
    facts.reportingMta = "norte.norte.example";
    facts.to = "josé@norte.example";
    facts.messageId = "<1@norte.norte.example>";
    facts.recipients = {{"niño@sur.example", "", "failed", "5.6.7", "no SMTPUTF8", "", "sur.sur.example", kStart}};
    facts.original = Slice::copyOf(compose(draftOf("josé@norte.example", {"niño@sur.example"}, "Hola")));
    return facts;
}

TEST(Utf8Notice, HasTypesOfItsOwn) {  // RFC 6533
    const std::string text = composeDsn(notice());
    EXPECT_THAT(text, HasSubstr("\r\nTo: josé@norte.example\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nContent-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nFinal-Recipient: utf-8; niño@sur.example\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nContent-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDate:"));
    DsnFacts headers = notice();
    headers.headersOnly = true;
    EXPECT_THAT(composeDsn(headers), HasSubstr("\r\nContent-Type: message/global-headers\r\n"));
    DsnFacts plain = notice();
    plain.to = "ana@ñandú.example";
    plain.recipients[0].address = "luis@ñandú.example";
    plain.original = Slice::copyOf("Subject: x\r\n\r\nx\r\n");
    EXPECT_THAT(composeDsn(plain), HasSubstr("\r\nTo: ana@xn--and-6ma2c.example\r\n"));
    EXPECT_THAT(composeDsn(plain), HasSubstr("\r\nFinal-Recipient: rfc822; luis@xn--and-6ma2c.example\r\n"));
    EXPECT_THAT(composeDsn(plain), HasSubstr("\r\nContent-Type: message/delivery-status\r\n"));
}

// Prints addresses and subject of a letter in UTF-8, and every defect.
constexpr std::string_view kReader = R"(
import email, email.policy, sys
m = email.message_from_string(open(sys.argv[1], 'rb').read().decode('utf-8'), policy=email.policy.SMTPUTF8)
print('|'.join([a.addr_spec for n in ('From', 'To') for a in m[n].addresses] + [m['Subject']]))
for part in m.walk():
    for defect in part.defects + [d for k in part.keys() for d in part.get_all(k)[0].defects]:
        if type(defect).__name__ != 'NonASCIILocalPartDefect': print('defect', type(defect).__name__)  # which RFC 6532 allows
)";

TEST(Utf8Letter, PythonReadsIt) {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("mailtrek-utf8-{}", ::getpid());
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "reader.py") << kReader;
    const auto read = [&](const std::string& letter) {
        std::ofstream(folder / "letter", std::ios::binary) << letter;
        FILE* pipe = ::popen(fmt::format("python3 {0}/reader.py {0}/letter 2>&1", folder.string()).c_str(), "r");
        std::string all;
        char buffer[4096];
        while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) all.append(buffer, size);
        EXPECT_EQ(::pclose(pipe), 0) << all;
        return all;
    };
    EXPECT_EQ(read(compose(draftOf("josé@ñandú.example", {"niño@sur.example", "luis@sur.example"}, "¿Qué tal, niño?"))),
              "josé@ñandú.example|niño@sur.example|luis@sur.example|¿Qué tal, niño?\n");
    const std::string longSubject = "Año nuevo, vida nueva: mañana por la mañana nos vemos en la plaza de España, junto a la fuente; que no llueva";
    const std::string folded = compose(draftOf("josé@correo.example", {"luis@sur.example"}, longSubject));
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = folded.find("\r\n", at);
        EXPECT_LE(end - at, 78u) << folded.substr(at, end - at);
        at = end + 2;
    }
    EXPECT_EQ(read(folded), "josé@correo.example|luis@sur.example|" + longSubject + "\n");
    EXPECT_EQ(parse(folded).header("Subject"), longSubject);
    EXPECT_EQ(read(composeDsn(notice())), "MAILER-DAEMON@norte.norte.example|josé@norte.example|Undelivered Mail Returned to Sender\n");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mailtrek::mail
