// SPDX-License-Identifier: GPL-3.0-or-later
// What the policies of a mail server do to a run: who waits, who is refused, and what stands on the letters that come through.
#include <gmock/gmock.h>

#include "sim/mail/message.h"
#include "tests/host/zone_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using trace::CheckResult;
using trace::DialogueProtocol;

std::vector<CheckResult> checks(const Story& run) {
    std::vector<CheckResult> all;
    for (const auto& [id, e] : eventsOf<trace::SenderChecked>(run.recording)) all.push_back(e.result);
    return all;
}
std::vector<trace::Policy> policies(const Story& run) {
    std::vector<trace::Policy> all;
    for (const auto& [id, e] : eventsOf<trace::PolicyApplied>(run.recording)) all.push_back(e.policy);
    return all;
}

// --- greylisting (lesson 13) -----------------------------------------------------------------------------------------------------

TEST(Greylisting, TheSecondAttemptIsTaken) {
    const Story run({.sur = ", policy: { greylist: 300 s }", .timeline = sendAt("0 s", "carta", "luis@sur.example") + sendAt("2 h", "otra", "luis@sur.example")});
    EXPECT_THAT(run.connects("norte", "sur", 25), ElementsAre(0min, 30min, 120min));
    EXPECT_EQ(run.outcome(0).status, Status::delivered);
    EXPECT_EQ(run.outcome(0).attempts, 2u);
    EXPECT_EQ(run.outcome(1).attempts, 1u) << "by now it is known";
    const auto lines = run.dialogue(DialogueProtocol::smtp);
    EXPECT_THAT(lines, Contains("S: 451 4.7.1 <luis@sur.example> Greylisted, please come again in 300 seconds"));
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "C: DATA"), 2) << "what is put off is not sent";
    EXPECT_THAT(policies(run), ElementsAre(trace::Policy::greylisted, trace::Policy::greylistOver));
    EXPECT_THAT(run.letters("ana@norte.example"), IsEmpty()) << "no notice of a delay";
}

TEST(Greylisting, ARetryThatIsTooSoonWaitsOn) {
    const Story run({.mail = "retry: [1 min, 2 min, 4 min]", .sur = ", policy: { greylist: 300 s }", .timeline = sendAt("0 s", "carta", "luis@sur.example")});
    EXPECT_THAT(run.connects("norte", "sur", 25), ElementsAre(0min, 1min, 3min, 7min));
    EXPECT_EQ(run.outcome().status, Status::delivered);
}

TEST(Greylisting, AOneShotSpammerNeverDelivers) {
    const Story run({.sur = ", policy: { greylist: 300 s }",
                     .more = malo(", one-shot: true"),
                     .links = kMaloLinks,
                     .timeline = "  - { at: 0 s, send: { id: spam, from: mal@malo.example, to: [luis@sur.example] } }\n"});
    EXPECT_THAT(run.connects("malo", "sur", 25), SizeIs(1));
    EXPECT_EQ(run.outcome().copies, 0u);
    EXPECT_THAT(run.letters("luis@sur.example"), IsEmpty());
    EXPECT_THAT(run.letters("mal@malo.example"), IsEmpty()) << "it does not even tell itself";
}

TEST(Greylisting, EachRecipientWaitsByItself) {
    const Story run({.sur = ", policy: { greylist: 300 s }",
                     .surBoxes = "luis: {}, eva: {}",
                     .timeline = sendAt("0 s", "carta", "luis@sur.example") + sendAt("1 h", "dos", "luis@sur.example, eva@sur.example, nobody@sur.example")});
    EXPECT_EQ(run.outcome(1).attempts, 1u) << "known";
    EXPECT_EQ(run.outcome(2).attempts, 2u) << "new";
    EXPECT_EQ(run.outcome(2).status, Status::delivered);
    EXPECT_EQ(run.outcome(3).status, Status::bounced) << "who does not exist is refused at once, not put off";
    EXPECT_EQ(run.outcome(3).attempts, 1u);
}

