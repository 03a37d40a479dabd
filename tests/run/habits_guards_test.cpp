// SPDX-License-Identifier: GPL-3.0-or-later
// The guards for runs in which devices look for mail by themselves and phones have two networks, one of which comes and goes: random scenarios.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "sim/kernel/dice.h"
#include "tests/run/custody.h"
#include "tests/run/packet_ledger.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

class Habits {
public:
    explicit Habits(std::uint64_t seed) : m_seed(seed) {}

    std::string text() {
        std::istringstream in(mailtrek::test::RandomScenario(m_seed).text());
        std::string out;
        for (std::string line; std::getline(in, line);) out += changed(line) + "\n";
        return out + cuts();
    }

private:
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::dnsId, m_drawn++), bound); }
    const char* oneOf(std::initializer_list<const char*> choices) { return choices.begin()[pick(choices.size())]; }

    std::string changed(std::string line) {
        if (line.find("kind: router") != std::string::npos && m_router.empty()) m_router = line.substr(2, line.find(':') - 2);
        for (const std::string device : {"kind: pc", "kind: phone"}) {
            const std::size_t place = line.find(device);
            if (place == std::string::npos) continue;
            const std::size_t end = line.find("}", place);
            if (line.find("reads-with: webmail", place) < end) continue;  // a browser looks at nothing by itself
            const bool pop3 = line.find("reads-with: pop3", place) < end;
            line.insert(place + device.size(),
                        pop3 ? oneOf({"", ", checks: every 10 s", ", checks: every 10 min"}) : oneOf({"", ", checks: idle", ", checks: idle", ", checks: every 90 s"}));
        }
        if (const std::size_t phone = line.find("between: [f"); phone != std::string::npos && pick(3) > 0) {
            const std::string name = line.substr(phone + 10, line.find(',', phone) - phone - 10), server = "s" + name.substr(1);
            const std::string first = line.substr(line.find("name: ") + 6, line.find(',') - line.find("name: ") - 6), second = "g" + name.substr(1);
            m_networks.insert(m_networks.end(), {first, first, second});
            const bool direct = m_router.empty() || pick(3) == 0;
            const std::uint64_t delay = pick(80);
            line += fmt::format("\n  - {{ name: {}, between: [{}, {}], delay: {} ms }}", second, name, direct ? server : m_router, delay);
        }
        return line;
    }

    std::string cuts() {
        std::string out;
        for (std::uint64_t n = m_networks.empty() ? 0 : 1 + pick(4); n > 0; --n) {
            const std::string& link = m_networks[pick(m_networks.size())];
            const std::uint64_t at = pick(pick(2) == 0 ? 6000 : 4'000'000);
            out += fmt::format("  - {{ at: {} ms, cut: {} }}\n", at, link);
            if (pick(4) > 0) out += fmt::format("  - {{ at: {} ms, restore: {} }}\n", at + 1 + pick(pick(2) == 0 ? 5000 : 3'000'000), link);
        }
        return out;
    }

    std::uint64_t m_seed, m_drawn = 0;
    std::string m_router;                 // the first
    std::vector<std::string> m_networks;  // links of phones that have two
};

scenario::Scenario habits(std::uint64_t seed) {
    const std::string text = Habits(seed).text();
    try {
        return scenarioOf(text);
    } catch (const std::runtime_error& problem) { throw std::runtime_error(fmt::format("seed {}: {}\n{}", seed, problem.what(), text)); }
}

TEST(HabitsGuards, TheFoldIsTheWorld) {
    for (std::uint64_t seed = 0; seed < sweep(60); ++seed) {
        const scenario::Scenario scenario = habits(seed);
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

TEST(HabitsGuards, NoLetterAndNoPacketIsLost) {
    std::size_t moves = 0, news = 0, lost = 0;
    for (std::uint64_t seed = 1000; seed < 1000 + sweep(60); ++seed) {
        const scenario::Scenario scenario = habits(seed);
        const trace::Recording recording = simulate(scenario);
        ASSERT_EQ(Custody(recording, scenario).check(), "") << "seed " << seed;
        trace::ViewIndex index(recording);
        std::uint64_t carried = 0;
        for (const auto& link : index.at(recording.size()).links)
            for (const trace::LinkEndView& end : link->ends) carried += end.packets.size();
        ASSERT_EQ(PacketLedger(recording).balance(carried), "") << "seed " << seed;
        moves += eventsOf<trace::DeviceMoved>(recording).size();
        news += eventsOf<trace::MailKnown>(recording).size();
        for (const auto& [id, e] : eventsOf<trace::ConnectionEnded>(recording)) lost += e.reason == trace::CloseReason::networkLost ? 1 : 0;
    }
    EXPECT_GT(moves, 0u) << "the scenarios do what they are for";
    EXPECT_GT(news, 0u);
    EXPECT_GT(lost, 0u);
}

// Of a connection that is gone with its network, nothing is ever said again; and every packet leaves over the link whose address it has.
TEST(HabitsGuards, NothingComesFromAnAddressOfAnotherNetwork) {
    std::size_t twoNetworks = 0;  // runs in which somebody used more than one
    for (std::uint64_t seed = 3000; seed < 3000 + sweep(60); ++seed) {
        const scenario::Scenario scenario = habits(seed);
        const trace::Recording recording = simulate(scenario);
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> addressOn;  // of a device on a link, by its first packet there
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> linkOf;     // of a device with an address
        std::map<std::uint32_t, std::size_t> networks;                               // of a device
        for (const auto& [id, e] : eventsOf<trace::PacketSent>(recording)) {
            const NodeId node = recording.event(id).node;
            const wire::Packet& packet = recording.store().packet(e.packet).packet;
            if (!scenario::isDevice(scenario.nodes[node.index()].kind) || packet.arp() != nullptr) continue;
            const auto [known, isNew] = addressOn.try_emplace({node.value, e.via.link().value}, packet.ip.source.value);
            ASSERT_EQ(known->second, packet.ip.source.value) << "seed " << seed << ", event " << id.value;
            const auto [link, first] = linkOf.try_emplace({node.value, packet.ip.source.value}, e.via.link().value);
            ASSERT_EQ(link->second, e.via.link().value) << "seed " << seed << ", event " << id.value << ": it left by another network";
            networks[node.value] += first ? 1 : 0;
        }
        twoNetworks += std::ranges::any_of(networks, [](const auto& device) { return device.second > 1; }) ? 1 : 0;
    }
    EXPECT_GT(twoNetworks, 0u);
}

TEST(HabitsGuards, TheSameRunTwice) {
    for (std::uint64_t seed = 5000; seed < 5000 + sweep(20); ++seed) {
        std::uint64_t hashes[2];
        for (std::uint64_t& hash : hashes) {
            Simulation simulation(habits(seed), {.sink = trace::Sink::hash});
            while (!simulation.advance(1000 + seed)) {}
            hash = simulation.traceHash();
        }
        ASSERT_EQ(hashes[0], hashes[1]) << seed;
    }
}

}  // namespace
}  // namespace mailtrek::run::test
