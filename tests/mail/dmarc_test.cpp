// SPDX-License-Identifier: GPL-3.0-or-later
// DMARC, RFC 7489: what belongs to whom, and what the owner of a domain asks for.
#include "sim/mail/dmarc.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/mail/authentication_results.h"
#include "sim/mail/author.h"
#include "tests/mail/spf_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::CheckResult;

// --- From --------------------------------------------------------------------------------------------------------------------------

TEST(Author, IsTheDomainInFrom) {
    const auto of = [](const std::string& from) { return authorDomain("To: x@sur.example\r\n" + from + "\r\n\r\n"); };
    EXPECT_EQ(of("From: ana@Norte.example"), "norte.example");
    EXPECT_EQ(of("from : Ana <ana@norte.example>"), "norte.example");
    EXPECT_EQ(of("From: \"Banco, Director <d@banco.example>\"\r\n <mal@malo.example>"), "malo.example") << "a name is no address";
    EXPECT_EQ(of("From: d@banco.example <mal@malo.example>"), "malo.example");
    EXPECT_EQ(of("From: mal@malo.example (d@banco.example (nested \\) x))"), "malo.example");
    EXPECT_EQ(of("From: \"a@b\\\"c\"@norte.example"), "norte.example");
    EXPECT_EQ(of("From: ana@norte.example, eva@norte.example"), "norte.example");
    EXPECT_EQ(of("From: <@x.example,@y.example:ana@norte.example>"), "norte.example");
    EXPECT_EQ(of("From: Team: ana@norte.example;"), "norte.example");
    EXPECT_EQ(of("From: ana@ñandú.example"), of("From: ana@xn--and-6ma2c.example"));
}

TEST(Author, MayBeNobodyInParticular) {  // RFC 7489 6.6.1
    const auto of = [](const std::string& header) { return authorDomain(header + "\r\n\r\nFrom: in@the.body\r\n"); };
    EXPECT_EQ(of("Subject: x"), "");
    EXPECT_EQ(of("From: ana"), "");
    EXPECT_EQ(of("From: ana@norte.example, luis@sur.example"), "") << "two domains";
    EXPECT_EQ(of("From: ana@norte.example\r\nFrom: ana@norte.example"), "") << "two fields (RFC 5322 3.6)";
}

// --- records and alignment -----------------------------------------------------------------------------------------------------------

TEST(Dmarc, Records) {
    const auto read = [](const std::string& text) { return parseDmarcRecord(text); };
    const DmarcRecord plain = *read("v=DMARC1; p=quarantine");
    EXPECT_EQ(plain.policy, DmarcPolicy::quarantine);
    EXPECT_FALSE(plain.below || plain.strictDkim || plain.strictSpf);
    EXPECT_EQ(plain.percent, 100u);
    const DmarcRecord full = *read("v=DMARC1;p=Reject; sp=none; adkim=s; aspf=S; pct=30; rua=mailto:x@y.example; fo=1;");
    EXPECT_EQ(full.policy, DmarcPolicy::reject);
    EXPECT_EQ(full.below, DmarcPolicy::none);
    EXPECT_TRUE(full.strictDkim && full.strictSpf);
    EXPECT_EQ(full.percent, 30u);
    for (const char* pct : {"101", "x", "", "-1", "1e2"}) EXPECT_EQ(read(fmt::format("v=DMARC1; p=reject; pct={}", pct))->percent, 100u) << pct;
    EXPECT_FALSE(read("v=DMARC1").ok());
    EXPECT_FALSE(read("v=DMARC1; p=rejct").ok());
    EXPECT_FALSE(read("v=DMARC1; p=reject; sp=x").ok());
    EXPECT_EQ(read("v=DMARC1; p=rejct; rua=mailto:a@b.example")->policy, DmarcPolicy::none) << "6.6.3 (6): whoever wants reports wants to hear of it";
    for (const char* text : {"v=DMARC1", "v = DMARC1 ; p=none"}) EXPECT_TRUE(isDmarcRecord(text)) << text;
    for (const char* text : {"v=DMARC10; p=none", "p=none; v=DMARC1", "v=dmarc1; p=none", "v=spf1 -all", ""}) EXPECT_FALSE(isDmarcRecord(text)) << text;
}

TEST(Dmarc, OrganizationalDomains) {
    EXPECT_EQ(organizationalDomain("banco.example"), "banco.example");
    EXPECT_EQ(organizationalDomain("a.b.Banco.example"), "banco.example");
    EXPECT_EQ(organizationalDomain("mail.banco.com.ar"), "banco.com.ar");
    EXPECT_EQ(organizationalDomain("banco.com.ar"), "banco.com.ar");
    EXPECT_EQ(organizationalDomain("mail.banco.es"), "banco.es");
    EXPECT_EQ(organizationalDomain("co.uk"), "co.uk") << "nothing above a suffix";
    EXPECT_EQ(organizationalDomain("example"), "example");
}

