// SPDX-License-Identifier: GPL-3.0-or-later
// The queue: when it tries again, when it gives up, what it tells (RFC 5321 4.5.4.1, 6.1; RFC 3461, 3464).
#include <gmock/gmock.h>

#include "tests/mail/mta_kit.h"

namespace mailtrek::mail {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> kToAna{"ana@norte.example"};
constexpr const char* kLuis = "luis@sur.example";

MtaSettings trying(std::vector<Duration> retry, Duration giveUp) {
    MtaSettings settings;
    settings.retry = std::move(retry);
    settings.giveUp = giveUp;
    return settings;
}

// --- when ---

TEST(MtaQueue, HandsOnAtOnce) {
    MtaBench bench;
    bench.letter(kToAna);
    EXPECT_EQ(bench.run(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
    EXPECT_EQ(bench.mta.nextDeadline(), kNever);
    EXPECT_THAT(bench.notices, IsEmpty());
}

TEST(MtaQueue, TriesAgainHalfAnHourAfterTheStartOfTheFailedAttempt) {
    MtaBench bench;
    bench.letter(kToAna);
    const std::vector<Job> jobs = bench.mta.takeDue(bench.now);
    bench.at(10min).mta.finish(jobs.at(0), {transient()}, bench.now);  // the attempt took ten minutes
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 30min);
    EXPECT_THAT(bench.at(30min - 1ns).mta.takeDue(bench.now), IsEmpty());
    EXPECT_EQ(bench.at(30min).run(transient()), 1u);
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 60min);
}

TEST(MtaQueue, TheLastIntervalRepeats) {
    MtaBench bench(trying({1min, 5min, 30min}, 5h));
    bench.letter(kToAna);
    EXPECT_THAT(bench.runUntil(2h, transient()), ElementsAre(0min, 1min, 6min, 36min, 66min, 96min));
}

TEST(MtaQueue, EveryLetterHasItsOwnClockWhenTheServerAnswers) {
    MtaBench bench;
    bench.letter(kToAna);
    bench.run(transient());
    bench.at(10min).letter(kToAna);
    EXPECT_EQ(bench.run(transient()), 1u);
    EXPECT_EQ(bench.at(30min).run(transient()), 1u);
    EXPECT_EQ(bench.at(40min).run(), 1u);
}

TEST(MtaQueue, AHostThatIsDownIsAskedOncePerInterval) {  // 4.5.4.1: not once for every letter
    MtaBench bench;
    bench.letter(kToAna);
    EXPECT_EQ(bench.run(refused()), 1u);
    for (const Duration time : {1min, 10min, 29min}) {
        bench.at(time).letter(kToAna);
        EXPECT_EQ(bench.run(refused()), 0u);
    }
    EXPECT_THAT(bench.log.back(), "queued ana@norte.example until 1800");
    bench.letter({"x@otro.example"});  // another host is another matter
    EXPECT_EQ(bench.run(), 1u);
    EXPECT_EQ(bench.at(30min).run(refused()), 1u);  // all in one job
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 60min);
    EXPECT_EQ(bench.at(60min).run(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
    bench.at(61min).letter(kToAna);  // it is up again
    EXPECT_EQ(bench.run(), 1u);
}

TEST(MtaQueue, LettersForAHostThatIsDownStayTogetherWhateverTheirAge) {
    MtaBench bench(trying({5min, 30min, 60min}, 24h));
    bench.letter(kToAna);
    bench.run(refused());                           // again at 5
    EXPECT_EQ(bench.at(5min).run(refused()), 1u);   // again at 35
    bench.at(10min).letter(kToAna);                 // waits too
    EXPECT_EQ(bench.at(35min).run(refused()), 1u);  // the second letter's first failure, the host's third
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 95min);
    EXPECT_EQ(bench.at(95min).run(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
}

TEST(MtaQueue, OneSmarthostIsOneDestination) {
    MtaSettings settings;
    settings.hasSmarthost = true;
    MtaBench bench(settings);
    bench.letter({"ana@norte.example", "x@otro.example"});
    EXPECT_EQ(bench.run(refused()), 1u);
    bench.at(1min).letter({"y@tercero.example"});
    EXPECT_EQ(bench.run(), 0u);
    EXPECT_EQ(bench.at(30min).run(), 1u);
}

TEST(MtaQueue, OneJobPerDomain) {
    MtaBench bench;
    bench.letter({"ana@norte.example", "x@otro.example", "eva@NORTE.example"});
    const std::vector<Job> jobs = bench.mta.takeDue(bench.now);
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[0].domain, "norte.example");
    EXPECT_EQ(jobs[0].entries.size(), 2u);
    EXPECT_THAT(bench.mta.takeDue(bench.now), IsEmpty());  // they are under way
    EXPECT_EQ(bench.mta.nextDeadline(), kNever);
    bench.mta.finish(jobs[0], {std::nullopt, transient()}, bench.now);
    EXPECT_EQ(bench.mta.queue().size(), 2u);
}

// --- giving up ---

TEST(MtaGivesUp, AfterFiveDaysAndNotBefore) {
    MtaBench bench;
    bench.letter(kToAna, kLuis);
    const std::vector<Duration> times = bench.runUntil(10 * 24h, transient());
    EXPECT_EQ(times.size(), 241u);  // every half an hour, first and last included
    EXPECT_EQ(times.back(), 5 * 24h);
    ASSERT_EQ(bench.notices.size(), 1u);
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nAction: failed\r\nStatus: 4.4.7\r\nRemote-MTA: dns; norte.norte.example\r\nDiagnostic-Code: smtp; 450 4.2.0 greylisted\r\n"
                                            "Last-Attempt-Date: Sat, 07 Mar 2026 10:00:00 +0000\r\n"));
    EXPECT_THAT(bench.lastLetterOf(kLuis), HasSubstr("Delivery time expired; last answer: 450 4.2.0 greylisted"));
}

