// SPDX-License-Identifier: GPL-3.0-or-later
// Guard 3 among providers: whatever servers of mail and of names crash, fail, refuse, forward in circles or are full, nothing that was accepted is lost. And the other guards on
// the same runs. MAILTREK_SWEEP=N shows each on N worlds.
#include <gtest/gtest.h>

#include "tests/run/custody.h"
#include "tests/run/packet_ledger.h"
#include "tests/run/random_providers.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

// What went wrong in these worlds, by kind: the property would say little if it was nothing.
void note(const trace::Recording& recording, std::map<std::string, std::uint64_t>& seen) {
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Payload& payload = recording.event({i}).payload;
        if (const auto* e = std::get_if<trace::AttemptFailed>(&payload)) ++seen[fmt::format("failure {}", trace::name(e->kind))];
        if (const auto* e = std::get_if<trace::PolicyApplied>(&payload)) ++seen[fmt::format("policy {}", trace::name(e->policy))];
        if (const auto* e = std::get_if<trace::SenderChecked>(&payload)) ++seen[fmt::format("spf {}", trace::name(e->result))];
        if (const auto* e = std::get_if<trace::NoticeIssued>(&payload)) ++seen[fmt::format("notice {}", trace::name(e->kind))];
        if (const auto* e = std::get_if<trace::NoticeIssued>(&payload); e != nullptr && recording.text(e->status) == "4.4.7") ++seen["expired"];
        if (const auto* e = std::get_if<trace::DnsRejected>(&payload)) ++seen[fmt::format("dns {}", trace::name(e->flaw))];
        if (const auto* e = std::get_if<trace::DnsQuery>(&payload)) ++seen[fmt::format("asked {}", trace::name(e->reason))];
        if (std::holds_alternative<trace::MailboxFull>(payload)) ++seen["mailbox full"];
        if (std::holds_alternative<trace::MailboxRemoved>(payload)) ++seen["mailbox removed"];
        if (std::holds_alternative<trace::MailDiscarded>(payload)) ++seen["discarded"];
        if (std::holds_alternative<trace::TlsSecured>(payload)) ++seen["tls secured"];
        if (std::holds_alternative<trace::TlsFailed>(payload)) ++seen["tls failed"];
        if (const auto* e = std::get_if<trace::SmtpReply>(&payload); e != nullptr && recording.text(e->line).find("5.4.6") != std::string_view::npos) ++seen["too many hops"];
        if (const auto* e = std::get_if<trace::MailStored>(&payload); e != nullptr && e->hops > 4) ++seen["a long chain"];
    }
}

TEST(Providers, NothingAcceptedIsLost) {
    std::map<std::string, std::uint64_t> seen;
    const std::uint64_t runs = sweep(300);
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const scenario::Scenario scenario = randomProviders(seed);
        const trace::Recording recording = simulate(scenario);
        Custody custody(recording, scenario);
        ASSERT_EQ(custody.check(), "") << "seed " << seed;
        seen["a second copy after a lost reply"] += custody.repeated;
        note(recording, seen);
    }
    if (runs < 300) return;
    for (const char* what : {"a second copy after a lost reply",
                             "failure connect-refused",
                             "failure connect-timed-out",
                             "failure unreachable",
                             "failure connection-lost",
                             "failure transient-reply",
                             "failure permanent-reply",
                             "failure dns-failed",
                             "failure no-such-domain",
                             "failure null-mx",
                             "failure no-mx",
                             "failure too-many-hops",
                             "expired",
                             "policy greylisted",
                             "policy greylist-over",
                             "policy rate-limited",
                             "policy relay-denied",
                             "spf pass",
                             "spf fail",
                             "spf none",
                             "spf softfail",
                             "spf permerror",
                             "spf temperror",
                             "notice failed",
                             "notice delayed",
                             "dns error",
                             "asked referral",
                             "asked timed-out",
                             "asked truncated",
                             "asked on-behalf",
                             "asked server-failed",
                             "mailbox full",
                             "mailbox removed",
                             "discarded",
                             "tls secured",
                             "tls failed",
                             "too many hops",
                             "a long chain"})
        EXPECT_GT(seen[what], 0u) << what << " never happened";
}

TEST(Providers, TheFoldIsTheWorld) {
    for (std::uint64_t seed = 50'000; seed < 50'000 + sweep(20); ++seed) {
        Simulation simulation(randomProviders(seed));
        trace::View folded = trace::initialView(simulation.recording());
        for (bool over = false; !over;) {
            over = simulation.advance(5 + seed % 97);
            const trace::Recording& recording = simulation.recording();
            for (; folded.events < recording.size();) {
                const trace::EventId id{folded.events};
                trace::apply(folded, id, recording.event(id), recording);
            }
            ASSERT_EQ(trace::difference(folded, simulation.snapshot(), recording).value_or(""), "") << "seed " << seed << ", after " << recording.size() << " events";
        }
    }
}

TEST(Providers, NoPacketVanishes) {
    for (std::uint64_t seed = 60'000; seed < 60'000 + sweep(20); ++seed) {
        const trace::Recording recording = simulate(randomProviders(seed));
        trace::ViewIndex index(recording);
        std::uint64_t carried = 0;
        for (const auto& link : index.at(recording.size()).links)
            for (const trace::LinkEndView& end : link->ends) carried += end.packets.size();
        ASSERT_EQ(PacketLedger(recording).balance(carried), "") << "seed " << seed;
    }
}

TEST(Providers, TwoRunsGiveTheSameHash) {
    for (std::uint64_t seed = 70'000; seed < 70'000 + sweep(8); ++seed) {
        const scenario::Scenario scenario = randomProviders(seed);
        Simulation one(scenario), two(scenario, {.sink = trace::Sink::hash});
        while (!one.advance(100)) {}
        while (!two.advance(1000)) {}
        ASSERT_EQ(one.traceHash(), two.traceHash()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace mailtrek::run::test
