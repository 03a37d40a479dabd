// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes: what a server must at least take (RFC 5321 4.5.3.1), and what it does beyond (RFC 1870).
#include <fmt/format.h>

#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

TEST(SmtpLimits, AThousandRecipientsAndNoMore) {
    SmtpDialogue server;
    server.inTransaction();
    for (int i = 0; i < 1000; ++i) server.hears(fmt::format("RCPT TO:<u{}@sur.example>", i)).says(250);
    server.hears("RCPT TO:<last@sur.example>").says(452, "4.5.3");
    server.hears("DATA").says(354).hears(".").says(250);
    EXPECT_EQ(server.letter().envelope.recipients.size(), 1000u);
}

TEST(SmtpLimits, LongCommands) {  // 4.5.3.1.4: 512 octets at least, and what the extensions add
    SmtpDialogue server;
    server.greeted().hears("NOOP " + std::string(505, 'x')).says(250).hears("NOOP " + std::string(2043, 'x')).says(250).hears("NOOP " + std::string(2044, 'x')).says(500, "5.5.2");
    server.hears(std::string(300'000, 'x')).says(500, "5.5.2").hears("NOOP").says(250).staysOpen();
}

TEST(SmtpLimits, AnEndlessLineIsForgottenPieceByPiece) {
    SmtpDialogue server;
    server.greeted();
    const std::string piece(50'000, 'x');
    for (int i = 0; i < 200; ++i) server.hearsOctets(piece).saysNothing();
    server.hearsOctets("\r").saysNothing().hearsOctets("\n").says(500, "5.5.2").hears("NOOP").says(250);
}

TEST(SmtpLimits, LongLinesOfContent) {  // 4.5.3.1.6: 1000 octets at least
    for (const std::size_t length : {999u, 5'000u, 200'000u}) {
        SmtpDialogue server(SmtpRole::relay, 1'000'000);
        server.inData().hears(std::string(length, 'x')).hears(".").says(250);
        EXPECT_EQ(server.letter().octets.size(), length + 2);
    }
}

TEST(SmtpLimits, LongestAddresses) {  // 4.5.3.1.1 to .3
    const auto path = [](std::size_t local, std::size_t domain) {
        std::string host;
        while (host.size() + 64 < domain) host += std::string(63, 'd') + ".";
        return std::string(local, 'l') + "@" + host + std::string(domain - host.size(), 'd');
    };
    SmtpDialogue server;
    server.greeted().hears("MAIL FROM:<" + path(64, 189) + ">").says(250).hears("RSET").says(250);  // 254 and its brackets: 256
    server.hears("MAIL FROM:<" + path(65, 20) + ">").says(501, "5.1.7").hears("MAIL FROM:<" + path(64, 190) + ">").says(501, "5.1.7");
}

TEST(SmtpLimits, AMessageOfTheLimitIsTakenAndOneOctetMoreIsNot) {
    for (const auto& [octets, code] : {std::pair{998, 250}, std::pair{999, 552}}) {
        SmtpDialogue server;  // SIZE 1000, its line end counts
        server.inData().hears(std::string(static_cast<std::size_t>(octets), 'x')).hears(".").says(code, code == 552 ? "5.3.4" : "2.0.0");
        EXPECT_EQ(server.policy.letters.size(), code == 250 ? 1u : 0u);
    }
}

TEST(SmtpLimits, StuffedDotsDoNotCount) {  // RFC 1870 3
    SmtpDialogue server;
    server.inData().hears("." + std::string(998, '.')).hears(".").says(250);
    EXPECT_EQ(server.letter().octets.size(), 1000u);
}

TEST(SmtpLimits, WhatIsTooBigIsReadToItsEndAndTheSessionGoesOn) {
    SmtpDialogue server;
    server.inData();
    for (int i = 0; i < 100; ++i) server.hearsOctets(std::string(10'000, 'x')).saysNothing();
    server.hears("").saysNothing().hears("QUIT").saysNothing().hears(".").says(552, "5.3.4").hears("RCPT TO:<luis@sur.example>").says(503);
    EXPECT_TRUE(server.policy.letters.empty());
}

TEST(SmtpLimits, ADeclaredSizeIsRefusedAtOnce) {  // RFC 1870 6.1
    SmtpDialogue server;
    server.greeted().hears("MAIL FROM:<ana@norte.example> SIZE=1001").says(552, "5.3.4").hears("RCPT TO:<luis@sur.example>").says(503);
    server.hears("MAIL FROM:<ana@norte.example> SIZE=99999999999999999999").says(552, "5.3.4").hears("MAIL FROM:<ana@norte.example> SIZE=1000").says(250);
    server.hears("RCPT TO:<small@sur.example>").says(552, "5.2.2").hears("RCPT TO:<luis@sur.example>").says(250);
}

}  // namespace
}  // namespace mailtrek::mail
