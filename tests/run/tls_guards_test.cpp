// SPDX-License-Identifier: GPL-3.0-or-later
// The guards for runs with TLS, taps and attackers: random scenarios whose servers offer or demand it, with certificates good and bad.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/run/custody.h"
#include "tests/run/packet_ledger.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

class Sealed {
public:
    explicit Sealed(std::uint64_t seed) : m_seed(seed) {}

    scenario::Scenario scenario() {
        std::istringstream in(mailtrek::test::RandomScenario(m_seed).text());
        std::string out;
        for (std::string line; std::getline(in, line);) out += changed(line) + "\n";
        return scenarioOf(out);
    }

private:
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::tls, m_drawn++), bound); }
    const char* oneOf(std::initializer_list<const char*> choices) { return choices.begin()[pick(choices.size())]; }

    std::string changed(std::string line) {
        const std::string kind = "kind: mail-server";
        if (const std::size_t place = line.find(kind); place != std::string::npos) {
            const std::string startTls = oneOf({"offer", "offer", "require", "off"});
            const std::size_t policy = line.find("policy: { ");
            if (policy != std::string::npos)
                line.insert(policy + 10, "starttls: " + startTls + ", ");
            else
                line.insert(place + kind.size(), ", policy: { starttls: " + startTls + " }");
            line.insert(place + kind.size(),
                        oneOf({"", "", ", tls: { expired: true }", ", tls: { self-signed: true }", ", tls: { unavailable: true }", ", tls: { name: x.example }"}));
        }
        for (const std::string device : {"kind: pc", "kind: phone"})
            if (const std::size_t place = line.find(device); place != std::string::npos)
                line.insert(place + device.size(), oneOf({"", "", ", tls: require", ", tls: implicit", ", tls: off"}));
        if (line.starts_with("  - { name: l")) line.insert(line.size() - 2, oneOf({"", ", tap: true", ", strip-starttls: true"}));
        return line;
    }

    std::uint64_t m_seed, m_drawn = 0;
};

TEST(TlsGuards, TheFoldIsTheWorld) {
    for (std::uint64_t seed = 0; seed < sweep(60); ++seed) {
        const scenario::Scenario scenario = Sealed(seed).scenario();
        Simulation simulation(scenario);
        trace::View folded = trace::initialView(simulation.recording());
        for (bool over = false; !over;) {
            over = simulation.advance(1 + seed % 17);
            const trace::Recording& recording = simulation.recording();
            for (; folded.events < recording.size();) {
                const trace::EventId id{folded.events};
                trace::apply(folded, id, recording.event(id), recording);
            }
            ASSERT_EQ(trace::difference(folded, simulation.snapshot(), recording).value_or(""), "") << "seed " << seed << ", after " << recording.size() << " events";
        }
    }
}

TEST(TlsGuards, NoLetterAndNoPacketIsLost) {
    for (std::uint64_t seed = 1000; seed < 1000 + sweep(120); ++seed) {
        const scenario::Scenario scenario = Sealed(seed).scenario();
        const trace::Recording recording = simulate(scenario);
        ASSERT_EQ(Custody(recording, scenario).check(), "") << "seed " << seed;
        trace::ViewIndex index(recording);
        std::uint64_t carried = 0;
        for (const auto& link : index.at(recording.size()).links)
            for (const trace::LinkEndView& end : link->ends) carried += end.packets.size();
        ASSERT_EQ(PacketLedger(recording).balance(carried), "") << "seed " << seed;
    }
}

TEST(TlsGuards, TwoRunsGiveTheSameHash) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const scenario::Scenario scenario = Sealed(seed).scenario();
        Simulation one(scenario), two(scenario);
        while (!one.advance(100)) {}
        while (!two.advance(1000)) {}
        ASSERT_EQ(one.traceHash(), two.traceHash()) << "seed " << seed;
    }
}

// The property would say little if nobody ever spoke TLS.
TEST(TlsGuards, RandomRunsSeeEveryKind) {
    std::map<trace::TlsVerdict, std::uint64_t> verdicts;
    std::map<trace::TapKind, std::uint64_t> heard;
    std::uint64_t failed = 0, altered = 0, sealedEnds = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const trace::Recording recording = simulate(Sealed(seed).scenario());
        for (const auto& [id, e] : eventsOf<trace::TlsSecured>(recording)) ++verdicts[e.verdict], ++sealedEnds;
        for (const auto& [id, e] : eventsOf<trace::TapHeard>(recording)) ++heard[e.kind];
        failed += eventsOf<trace::TlsFailed>(recording).size();
        altered += eventsOf<trace::PacketAltered>(recording).size();
    }
    for (const auto verdict : {trace::TlsVerdict::unchecked, trace::TlsVerdict::trusted, trace::TlsVerdict::expired, trace::TlsVerdict::wrongName, trace::TlsVerdict::selfSigned})
        EXPECT_GT(verdicts[verdict], 0u) << trace::name(verdict);
    for (const auto kind : {trace::TapKind::connection, trace::TapKind::line, trace::TapKind::password, trace::TapKind::letter, trace::TapKind::sealed, trace::TapKind::record})
        EXPECT_GT(heard[kind], 0u) << trace::name(kind);
    EXPECT_GT(failed, 0u);
    EXPECT_GT(altered, 0u);
    EXPECT_GT(sealedEnds, 100u);
}

}  // namespace
}  // namespace mailtrek::run::test