TEST(Dmarc, Alignment) {  // 3.1.1
    EXPECT_TRUE(aligned("norte.example", "Norte.example", true));
    EXPECT_FALSE(aligned("mail.norte.example", "norte.example", true));
    EXPECT_TRUE(aligned("mail.norte.example", "norte.example", false));
    EXPECT_TRUE(aligned("norte.example", "pc.norte.example", false)) << "either way";
    EXPECT_FALSE(aligned("malo.example", "banco.example", false));
    EXPECT_FALSE(aligned("xbanco.example", "banco.example", false)) << "an end of a name is no domain";
    EXPECT_TRUE(aligned("xn--and-6ma2c.example", "ñandú.example", true));
}

// --- the verdict ---------------------------------------------------------------------------------------------------------------------

struct Proved {
    CheckResult spf = CheckResult::none;
    std::string spfDomain{};
    CheckResult dkim = CheckResult::none;
    std::string dkimDomain{};
};
DmarcVerdict verdict(const std::string& author, const Proved& proved, const std::vector<std::string>& names, std::vector<std::string>* asked = nullptr) {
    TableOfNames table(names);
    DmarcRequest request{author, {proved.spf, proved.spfDomain, "", ""}, {}};
    if (proved.dkim != CheckResult::none) request.dkim.push_back({proved.dkim, proved.dkimDomain, "s", ""});
    const DmarcVerdict out = concluded(table, [&](const DnsFacts& facts) { return checkDmarc(request, facts); });
    if (asked != nullptr) *asked = table.asked;
    return out;
}
const std::string kReject = "_dmarc.banco.example TXT v=DMARC1; p=reject";

TEST(Dmarc, OneAlignedProofIsEnough) {
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::pass, .spfDomain = "banco.example"}, {kReject}).result, CheckResult::pass);
    const DmarcVerdict byDkim =
        verdict("banco.example", {.spf = CheckResult::fail, .spfDomain = "banco.example", .dkim = CheckResult::pass, .dkimDomain = "banco.example"}, {kReject});
    EXPECT_EQ(byDkim.result, CheckResult::pass) << "forwarding breaks SPF, not the signature";
    EXPECT_EQ(byDkim.detail, "dkim=banco.example");
    EXPECT_EQ(disposition(byDkim, true), DmarcPolicy::none);
}

TEST(Dmarc, WhatIsProvedAboutAnotherDomainProvesNothingAboutFrom) {  // lesson 15 C
    const DmarcVerdict forged =
        verdict("banco.example", {.spf = CheckResult::pass, .spfDomain = "malo.example", .dkim = CheckResult::pass, .dkimDomain = "malo.example"}, {kReject});
    EXPECT_EQ(forged.result, CheckResult::fail);
    EXPECT_EQ(forged.policy, DmarcPolicy::reject);
    EXPECT_EQ(forged.detail, "p=reject");
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::fail, .spfDomain = "banco.example"}, {kReject}).result, CheckResult::fail) << "aligned, but not passed";
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::softfail, .spfDomain = "banco.example"}, {kReject}).result, CheckResult::fail);
}

TEST(Dmarc, StrictWantsTheVeryDomain) {
    const Proved below{.spf = CheckResult::pass, .spfDomain = "mail.banco.example", .dkim = CheckResult::pass, .dkimDomain = "mail.banco.example"};
    EXPECT_EQ(verdict("banco.example", below, {kReject}).result, CheckResult::pass);
    EXPECT_EQ(verdict("banco.example", below, {kReject + "; adkim=s; aspf=s"}).result, CheckResult::fail);
    EXPECT_EQ(verdict("banco.example", below, {kReject + "; aspf=s"}).detail, "dkim=mail.banco.example");
    EXPECT_EQ(verdict("banco.example", below, {kReject + "; adkim=s"}).detail, "spf=mail.banco.example");
}

TEST(Dmarc, PolicyDiscovery) {  // 6.6.3
    std::vector<std::string> asked;
    EXPECT_EQ(verdict("banco.example", {}, {kReject}, &asked).result, CheckResult::fail);
    EXPECT_THAT(asked, ElementsAre("_dmarc.banco.example TXT"));
    EXPECT_EQ(verdict("a.b.banco.example", {}, {kReject + "; sp=quarantine"}, &asked).policy, DmarcPolicy::quarantine) << "sp= is for those below";
    EXPECT_THAT(asked, ElementsAre("_dmarc.a.b.banco.example TXT", "_dmarc.banco.example TXT"));
    EXPECT_EQ(verdict("a.banco.example", {}, {kReject}).policy, DmarcPolicy::reject) << "without sp=, p= is for all";
    EXPECT_EQ(verdict("a.banco.example", {}, {kReject, "_dmarc.a.banco.example TXT v=DMARC1; p=none"}).policy, DmarcPolicy::none) << "its own goes before";
    EXPECT_EQ(verdict("banco.example", {}, {kReject + "; sp=none"}).policy, DmarcPolicy::reject) << "sp= is not for the domain itself";
    EXPECT_EQ(verdict("otro.example", {}, {kReject}).result, CheckResult::none);
    EXPECT_EQ(verdict("banco.example", {}, {kReject, "_dmarc.banco.example TXT v=DMARC1; p=none"}).result, CheckResult::none) << "two records are none";
    EXPECT_EQ(verdict("banco.example", {}, {kReject, "_dmarc.banco.example TXT something else"}).result, CheckResult::fail) << "other texts do not count";
    EXPECT_EQ(verdict("banco.example", {}, {"_dmarc.banco.example TXT v=DMARC1; p=rejct"}).result, CheckResult::permerror);
    EXPECT_EQ(verdict("banco.example", {}, {"_dmarc.banco.example FAIL"}).result, CheckResult::temperror);
    EXPECT_EQ(verdict("", {}, {kReject}, &asked).result, CheckResult::permerror);
    EXPECT_THAT(asked, IsEmpty());
}

