// SPDX-License-Identifier: GPL-3.0-or-later
// ping and traceroute as entries of the timeline: what they find, what they say, and that a run waits for them.
#include <gmock/gmock.h>

#include "sim/narrate/narrate.h"
#include "sim/trace/journey.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// pc -- r1 -- r2 -- sur, 10 ms each, no letters.
trace::Recording probing(const std::string& entries, const std::string& r2 = "", const std::string& links = "") {
    return simulate(scenarioOf(fmt::format(R"(mailtrek: 1
nodes:
  pc:  {{ kind: pc }}
  r1:  {{ kind: router }}
  r2:  {{ kind: router{} }}
  sur: {{ kind: mail-server, domains: [sur.example] }}
links:
  - {{ name: a, between: [pc, r1], delay: 10 ms, rate: 1000 Mbit/s }}
  - {{ name: b, between: [r1, r2], delay: 10 ms, rate: 1000 Mbit/s{} }}
  - {{ name: c, between: [r2, sur], delay: 10 ms, rate: 1000 Mbit/s }}
timeline:
{})",
                                           r2, links, entries)));
}

template <class E>
std::vector<E> plain(const trace::Recording& recording) {
    std::vector<E> all;
    for (const auto& [id, e] : eventsOf<E>(recording)) all.push_back(e);
    return all;
}

std::string nameAt(const trace::Recording& recording, wire::Ipv4Prefix prefix) {
    for (const trace::CastNode& node : recording.cast().nodes)
        if (std::ranges::find(node.addresses, prefix.address) != node.addresses.end()) return node.name;
    return wire::toString(prefix.address);
}

TEST(Ping, MeasuresRoundTrips) {
    const trace::Recording recording = probing("  - { at: 1 s, ping: { from: pc, to: sur } }\n");
    const auto sent = eventsOf<trace::ProbeSent>(recording);
    ASSERT_THAT(sent, SizeIs(4));
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(recording.event(sent[i].first).at, kStart + 1s + i * 1s);
        EXPECT_EQ(sent[i].second.sequence, i + 1);
        EXPECT_EQ(sent[i].second.size, 84) << "56 octets of data, 8 of ICMP, 20 of IP";
    }
    const auto answers = plain<trace::ProbeAnswered>(recording);
    ASSERT_THAT(answers, SizeIs(4));
    for (const auto& answer : answers) {
        EXPECT_EQ(answer.reply, trace::ProbeReply::echo);
        EXPECT_EQ(nameAt(recording, answer.from), "sur");
        EXPECT_EQ(answer.roundTrip, 60ms + 6 * 672ns);
    }
    const auto ended = plain<trace::ProbeEnded>(recording);
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].sent, 4);
    EXPECT_EQ(ended[0].answered, 4);
    EXPECT_EQ(recording.end(), kStart + 4s + answers[0].roundTrip) << "the run waits for the last answer, and for no longer";
    const wire::Packet& answer = recording.store().packet(answers[0].packet).packet;
    const wire::Packet& request = recording.store().packet(sent[0].second.packet).packet;
    EXPECT_EQ(answer.icmp()->type, 0);
    EXPECT_EQ(answer.icmp()->rest, request.icmp()->rest) << "identifier and sequence number (RFC 792)";
    EXPECT_EQ(answer.payload, request.payload);
}

TEST(Ping, TellsOfSilence) {
    const trace::Recording recording = probing("  - { at: 1 s, ping: { from: pc, to: sur, count: 3, interval: 200 ms, timeout: 500 ms } }\n  - { at: 1300 ms, cut: c }\n");
    EXPECT_THAT(plain<trace::ProbeAnswered>(recording), SizeIs(3)) << "two echoes, and then the router that knows no way";
    const trace::Recording silent = probing("  - { at: 1 s, ping: { from: pc, to: sur, count: 3, interval: 200 ms, timeout: 500 ms } }\n", ", icmp: off", ", loss: 100 %");
    const auto lost = eventsOf<trace::ProbeLost>(silent);
    ASSERT_THAT(lost, SizeIs(3));
    EXPECT_EQ(silent.event(lost[0].first).at, kStart + 1500ms);
    EXPECT_EQ(silent.event(lost[2].first).at, kStart + 1900ms);
    EXPECT_EQ(plain<trace::ProbeEnded>(silent)[0].answered, 0);
}

TEST(Ping, HearsWhoSaysThatThereIsNoWay) {
    const trace::Recording recording =
        probing("  - { at: 0 s, cut: c }\n  - { at: 1 s, ping: { from: pc, to: sur, count: 1 } }\n  - { at: 2 s, ping: { from: r1, to: 10.200.0.1, count: 1 } }\n");
    const auto answers = plain<trace::ProbeAnswered>(recording);
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_TRUE(answers[0].reply == trace::ProbeReply::netUnreachable || answers[0].reply == trace::ProbeReply::hostUnreachable);
    EXPECT_THAT(plain<trace::ProbeLost>(recording), SizeIs(1)) << "r1 itself knows no way: nobody answers";
}

