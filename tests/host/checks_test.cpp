// SPDX-License-Identifier: GPL-3.0-or-later
// What mail programs do without their person: polls, IDLE, and the rest they take while nothing happens.
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using trace::DialogueProtocol;
using trace::KnownAs;

// luis-fon hangs by the link `air` on sur, and looks as it is told to.
Plan phoneThat(const std::string& checks, const std::string& timeline, const std::string& more = "") {
    return {.more = fmt::format("  luis-fon: {{ kind: phone, user: luis@sur.example, checks: {}{} }}\n", checks, more),
            .links = "  - { name: air, between: [sur, luis-fon], delay: 20 ms }\n",
            .timeline = timeline};
}

struct News {
    Duration at;
    std::string mail;
    KnownAs as;
    bool told;
};
std::vector<News> newsOf(const Story& run) {
    std::vector<News> all;
    for (const auto& [id, e] : eventsOf<trace::MailKnown>(run.recording)) {
        const MailId mail = run.recording.event(id).mail;
        all.push_back({run.timeOf(id) - kStart, mail.valid() ? run.recording.cast().mails[mail.index()] : "", e.as, e.told});
    }
    return all;
}

Duration storedAt(const Story& run, std::size_t nth = 0) { return run.times<trace::MailStored>().at(nth); }

std::size_t looks(const Story& run, std::uint16_t port = 143) { return run.connects("luis-fon", "sur", port).size(); }

std::size_t renewals(const Story& run) {
    const auto lines = run.dialogue(DialogueProtocol::imap);
    return static_cast<std::size_t>(std::ranges::count(lines, "C: DONE"));
}

std::vector<std::string> waitsOf(const Story& run) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::DeviceWaits>(run.recording))
        all.push_back(fmt::format("{} {}{}", run.recording.text(e.what), run.recording.text(e.why), e.final ? " final" : ""));
    return all;
}

// --- IDLE ---

TEST(Idle, ThePhoneHearsWithinTheDelayOfTheNetwork) {
    const Story run(phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example")));
    const auto news = newsOf(run);
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].mail, "carta");
    EXPECT_EQ(news[0].as, KnownAs::unread);
    EXPECT_TRUE(news[0].told);
    const auto lines = run.dialogue(DialogueProtocol::imap);
    EXPECT_THAT(lines, Contains("S: * 1 EXISTS"));
    EXPECT_THAT(news[0].at - storedAt(run), testing::AllOf(Ge(100ms), testing::Le(110ms))) << "told (20 ms), DONE and OK (40 ms), the envelope (40 ms)";
    EXPECT_EQ(run.outcome().reads, 0u) << "nobody has read it";
    EXPECT_EQ(run.outcome().status, Status::delivered);
}

TEST(Idle, KeepsNoRunAlive) {
    const Story with(phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example"))), without(phoneThat("manual", sendAt("1 min", "carta", "luis@sur.example")));
    EXPECT_LT(with.recording.event({with.recording.size() - 1}).at - without.recording.event({without.recording.size() - 1}).at, 1s);
    const Story empty(phoneThat("idle", "  []\n"));
    EXPECT_EQ(empty.recording.event({empty.recording.size() - 1}).at, kStart);
}

TEST(Idle, APushThatIsLostIsSentAgainBeforeTheRunEnds) {
    Plan plan = phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example") + "  - { at: 1 min, lose: { link: air, towards: luis-fon, packet: 1 } }\n");
    plan.links = "  - { name: air, between: [sur, luis-fon], delay: 20 ms }\n";
    const Story run(plan);
    EXPECT_THAT(newsOf(run), SizeIs(1));
    EXPECT_EQ(run.outcome().copies, 1u);
}

TEST(Idle, LearnsWhatHappensOnOtherDevices) {
    const Story run(phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example") + "  - { at: 2 min, read: { on: luis-pc, mail: carta } }\n" +
                                          "  - { at: 3 min, delete: { on: luis-pc, mail: carta } }\n"));
    std::vector<KnownAs> seen;
    for (const News& news : newsOf(run)) {
        EXPECT_EQ(news.mail, "carta");
        EXPECT_TRUE(news.told);
        seen.push_back(news.as);
    }
    EXPECT_THAT(seen, ElementsAre(KnownAs::unread, KnownAs::read, KnownAs::gone));
    EXPECT_EQ(run.outcome().reads, 1u);
}