TEST(Greylisting, SurvivesACrashAndChangesWhileItRuns) {
    const std::string crash = "  - { at: 10 min, stop: sur }\n  - { at: 11 min, start: sur }\n";
    EXPECT_EQ(Story({.sur = ", policy: { greylist: 300 s }", .timeline = sendAt("0 s", "carta", "luis@sur.example") + crash}).outcome().attempts, 2u) << "it is on disk";
    EXPECT_EQ(Story({.sur = ", policy: { greylist: 40 min }", .timeline = sendAt("0 s", "carta", "luis@sur.example")}).outcome().attempts, 3u);
    EXPECT_EQ(Story({.sur = ", policy: { greylist: 40 min }",
                     .timeline = sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 10 min, set: { node: sur, policy: { greylist: 20 min } } }\n"})
                  .outcome()
                  .attempts,
              2u);
    EXPECT_EQ(Story({.timeline = "  - { at: 0 s, set: { node: sur, policy: { greylist: 300 s } } }\n" + sendAt("0 s", "carta", "luis@sur.example")}).outcome().attempts, 2u);
    EXPECT_EQ(
        Story({.sur = ", policy: { greylist: 300 s }", .timeline = "  - { at: 0 s, set: { node: sur, policy: { greylist: off } } }\n" + sendAt("0 s", "carta", "luis@sur.example")})
            .outcome()
            .attempts,
        1u);
}

TEST(Greylisting, IsForStrangersOnly) {
    const Story own({.norte = ", policy: { greylist: 300 s, spf: reject }", .timeline = sendAt("0 s", "carta", "luis@sur.example")});
    EXPECT_EQ(own.outcome().attempts, 1u) << "who logs in does not wait";
    const Story backup({.norte = ", backup-for: [sur.example]",
                        .sur = ", policy: { greylist: 300 s, spf: reject }",
                        .timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 5 min, start: sur }\n"});
    EXPECT_EQ(backup.outcome().attempts, 2u) << "nor a server that keeps our mail: down, then delivered at once";
    EXPECT_THAT(policies(backup), IsEmpty());
}

// --- rate limit ------------------------------------------------------------------------------------------------------------------

TEST(RateLimit, PutsOffWhatIsTooMuch) {
    std::string letters;
    for (int i = 0; i < 4; ++i) letters += sendAt(fmt::format("{} s", i), fmt::format("m{}", i), "luis@sur.example");
    const Story run({.sur = ", policy: { rate-limit: 2 per min }", .timeline = letters});
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains(HasSubstr("S: 450 4.7.1 Too much mail from [10.")).Times(2));
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(run.outcome(i).status, Status::delivered) << i;
        EXPECT_EQ(run.outcome(i).attempts, i < 2 ? 1u : 2u) << i;
    }
    EXPECT_THAT(policies(run), ElementsAre(trace::Policy::rateLimited, trace::Policy::rateLimited));
    const auto [id, first] = eventsOf<trace::PolicyApplied>(run.recording).front();
    EXPECT_GT(first.until - kStart, Duration(60s));
    EXPECT_LT(first.until - kStart, Duration(61s)) << "when the first letter is a minute old";
}

TEST(RateLimit, HoldsForDevicesToo) {
    const std::string letters = sendAt("0 s", "m0", "luis@sur.example") + sendAt("1 s", "m1", "luis@sur.example");
    const Story run({.norte = ", policy: { rate-limit: 1 per min }", .timeline = letters});
    EXPECT_THAT(run.dialogue(DialogueProtocol::submission), Contains(HasSubstr("S: 450 4.7.1 Too much mail from")));
    EXPECT_EQ(run.outcome(1).status, Status::delivered) << "it tries again";
}

// --- relaying and SPF (lesson 15) --------------------------------------------------------------------------------------------------

TEST(FalseSender, StrangersAreNotRelayedForStrangers) {  // A
    const Plan plan{.more = malo(", one-shot: true, smarthost: sur"),
                    .links = kMaloLinks,
                    .timeline = "  - { at: 0 s, send: { id: spam, from: mal@malo.example, to: [ana@norte.example] } }\n"};
    const Story run(plan);
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("S: 550 5.7.1 <ana@norte.example> Relaying denied"));
    EXPECT_THAT(run.letters("ana@norte.example"), IsEmpty());
    EXPECT_THAT(policies(run), ElementsAre(trace::Policy::relayDenied));
    Plan open = plan;
    open.sur = ", policy: { relay: open }";
    EXPECT_THAT(Story(open).letters("ana@norte.example"), SizeIs(1)) << "an open relay is the spammer's friend";
}

// Malo writes to Luis. `envelope` and `header` are who it says it is.
Plan forgery(const std::string& spf, const std::string& envelope, const std::string& header) {
    return {
        .sur = ", policy: { spf: " + spf + " }",
        .more = malo(", one-shot: true"),
        .links = kMaloLinks,
        .timeline = fmt::format("  - {{ at: 0 s, send: {{ id: spam, from: mal@malo.example, envelope-from: {}, header-from: {}, to: [luis@sur.example] }} }}\n", envelope, header)};
}
const std::string kNorteRecord = "norte.example: [ { name: \"@\", type: MX, host: norte }, { name: \"@\", type: TXT, text: \"v=spf1 mx -all\" } ]";
const std::string kRecords = kNorteRecord + ", malo.example: [ { name: \"@\", type: MX, host: malo }, { name: \"@\", type: TXT, text: \"v=spf1 a:malo.malo.example -all\" } ]";

