// SPDX-License-Identifier: GPL-3.0-or-later
// A router whose memory swaps words: the letter arrives damaged, every checksum on the way fits, and only the recording knows.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/run/outcome.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

trace::Recording through(const std::string& router) {
    return simulate(scenarioOf(fmt::format(R"(mailtrek: 1
nodes:
  pc:    {{ kind: pc, user: ana@norte.example }}
  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }} }}
  r1:    {{ kind: router{} }}
  sur:   {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }} }}
links: [ {{ between: [pc, norte] }}, {{ between: [norte, r1] }}, {{ between: [r1, sur] }} ]
timeline:
  - {{ at: 0 s, send: {{ id: carta, from: ana@norte.example, to: [luis@sur.example], text: hola, attach: [ {{ name: f.bin, size: 20 kB }} ] }} }}
)",
                                           router)));
}

std::string storedIn(const trace::Recording& recording) {
    const auto stored = eventsOf<trace::MailStored>(recording);
    return stored.empty() ? std::string() : std::string(recording.store().message(stored[0].second.message).text());
}

TEST(MemoryFault, PassesEveryChecksum) {
    const trace::Recording sound = through(""), damaged = through(", corrupt: { words-swapped: 3 }");
    std::string before = storedIn(sound), after = storedIn(damaged);
    ASSERT_EQ(before.size(), after.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < before.size(); ++i) different += before[i] != after[i] ? 1 : 0;
    EXPECT_GT(different, 0u);
    EXPECT_LE(different, 3u * 4) << "two words of two octets in each of three packets";
    std::ranges::sort(before);
    std::ranges::sort(after);
    EXPECT_EQ(before, after) << "nothing is lost, only out of place";
    EXPECT_TRUE(eventsOf<trace::PacketDropped>(damaged).empty());
    const auto faults = eventsOf<trace::PacketCorrupted>(damaged);
    ASSERT_EQ(faults.size(), 3u);
    for (const auto& [id, fault] : faults) {
        EXPECT_EQ(damaged.event(id).node, NodeId{2});
        EXPECT_FALSE(fault.via.valid());
        const std::string octets = wire::serialize(damaged.store().packet(fault.damaged).packet);
        EXPECT_EQ(wire::parse({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}).damage, wire::Damage::none);
    }
}

}  // namespace
}  // namespace mailtrek::run::test