TEST(Idle, TheOwnReadingIsHeardToo) {
    const Story run(phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example") + "  - { at: 2 min, read: { on: luis-fon } }\n"));
    ASSERT_THAT(newsOf(run), SizeIs(2));
    EXPECT_EQ(newsOf(run)[1].as, KnownAs::read);
    EXPECT_EQ(run.outcome().reads, 1u);
}

TEST(Idle, IsRenewedWhileOthersAreBusy) {
    std::string busy;
    for (int n = 1; n <= 20; ++n) busy += fmt::format("  - {{ at: {} min, ping: {{ from: ana-pc, to: sur, count: 1 }} }}\n", 5 * n);
    const Story run(phoneThat("idle", busy));
    EXPECT_EQ(renewals(run), 3u) << "at 29, 58 and 87 minutes";
    EXPECT_EQ(looks(run), 1u) << "one session all the time";
}

TEST(Idle, AQuietMonthCostsNextToNothing) {
    const std::string quiet = "  - { at: 28 days, ping: { from: ana-pc, to: sur, count: 1 } }\n";
    const Story with(phoneThat("idle", quiet)), without(phoneThat("manual", quiet));
    EXPECT_LT(with.recording.size(), without.recording.size() + 200);
    EXPECT_EQ(looks(with), 1u);
    EXPECT_EQ(renewals(with), 0u);
}

TEST(Idle, AfterAQuietMonthTheServerStillTells) {
    const Story run(phoneThat("idle", sendAt("29 days", "carta", "luis@sur.example")));
    ASSERT_THAT(newsOf(run), SizeIs(1));
    EXPECT_TRUE(newsOf(run)[0].told);
    EXPECT_LT(newsOf(run)[0].at - storedAt(run), 110ms);
    EXPECT_EQ(looks(run), 1u);
}

TEST(Idle, RestingChangesNothingBesideItself) {  // what happens is the same whether others sleep or not
    const std::string letter = sendAt("3 h", "carta", "luis@sur.example");
    const Story rests(phoneThat("idle", letter)), wakes(phoneThat("idle", "  - { at: 90 min, ping: { from: ana-pc, to: norte, count: 1 } }\n" + letter));
    EXPECT_EQ(storedAt(rests), storedAt(wakes));
    EXPECT_EQ(newsOf(rests).at(0).at, newsOf(wakes).at(0).at);
}

TEST(Idle, AServerThatCrashesIsMissedAtTheNextRenewalAndFoundAgain) {
    const Story run(phoneThat("idle", "  - { at: 10 min, stop: sur }\n  - { at: 11 min, start: sur }\n" + sendAt("40 min", "carta", "luis@sur.example")));
    EXPECT_THAT(run.connects("luis-fon", "sur", 143), ElementsAre(0min, 29min));  // the renewal meets a server that knows nothing of it
    EXPECT_THAT(newsOf(run), SizeIs(1));
    EXPECT_THAT(waitsOf(run), IsEmpty()) << "it was soon found again";
}

TEST(Idle, AServerThatStaysAwayIsTriedWithPatienceAndThenInPassing) {
    const Story run(phoneThat("idle", "  - { at: 10 min, stop: sur }\n  - { at: 20 days, start: sur }\n" + sendAt("21 days", "carta", "luis@sur.example")));
    EXPECT_THAT(waitsOf(run), ElementsAre("check timed-out")) << "told once";
    EXPECT_LT(looks(run), 15u) << "not some thousand attempts";
    EXPECT_THAT(newsOf(run), SizeIs(1));
    EXPECT_TRUE(newsOf(run)[0].told) << "it is connected again, less than half an hour after the server is back";
}

TEST(Idle, OfflineItHearsNothingAndCatchesUp) {
    const Story run(phoneThat("idle", "  - { at: 1 min, offline: luis-fon }\n" + sendAt("2 min", "carta", "luis@sur.example") + "  - { at: 1 h, online: luis-fon }\n" +
                                          "  - { at: 61 min, read: { on: luis-pc } }\n"));
    const auto news = newsOf(run);
    ASSERT_THAT(news, SizeIs(2));
    EXPECT_THAT(news[0].at, testing::AllOf(Gt(1h), testing::Lt(1h + 1s)));
    EXPECT_FALSE(news[0].told) << "it asked";
    EXPECT_EQ(news[1].as, KnownAs::read);
    EXPECT_THAT(run.connects("luis-fon", "sur", 143), ElementsAre(0min, 60min));
}

TEST(Idle, ADeviceThatIsOfflineFromTheStartConnectsWhenItIsNot) {
    const Story run(phoneThat("idle",
                              sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 1 h, online: luis-fon }\n  - { at: 62 min, ping: { from: ana-pc, to: sur, count: 1 } }\n",
                              ", online: false"));
    ASSERT_THAT(newsOf(run), SizeIs(1));
    EXPECT_GT(newsOf(run)[0].at, 1h);
}

