// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs over switches: what is asked, learned and flooded, what a student sees of it, what a dissector reads, and that a change leaves the rest alone.
#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "sim/export/capture.h"
#include "sim/export/export.h"
#include "sim/narrate/narrate.h"
#include "sim/run/metrics.h"
#include "sim/trace/journey.h"
#include "tests/run/dissector.h"
#include "tests/run/packet_ledger.h"
#include "tests/run/random_run.h"
#include "tests/run/routing_kit.h"

namespace mailtrek::run::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using trace::DropReason;

// A school: three devices and a mail server on two switches, a router to the other provider, whose server stands behind a switch of its own.
std::string school(std::string_view timeline, std::string_view links = "", std::string_view uplink = "") {
    return fmt::format(R"(mailtrek: 1
nodes:
  ana-pc:  {{ kind: pc, user: ana@norte.example }}
  eva-pc:  {{ kind: pc, user: eva@norte.example }}
  luis-pc: {{ kind: pc, user: luis@sur.example }}
  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}}, eva: {{}} }} }}
  sur:   {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }} }}
  dns:   {{ kind: dns-server }}
  r1: {{ kind: router }}
  r2: {{ kind: router }}
  sw1: {{ kind: switch }}
  sw2: {{ kind: switch }}
  sw3: {{ kind: switch }}
links:
  - {{ between: [ana-pc, sw1] }}
  - {{ between: [eva-pc, sw2] }}
  - {{ between: [norte, sw1] }}
  - {{ name: trunk, between: [sw1, sw2] }}
  - {{ between: [r1, sw2] }}
  - {{ name: wan, between: [r1, r2], delay: 10 ms{} }}
  - {{ between: [r2, sw3] }}
  - {{ between: [sur, sw3] }}
  - {{ between: [dns, sw3] }}
  - {{ between: [luis-pc, sw3] }}
{}timeline:
{})",
                       uplink, links, timeline);
}

const char* const kLetter = "  - { at: 1 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], text: hola, attach: [ { name: f.bin, size: 60 kB } ] } }\n";

bool delivered(const trace::Recording& recording) { return !eventsOf<trace::MailStored>(recording).empty(); }

template <class E>
std::size_t count(const trace::Recording& recording) {
    return eventsOf<E>(recording).size();
}

std::vector<DropReason> drops(const trace::Recording& recording) {
    std::vector<DropReason> reasons;
    for (const auto& [id, drop] : eventsOf<trace::PacketDropped>(recording)) reasons.push_back(drop.reason);
    return reasons;
}

void expectBalance(const scenario::Scenario& scenario) {
    Simulation simulation(scenario);
    PacketLedger ledger(simulation.recording());
    const auto carried = [&] {
        std::uint64_t packets = 0;
        for (const auto& link : simulation.snapshot().links)
            for (const trace::LinkEndView& end : link->ends) packets += end.packets.size();
        return packets;
    };
    trace::ViewIndex views(simulation.recording());
    for (bool over = false; !over;) {
        over = simulation.advance(53);
        ASSERT_EQ(ledger.balance(carried()), "");
        const auto different = trace::difference(views.at(simulation.recording().size()), simulation.snapshot(), simulation.recording());
        ASSERT_FALSE(different) << *different;
    }
}

TEST(SwitchRun, ALetterCrossesTwoSegments) {
    const scenario::Scenario scenario = scenarioOf(school(kLetter));
    const trace::Recording recording = simulate(scenario);
    EXPECT_TRUE(delivered(recording));
    EXPECT_THAT(drops(recording), IsEmpty()) << "nobody gets a frame that is not for him but broadcasts";
    std::set<std::pair<NodeId, std::uint32_t>> asked;
    for (const auto& [id, ask] : eventsOf<trace::ArpAsked>(recording)) {
        if (ask.poll) continue;
        EXPECT_TRUE(asked.emplace(recording.event(id).node, ask.target.address.value).second) << "asked twice without need";
        EXPECT_TRUE(recording.event(id).cause.valid()) << "somebody wanted to send";
    }
    EXPECT_EQ(asked.size(), 4u) << "ana norte, norte r1, r2 the dns, r2 sur: who is asked knows who asked";
    expectBalance(scenario);
}

