// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 7208: what each mechanism matches, the examples of its appendix A, errors, limits, and the header line.
#include "sim/mail/spf.h"

#include "sim/mail/authentication_results.h"
#include "sim/mail/spf_record.h"
#include "tests/mail/spf_kit.h"

namespace mailtrek::mail {
namespace {

using trace::CheckResult;

// The zone of RFC 7208 appendix A.
std::vector<std::string> appendixA(const std::string& record) {
    return {"example.com TXT " + record,
            "example.com MX 10 mail-a.example.com",
            "example.com MX 20 mail-b.example.com",
            "example.com A 192.0.2.10",
            "example.com A 192.0.2.11",
            "amy.example.com A 192.0.2.65",
            "bob.example.com A 192.0.2.66",
            "mail-a.example.com A 192.0.2.129",
            "mail-b.example.com A 192.0.2.130",
            "example.org MX 10 mail-c.example.org",
            "mail-c.example.org A 192.0.2.140",
            "mary.mobile-users._spf.example.com A 127.0.0.2",
            "fred.mobile-users._spf.example.com A 127.0.0.2",
            "15.15.168.192.joel.remote-users._spf.example.com A 127.0.0.2"};
}

SpfVerdict check(std::vector<std::string> lines, std::string_view client, std::string sender = "strong-bad@example.com", std::string helo = "mx.example.org") {
    TableOfNames table(lines);
    const SpfRequest request{*wire::parseIpv4Address(client), std::move(sender), std::move(helo), "sur.sur.example"};
    return concluded(table, [&](const DnsFacts& facts) { return checkSpf(request, facts); });
}
CheckResult result(std::vector<std::string> lines, std::string_view client, std::string sender = "strong-bad@example.com") {
    return check(std::move(lines), client, std::move(sender)).result;
}

struct Example {
    const char* name;
    std::string record;
    std::vector<std::string> pass, other;
    CheckResult otherwise = CheckResult::fail;
    std::string sender = "strong-bad@example.com";
};
class AppendixA : public testing::TestWithParam<Example> {};
TEST_P(AppendixA, SaysWhoMaySend) {
    for (const std::string& client : GetParam().pass) EXPECT_EQ(result(appendixA(GetParam().record), client, GetParam().sender), CheckResult::pass) << client;
    for (const std::string& client : GetParam().other) EXPECT_EQ(result(appendixA(GetParam().record), client, GetParam().sender), GetParam().otherwise) << client;
}
INSTANTIATE_TEST_SUITE_P(
    Spf, AppendixA,
    testing::Values(
        Example{"All", "v=spf1 +all", {"192.0.2.1", "1.2.3.4"}, {}}, Example{"A", "v=spf1 a -all", {"192.0.2.10", "192.0.2.11"}, {"192.0.2.65", "192.0.2.129"}},
        Example{"AOfAnother", "v=spf1 a:example.org -all", {}, {"192.0.2.10", "192.0.2.140"}}, Example{"Mx", "v=spf1 mx -all", {"192.0.2.129", "192.0.2.130"}, {"192.0.2.10"}},
        Example{"MxOfAnother", "v=spf1 mx:example.org -all", {"192.0.2.140"}, {"192.0.2.129"}},
        Example{"TwoMx", "v=spf1 mx mx:example.org -all", {"192.0.2.129", "192.0.2.130", "192.0.2.140"}, {"192.0.2.10"}},
        Example{"MxPrefix", "v=spf1 mx/30 mx:example.org/30 -all", {"192.0.2.131", "192.0.2.143"}, {"192.0.2.132", "192.0.2.144"}},
        Example{"Ptr", "v=spf1 ptr -all", {}, {"192.0.2.65"}},  // never asked here
        Example{"Ip4", "v=spf1 ip4:192.0.2.128/28 -all", {"192.0.2.129", "192.0.2.143"}, {"192.0.2.65", "192.0.2.144"}},
        Example{"Ip6", "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.1 ?all", {"192.0.2.1"}, {"192.0.2.2"}, CheckResult::neutral},
        Example{"ExistsByUser", "v=spf1 mx exists:%{L}.mobile-users._spf.%{D} -all", {"1.2.3.4"}, {}, CheckResult::fail, "mary@example.com"},
        Example{"ExistsForNobody", "v=spf1 exists:%{l}.mobile-users._spf.%{d} -all", {}, {"1.2.3.4"}},
        Example{"ExistsByUserAndClient", "v=spf1 exists:%{ir}.%{l}.remote-users._spf.%{d} -all", {"192.168.15.15"}, {"192.168.15.16"}, CheckResult::fail, "joel@example.com"},
        Example{"Softfail", "v=spf1 a ~all", {"192.0.2.10"}, {"1.2.3.4"}, CheckResult::softfail}, Example{"NothingSaid", "v=spf1", {}, {"1.2.3.4"}, CheckResult::neutral},
        Example{"UnknownModifier", "V=SPF1 moo=%{d} A exp=why.%{d} -ALL", {"192.0.2.10"}, {"1.2.3.4"}}),
    [](const auto& test) { return test.param.name; });

TEST(Spf, WithoutARecordNothingIsKnown) {
    EXPECT_EQ(result({}, "1.2.3.4"), CheckResult::none);
    EXPECT_EQ(result({"example.com A 1.2.3.4", "example.com TXT v=spf10 -all", "example.com TXT google-site-verification=x"}, "1.2.3.4"), CheckResult::none);
    EXPECT_EQ(check({}, "1.2.3.4", "ana@[10.0.0.1]").result, CheckResult::none) << "no domain to ask (4.3)";
    EXPECT_EQ(check({}, "1.2.3.4", "ana@localhost").result, CheckResult::none);
}

TEST(Spf, TheNullReversePathStandsForTheHello) {  // 2.4
    const std::vector<std::string> lines{"mx.example.org TXT v=spf1 ip4:1.2.3.4 -all"};
    EXPECT_EQ(check(lines, "1.2.3.4", "").result, CheckResult::pass);
    EXPECT_EQ(check(lines, "1.2.3.5", "").domain, "mx.example.org");
    EXPECT_EQ(check({"mx.example.org TXT v=spf1 exists:%{l}.%{o} -all", "postmaster.mx.example.org A 127.0.0.2"}, "1.2.3.5", "").result, CheckResult::pass) << "postmaster (4.3)";
}

TEST(Spf, StringsOfARecordAreJoinedWithoutSpaces) {  // 3.3
    EXPECT_EQ(result({"example.com TXT v=spf1 ip4:1.2|.3.4 -all"}, "1.2.3.4"), CheckResult::pass);
}

TEST(Spf, IncludeMatchesOnlyAPass) {  // 5.2
    const auto with = [](const std::string& inner) {
        return std::vector<std::string>{"example.com TXT v=spf1 include:other.example ip4:9.9.9.9 ~all", "other.example TXT " + inner};
    };
    EXPECT_EQ(result(with("v=spf1 ip4:1.2.3.4 -all"), "1.2.3.4"), CheckResult::pass);
    for (const char* inner : {"v=spf1 -all", "v=spf1 ~all", "v=spf1 ?all"}) {
        EXPECT_EQ(result(with(inner), "1.2.3.4"), CheckResult::softfail) << inner;
        EXPECT_EQ(result(with(inner), "9.9.9.9"), CheckResult::pass) << inner;
    }
    EXPECT_EQ(result(with("v=spf1 nonsense"), "1.2.3.4"), CheckResult::permerror);
    EXPECT_EQ(result({"example.com TXT v=spf1 include:other.example ~all"}, "1.2.3.4"), CheckResult::permerror) << "none";
    EXPECT_EQ(result({"example.com TXT v=spf1 include:other.example ~all", "other.example FAIL"}, "1.2.3.4"), CheckResult::temperror);
    EXPECT_EQ(result({"example.com TXT v=spf1 include:other.example a:%{d} -all", "other.example TXT v=spf1 -all", "example.com A 1.2.3.4"}, "1.2.3.4"), CheckResult::pass)
        << "%{d} is the domain of the record that says it";
}

TEST(Spf, RedirectCountsWhenNothingElseDoes) {  // 6.1
    const std::vector<std::string> lines{"example.com TXT v=spf1 redirect=_spf.example.com ip4:1.1.1.1", "_spf.example.com TXT v=spf1 ip4:1.2.3.4 -all"};
    EXPECT_EQ(result(lines, "1.1.1.1"), CheckResult::pass) << "mechanisms come first, wherever they stand";
    EXPECT_EQ(result(lines, "1.2.3.4"), CheckResult::pass);
    EXPECT_EQ(result(lines, "1.2.3.5"), CheckResult::fail);
    EXPECT_EQ(result({"example.com TXT v=spf1 redirect=nowhere.example"}, "1.2.3.4"), CheckResult::permerror);
    EXPECT_EQ(result({"example.com TXT v=spf1 ?all redirect=nowhere.example"}, "1.2.3.4"), CheckResult::neutral) << "all comes first, always";
    EXPECT_EQ(result({"example.com TXT v=spf1 redirect=example.com"}, "1.2.3.4"), CheckResult::permerror) << "in a circle";
    EXPECT_EQ(result({"example.com TXT v=spf1 include:example.com"}, "1.2.3.4"), CheckResult::permerror);
}

TEST(Spf, OneRecordAndNoMore) {  // 4.5
    EXPECT_EQ(result({"example.com TXT v=spf1 +all", "example.com TXT v=spf1 +all"}, "1.2.3.4"), CheckResult::permerror);
}

TEST(Spf, AsksTheDnsTenTimesAtMost) {  // 4.6.4
    std::vector<std::string> lines;
    std::string record = "v=spf1";
    for (int i = 1; i <= 10; ++i) {
        record += " a:a" + std::to_string(i) + ".example.com";
        lines.push_back("a" + std::to_string(i) + ".example.com A 9.9.9." + std::to_string(i));
    }
    auto ten = lines, eleven = lines;
    ten.push_back("example.com TXT " + record + " ip4:1.2.3.4 -all");
    EXPECT_EQ(result(ten, "1.2.3.4"), CheckResult::pass) << "ip4 and all cost nothing";
    eleven.push_back("example.com TXT " + record + " mx ip4:1.2.3.4 -all");
    EXPECT_EQ(result(eleven, "1.2.3.4"), CheckResult::permerror);
    EXPECT_EQ(result(eleven, "9.9.9.10"), CheckResult::pass) << "what matches before is not harmed";
}

TEST(Spf, TwoVoidLookupsAreForgivenAThirdIsNot) {  // 4.6.4
    EXPECT_EQ(result({"example.com TXT v=spf1 a:x.example.com mx:y.example.com ip4:1.2.3.4"}, "1.2.3.4"), CheckResult::pass);
    EXPECT_EQ(result({"example.com TXT v=spf1 a:x.example.com mx:y.example.com exists:z.example.com ip4:1.2.3.4"}, "1.2.3.4"), CheckResult::permerror);
}

TEST(Spf, TenMxRecordsAtMost) {  // 4.6.4
    std::vector<std::string> lines{"example.com TXT v=spf1 mx -all"};
    for (int i = 1; i <= 10; ++i) {
        lines.push_back("example.com MX 10 m" + std::to_string(i) + ".example.com");
        lines.push_back("m" + std::to_string(i) + ".example.com A 9.9.9." + std::to_string(i));
    }
    EXPECT_EQ(result(lines, "9.9.9.10"), CheckResult::pass);
    EXPECT_EQ(result(lines, "1.2.3.4"), CheckResult::fail);
    lines.push_back("example.com MX 10 m11.example.com");
    EXPECT_EQ(result(lines, "9.9.9.10"), CheckResult::permerror);
}

TEST(Spf, ADnsThatFailsIsATemporaryError) {  // 2.6.6
    EXPECT_EQ(result({"example.com FAIL"}, "1.2.3.4"), CheckResult::temperror);
    EXPECT_EQ(result({"example.com TXT v=spf1 a:x.example.com -all", "x.example.com FAIL"}, "1.2.3.4"), CheckResult::temperror);
    EXPECT_EQ(result({"example.com TXT v=spf1 ip4:1.2.3.4 a:x.example.com -all", "x.example.com FAIL"}, "1.2.3.4"), CheckResult::pass) << "not asked";
    EXPECT_EQ(result({"example.com TXT v=spf1 mx -all", "example.com MX 10 x.example.com", "x.example.com FAIL"}, "1.2.3.4"), CheckResult::temperror);
}

class BadRecord : public testing::TestWithParam<const char*> {};
TEST_P(BadRecord, IsAPermanentErrorWhateverStandsBefore) {  // 4.6
    EXPECT_EQ(result({std::string("example.com TXT v=spf1 ip4:1.2.3.4 ") + GetParam()}, "1.2.3.4"), CheckResult::permerror);
}
INSTANTIATE_TEST_SUITE_P(Spf, BadRecord,
                         testing::Values("ip4", "ip4:1.2.3", "ip4:1.2.3.4/33", "ip4:1.2.3.4/08", "ip4:1.2.3.4/", "ip6:1.2.3.4", "ip6:2001:db8::/129", "include",
                                         "include:", "exists:", "a:", "a:example", "a/33", "a//129", "mx:foo.example/x", "all:example.com", "-all/8",
                                         "redirect=", "redirect=a.example redirect=b.example", "exp=a.example exp=b.example", "a:%{x}.example.com", "a:%{d0}.example.com",
                                         "a:%d.example.com", "a:%{d.example.com", "exists:%{c}.example.com", "foo:bar", "=x.example", "a:example.123", "+-all", "1=x"));

TEST(Spf, Macros) {  // 7.4
    const SpfMacros macros{"strong-bad@email.example.com", "strong-bad", "email.example.com", "email.example.com", "mx.example.org", *wire::parseIpv4Address("192.0.2.3")};
    const std::pair<const char*, const char*> table[] = {{"%{s}", "strong-bad@email.example.com"},
                                                         {"%{o}", "email.example.com"},
                                                         {"%{d}", "email.example.com"},
                                                         {"%{d4}", "email.example.com"},
                                                         {"%{d3}", "email.example.com"},
                                                         {"%{d2}", "example.com"},
                                                         {"%{d1}", "com"},
                                                         {"%{dr}", "com.example.email"},
                                                         {"%{d2r}", "example.email"},
                                                         {"%{l}", "strong-bad"},
                                                         {"%{l-}", "strong.bad"},
                                                         {"%{lr}", "strong-bad"},
                                                         {"%{lr-}", "bad.strong"},
                                                         {"%{l1r-}", "strong"},
                                                         {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
                                                         {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
                                                         {"%{h}%%%_%-", "mx.example.org% %20"}};
    for (const auto& [text, expanded] : table) EXPECT_EQ(expandMacros(text, macros), expanded) << text;
    EXPECT_EQ(expandMacros(std::string(30, 'a') + "." + std::string(200, 'b') + "." + std::string(40, 'c') + ".%{d}", macros), std::string(40, 'c') + ".email.example.com")
        << "too long: labels go from the left (7.3)";
}

TEST(Spf, WritesDownWhatItFound) {  // 9.1, RFC 8601
    const SpfRequest request{*wire::parseIpv4Address("10.0.0.5"), "ana@norte.example", "norte.norte.example", "sur.sur.example"};
    const SpfVerdict pass{CheckResult::pass, "norte.example", "mx", ""};
    EXPECT_EQ(receivedSpfLine(request, pass),
              "Received-SPF: pass (sur.sur.example: domain of ana@norte.example designates 10.0.0.5 as permitted sender)\r\n\tclient-ip=10.0.0.5;\r\n"
              "\tenvelope-from=\"ana@norte.example\"; helo=norte.norte.example;\r\n\treceiver=sur.sur.example; identity=mailfrom; mechanism=\"mx\"\r\n");
    EXPECT_EQ(authenticationResultsLine(request, pass), "Authentication-Results: sur.sur.example;\r\n\tspf=pass smtp.mailfrom=ana@norte.example\r\n");
    EXPECT_EQ(authenticationResultsLine({request.client, "", "norte.norte.example", "sur.sur.example"}, pass),
              "Authentication-Results: sur.sur.example;\r\n\tspf=pass smtp.helo=norte.norte.example\r\n");
    const std::string odd = receivedSpfLine({request.client, "\"a)\\\"b\"@x.example", "h.example", "sur.sur.example"}, pass);
    EXPECT_NE(odd.find("envelope-from=\"?a)??b?@x.example\""), std::string::npos) << odd;
    EXPECT_NE(odd.find("domain of \"a??\"b\"@x.example designates"), std::string::npos) << "a comment that a sender cannot close: " << odd;
}

TEST(Spf, NobodyElseSpeaksInOurName) {  // RFC 8601 5
    const Slice letter = Slice::copyOf(
        "Received: x\r\nAuthentication-Results: sur.sur.example;\r\n\tspf=pass smtp.mailfrom=bank@banco.example\r\nauthentication-results : SUR.sur.example; dkim=pass\r\n"
        "Authentication-Results: norte.norte.example; spf=fail\r\nSubject: x\r\n\r\nAuthentication-Results: sur.sur.example; in the text\r\n");
    EXPECT_EQ(withoutResultsOf("sur.sur.example", letter).text(),
              "Received: x\r\nAuthentication-Results: norte.norte.example; spf=fail\r\nSubject: x\r\n\r\nAuthentication-Results: sur.sur.example; in the text\r\n");
    EXPECT_EQ(withoutResultsOf("este.example", letter).data(), letter.data()) << "nothing to take out: the same octets";
}

}  // namespace
}  // namespace mailtrek::mail