TEST(Idle, ACrashOfTheDeviceLeavesWhatItKnows) {
    const Story run(phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example") + "  - { at: 2 min, stop: luis-fon }\n  - { at: 3 min, start: luis-fon }\n" +
                                          sendAt("5 min", "dos", "luis@sur.example")));
    const auto news = newsOf(run);
    ASSERT_THAT(news, SizeIs(2));
    EXPECT_EQ(news[0].mail, "carta");
    EXPECT_EQ(news[1].mail, "dos");
}

TEST(Idle, FollowsTheWishForTls) {
    Plan plan = phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example"), ", tls: require");
    plan.sur = ", policy: { starttls: offer }";
    const Story secured(plan);
    EXPECT_THAT(secured.dialogue(DialogueProtocol::imap), Contains("C: A001 STARTTLS"));
    EXPECT_THAT(newsOf(secured), SizeIs(1));
    plan.sur = ", policy: { starttls: offer }, tls: { expired: true }";
    const Story expired(plan);
    EXPECT_THAT(newsOf(expired), IsEmpty());
    EXPECT_THAT(waitsOf(expired), ElementsAre("check bad-certificate"));
    EXPECT_THAT(expired.dialogue(DialogueProtocol::imap), Not(Contains(HasSubstr("LOGIN \"luis"))));
    plan.sur.clear();
    EXPECT_THAT(waitsOf(Story(plan)), ElementsAre("check no-tls"));
    plan = phoneThat("idle", sendAt("1 min", "carta", "luis@sur.example"), ", tls: implicit");
    plan.sur = ", policy: { starttls: offer }";
    const Story implicit(plan);
    EXPECT_THAT(implicit.connects("luis-fon", "sur", 993), SizeIs(1));
    EXPECT_THAT(newsOf(implicit), SizeIs(1));
}

// --- polls ---

std::string awakeUntil(int minutes) { return fmt::format("  - {{ at: {} min, ping: {{ from: ana-pc, to: sur, count: 1 }} }}\n", minutes); }

TEST(Poll, FindsALetterAtTheNextLook) {
    const Story run(phoneThat("every 15 min", sendAt("1 min", "carta", "luis@sur.example") + awakeUntil(40)));
    const auto news = newsOf(run);
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_THAT(news[0].at, testing::AllOf(Gt(15min), testing::Lt(15min + 1s)));
    EXPECT_FALSE(news[0].told);
    EXPECT_EQ(run.outcome().reads, 0u);
    EXPECT_THAT(run.connects("luis-fon", "sur", 143), ElementsAre(15min)) << "the look at 30 min would find nothing, and nobody else is about";
}

TEST(Poll, KeepsNoRunAlive) {
    const Story run(phoneThat("every 15 min", sendAt("1 min", "carta", "luis@sur.example")));
    EXPECT_THAT(newsOf(run), IsEmpty()) << "the run is over before";
    EXPECT_LT(run.recording.event({run.recording.size() - 1}).at, kStart + 3min);
}

TEST(Poll, AQuietMonthCostsNextToNothing) {
    const std::string quiet = "  - { at: 2419230 s, ping: { from: ana-pc, to: sur, count: 1 } }\n";  // 28 days, between two looks
    const Story with(phoneThat("every 1 min", quiet)), without(phoneThat("manual", quiet));
    EXPECT_LT(with.recording.size(), without.recording.size() + 10);
}

TEST(Poll, IsReallyMadeWhileOthersAreBusy) {
    std::string busy;
    for (int n = 1; n <= 60; ++n) busy += fmt::format("  - {{ at: {} s, ping: {{ from: ana-pc, to: sur, count: 1 }} }}\n", 10 * n);
    EXPECT_EQ(looks(Story(phoneThat("every 1 min", busy))), 10u);
}

TEST(Poll, LearnsAlsoWhatIsReadAndGone) {
    const Story run(phoneThat("every 10 min", sendAt("1 min", "uno", "luis@sur.example") + sendAt("1 min", "dos", "luis@sur.example") +
                                                  "  - { at: 15 min, read: { on: luis-pc, mail: uno } }\n  - { at: 15 min, delete: { on: luis-pc, mail: dos } }\n" +
                                                  awakeUntil(35)));
    std::vector<std::string> told;
    for (const News& news : newsOf(run)) told.push_back(fmt::format("{} {}", news.mail, name(news.as)));
    EXPECT_THAT(told, ElementsAre("uno unread", "dos unread", "uno read", "dos gone"));
}

