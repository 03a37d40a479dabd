// SPDX-License-Identifier: GPL-3.0-or-later
// STARTTLS, both sides (RFC 3207): offered, required, refused, and nothing carried over from before it.
#include <gmock/gmock.h>

#include "sim/mail/encoding.h"
#include "tests/mail/client_kit.h"
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

using testing::Contains;
using testing::Not;

SmtpServerOptions server(StartTls startTls, SmtpRole role = SmtpRole::relay) {
    SmtpServerOptions options{role, "sur.sur.example", 1000};
    options.startTls = startTls;
    return options;
}
const std::string kPassword = "AUTH PLAIN " + base64(std::string(1, '\0') + "luis@sur.example" + std::string(1, '\0') + "secret");

// --- the server ---

TEST(StartTlsServer, IsOfferedUntilItIsInUse) {
    SmtpDialogue dialogue(server(StartTls::offer));
    dialogue.greeted();
    EXPECT_THAT(dialogue.last.lines, Contains("STARTTLS"));
    dialogue.hears("STARTTLS").says(220, "2.0.0").securesItself().greeted();
    EXPECT_THAT(dialogue.last.lines, Not(Contains("STARTTLS")));
    dialogue.hears("STARTTLS").says(503, "5.5.1");
    EXPECT_TRUE(dialogue.server().secured());
}

TEST(StartTlsServer, OffIsNotOfferedAndNotKnown) {
    SmtpDialogue dialogue(server(StartTls::off));
    dialogue.greeted();
    EXPECT_THAT(dialogue.last.lines, Not(Contains("STARTTLS")));
    dialogue.hears("STARTTLS").says(502, "5.5.1");
}

TEST(StartTlsServer, TakesNoArgument) { SmtpDialogue(server(StartTls::offer)).greeted().hears("STARTTLS now").says(501, "5.5.4").hears("starttls ").says(220); }

TEST(StartTlsServer, AsksForEhloAnew) {  // RFC 3207 4.2
    SmtpDialogue(server(StartTls::offer)).greeted().hears("STARTTLS").says(220).securesItself().hears("MAIL FROM:<ana@norte.example>").says(503);
}

TEST(StartTlsServer, ForgetsTheTransactionAndWhoLoggedIn) {
    SmtpDialogue dialogue(server(StartTls::offer, SmtpRole::submission));
    dialogue.greeted().hears(kPassword).says(235).hears("MAIL FROM:<luis@sur.example>").says(250).hears("STARTTLS").says(220).securesItself().greeted();
    EXPECT_FALSE(dialogue.server().inTransaction());
    dialogue.hears("MAIL FROM:<luis@sur.example>").says(530, "5.7.0").hears(kPassword).says(235);
}

// CVE-2011-0411: what an attacker puts behind the STARTTLS, in the clear, must not be heard as if it had come encrypted.
TEST(StartTlsServer, WhatIsPipelinedBehindItIsNeverHeard) {
    SmtpDialogue dialogue(server(StartTls::offer));
    dialogue.greeted().hearsOctets("STARTTLS\r\nEHLO evil.example\r\nRSET\r\nMAIL FR").says(220).saysNothing().securesItself();
    dialogue.hears("OM:<evil@malo.example>").says(500).greeted().hears("MAIL FROM:<ana@norte.example>").says(250);
}

TEST(StartTlsServer, HearsNothingBetweenItsAnswerAndTheHandshake) {
    SmtpDialogue dialogue(server(StartTls::offer));
    dialogue.greeted().hears("STARTTLS").says(220).hears("NOOP").saysNothing().securesItself().hears("NOOP").says(250);
}

TEST(StartTlsServer, WithoutACertificateIsUnavailableForNow) {
    SmtpServerOptions options = server(StartTls::offer);
    options.tlsReady = false;
    SmtpDialogue(options).greeted().hears("STARTTLS").says(454, "4.7.0").hears("MAIL FROM:<ana@norte.example>").says(250);
}

TEST(StartTlsServer, RequiredMeansThatNothingElseIsTaken) {  // RFC 3207 4
    for (const SmtpRole role : {SmtpRole::relay, SmtpRole::submission}) {
        SmtpDialogue dialogue(server(StartTls::require, role));
        dialogue.greeted();
        EXPECT_THAT(dialogue.last.lines, Contains("STARTTLS"));
        EXPECT_THAT(dialogue.last.lines, Not(Contains(testing::StartsWith("AUTH"))));
        for (const char* line : {"MAIL FROM:<ana@norte.example>", "RCPT TO:<luis@sur.example>", "DATA", "VRFY luis", "RSET", "AUTH PLAIN AAA"})
            dialogue.hears(line).says(530, "5.7.0");
        dialogue.hears("NOOP").says(250).hears("STARTTLS").says(220).securesItself().greeted();
        if (role == SmtpRole::submission) {
            EXPECT_THAT(dialogue.last.lines, Contains("AUTH PLAIN LOGIN"));
            dialogue.hears(kPassword).says(235);
        }
        dialogue.hears("MAIL FROM:<luis@sur.example>").says(250);
    }
}

TEST(StartTlsServer, RequiredLetsGo) { SmtpDialogue(server(StartTls::require)).greeted().hears("QUIT").says(221).closes(); }

TEST(StartTlsServer, OnAPortOfItsOwnItIsInUseFromTheStart) {  // RFC 8314 3.3
    SmtpServerOptions options = server(StartTls::require, SmtpRole::submission);
    options.implicit = true;
    SmtpDialogue dialogue(options);
    dialogue.greeted();
    EXPECT_THAT(dialogue.last.lines, Not(Contains("STARTTLS")));
    dialogue.hears(kPassword).says(235).hears("MAIL FROM:<luis@sur.example>").says(250);
}

