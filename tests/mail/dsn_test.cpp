// SPDX-License-Identifier: GPL-3.0-or-later
// Delivery status notifications, RFC 3464 and 6522.
#include "sim/mail/dsn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/mail/message.h"
#include "sim/mail/mime_parameter.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kOriginal = "Subject: Hola\r\nMessage-ID: <1@norte.example>\r\n\r\nHola\r\n";

DsnFacts facts() {
    DsnFacts one;
    one.reportingMta = "norte.norte.example";
    one.to = "ana@norte.example";
    one.messageId = "<n1@norte.norte.example>";
    one.arrived = kStart;
    one.now = kStart + std::chrono::minutes(5);
    one.recipients = {{"luis@sur.example", "", "failed", "5.1.1", "550 5.1.1 no", "550 5.1.1 no", "sur.sur.example", kStart + std::chrono::minutes(4)}};
    one.original = Slice::copyOf(kOriginal);
    return one;
}

TEST(Dsn, IsAReportOfThreeParts) {
    const std::string notice = composeDsn(facts());
    const Message read = parse(notice);
    EXPECT_THAT(read.header("Content-Type"), testing::StartsWith("multipart/report;"));
    EXPECT_EQ(mimeParameter(read.header("Content-Type"), "report-type"), "delivery-status");
    std::vector<std::string> types;
    for (const Part& part : read.parts) types.push_back(part.type);
    EXPECT_THAT(types, ElementsAre("text/plain", "message/delivery-status", "message/rfc822"));
    EXPECT_EQ(read.parts.at(2).octets, kOriginal);
    EXPECT_EQ(read.header("To"), "ana@norte.example");
    EXPECT_EQ(read.header("From"), "Mail Delivery System <MAILER-DAEMON@norte.norte.example>");
    EXPECT_EQ(read.header("Date"), "Mon, 02 Mar 2026 10:05:00 +0000");
    EXPECT_EQ(read.header("Auto-Submitted"), "auto-replied");  // RFC 3834: nobody answers it
    EXPECT_EQ(read.header("Subject"), dsnSubject(facts()));
}

TEST(Dsn, FieldsForMachines) {
    DsnFacts one = facts();
    one.envelopeId = "QQ1";
    one.recipients[0].originalRecipient = "rfc822;luis+x@sur.example";
    EXPECT_EQ(
        parse(composeDsn(one)).parts.at(1).octets,
        "Reporting-MTA: dns; norte.norte.example\r\nOriginal-Envelope-Id: QQ1\r\nArrival-Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\n"
        "Original-Recipient: rfc822;luis+x@sur.example\r\nFinal-Recipient: rfc822; luis@sur.example\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; sur.sur.example\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no\r\nLast-Attempt-Date: Mon, 02 Mar 2026 10:04:00 +0000\r\n");
}

TEST(Dsn, OnlyAReplyIsAnSmtpDiagnostic) {  // RFC 3464 2.3.6
    DsnFacts one = facts();
    one.recipients[0].reply.clear();
    one.recipients[0].detail = "connection refused";
    EXPECT_THAT(composeDsn(one), HasSubstr("\r\nDiagnostic-Code: x-mailtrek; connection refused\r\n"));
}

TEST(Dsn, OneGroupOfFieldsForEachRecipient) {
    DsnFacts one = facts();
    one.recipients.push_back(one.recipients[0]);
    one.recipients[1].address = "eva@sur.example";
    const std::string fields = parse(composeDsn(one)).parts.at(1).octets;
    EXPECT_THAT(fields, HasSubstr("\r\n\r\nFinal-Recipient: rfc822; luis@sur.example\r\n"));
    EXPECT_THAT(fields, HasSubstr("\r\n\r\nFinal-Recipient: rfc822; eva@sur.example\r\n"));
}

TEST(Dsn, HeadersOnly) {
    DsnFacts one = facts();
    one.headersOnly = true;
    const Message read = parse(composeDsn(one));
    EXPECT_EQ(read.parts.at(2).type, "text/rfc822-headers");
    EXPECT_EQ(read.parts.at(2).octets, "Subject: Hola\r\nMessage-ID: <1@norte.example>\r\n\r\n");
}

TEST(Dsn, RepliesOfManyLinesDoNotBreakTheFields) {
    DsnFacts one = facts();
    one.recipients[0].reply = one.recipients[0].detail = "550-5.1.1 first\n550 5.1.1 second\r\nX: " + std::string(5000, 'x');
    const std::string notice = composeDsn(one);
    EXPECT_THAT(notice, HasSubstr("\r\nDiagnostic-Code: smtp; 550-5.1.1 first 550 5.1.1 second  X: xxx"));
    EXPECT_THAT(notice, Not(HasSubstr("\nX:")));
    std::string_view rest = notice;
    for (std::size_t end = rest.find("\r\n"); end != std::string_view::npos; end = rest.find("\r\n")) {
        EXPECT_LE(end, 998u);
        rest.remove_prefix(end + 2);
    }
}

TEST(Dsn, SaysSoWhereItIsEightBit) {  // RFC 2045 6.4: at the part and around it
    EXPECT_THAT(composeDsn(facts()), Not(HasSubstr("8bit")));
    DsnFacts one = facts();
    one.original = Slice::copyOf("Subject: Hola\r\n\r\nñ\r\n");
    EXPECT_THAT(composeDsn(one), HasSubstr("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject"));
    EXPECT_EQ(parse(composeDsn(one)).header("Content-Transfer-Encoding"), "8bit");
    one = facts();
    one.recipients[0].detail = "550 no está";
    EXPECT_THAT(composeDsn(one), HasSubstr("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"));
}

TEST(Dsn, OfSuccess) {
    DsnFacts one = facts();
    one.recipients[0].action = "delivered";
    EXPECT_EQ(dsnSubject(one), "Successful Mail Delivery Report");
    EXPECT_THAT(composeDsn(one), HasSubstr("\r\nAction: delivered\r\n"));
}

}  // namespace
}  // namespace mailtrek::mail
