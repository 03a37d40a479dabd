// SPDX-License-Identifier: GPL-3.0-or-later
// Names found out over the network: a root, a TLD, authoritative servers and resolvers, and what happens to a letter when they fail (classroom row 14).
#include <gmock/gmock.h>

#include "sim/run/metrics.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;
using trace::DnsReason;

// ana-pc -- norte -- r -- sur -- luis-pc, and at r: root, tld, two name servers and perhaps a resolver.
scenario::Scenario internet(std::string_view resolver, std::string_view timeline, std::string_view surZone = "auto", std::string_view tldZone = "[]") {
    return run::test::scenarioOf(fmt::format(
        "mailtrek: 1\ntitle: Names\nnodes:\n  ana-pc: {{ kind: pc, user: ana@norte.example }}\n  luis-pc: {{ kind: pc, user: luis@sur.example }}\n"
        "  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }} }}\n  sur: {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }} "
        "}}\n"
        "  r: {{ kind: router }}\n{0}  root: {{ kind: dns-server, role: authoritative, zones: {{ \".\": [] }} }}\n  tld: {{ kind: dns-server, role: authoritative, zones: {{ "
        "example: {3} }} }}\n"
        "  ns1: {{ kind: dns-server, role: authoritative, zones: {{ sur.example: {2} }} }}\n  ns2: {{ kind: dns-server, role: authoritative, zones: {{ sur.example: {2}, "
        "norte.example: auto }} }}\n"
        "links:\n  - {{ between: [ana-pc, norte] }}\n  - {{ between: [norte, r] }}\n  - {{ between: [r, sur] }}\n  - {{ between: [sur, luis-pc] }}\n  - {{ between: [r, root] }}\n"
        "  - {{ between: [r, tld] }}\n  - {{ between: [r, ns1] }}\n  - {{ between: [r, ns2] }}\n{4}timeline:\n{1}",
        resolver, timeline, surZone, tldZone, resolver.empty() ? "" : "  - { between: [r, resolver] }\n"));
}

constexpr std::string_view kResolver = "  resolver: { kind: dns-server, role: recursive }\n";

struct Names {
    explicit Names(const scenario::Scenario& scenario) : recording(run::simulate(scenario)) {}

    run::RecipientOutcome outcome(std::size_t place = 0) const { return run::mailOutcomes(recording).at(place); }
    std::string nameOf(NodeId node) const { return node.index() < recording.cast().nodes.size() ? recording.cast().nodes[node.index()].name : "?"; }
    // "resolver>root sur.example MX on-behalf"
    std::vector<std::string> questions() const {
        std::vector<std::string> all;
        for (const auto& [id, e] : eventsOf<trace::DnsQuery>(recording))
            all.push_back(fmt::format("{}>{} {} {} {}", nameOf(recording.event(id).node), nameOf(e.server), recording.text(e.name), name(e.type), name(e.reason)));
        return all;
    }
    template <class E>
    std::vector<E> all() const {
        std::vector<E> found;
        for (const auto& [id, e] : eventsOf<E>(recording)) found.push_back(e);
        return found;
    }
    run::MetricValue metric(run::Metric metric) const { return run::countMetrics(recording).value(metric); }

    trace::Recording recording;
};

std::string letter(std::string_view at = "0 s") { return sendAt(at, "carta", "luis@sur.example"); }

TEST(Names, AResolverGoesFromTheRootDown) {
    const Names run(internet(kResolver, letter()));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(run.questions(), ElementsAre("norte>resolver sur.example MX asked", "resolver>root sur.example MX on-behalf", "resolver>tld sur.example MX referral",
                                             "resolver>ns1 sur.example MX referral"));
    const auto referrals = run.all<trace::DnsReferral>();
    ASSERT_THAT(referrals, SizeIs(2));
    EXPECT_EQ(run.recording.text(referrals[0].zone), "example");
    EXPECT_EQ(run.recording.text(referrals[0].servers), "tld.example");
    EXPECT_EQ(run.recording.text(referrals[1].servers), "ns1.sur.example, ns2.sur.example");
    const auto answers = run.all<trace::DnsAnswer>();
    ASSERT_THAT(answers, SizeIs(2));
    EXPECT_TRUE(answers[0].onBehalf);
    EXPECT_FALSE(answers[1].onBehalf);
    for (const trace::DnsAnswer& answer : answers) EXPECT_EQ(run.recording.text(answer.records), "10 sur.sur.example");
    EXPECT_EQ(run.metric(run::Metric::dnsQueries), 4);
    EXPECT_EQ(run.metric(run::Metric::dnsMxQueries), 1) << "the resolver's own recursion does not count";
    EXPECT_EQ(run.metric(run::Metric::dnsFailures), 0);
}

TEST(Names, WithoutAResolverTheMailServerGoesItself) {
    const Names run(internet("", letter()));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(run.questions(), ElementsAre("norte>root sur.example MX asked", "norte>tld sur.example MX referral", "norte>ns1 sur.example MX referral"));
    EXPECT_EQ(run.metric(run::Metric::dnsMxQueries), 1);
}

TEST(Names, EachStepHasItsCause) {
    const Names run(internet(kResolver, letter()));
    const auto queries = eventsOf<trace::DnsQuery>(run.recording);
    for (const auto& [id, query] : queries) {
        if (query.reason != DnsReason::referral) continue;
        const trace::EventId cause = run.recording.event(id).cause;
        ASSERT_TRUE(cause.valid());
        EXPECT_TRUE(std::holds_alternative<trace::DnsReferral>(run.recording.event(cause).payload));
    }
    for (const auto& [id, query] : queries) EXPECT_TRUE(run.recording.event(id).mail.valid()) << "all of it serves the letter";
}

