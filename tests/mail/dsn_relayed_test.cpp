// SPDX-License-Identifier: GPL-3.0-or-later
// Wishes for notices (RFC 3461) where the next server knows nothing of them: 5.2.2.
#include <gmock/gmock.h>

#include "tests/mail/client_kit.h"
#include "tests/mail/mta_kit.h"
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

DsnWish wish(bool success, bool failure = false) {
    DsnWish one;
    one.notify = DsnNotify::listed;
    one.onSuccess = success;
    one.onFailure = failure;
    return one;
}

class RelayBench : public MtaBench {
public:
    // The letters that are due are handed on to a server with DSN, or without.
    void handOn(bool dsn, const std::optional<Failure>& result = {}) {
        for (const Job& job : mta.takeDue(now)) mta.finish(job, std::vector<std::optional<Failure>>(job.entries.size(), result), now, {"norte.norte.example", dsn});
    }
};

TEST(DsnRelayed, TheSenderHearsOfItWhenNobodyElseWillTell) {  // (b)
    RelayBench bench;
    bench.letter({"ana@norte.example"}, "luis@sur.example", wish(true));
    bench.handOn(false);
    ASSERT_THAT(bench.notices, SizeIs(1));
    EXPECT_THAT(bench.notices[0], AllOf(HasSubstr("\r\nFinal-Recipient: rfc822; ana@norte.example\r\nAction: relayed\r\nStatus: 2.0.0\r\nRemote-MTA: dns; norte.norte.example\r\n"),
                                        HasSubstr("\r\nOriginal-Envelope-Id: envid-1\r\n"), HasSubstr("\r\nSubject: Mail Handed On (no news of its delivery)\r\n"),
                                        HasSubstr("Content-Type: text/rfc822-headers\r\n"), Not(HasSubstr("Diagnostic-Code"))));
    EXPECT_THAT(bench.log, Contains("told ana@norte.example 2.0.0"));
    EXPECT_TRUE(bench.mta.queue().empty());
    EXPECT_EQ(bench.lettersOf("luis@sur.example"), 1u) << "the notice";
}

TEST(DsnRelayed, NotWhereTheNextServerTells) {  // 5.2.1: passed on, with the duty
    RelayBench bench;
    bench.letter({"ana@norte.example"}, "luis@sur.example", wish(true));
    bench.handOn(true);
    EXPECT_THAT(bench.notices, IsEmpty());
}

TEST(DsnRelayed, OnlyWhereSuccessIsWished) {  // (e) and (d)
    DsnWish never;
    never.notify = DsnNotify::never;
    never.onSuccess = true;  // NEVER goes before
    for (const DsnWish& one : {DsnWish{}, wish(false, true), never}) {
        RelayBench bench;
        bench.letter({"ana@norte.example"}, "luis@sur.example", one);
        bench.handOn(false);
        EXPECT_THAT(bench.notices, IsEmpty());
    }
    RelayBench nobody;
    nobody.letter({"ana@norte.example"}, "", wish(true));
    nobody.handOn(false);
    EXPECT_THAT(nobody.notices, IsEmpty()) << "no notice about a notice";
}

TEST(DsnRelayed, AFailureIsAFailure) {  // (c)
    RelayBench bench;
    bench.letter({"ana@norte.example"}, "luis@sur.example", wish(true, true));
    bench.handOn(false, permanent());
    ASSERT_THAT(bench.notices, SizeIs(1));
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nAction: failed\r\n"));
}

TEST(DsnRelayed, OneNoticeForAllRecipientsOfALetter) {
    RelayBench bench;
    bench.letter({"ana@norte.example", "bea@norte.example"}, "luis@sur.example", wish(true));
    bench.letter({"ana@norte.example"}, "luis@sur.example", wish(true));
    bench.handOn(false);
    ASSERT_THAT(bench.notices, SizeIs(2));
    EXPECT_THAT(bench.notices[0], AllOf(HasSubstr("rfc822; ana@norte.example\r\nAction: relayed"), HasSubstr("rfc822; bea@norte.example\r\nAction: relayed")));
}

TEST(DsnRelayed, WhoShallNeverBeToldHasNoAddress) {  // (d), and (a): no parameters
    SmtpTransaction letter = letterTo({"luis@sur.example"});
    letter.envelope.recipients[0].dsn.notify = DsnNotify::never;
    const std::string noDsn = "250-sur\r\n250 8BITMIME", dsn = "250-sur\r\n250 DSN";
    ClientDialogue({letter}).hears("220 sur").says("EHLO norte.norte.example").hears(noDsn).says("MAIL FROM:<>").hears("250 Ok").says("RCPT TO:<luis@sur.example>");
    ClientDialogue({letter})
        .hears("220 sur")
        .says("EHLO norte.norte.example")
        .hears(dsn)
        .says("MAIL FROM:<ana@norte.example>")
        .hears("250 Ok")
        .says("RCPT TO:<luis@sur.example> NOTIFY=NEVER");
    ClientDialogue submission({letter}, {"norte.norte.example", "ana@norte.example", "ana"});
    submission.hears("220 norte").says("EHLO norte.norte.example").hears(noDsn).says("MAIL FROM:<ana@norte.example>");  // a user's program does not relay
    EXPECT_FALSE(submission.client.offersDsn());
}

TEST(DsnOff, AServerWithoutItSaysSoAndTakesNoParameters) {  // RFC 5321 4.1.1.11
    TestPolicy policy;
    SmtpServer server({SmtpRole::relay, "sur.sur.example", 1000, true, false}, policy);
    server.onConnect(kStart);
    const auto code = [&](std::string_view line) { return server.onBytes(std::string(line) + "\r\n", kStart).replies.at(0).code; };
    EXPECT_THAT(server.onBytes("EHLO norte.norte.example\r\n", kStart).replies.at(0).lines, Not(Contains("DSN")));
    EXPECT_EQ(code("MAIL FROM:<ana@norte.example> RET=FULL"), 555);
    EXPECT_EQ(code("MAIL FROM:<ana@norte.example> ENVID=x"), 555);
    EXPECT_EQ(code("MAIL FROM:<ana@norte.example> SIZE=10"), 250);
    EXPECT_EQ(code("RCPT TO:<luis@sur.example> NOTIFY=NEVER"), 555);
    EXPECT_EQ(code("RCPT TO:<luis@sur.example> ORCPT=rfc822;luis@sur.example"), 555);
    EXPECT_EQ(code("RCPT TO:<luis@sur.example>"), 250);
}

}  // namespace
}  // namespace mailtrek::mail
