// SPDX-License-Identifier: GPL-3.0-or-later
// Who believes which certificate, at which simulated time.
#include "tests/tls/tls_kit.h"

namespace mailtrek::tls {
namespace {

using trace::TlsVerdict;

struct Case {
    const char* name;
    CertificateFacts facts;
    TlsVerdict verdict;
    const char* alert;  // what a client says that demands trust
    std::string asked = "sur.sur.example";
    std::int64_t now = kSimEpochUnixSeconds;
};

CertificateFacts with(void (*change)(CertificateFacts&)) {
    CertificateFacts facts = factsOf("sur.sur.example");
    change(facts);
    return facts;
}

std::vector<Case> cases() {
    return {{"Good", factsOf("sur.sur.example"), TlsVerdict::trusted, ""},
            {"OfItsDomain", factsOf("sur.sur.example"), TlsVerdict::trusted, "", "sur.example"},
            {"InCapitals", factsOf("sur.sur.example"), TlsVerdict::trusted, "", "SUR.SUR.EXAMPLE"},
            {"OfAnother", factsOf("other.example"), TlsVerdict::wrongName, "bad_certificate"},
            {"OfAPart", factsOf("sur.sur.example"), TlsVerdict::wrongName, "bad_certificate", "evil.sur.sur.example"},
            {"Expired", with([](CertificateFacts& f) { f.notAfter = kSimEpochUnixSeconds - 1; }), TlsVerdict::expired, "certificate_expired"},
            {"ExpiredMeanwhile", factsOf("sur.sur.example"), TlsVerdict::expired, "certificate_expired", "sur.sur.example", kSimEpochUnixSeconds + 366 * kDay},
            {"NotYet", with([](CertificateFacts& f) { f.notBefore = kSimEpochUnixSeconds + 1; }), TlsVerdict::notYetValid, "bad_certificate"},
            {"SelfSigned", with([](CertificateFacts& f) { f.selfSigned = true; }), TlsVerdict::selfSigned, "unknown_ca"}};
}

class Certificates : public testing::TestWithParam<Case> {};

// A server that sends mail on goes on whatever the certificate says, and knows what it says (RFC 7435).
TEST_P(Certificates, AreJudgedByWhoeverGoesOn) {
    const Case& c = GetParam();
    Pair pair(c.facts, {c.asked, false, c.now});
    pair.shakeHands();
    ASSERT_TRUE(pair.clientSays.secured);
    EXPECT_EQ(pair.clientSays.secured->verdict, c.verdict);
    EXPECT_EQ(pair.toServer("NOOP\r\n"), "NOOP\r\n");
}

TEST_P(Certificates, AreRefusedByWhoeverDemandsTrust) {
    const Case& c = GetParam();
    Pair pair(c.facts, {c.asked, true, c.now});
    pair.shakeHands();
    if (c.verdict == TlsVerdict::trusted) {
        EXPECT_TRUE(pair.client.secured() && pair.server.secured());
        return;
    }
    ASSERT_TRUE(pair.clientSays.failure);
    EXPECT_EQ(pair.clientSays.failure->verdict, c.verdict);
    EXPECT_EQ(pair.clientSays.failure->why, c.alert);
    EXPECT_FALSE(pair.client.secured());
    ASSERT_TRUE(pair.serverSays.failure);
    EXPECT_EQ(pair.serverSays.failure->why, c.alert);
    EXPECT_TRUE(pair.serverSays.failure->told);
}

INSTANTIATE_TEST_SUITE_P(All, Certificates, testing::ValuesIn(cases()), [](const auto& one) { return std::string(one.param.name); });

TEST(Issuing, GivesTheSameCertificateForTheSameFacts) {
    const auto one = Credentials::issue(factsOf("sur.sur.example")), same = Credentials::issue(factsOf("sur.sur.example")),
               other = Credentials::issue(factsOf("norte.norte.example"));
    EXPECT_EQ(one->certificate(), same->certificate());
    EXPECT_NE(one->certificate(), other->certificate());
}

TEST(Issuing, RefusesWhatIsNoName) {
    EXPECT_EQ(Credentials::issue({.names = {}}), nullptr);
    for (const char* name : {"", "a,DNS:evil.example", "a b", "correo.españa.example", "a\nb"}) EXPECT_EQ(Credentials::issue(factsOf(name)), nullptr) << name;
    EXPECT_EQ(Credentials::issue(factsOf(std::string(254, 'a'))), nullptr);
    EXPECT_NE(Credentials::issue(factsOf(std::string(63, 'a') + "." + std::string(63, 'b') + ".example")), nullptr);
}

}  // namespace
}  // namespace mailtrek::tls