TEST(Names, ASecondLetterFindsEverythingInTheCache) {
    const Names run(internet(kResolver, letter() + sendAt("1 min", "otra", "luis@sur.example")));
    EXPECT_THAT(run.questions(), SizeIs(4));
    EXPECT_EQ(run.outcome(1).status, Status::delivered);
}

TEST(Names, ASilentServerIsTriedAgainElsewhere) {
    const Names run(internet(kResolver, "  - { at: 0 s, fail: { dns: ns1, with: silence, for: 1 h } }\n" + letter()));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(run.questions(), Contains("resolver>ns2 sur.example MX timed-out"));
    for (const auto& [id, query] : eventsOf<trace::DnsQuery>(run.recording)) {
        if (query.reason != DnsReason::timedOut) continue;
        const trace::EventId cause = run.recording.event(id).cause;
        ASSERT_TRUE(cause.valid());
        EXPECT_TRUE(std::holds_alternative<trace::DnsQuery>(run.recording.event(cause).payload)) << "the question that had no answer";
    }
}

TEST(Names, EveryFailureOfOneServerIsPassedOver) {
    for (const std::string_view way : {"servfail", "silence", "truncate"}) {
        const Names run(internet(kResolver, fmt::format("  - {{ at: 0 s, fail: {{ dns: ns1, with: {}, for: 1 h }} }}\n", way) + letter()));
        EXPECT_EQ(run.outcome().status, Status::delivered) << way;
        EXPECT_EQ(run.outcome().attempts, 1u) << way;
    }
}

TEST(Names, ATruncatedAnswerComesOverTcp) {
    const Names run(internet(kResolver, "  - { at: 0 s, fail: { dns: ns1, with: truncate, for: 1 h } }\n" + letter()));
    EXPECT_THAT(run.questions(), Contains("resolver>ns1 sur.example MX truncated"));
    EXPECT_THAT(run.all<trace::ConnectionOpened>(), Contains(Field(&trace::ConnectionOpened::serverPort, 53)));
}

TEST(Names, ALameDelegationIsPassedOver) {  // the TLD names itself for sur.example, and has only what leads there
    const Names run(internet(kResolver, letter(), "auto", "[ { name: sur, type: NS, host: tld }, { name: sur, type: NS, host: ns2 } ]"));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(run.all<trace::DnsRejected>(), ElementsAre(Field(&trace::DnsRejected::flaw, trace::DnsFlaw::lame)));
    EXPECT_THAT(run.questions(), Contains("resolver>ns2 sur.example MX lame"));
}

TEST(Names, AllSilentIsNoReasonToBounce) {
    const Names run(internet(kResolver, "  - { at: 0 s, fail: { dns: root, with: silence, for: 10 min } }\n" + letter()));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_EQ(run.outcome().attempts, 2u);
}

TEST(Names, ACrashOfTheResolverIsSurvived) {
    const Names run(internet(kResolver, letter() + "  - { at: 3 ms, stop: resolver }\n  - { at: 5 s, start: resolver }\n"));
    EXPECT_EQ(run.outcome().status, Status::delivered);
}

// --- row 14: dns_falla -----------------------------------------------------------------------------------------------------------------

TEST(Names, ServfailFor40MinutesIsTriedAgain) {  // A
    const Names run(internet(kResolver, "  - { at: 0 s, fail: { dns: resolver, with: servfail, for: 40 min } }\n" + letter()));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_EQ(run.outcome().attempts, 3u) << "at 0, 30 and 60 minutes";
    EXPECT_EQ(run.metric(run::Metric::dnsFailures), 2);
    EXPECT_EQ(run.metric(run::Metric::dnsMxQueries), 3);
}

TEST(Names, NoSuchDomainComesBackAtOnce) {  // B
    const Names run(internet(kResolver, sendAt("0 s", "carta", "luis@nadie.example")));
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_EQ(run.outcome().attempts, 1u);
    const auto answers = run.all<trace::DnsAnswer>();
    ASSERT_FALSE(answers.empty());
    EXPECT_EQ(answers.back().rcode, 3);
}

TEST(Names, WithoutMxTheAddressServes) {  // C
    const Names run(internet(kResolver, letter(), "[ { type: A, host: sur } ]"));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    const auto asked = run.questions();
    EXPECT_EQ(asked.front(), "norte>resolver sur.example MX asked");
    EXPECT_THAT(asked, Contains("norte>resolver sur.example A asked"));
}

// --- one server for all, as ever, beside servers for certain zones ---------------------------------------------------------------------

TEST(Names, AServerForAllAsksThoseThatAreDrawnForAZone) {
    const std::string text =
        "mailtrek: 1\ntitle: Names\nnodes:\n  ana-pc: { kind: pc, user: ana@norte.example }\n  norte: { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n"
        "  sur: { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n  r: { kind: router }\n  dns: { kind: dns-server }\n"
        "  ns: { kind: dns-server, role: authoritative, zones: { sur.example: auto } }\nlinks:\n  - { between: [ana-pc, norte] }\n  - { between: [norte, r] }\n  - { between: [r, "
        "sur] }\n"
        "  - { between: [r, dns] }\n  - { between: [r, ns] }\ntimeline:\n" +
        letter();
    const Names run(run::test::scenarioOf(text));
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(run.questions(), ElementsAre("norte>dns sur.example MX asked", "dns>ns sur.example MX on-behalf"));
}

}  // namespace
}  // namespace mailtrek::host
