// SPDX-License-Identifier: GPL-3.0-or-later
// What an SMTP client makes of silence, lost connections, servers that shut down and nonsense. What may have arrived is told, and nothing is ever taken for delivered without a
// 250.
#include <gmock/gmock.h>

#include "tests/mail/client_kit.h"

namespace mailtrek::mail {
namespace {

const SmtpTransaction kToLuis = letterTo({"luis@sur.example"});

// --- RFC 5321 4.5.3.2 ---

TEST(SmtpClientPatience, FiveMinutesForTheGreeting) { ClientDialogue({kToLuis}).waits(299s).reportsNothing().waits(1s).reports({0}).closes(); }

TEST(SmtpClientPatience, FiveMinutesForMailAndRcpt) {
    ClientDialogue({kToLuis}).greeted().says("MAIL FROM:<ana@norte.example> SIZE=24").waits(299s).reportsNothing().waits(1s).reports({0}).closes();
    ClientDialogue({kToLuis}).mailed().says("RCPT TO:<luis@sur.example>").waits(299s).reportsNothing().waits(1s).reports({0}).closes();
}

TEST(SmtpClientPatience, TwoMinutesForData) {
    ClientDialogue({kToLuis}).mailed().says("RCPT TO:<luis@sur.example>").hears("250 Ok").says("DATA").waits(119s).reportsNothing().waits(1s).reports({0}).closes();
}

TEST(SmtpClientPatience, TenMinutesAfterTheDotAndMore) {
    ClientDialogue client({kToLuis});
    client.sentContent().waits(10min).reportsNothing().waits(2min).reportsNothing().waits(1min).reports({0}).closes();
    EXPECT_TRUE(client.outcomes[0].mayHaveArrived);
}

TEST(SmtpClientPatience, AsLongAsTheContentMoves) {  // 4.5.3.2.5: a slow line is no reason to give up
    ClientDialogue client({kToLuis});
    client.sentContent();
    for (int i = 0; i < 10; ++i) client.waits(13min, true).reportsNothing();
    client.hears("250 Ok").says("QUIT").reports({250});
    ClientDialogue({kToLuis}).sentContent().waits(13min, true).waits(599s).reportsNothing().waits(1s).reports({0}).closes();
}

TEST(SmtpClientPatience, NotForEverForTheFarewell) { ClientDialogue({kToLuis}).sentContent().hears("250 Ok").says("QUIT").reports({250}).waits(5min).reportsNothing().closes(); }

// --- connections ---

TEST(SmtpClientTrouble, LostBeforeTheContentNothingArrived) {
    for (int stage = 0; stage < 4; ++stage) {
        ClientDialogue client({kToLuis, kToLuis});
        if (stage == 1) client.hears("220 sur").says("EHLO norte.norte.example");
        if (stage == 2) client.mailed().says("RCPT TO:<luis@sur.example>");
        if (stage == 3) client.mailed().says("RCPT TO:<luis@sur.example>").hears("250 Ok").says("DATA");
        client.loses().reports({0}).reports({0}).reportsNothing();
        EXPECT_FALSE(client.outcomes[0].mayHaveArrived || client.outcomes[1].mayHaveArrived) << stage;
    }
}

TEST(SmtpClientTrouble, ALostFinalReplyMayMeanThatItArrived) {
    ClientDialogue client({kToLuis, kToLuis});
    client.sentContent().loses().reports({0}).reports({0});
    EXPECT_TRUE(client.outcomes[0].mayHaveArrived);
    EXPECT_FALSE(client.outcomes[1].mayHaveArrived);
}

TEST(SmtpClientTrouble, RefusedRecipientsKeepTheirAnswer) {
    ClientDialogue({letterTo({"a@sur.example", "b@sur.example", "c@sur.example"})})
        .mailed()
        .says("RCPT TO:<a@sur.example>")
        .hears("550 no")
        .says("RCPT TO:<b@sur.example>")
        .hears("250 Ok")
        .says("RCPT TO:<c@sur.example>")
        .loses()
        .reports({550, 0, 0});
}

TEST(SmtpClientTrouble, LostAfterTheAnswerEverythingIsWell) { ClientDialogue({kToLuis}).sentContent().hears("250 Ok").says("QUIT").loses().reports({250}).reportsNothing(); }

// --- servers that shut down (3.8) ---

TEST(SmtpClientTrouble, A421EndsItAtAnyPlace) {
    ClientDialogue({kToLuis}).hears("421 sur busy").reports({421});
    ClientDialogue({kToLuis, kToLuis}).mailed().says("RCPT TO:<luis@sur.example>").hears("421 4.3.2 going down").reports({421}).reports({421}).closes();
    ClientDialogue client({kToLuis, kToLuis});
    client.sentContent().hears("421 4.3.2 going down").reports({421}).reports({421}).saysNothing().closes();
    EXPECT_FALSE(client.outcomes[0].mayHaveArrived);  // it was refused
}

TEST(SmtpClientTrouble, RefusedAtTheDoor) {
    ClientDialogue({kToLuis, kToLuis}).hears("554 no service").reports({554}).reports({554}).says("QUIT").hears("221 Bye").closes();
    ClientDialogue({kToLuis}).hears("450 later").reports({450}).says("QUIT");
}

// --- nonsense ---

TEST(SmtpClientTrouble, WhatIsNoReplyEndsTheSession) {
    for (const char* line : {"", "2", "25", "hello", "2500 what", "250_no", "150 early", "600 late", "999 what", "220-one\r\n250 two"})
        ClientDialogue({kToLuis}).hears(line).reports({0}).closes();
}

TEST(SmtpClientTrouble, AnEndlessReplyEndsTheSession) {
    ClientDialogue client({kToLuis});
    for (int i = 0; i < 5000 && !client.closed; ++i) client.hears("220-" + std::string(400, 'x'));
    client.reports({0}).closes();
}

TEST(SmtpClientTrouble, AnEndlessLineIsWaitedForNoLongerThanAnyOther) {
    ClientDialogue client({kToLuis});
    for (int i = 0; i < 100; ++i) client.hearsOctets(std::string(5000, '2')).saysNothing();
    client.waits(5min).reports({0}).closes();
}

TEST(SmtpClientTrouble, NothingButA250IsAPromise) {  // success only where it makes sense
    ClientDialogue({kToLuis}).hears("250 eager").reports({0}).says("QUIT");
    ClientDialogue({kToLuis}).mailed().says("RCPT TO:<luis@sur.example>").hears("354 eager").says("QUIT").reports({0});
    ClientDialogue({kToLuis}).mailed().says("RCPT TO:<luis@sur.example>").hears("250 Ok").says("DATA").hears("250 eager").says("QUIT").reports({0});
    ClientDialogue({kToLuis}).sentContent().hears("354 more?").says("QUIT").reports({0});
    ClientDialogue({kToLuis}).greeted().says("MAIL FROM:<ana@norte.example> SIZE=24").hears("354 eager").says("QUIT").reports({0});
}

TEST(SmtpClientTrouble, EnhancedCodesOfAnotherClassAreWords) {  // RFC 2034 4
    ClientDialogue client({letterTo({"a@s", "b@s", "c@s", "d@s", "e@s"})});
    client.mailed()
        .says("RCPT TO:<a@s>")
        .hears("550 4.1.1 no")
        .says("RCPT TO:<b@s>")
        .hears("550 5.1 no")
        .says("RCPT TO:<c@s>")
        .hears("550 5.1.1234 no")
        .says("RCPT TO:<d@s>")
        .hears("550 5..1 no")
        .says("RCPT TO:<e@s>")
        .hears("550-5.1.10 no\r\n550 5.1.10 never")
        .says("QUIT");
    std::vector<std::string> enhanced;
    for (const HeardReply& heard : client.outcomes.at(0).recipients) enhanced.push_back(heard.enhanced);
    EXPECT_THAT(enhanced, testing::ElementsAre("", "", "", "", "5.1.10"));
    EXPECT_EQ(client.outcomes[0].recipients[4].text, "550-5.1.10 no\n550 5.1.10 never");
}

}  // namespace
}  // namespace mailtrek::mail
