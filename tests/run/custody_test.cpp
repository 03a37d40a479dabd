// SPDX-License-Identifier: GPL-3.0-or-later
// Guard 3: what a server has answered 250 for is never lost, and never doubled without a reason that the recording knows.
#include <gtest/gtest.h>

#include "sim/run/outcome.h"
#include "tests/run/custody.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

TEST(Custody, NoLetterIsLostInAnyRun) {
    for (std::uint64_t seed = 0; seed < sweep(600); ++seed) {
        const scenario::Scenario scenario = randomScenario(seed);
        const trace::Recording recording = simulate(scenario);
        ASSERT_EQ(Custody(recording, scenario).check(), "") << "seed " << seed;
    }
}

// Seen from the letter: without aliases and lists, each recipient of an accepted letter has one end, and a further one for each lost final reply.
TEST(Custody, EveryRecipientHasOneEnd) {
    for (std::uint64_t seed = 0; seed < sweep(300); ++seed) {
        scenario::Scenario scenario = randomScenario(seed);
        for (scenario::Node& node : scenario.nodes) {
            node.aliases.clear();
            node.lists.clear();
        }
        const trace::Recording recording = simulate(scenario);
        Custody custody(recording, scenario);
        ASSERT_EQ(custody.check(), "") << "seed " << seed;
        trace::ViewIndex index(recording);
        const trace::View& end = index.at(recording.size());
        std::map<std::pair<MailId, std::uint16_t>, std::uint64_t> ends;
        std::set<std::pair<MailId, std::uint16_t>> taken;
        for (std::uint64_t i = 0; i < recording.size(); ++i) {
            const trace::Event& event = recording.event({i});
            if (const auto* e = std::get_if<trace::MailStored>(&event.payload)) ++ends[{event.mail, e->recipientIndex}];
            if (const auto* e = std::get_if<trace::NoticeIssued>(&event.payload)) ++ends[{event.mail, e->recipientIndex}];
            if (const auto* e = std::get_if<trace::MailDiscarded>(&event.payload)) ++ends[{event.mail, e->recipientIndex}];
            if (const auto* e = std::get_if<trace::MailQueued>(&event.payload)) taken.insert({event.mail, e->recipientIndex});
        }
        for (const auto& queue : end.queues)
            if (queue)
                for (const trace::QueueEntryView& entry : *queue) ++ends[{entry.mail, entry.recipientIndex}];
        for (const auto& recipient : taken) ASSERT_GE(ends[recipient], 1u) << "seed " << seed << ", mail " << recipient.first.value;
        for (const auto& [recipient, count] : ends) ASSERT_LE(count, 1 + custody.repeated) << "seed " << seed << ", mail " << recipient.first.value << " to " << recipient.second;
    }
}

// The property would say little if nothing went wrong.
TEST(Custody, RandomRunsSeeEveryEnd) {
    std::uint64_t stored = 0, queued = 0, notices = 0, discarded = 0, repeated = 0, handedOn = 0;
    for (std::uint64_t seed = 0; seed < 400 || (repeated == 0 && seed < 2000); ++seed) {  // a final reply is lost now and then
        const scenario::Scenario scenario = randomScenario(seed);
        const trace::Recording recording = simulate(scenario);
        Custody custody(recording, scenario);
        custody.check();
        stored += custody.stored;
        queued += custody.queuedAtEnd;
        notices += custody.notices;
        discarded += custody.discarded;
        repeated += custody.repeated;
        handedOn += custody.handedOn;
    }
    EXPECT_GT(stored, 100u);
    EXPECT_GT(handedOn, 100u);
    EXPECT_GT(queued, 0u);
    EXPECT_GT(notices, 20u);
    EXPECT_GT(discarded, 5u);
    EXPECT_GT(repeated, 0u);
}