TEST(MtaGivesUp, AtTheEndWhenNoAttemptIsDueThen) {
    MtaBench bench(trying({2 * 24h}, 5 * 24h));
    bench.letter(kToAna, kLuis);
    EXPECT_THAT(bench.runUntil(10 * 24h, refused()), ElementsAre(0h, 48h, 96h));
    EXPECT_EQ(bench.now, kStart + 5 * 24h);
    EXPECT_THAT(bench.notices.at(0), HasSubstr("\r\nStatus: 4.4.7\r\nDiagnostic-Code: x-mailtrek; Delivery time expired; last answer: connect to norte: connection refused\r\n"
                                               "Last-Attempt-Date: Fri, 06 Mar 2026 10:00:00 +0000\r\n"));
    EXPECT_EQ(bench.lettersOf(kLuis), 1u);
}

TEST(MtaGivesUp, WhenTheTimeIsShorterThanTheInterval) {
    MtaBench bench(trying({30min}, 5min));
    bench.letter(kToAna, kLuis);
    EXPECT_THAT(bench.runUntil(1h, transient()), ElementsAre(0min));
    EXPECT_EQ(bench.now, kStart + 5min);
    EXPECT_EQ(bench.lettersOf(kLuis), 1u);
}

TEST(MtaGivesUp, AtOnceOnAPermanentRefusal) {
    MtaBench bench;
    bench.letter(kToAna, kLuis);
    EXPECT_THAT(bench.runUntil(24h, permanent()), ElementsAre(0h));
    EXPECT_THAT(bench.lastLetterOf(kLuis), HasSubstr("\r\nStatus: 5.1.1\r\nRemote-MTA: dns; norte.norte.example\r\nDiagnostic-Code: smtp; 550 5.1.1 no\r\n"));
    EXPECT_THAT(bench.lastLetterOf(kLuis), testing::StartsWith("Return-Path: <>\r\n"));
}

TEST(MtaGivesUp, ALocalMailboxThatStaysFull) {
    MtaBench bench(trying({30min}, 2h));
    for (int i = 0; i < 6; ++i) bench.letter({"eva@sur.example"}, kLuis);
    const std::size_t waiting = bench.mta.queue().size();
    ASSERT_GT(waiting, 0u);
    bench.runUntil(24h, {});
    EXPECT_EQ(bench.now, kStart + 2h);
    EXPECT_EQ(bench.notices.size(), waiting);
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nStatus: 4.4.7\r\n"));
}

TEST(MtaGivesUp, OneShotNeverTriesAgain) {
    MtaSettings settings;
    settings.oneShot = true;
    MtaBench bench(settings);
    bench.letter(kToAna, kLuis);
    EXPECT_THAT(bench.runUntil(10 * 24h, transient()), ElementsAre(0h));
    EXPECT_THAT(bench.log, Contains("discarded ana@norte.example"));
    EXPECT_EQ(bench.lettersOf(kLuis), 0u);
}

// --- what is told ---