TEST(StartTlsServer, AHandshakeThatNeverComesEndsInTime) { SmtpDialogue(server(StartTls::offer)).greeted().hears("STARTTLS").says(220).waits(5min).says(421).closes(); }

// --- the client ---

ClientDialogue client(TlsWish wish, bool submission = false) {
    SmtpClientOptions options{"norte.norte.example", submission ? "ana@norte.example" : "", submission ? "secret" : ""};
    options.tls = wish;
    return ClientDialogue({letterTo({"luis@sur.example"})}, options);
}
constexpr const char* kOffer = "250-sur\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 DSN";
constexpr const char* kNoOffer = "250-sur\r\n250-AUTH PLAIN\r\n250 DSN";

TEST(StartTlsClient, UsesItWhenItIsOffered) {
    for (const TlsWish wish : {TlsWish::whenever, TlsWish::ifOffered, TlsWish::always}) {
        ClientDialogue dialogue = client(wish);
        dialogue.hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS").hears("220 2.0.0 go").startsTls().secured().says("EHLO norte.norte.example");
        dialogue.hears("250-sur\r\n250 SIZE 1000").says("MAIL FROM:<ana@norte.example> SIZE=24");
    }
}

TEST(StartTlsClient, ForgetsWhatTheServerSaidBefore) {  // RFC 3207 4.2
    client(TlsWish::whenever)
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears("250-sur\r\n250-STARTTLS\r\n250 SIZE 1000")
        .says("STARTTLS")
        .hears("220 go")
        .startsTls()
        .secured()
        .says("EHLO norte.norte.example")
        .hears("250 sur")
        .says("MAIL FROM:<ana@norte.example>");
}

TEST(StartTlsClient, NeverDoesWithout) { client(TlsWish::never).hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("MAIL FROM:<ana@norte.example>"); }

TEST(StartTlsClient, ThePasswordComesAfterIt) {
    ClientDialogue dialogue = client(TlsWish::ifOffered, true);
    dialogue.hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS").hears("220 go").startsTls().secured().says("EHLO norte.norte.example");
    dialogue.hears("250-sur\r\n250 AUTH PLAIN").says("AUTH PLAIN ********");
}

// What stands behind the 220 in the clear is dropped: a server's extensions come encrypted or not at all.
TEST(StartTlsClient, WhatIsPipelinedBehindTheAnswerIsNeverHeard) {
    ClientDialogue dialogue = client(TlsWish::always, true);
    dialogue.hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS");
    dialogue.hears("220 go\r\n250-evil\r\n250 AUTH PLAIN").startsTls().saysNothing().secured().says("EHLO norte.norte.example").saysNothing();
}

TEST(StartTlsClient, WithoutAnOfferEachDoesAsItIsTold) {
    client(TlsWish::whenever).hears("220 sur").says("EHLO norte.norte.example").hears("250 sur").says("MAIL FROM:<ana@norte.example>");
    client(TlsWish::ifOffered, true).hears("220 sur").says("EHLO norte.norte.example").hears(kNoOffer).says("AUTH PLAIN ********");
    ClientDialogue dialogue = client(TlsWish::always, true);
    dialogue.hears("220 sur").says("EHLO norte.norte.example").hears(kNoOffer).says("QUIT").reports({0}).hears("221 bye").closes();
    EXPECT_EQ(dialogue.client.tlsTrouble(), TlsTrouble::notOffered);
}

TEST(StartTlsClient, AServerThatKnowsOnlyHeloOffersNothing) {
    ClientDialogue dialogue = client(TlsWish::always);
    dialogue.hears("220 sur").says("EHLO norte.norte.example").hears("502 what?").says("HELO norte.norte.example").hears("250 sur").says("QUIT").reports({0});
}

TEST(StartTlsClient, AnOfferThatIsNotKept) {
    client(TlsWish::whenever).hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS").hears("454 4.7.0 not now").says("MAIL FROM:<ana@norte.example>");
    for (const TlsWish wish : {TlsWish::ifOffered, TlsWish::always}) {
        ClientDialogue dialogue = client(wish, true);
        dialogue.hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS").hears("454 4.7.0 not now").says("QUIT").reports({0});
        EXPECT_EQ(dialogue.client.tlsTrouble(), TlsTrouble::refused);
    }
}

TEST(StartTlsClient, AHandshakeThatFailsEndsIt) {
    ClientDialogue dialogue = client(TlsWish::ifOffered, true);
    dialogue.hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS").hears("220 go").startsTls().failsAtTls("certificate_expired").reports({0}).closes();
    EXPECT_EQ(dialogue.outcomes[0].recipients[0].text, "certificate_expired");
    EXPECT_EQ(dialogue.client.tlsTrouble(), TlsTrouble::failed);
}

TEST(StartTlsClient, AHandshakeThatNeverEndsIsNotWaitedForLongerThanAReply) {
    client(TlsWish::always).hears("220 sur").says("EHLO norte.norte.example").hears(kOffer).says("STARTTLS").hears("220 go").startsTls().waits(5min).reports({0}).closes();
}

TEST(StartTlsClient, OnAPortOfItsOwnItIsInUseFromTheStart) {
    SmtpClientOptions options{"norte.norte.example", "ana@norte.example", "secret"};
    options.tls = TlsWish::always;
    options.implicit = true;
    ClientDialogue({letterTo({"luis@sur.example"})}, options).hears("220 sur").says("EHLO norte.norte.example").hears(kNoOffer).says("AUTH PLAIN ********");
}

}  // namespace
}  // namespace mailtrek::mail