TEST(Poll, ByPop3TakesCopiesThatNobodyHasRead) {
    for (const std::string reads : {"pop3", "pop3-delete"}) {
        const Story run(phoneThat(
            "every 15 min", sendAt("1 min", "carta", "luis@sur.example") + "  - { at: 20 min, offline: luis-fon }\n" + "  - { at: 21 min, read: { on: luis-fon, mail: carta } }\n",
            ", reads-with: " + reads));
        const auto fetched = run.times<trace::MailFetched>();
        ASSERT_THAT(fetched, SizeIs(1)) << reads;
        EXPECT_THAT(fetched[0], testing::AllOf(Gt(15min), testing::Lt(16min)));
        EXPECT_EQ(run.outcome().reads, 1u) << "offline, from the copy";
        EXPECT_EQ(run.times<trace::MailboxRemoved>().size(), reads == "pop3" ? 0u : 1u);
    }
}

TEST(Poll, APersonWaitsForThePop3SessionThatIsOpenAndFindsWhatItBrings) {
    Plan plan = phoneThat("every 15 min",
                          sendAt("1 min", "carta", "luis@sur.example", ", attach: [ { name: a.bin, size: 500 kB } ]") + "  - { at: 901 s, read: { on: luis-fon, mail: carta } }\n",
                          ", reads-with: pop3");
    plan.links = "  - { name: air, between: [sur, luis-fon], rate: 1 Mbit/s }\n";
    const Story run(plan);
    EXPECT_EQ(run.outcome().reads, 1u);
    EXPECT_THAT(run.connects("luis-fon", "sur", 110), SizeIs(1)) << "no second session, which would be told to come again";
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3), Not(Contains(HasSubstr("-ERR"))));
}

TEST(Poll, AServerThatIsDownIsAskedAgainWithPatience) {
    const Story run(
        phoneThat("every 30 min", "  - { at: 20 min, stop: sur }\n" + sendAt("21 min", "carta", "luis@sur.example") + "  - { at: 45 min, start: sur }\n" + awakeUntil(100)));
    const auto looked = run.connects("luis-fon", "sur", 143);
    ASSERT_THAT(looked.size(), Gt(1u));
    EXPECT_EQ(looked[0], 30min);
    EXPECT_THAT(std::vector(looked.begin() + 1, looked.end()), Each(Ge(45min)))
        << "the attempts in between would fail as the first did, and nothing else happens: they are passed over";
    EXPECT_THAT(waitsOf(run), Contains("check timed-out").Times(1));
    EXPECT_THAT(newsOf(run), SizeIs(1));
}

TEST(Poll, AUserWithoutAMailboxIsToldOnceAndForAll) {
    Plan plan = phoneThat("every 1 min", awakeUntil(1) + awakeUntil(2) + awakeUntil(3));
    plan.surBoxes = "otra: {}";
    EXPECT_THAT(waitsOf(Story(plan)), ElementsAre("check NO [AUTHENTICATIONFAILED] LOGIN failed final"));
}

// --- sending habits: what is written offline goes out when the device is back, whatever it is ---

TEST(Habits, EveryKindOfDeviceKeepsWhatItCannotSendAndRepeats) {
    for (const std::string kind : {"pc", "laptop", "phone", "tablet", "printer"}) {
        const Story run({.more = "  eva-x: { kind: " + kind + ", user: eva@norte.example, online: false }\n",
                         .links = "  - { between: [norte, eva-x] }\n",
                         .timeline = "  - { at: 1 min, send: { id: carta, from: eva@norte.example, on: eva-x, to: [luis@sur.example], repeat: { times: 3, every: 1 min } } }\n"
                                     "  - { at: 1 h, online: eva-x }\n"});
        const auto stored = run.times<trace::MailStored>();
        EXPECT_THAT(stored, SizeIs(3)) << kind;
        EXPECT_THAT(stored, Each(testing::AllOf(Gt(1h), testing::Lt(1h + 5s)))) << kind;
        EXPECT_THAT(waitsOf(run), ElementsAre("send offline", "send offline", "send offline")) << kind;
    }
}

}  // namespace
}  // namespace mailtrek::host