TEST(Dmarc, WhatMayYetBeProvedIsNoFailure) {
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::temperror, .spfDomain = "banco.example"}, {kReject}).result, CheckResult::temperror);
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::fail, .spfDomain = "banco.example", .dkim = CheckResult::temperror, .dkimDomain = "banco.example"}, {kReject}).result,
              CheckResult::temperror);
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::temperror, .spfDomain = "malo.example"}, {kReject}).result, CheckResult::fail) << "it would not help";
    EXPECT_EQ(verdict("banco.example", {.spf = CheckResult::temperror, .spfDomain = "banco.example", .dkim = CheckResult::pass, .dkimDomain = "banco.example"}, {kReject}).result,
              CheckResult::pass);
}

TEST(Dmarc, PercentSparesSomeByOneStep) {  // 6.6.4
    const auto of = [](DmarcPolicy policy, bool sampled) { return disposition({CheckResult::fail, "", policy, 50, ""}, sampled); };
    EXPECT_EQ(of(DmarcPolicy::reject, true), DmarcPolicy::reject);
    EXPECT_EQ(of(DmarcPolicy::reject, false), DmarcPolicy::quarantine);
    EXPECT_EQ(of(DmarcPolicy::quarantine, true), DmarcPolicy::quarantine);
    EXPECT_EQ(of(DmarcPolicy::quarantine, false), DmarcPolicy::none);
    EXPECT_EQ(of(DmarcPolicy::none, true), DmarcPolicy::none);
}

TEST(AuthenticationResults, TellAllThreeResults) {  // RFC 8601
    const SpfRequest request{wire::Ipv4Address{0x0a000001}, "mal@malo.example", "malo.malo.example", "sur.sur.example"};
    const SpfVerdict spf{CheckResult::pass, "malo.example", "mx", ""};
    LetterVerdicts letter{
        {{CheckResult::fail, "norte.example", "mailtrek", "the body was changed"}}, {CheckResult::fail, "banco.example", DmarcPolicy::reject, 100, "p=reject"}, DmarcPolicy::none};
    EXPECT_EQ(authenticationResultsLine(request, spf, &letter),
              "Authentication-Results: sur.sur.example;\r\n\tspf=pass smtp.mailfrom=mal@malo.example;\r\n\tdkim=fail (modelled signature)\r\n\treason=\"the body was changed\"\r\n"
              "\theader.d=norte.example header.s=mailtrek;\r\n\tdmarc=fail (p=reject dis=none) header.from=banco.example\r\n");
    letter.dkim.clear();
    letter.dmarc = {CheckResult::none, "ñandú.example", {}, 100, ""};
    EXPECT_EQ(authenticationResultsLine(request, spf, &letter),
              "Authentication-Results: sur.sur.example;\r\n\tspf=pass smtp.mailfrom=mal@malo.example;\r\n\tdkim=none;\r\n\tdmarc=none header.from=xn--and-6ma2c.example\r\n");
    letter.dkim = {{CheckResult::neutral, "", "", "'\"x(\\' is no tag"}};
    EXPECT_THAT(authenticationResultsLine(request, spf, &letter), testing::HasSubstr("dkim=neutral (modelled signature)\r\n\treason=\"'?x?"
                                                                                     "?' is no tag\";\r\n"))
        << "senders get no say in the form";
}

// RFC 7489 6.3: what is badly written in the remainder of a record counts for nothing, and the record holds.
TEST(DmarcRecordText, OneBadTagIsPassedOver) {
    for (const char* text : {"v=DMARC1; p=reject; foo", "v=DMARC1; p=reject; rua=mailto:a@x.example; rua=mailto:b@x.example", "v=DMARC1; p=reject; p=none"}) {
        const auto record = parseDmarcRecord(text);
        ASSERT_TRUE(record) << text;
        EXPECT_EQ(record->policy, DmarcPolicy::reject) << text;
    }
}

}  // namespace
}  // namespace mailtrek::mail