std::string twoServers(std::string_view surExtras, std::string_view linkExtras, std::string_view timeline) {
    return fmt::format(
        "mailtrek: 1\ntitle: Custody\ndefaults: {{ mail: {{ retry: [5 min], give-up: 1 h }} }}\nnodes:\n  pc: {{ kind: pc, user: ana@norte.example }}\n"
        "  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }} }}\n"
        "  sur: {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }}{} }}\n  r: {{ kind: router }}\nlinks:\n  - {{ between: [pc, norte] }}\n  - {{ between: "
        "[norte, r] }}\n"
        "  - {{ between: [r, sur]{} }}\n"
        "timeline:\n{}",
        surExtras, linkExtras, timeline);
}

std::uint64_t copiesFor(const trace::Recording& recording, std::string_view mailbox) {
    std::uint64_t copies = 0;
    for (const auto& [id, e] : eventsOf<trace::MailStored>(recording)) copies += recording.text(e.mailbox) == mailbox ? 1 : 0;
    return copies;
}

// RFC 5321 6.1: the final reply is lost and the client crashes waiting for it, so it sends the letter again: two copies, and the recording names the cause.
TEST(Custody, ALostFinalReplyMakesASecondCopy) {
    const std::string quiet = twoServers("", "", "  - { at: 0 s, send: { id: m, from: ana@norte.example, to: [luis@sur.example] } }\n");
    const trace::Recording once = simulate(scenarioOf(quiet));
    ASSERT_EQ(copiesFor(once, "luis@sur.example"), 1u);
    const Instant storedAt = once.at(eventsOf<trace::MailStored>(once).front().first);
    const auto cut = std::chrono::duration_cast<std::chrono::microseconds>(storedAt - kStart).count() + 10;
    const std::string trouble =
        quiet + fmt::format("  - {{ at: {} us, cut: r-sur }}\n  - {{ at: 2 s, stop: norte }}\n  - {{ at: 3 s, start: norte }}\n  - {{ at: 3 s, restore: r-sur }}\n", cut);
    const scenario::Scenario scenario = scenarioOf(trouble);
    const trace::Recording recording = simulate(scenario);
    EXPECT_EQ(copiesFor(recording, "luis@sur.example"), 2u);
    Custody custody(recording, scenario);
    EXPECT_EQ(custody.check(), "");
    EXPECT_EQ(custody.repeated, 1u);
}

// Aliases that lead round in a circle: the letter was accepted, so its writer must hear of it.
TEST(Custody, AnAliasThatLeadsNowhereIsTold) {
    const scenario::Scenario scenario = scenarioOf(twoServers(", aliases: { a@sur.example: [b@sur.example], b@sur.example: [a@sur.example] }", "",
                                                              "  - { at: 0 s, send: { id: m, from: ana@norte.example, to: [a@sur.example] } }\n"));
    const trace::Recording recording = simulate(scenario);
    EXPECT_EQ(Custody(recording, scenario).check(), "");
    EXPECT_EQ(eventsOf<trace::NoticeIssued>(recording).size(), 1u);
    EXPECT_EQ(copiesFor(recording, "ana@norte.example"), 1u);
}

// Who is written to directly and as member of a list has a copy for each entry of the letter, and the recording knows which is which.
TEST(Custody, AListAndItsMemberAreToldApart) {
    scenario::Scenario scenario = scenarioOf(
        "mailtrek: 1\ntitle: List\nnodes:\n  pc: { kind: pc, user: ana@norte.example }\n"
        "  norte: { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} }, lists: { clase@norte.example: [luis@sur.example, ana@norte.example] } }\n"
        "  sur: { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\nlinks:\n  - { between: [pc, norte] }\n  - { between: [norte, sur] }\n"
        "timeline:\n  - { at: 0 s, send: { id: m, from: ana@norte.example, to: [clase@norte.example, luis@sur.example] } }\n");
    const trace::Recording recording = simulate(scenario);
    EXPECT_EQ(Custody(recording, scenario).check(), "");
    const auto outcomes = mailOutcomes(recording);
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(outcomes[0].copies, 2u);  // ana and luis, as members
    EXPECT_EQ(outcomes[1].copies, 1u);
}

}  // namespace
}  // namespace mailtrek::run::test