TEST(FalseSender, SpfSeesAForgedEnvelope) {  // B
    const ZoneStory run(forgery("reject", "ana@norte.example", "ana@norte.example"), kRecords);
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains(HasSubstr("S: 550 5.7.23 SPF: the domain of <ana@norte.example> does not let [10.")));
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Not(Contains("C: DATA")));
    EXPECT_THAT(run.letters("luis@sur.example"), IsEmpty());
    ASSERT_THAT(checks(run), ElementsAre(CheckResult::fail));
    const auto [id, check] = eventsOf<trace::SenderChecked>(run.recording).front();
    EXPECT_EQ(run.recording.text(check.domain), "norte.example");
    EXPECT_EQ(run.recording.text(check.detail), "-all");
    EXPECT_EQ(check.client, run.node("malo"));
    EXPECT_TRUE(check.refuses);
    EXPECT_TRUE(std::holds_alternative<trace::DnsAnswer>(run.recording.event(run.recording.event(id).cause).payload)) << "why? Because the DNS says so";
}

TEST(FalseSender, MarkLetsItInWithANote) {
    const ZoneStory run(forgery("mark", "ana@norte.example", "ana@norte.example"), kRecords);
    const auto letters = run.letters("luis@sur.example");
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_THAT(letters[0], HasSubstr("Return-Path: <ana@norte.example>\r\nReceived-SPF: fail (sur.sur.example: domain of ana@norte.example does not designate 10."));
    EXPECT_THAT(letters[0], HasSubstr("\r\nAuthentication-Results: sur.sur.example;\r\n\tspf=fail smtp.mailfrom=ana@norte.example\r\nReceived: from malo.malo.example"));
}

TEST(FalseSender, AnEnvelopeOfOnesOwnPassesAndProvesNothingAboutFrom) {  // C
    const ZoneStory run(forgery("reject", "mal@malo.example", "director@banco.example"), kRecords);
    const auto letters = run.letters("luis@sur.example");
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_THAT(letters[0], HasSubstr("spf=pass smtp.mailfrom=mal@malo.example"));
    EXPECT_EQ(mail::parse(letters[0]).header("From"), "director@banco.example");
    EXPECT_THAT(checks(run), ElementsAre(CheckResult::pass));
}

TEST(FalseSender, HonestMailPassesAndWithoutARecordNothingIsKnown) {
    const Plan honest{.sur = ", policy: { spf: reject }", .timeline = sendAt("0 s", "carta", "luis@sur.example")};
    const ZoneStory known(honest, kNorteRecord);
    EXPECT_THAT(checks(known), ElementsAre(CheckResult::pass));
    EXPECT_EQ(known.outcome().status, Status::delivered);
    EXPECT_EQ(known.outcome().attempts, 1u);
    const Story unknown(honest);
    EXPECT_THAT(checks(unknown), ElementsAre(CheckResult::none));
    EXPECT_EQ(unknown.outcome().status, Status::delivered);
}

TEST(FalseSender, ADnsWithoutAnAnswerIsNoRefusal) {
    const auto plan = [](const std::string& with) {  // norte finds its way first: sur asks when the failure has begun
        return Plan{.sur = ", policy: { spf: reject }",
                    .backbone = ", delay: 1 s",
                    .timeline = sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 2 s, fail: { dns: dns, with: " + with + ", for: 10 min } }\n"};
    };
    for (const char* with : {"servfail", "silence"}) {
        const ZoneStory run(plan(with), kNorteRecord);
        EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("S: 451 4.7.24 SPF: the DNS gives no answer for now")) << with;
        EXPECT_EQ(run.outcome().status, Status::delivered) << with;
        EXPECT_EQ(run.outcome().attempts, 2u) << with;
    }
}

TEST(FalseSender, ABrokenRecordIsRefused) {
    const ZoneStory run({.sur = ", policy: { spf: reject }", .timeline = sendAt("0 s", "carta", "luis@sur.example")},
                        "norte.example: [ { name: \"@\", type: MX, host: norte }, { name: \"@\", type: TXT, text: \"v=spf1 ip4:10.0.0 -all\" } ]");
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains(HasSubstr("S: 550 5.7.24 SPF: the record of the domain of <ana@norte.example> cannot be used")));
    EXPECT_EQ(run.outcome().status, Status::bounced);
}

TEST(FalseSender, ACrashInTheMiddleOfTheCheckLosesNothing) {
    const ZoneStory run({.sur = ", policy: { spf: reject }",
                         .backbone = ", delay: 1 s",
                         .timeline = sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 8 s, stop: sur }\n  - { at: 1 min, start: sur }\n"},
                        kNorteRecord);
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_EQ(run.outcome().attempts, 2u);
    EXPECT_THAT(checks(run), ElementsAre(CheckResult::pass)) << "only the second time it came to an end";
    EXPECT_EQ(eventsOf<trace::DnsQuery>(run.recording).size(), 5u) << "MX and A of norte, TXT of sur, and after the crash TXT and MX";
}

}  // namespace
}  // namespace mailtrek::host