TEST(SwitchRun, IsToldAtTheIpLevelOnly) {
    const trace::Recording recording = simulate(scenarioOf(school(kLetter)));
    std::size_t told = 0;
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::EventId id{i};
        const trace::Payload& payload = recording.event(id).payload;
        const bool ours = std::holds_alternative<trace::ArpAsked>(payload) || std::holds_alternative<trace::ArpAnswered>(payload) ||
                          std::holds_alternative<trace::ArpLearned>(payload) || std::holds_alternative<trace::PacketWaits>(payload) ||
                          std::holds_alternative<trace::StationLearned>(payload) || std::holds_alternative<trace::FrameFlooded>(payload);
        if (!ours) continue;
        ++told;
        EXPECT_EQ(trace::stepLevel(recording, id), trace::Level::ip);
        for (const auto language : {narrate::Language::en, narrate::Language::es}) {
            const std::string sentence = narrate::sentence(recording, id, trace::Level::ip, language);
            EXPECT_LE(std::ranges::count(sentence, ' ') + 1, 18) << sentence;
            EXPECT_EQ(sentence.find('{'), std::string::npos) << sentence;
        }
    }
    EXPECT_GT(told, 20u);
}

TEST(SwitchRun, LinksWithoutASwitchStayRaw) {
    const trace::Recording recording = simulate(scenarioOf(school(kLetter)));
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording)) {
        const bool wan = recording.cast().links[sent.via.link().index()].name == "wan";
        EXPECT_EQ(sent.frame.valid(), !wan);
        if (wan) { EXPECT_EQ(recording.store().packet(sent.packet).packet.arp(), nullptr); }
    }
}

TEST(SwitchRun, MetricsOfIpLeaveArpOut) {
    const trace::Recording recording = simulate(scenarioOf(school(kLetter)));
    MetricCounter counter(&recording.store());
    MetricValue hops = 0, onLinks = 0;
    std::set<PacketId> packets;
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Event& event = recording.event({i});
        counter.onEvent({i}, event);
        const auto arp = [&](PacketId id) { return recording.store().packet(id).packet.arp() != nullptr; };
        if (const auto* delivered = std::get_if<trace::PacketDelivered>(&event.payload)) hops += arp(delivered->packet) ? 0 : 1;
        if (const auto* sent = std::get_if<trace::PacketSent>(&event.payload)) {
            ++onLinks;
            if (!arp(sent->packet)) packets.insert(sent->packet);
        }
    }
    EXPECT_EQ(counter.value(Metric::ipHops), hops);
    EXPECT_EQ(counter.value(Metric::ipPackets), static_cast<MetricValue>(packets.size())) << "nothing was flooded but ARP";
    EXPECT_EQ(counter.value(Metric::linkPackets), onLinks);
    EXPECT_GT(onLinks, hops);
}

TEST(SwitchRun, ALoopIsBlockedAndTakesOverWhenTheTrunkFails) {
    const std::string loop = "  - { name: spare, between: [sw2, sw1], cost: 2 }\n";
    const std::string cut = "  - { at: 1030 ms, cut: trunk }\n  - { at: 20 s, restore: trunk }\n";
    const scenario::Scenario scenario = scenarioOf(school(std::string(kLetter) + cut, loop));
    const trace::Recording recording = simulate(scenario);
    EXPECT_TRUE(delivered(recording));
    const auto ports = eventsOf<trace::PortChanged>(recording);
    ASSERT_GE(ports.size(), 2u);
    EXPECT_TRUE(ports[0].second.blocked);
    EXPECT_EQ(recording.event(ports[0].first).at, kStart);
    EXPECT_EQ(recording.event(ports[0].first).node, nodeNamed(recording, "sw2")) << "the first switch of the file is the root";
    EXPECT_FALSE(ports[1].second.blocked);
    EXPECT_TRUE(std::holds_alternative<trace::LinkChanged>(recording.event(recording.event(ports[1].first).cause).payload)) << "because the trunk was cut";
    expectBalance(scenario);
}

TEST(SwitchRun, ADeadSwitchIsSilentAndComesBack) {
    const scenario::Scenario scenario = scenarioOf(school(std::string(kLetter) + "  - { at: 1020 ms, stop: sw2 }\n  - { at: 8 s, start: sw2 }\n"));
    const trace::Recording recording = simulate(scenario);
    EXPECT_TRUE(delivered(recording));
    EXPECT_THAT(drops(recording), testing::Contains(DropReason::nodeDown));
    expectBalance(scenario);
}

TEST(SwitchRun, ARouterTellsThatAHostIsGone) {
    const trace::Recording recording =
        simulate(scenarioOf(school("  - { at: 1 s, stop: luis-pc }\n  - { at: 2 s, ping: { from: ana-pc, to: luis-pc, count: 1, timeout: 5 s } }\n")));
    const auto answers = eventsOf<trace::ProbeAnswered>(recording);
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_EQ(answers[0].second.reply, trace::ProbeReply::hostUnreachable);
    bool failed = false;
    for (const auto& [id, gaveUp] : eventsOf<trace::ArpFailed>(recording)) failed = failed || recording.event(id).node == nodeNamed(recording, "r2");
    EXPECT_TRUE(failed);
}