TEST(Ping, LargeOnesTravelInFragments) {
    const trace::Recording recording = probing("  - { at: 1 s, ping: { from: pc, to: sur, count: 1, size: 65507 B } }\n", "", ", mtu: 576 B");
    const auto answers = plain<trace::ProbeAnswered>(recording);
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_EQ(recording.store().packet(answers[0].packet).packet.payload.size(), 65507u);
    EXPECT_THAT(plain<trace::PacketReassembled>(recording), SizeIs(2)) << "at sur, and the answer at the pc";
}

TEST(Ping, FromARouterToItsNeighboursAndToItself) {
    const trace::Recording recording = probing(
        "  - { at: 1 s, ping: { from: r1, to: r2, count: 1 } }\n  - { at: 1 s, ping: { from: r2, to: r2, count: 1 } }\n  - { at: 1 s, ping: { from: sur, to: pc, count: 1 } }\n");
    EXPECT_THAT(plain<trace::ProbeAnswered>(recording), SizeIs(3));
    EXPECT_THAT(plain<trace::ProbeLost>(recording), IsEmpty());
}

TEST(Ping, EndsWithItsMachine) {
    const trace::Recording recording = probing(
        "  - { at: 1 s, ping: { from: pc, to: sur, count: 100 } }\n  - { at: 3500 ms, stop: pc }\n  - { at: 4 s, ping: { from: pc, to: sur } }\n  - { at: 9 s, start: pc }\n");
    EXPECT_THAT(plain<trace::ProbeSent>(recording), SizeIs(3));
    EXPECT_THAT(plain<trace::ProbeEnded>(recording), IsEmpty());
}

TEST(Traceroute, NamesEveryHop) {
    const trace::Recording recording = probing("  - { at: 1 s, traceroute: { from: pc, to: sur } }\n");
    std::vector<std::string> hops;
    std::vector<int> numbers;
    for (const auto& answer : plain<trace::ProbeAnswered>(recording)) {
        hops.push_back(nameAt(recording, answer.from));
        numbers.push_back(answer.ttl);
    }
    EXPECT_THAT(hops, ElementsAre("r1", "r2", "sur"));
    EXPECT_THAT(numbers, ElementsAre(1, 2, 3));
    EXPECT_EQ(plain<trace::ProbeAnswered>(recording).back().reply, trace::ProbeReply::portUnreachable);
    EXPECT_EQ(plain<trace::ProbeEnded>(recording)[0].hops, 3);
    EXPECT_GT(plain<trace::ProbeAnswered>(recording)[1].roundTrip, 40ms);
}

TEST(Traceroute, GoesOnBehindASilentRouter) {
    const trace::Recording recording = probing("  - { at: 1 s, traceroute: { from: pc, to: sur, count: 2, timeout: 300 ms } }\n", ", icmp: off");
    const auto lost = plain<trace::ProbeLost>(recording);
    ASSERT_THAT(lost, SizeIs(2));
    EXPECT_EQ(lost[0].ttl, 2);
    EXPECT_EQ(lost[0].waited, 300ms);
    EXPECT_THAT(plain<trace::ProbeAnswered>(recording), SizeIs(4));
    EXPECT_EQ(plain<trace::ProbeEnded>(recording)[0].hops, 3);
    EXPECT_EQ(plain<trace::ProbeEnded>(recording)[0].sent, 6);
}

TEST(Traceroute, StopsAtTheLastHopAllowedAndWhereNobodyKnowsTheWay) {
    const trace::Recording two = probing("  - { at: 1 s, traceroute: { from: pc, to: sur, max-hops: 2 } }\n");
    EXPECT_THAT(plain<trace::ProbeSent>(two), SizeIs(2));
    EXPECT_EQ(plain<trace::ProbeEnded>(two)[0].hops, 0);
    const trace::Recording blocked = probing("  - { at: 1 s, traceroute: { from: pc, to: 10.200.0.1 } }\n");
    EXPECT_THAT(plain<trace::ProbeSent>(blocked), SizeIs(1));
    EXPECT_EQ(plain<trace::ProbeAnswered>(blocked)[0].reply, trace::ProbeReply::netUnreachable);
}

TEST(Probes, AreStepsOfTheStory) {
    const trace::Recording recording = probing("  - { at: 1 s, ping: { from: pc, to: sur, count: 1 } }\n  - { at: 3 s, traceroute: { from: pc, to: sur } }\n", ", icmp: off");
    trace::Journey journey(recording, MailId{});
    journey.extend();
    std::vector<std::string> told;
    for (const trace::JourneyRow& row : journey.rows(trace::Level::story))
        if (!row.fold) told.push_back(narrate::sentence(recording, row.event, trace::Level::story, narrate::Language::en));
    ASSERT_THAT(told, SizeIs(7));
    EXPECT_EQ(told[0], "Sur answers pc after 60 ms.");
    EXPECT_EQ(told[1], "Echo requests from pc to sur: 1 sent, 1 answered.");
    EXPECT_TRUE(told[2].starts_with("Hop 1: r1 (10.")) << told[2];
    EXPECT_EQ(told[3], "TTL 0: r2 discards one piece without a word.");
    EXPECT_EQ(told[4], "Hop 2: silence for 2 s.");
    EXPECT_TRUE(told[5].ends_with("that is the destination.")) << told[5];
    EXPECT_EQ(told[6], "The way from pc to sur has 3 hops.");
}

}  // namespace
}  // namespace mailtrek::run::test