TEST(MtaTells, NobodyAboutANotice) {  // RFC 5321 6.1
    MtaBench bench;
    bench.letter(kToAna, "nobody@sur.example");  // its notice comes to nobody either
    bench.run(permanent());
    EXPECT_EQ(bench.notices.size(), 1u);
    EXPECT_THAT(bench.log, Contains("discarded nobody@sur.example"));
    bench.letter(kToAna, "");
    bench.run(permanent());
    EXPECT_EQ(bench.notices.size(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
}

TEST(MtaTells, ANoticeThatGoesElsewhereIsALetterLikeAnyOther) {
    MtaBench bench;
    bench.letter({"x@otro.example"}, "ana@norte.example");
    bench.run(permanent());
    ASSERT_EQ(bench.mta.queue().size(), 1u);
    EXPECT_EQ(bench.mta.queue().begin()->second.from, "");
    EXPECT_EQ(bench.mta.queue().begin()->second.recipient.address, "ana@norte.example");
    EXPECT_EQ(bench.run(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
}

TEST(MtaTells, OnceForAllWhoFailedTogether) {
    MtaBench bench;
    bench.letter({"a@norte.example", "b@norte.example"}, kLuis);
    bench.letter({"c@norte.example"}, kLuis);
    bench.run(permanent());
    ASSERT_EQ(bench.notices.size(), 2u);
    EXPECT_THAT(bench.notices[0], HasSubstr("Final-Recipient: rfc822; a@norte.example"));
    EXPECT_THAT(bench.notices[0], HasSubstr("Final-Recipient: rfc822; b@norte.example"));
    EXPECT_THAT(bench.notices[1], HasSubstr("Final-Recipient: rfc822; c@norte.example"));
}

TEST(MtaTells, AsTheSenderWished) {  // RFC 3461 4.1, 4.3
    const auto told = [](DsnNotify notify, bool onSuccess, bool onFailure, DsnReturn ret) {
        DsnWish wish;
        wish.notify = notify;
        wish.onSuccess = onSuccess;
        wish.onFailure = onFailure;
        MtaBench bench;
        bench.letter(kToAna, kLuis, wish, ret);
        bench.run(permanent());
        return bench.notices;
    };
    EXPECT_THAT(told(DsnNotify::never, false, true, DsnReturn::unsaid), IsEmpty());
    EXPECT_THAT(told(DsnNotify::listed, true, false, DsnReturn::unsaid), IsEmpty());
    EXPECT_THAT(told(DsnNotify::listed, false, true, DsnReturn::unsaid), ElementsAre(HasSubstr("message/rfc822\r\n\r\nSubject: Hola\r\n\r\nHola\r\n")));
    EXPECT_THAT(told(DsnNotify::unsaid, false, true, DsnReturn::full), ElementsAre(HasSubstr("message/rfc822\r\n\r\nSubject: Hola\r\n\r\nHola\r\n")));
    EXPECT_THAT(told(DsnNotify::unsaid, false, true, DsnReturn::headers), ElementsAre(HasSubstr("text/rfc822-headers\r\n\r\nSubject: Hola\r\n\r\n\r\n--")));
    EXPECT_THAT(told(DsnNotify::unsaid, false, true, DsnReturn::unsaid), ElementsAre(HasSubstr("\r\nOriginal-Envelope-Id: envid-1\r\n")));
}

// --- crashes ---

TEST(MtaCrash, WhatWasUnderWayWaitsForItsNextTime) {
    MtaBench bench;
    bench.letter(kToAna);
    bench.mta.takeDue(bench.now);
    bench.at(1min).mta.restart(bench.now);
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 30min);
    EXPECT_EQ(bench.at(30min).run(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
    EXPECT_THAT(bench.log, Contains("attempt 2 ana@norte.example at norte.example"));
}

TEST(MtaCrash, AfterALongSleepItGoesOnAtOnce) {
    MtaBench bench(trying({30min}, 5h));
    bench.letter(kToAna, kLuis);
    bench.mta.takeDue(bench.now);
    bench.at(24h).mta.restart(bench.now);
    EXPECT_EQ(bench.mta.nextDeadline(), bench.now);
    EXPECT_EQ(bench.run(transient()), 1u);  // what was cut short has another chance, and then its time is over
    EXPECT_EQ(bench.notices.size(), 1u);
    EXPECT_TRUE(bench.mta.queue().empty());
}

TEST(MtaCrash, TheResultOfALostJobChangesNothingForOthers) {
    MtaBench bench;
    bench.letter(kToAna);
    const std::vector<Job> jobs = bench.mta.takeDue(bench.now);
    bench.mta.finish(jobs.at(0), {std::nullopt}, bench.now);
    bench.mta.finish(jobs.at(0), {permanent()}, bench.now);  // told twice
    EXPECT_THAT(bench.notices, IsEmpty());
}

}  // namespace
}  // namespace mailtrek::mail