TEST(SwitchRun, AgeingKeepsNoRunAlive) {
    Simulation simulation(scenarioOf(school(kLetter)));
    while (!simulation.advance(100'000)) {}
    EXPECT_LT(simulation.now(), kStart + std::chrono::minutes{3});
}

// One packet taken out on the far side: what was sent before it, and the luck of every packet that both runs send, stay as they are.
TEST(SwitchRun, WhatIfIsHonest) {
    const std::string noisy = ", loss: 3 %, duplicate: 2 %";
    const trace::Recording before = simulate(scenarioOf(school(kLetter, "", noisy)));
    const trace::Recording after = simulate(scenarioOf(school(std::string(kLetter) + "  - { at: 1 s, lose: { link: wan, towards: r2, data-segment: 9 } }\n", "", noisy)));
    const auto fates = [](const trace::Recording& recording) {  // of ARP packets and first transmissions, by link and octets
        std::map<std::pair<std::uint32_t, std::string>, std::string> fate;
        std::map<PacketId, std::pair<std::uint32_t, std::string>> keys;
        for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording)) {
            wire::Packet packet = recording.store().packet(sent.packet).packet;
            packet.ip.ttl = sent.ttl;
            const std::pair key{sent.via.value, wire::serialize(packet)};
            if (fate.contains(key)) continue;
            fate[key] = "arrives";
            keys[sent.packet] = key;
        }
        for (const auto& [id, drop] : eventsOf<trace::PacketDropped>(recording))
            if (drop.onLink && drop.reason == DropReason::noise && keys.contains(drop.packet) && keys[drop.packet].first == drop.via.value) fate[keys[drop.packet]] = "lost";
        return fate;
    };
    const auto was = fates(before), is = fates(after);
    std::size_t compared = 0, lost = 0;
    for (const auto& [key, fate] : was) {
        const auto same = is.find(key);
        if (same == is.end()) continue;
        EXPECT_EQ(same->second, fate);
        ++compared;
        lost += fate == "lost" ? 1 : 0;
    }
    EXPECT_GT(compared, 100u);
    EXPECT_GT(lost, 0u);
}

TEST(SwitchRun, TsharkReadsFramesAndArp) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const trace::Recording recording = simulate(scenarioOf(school(kLetter)));
    const std::filesystem::path file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-switch-{}.pcapng", getpid());
    ASSERT_FALSE(exporting::exportTo(file, recording, exporting::AtNode{nodeNamed(recording, "r1")}));
    const std::string out = outputOf(fmt::format(
        "tshark -r {} -n -T fields -E separator='|' -E occurrence=f -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -e frame.interface_id "
        "-e frame.protocols -e eth.src -e eth.dst -e arp.opcode -e arp.src.proto_ipv4 -e arp.dst.proto_ipv4 -e _ws.malformed -e ip.checksum.status -e tcp.checksum.status "
        "-e frame.len -e arp.duplicate-address-detected 2>/dev/null",
        file.string()));
    std::filesystem::remove(file);
    std::istringstream in(out);
    std::set<std::string> interfaces;
    std::size_t arp = 0, framed = 0, raw = 0, rows = 0;
    for (std::string line; std::getline(in, line); ++rows) {
        std::vector<std::string> row(1);
        for (const char c : line) c == '|' ? row.emplace_back() : row.back() += std::string(1, c);
        ASSERT_EQ(row.size(), 12u) << line;
        interfaces.insert(row[0]);
        EXPECT_EQ(row[7], "") << "malformed: " << line;
        EXPECT_TRUE(row[8].empty() || row[8] == "1") << line;
        EXPECT_TRUE(row[9].empty() || row[9] == "1") << line;
        EXPECT_EQ(row[11], "") << "two stations with one address: " << line;
        if (row[1].starts_with("eth")) {
            ++framed;
            EXPECT_FALSE(row[2].empty() || row[3].empty());
            EXPECT_GE(std::stoul(row[10]), 60u);
        } else {
            ++raw;
            EXPECT_TRUE(row[1].starts_with("raw:ip")) << row[1];
        }
        if (row[4].empty()) continue;
        ++arp;
        EXPECT_EQ(row[3] == "ff:ff:ff:ff:ff:ff", row[4] == "1") << "first questions go to all, answers to the one who asked: " << line;
        EXPECT_FALSE(row[5].empty() || row[6].empty());
    }
    EXPECT_EQ(interfaces, (std::set<std::string>{"0", "1"})) << "one of each kind";
    EXPECT_GT(arp, 1u);
    EXPECT_GT(framed, 50u);
    EXPECT_GT(raw, 50u);
}

}  // namespace
}  // namespace mailtrek::run::test
