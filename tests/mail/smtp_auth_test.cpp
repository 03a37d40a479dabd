// SPDX-License-Identifier: GPL-3.0-or-later
// Submission on port 587: nobody sends without a password (RFC 6409), AUTH PLAIN (RFC 4954, 4616) and LOGIN, which is older than its description and everywhere.
#include <gmock/gmock.h>

#include "sim/mail/encoding.h"
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

std::string plain(std::string_view who, std::string_view user, std::string_view password) {
    return base64(std::string(who) + std::string(1, '\0') + std::string(user) + std::string(1, '\0') + std::string(password));
}
const std::string kGood = plain("", "luis@sur.example", "secret");

struct Submission : SmtpDialogue {
    Submission() : SmtpDialogue(SmtpRole::submission) {}
};

TEST(SmtpAuth, IsOfferedOnSubmissionOnly) {
    Submission server;
    server.greeted("[10.0.0.2]");
    EXPECT_THAT(server.last.lines, testing::Contains("AUTH PLAIN LOGIN"));
    SmtpDialogue relay;
    relay.greeted();
    EXPECT_THAT(relay.last.lines, testing::Not(testing::Contains(testing::HasSubstr("AUTH"))));
    relay.hears("AUTH PLAIN " + kGood).says(502, "5.5.1");
}

TEST(SmtpAuth, WithoutItNobodySends) {
    Submission server;
    server.greeted().hears("MAIL FROM:<luis@sur.example>").says(530, "5.7.0").hears("RCPT TO:<luis@sur.example>").says(503, "5.5.1");
}

TEST(SmtpAuth, WithItMailGoesEverywhere) {
    Submission server;
    server.greeted().hears("AUTH PLAIN " + kGood).says(235, "2.7.0").hears("MAIL FROM:<luis@sur.example>").says(250).hears("RCPT TO:<ana@norte.example>").says(250);
}

TEST(SmtpAuth, TheResponseMayComeOnALineOfItsOwn) {
    Submission server;
    server.greeted().hears("AUTH PLAIN").says(334);
    EXPECT_EQ(server.last.wire(), "334 \r\n");
    server.hears(kGood).says(235, "2.7.0");
}

TEST(SmtpAuth, WhatIsNotBelieved) {
    Submission().greeted().hears("AUTH PLAIN " + plain("", "luis@sur.example", "wrong")).says(535, "5.7.8").hears("MAIL FROM:<luis@sur.example>").says(530, "5.7.0");
    Submission().greeted().hears("AUTH PLAIN " + plain("ana@sur.example", "luis@sur.example", "secret")).says(535, "5.7.8");  // luis may not act for ana
    Submission().greeted().hears("AUTH PLAIN " + plain("luis@sur.example", "luis@sur.example", "secret")).says(235, "2.7.0");
    Submission().greeted().hears("AUTH PLAIN !!!!").says(501, "5.5.2");
    Submission().greeted().hears("AUTH PLAIN =").says(501, "5.5.2");
    Submission().greeted().hears("AUTH PLAIN " + base64("no zero octets")).says(501, "5.5.2");
    Submission().greeted().hears("AUTH CRAM-MD5").says(504, "5.5.4");
    Submission().greeted().hears("AUTH").says(504, "5.5.4");
}

TEST(SmtpAuth, LoginAsksForNameAndPassword) {
    Submission server;
    server.greeted().hears("AUTH LOGIN").says(334);
    EXPECT_EQ(server.last.wire(), "334 VXNlcm5hbWU6\r\n");
    server.hears(base64("luis@sur.example")).says(334);
    EXPECT_EQ(server.last.wire(), "334 UGFzc3dvcmQ6\r\n");
    server.hears(base64("secret")).says(235, "2.7.0").hears("MAIL FROM:<luis@sur.example>").says(250);
    Submission().greeted().hears("auth login " + base64("luis@sur.example")).says(334).hears(base64("secret")).says(235);
}

TEST(SmtpAuth, LoginWithAWrongAnswer) {
    Submission().greeted().hears("AUTH LOGIN").says(334).hears(base64("luis@sur.example")).says(334).hears(base64("wrong")).says(535, "5.7.8").hears("MAIL FROM:<>").says(530);
    Submission().greeted().hears("AUTH LOGIN").says(334).hears("!").says(501, "5.5.2").hears("NOOP").says(250);
    Submission().greeted().hears("AUTH LOGIN").says(334).hears("*").says(501, "5.7.0").hears("NOOP").says(250);
    Submission().greeted().hears("AUTH LOGIN").says(334).hears(base64("luis@sur.example")).says(334).hears("*").says(501, "5.7.0").hears("NOOP").says(250);
    Submission().greeted().hears("AUTH LOGIN").says(334).hears("").says(334).hears("").says(535, "5.7.8");
    Submission().greeted().hears("AUTH LOGIN =").says(334).hears(base64("secret")).says(535, "5.7.8");
}

TEST(SmtpAuth, CanBeCancelled) { Submission().greeted().hears("AUTH PLAIN").says(334).hears("*").says(501).hears("MAIL FROM:<luis@sur.example>").says(530); }

TEST(SmtpAuth, AnOverlongResponseEndsTheExchange) { Submission().greeted().hears("AUTH PLAIN").says(334).hears(std::string(5000, 'A')).says(500).hears("NOOP").says(250); }

TEST(SmtpAuth, HasItsPlace) {
    Submission().hears("AUTH PLAIN " + kGood).says(503);
    Submission().hears("HELO norte").says(250).hears("AUTH PLAIN " + kGood).says(503);
    Submission().greeted().hears("AUTH PLAIN " + kGood).says(235).hears("AUTH PLAIN " + kGood).says(503, "5.5.1");
    Submission().greeted().hears("AUTH PLAIN " + kGood).says(235).hears("MAIL FROM:<>").says(250).hears("AUTH PLAIN " + kGood).says(503, "5.5.1");
}

}  // namespace
}  // namespace mailtrek::mail
