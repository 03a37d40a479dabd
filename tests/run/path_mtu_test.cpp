// SPDX-License-Identifier: GPL-3.0-or-later
// Path MTU discovery as a scenario sees it (RFC 1191), and what a black hole does to it.
#include <gmock/gmock.h>

#include "sim/run/outcome.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// norte -- r1 -- r2 -- sur; the link in the middle takes 576 octets. A letter with 100 kB.
struct Narrow {
    std::string r1 = "";        // more keys of r1
    std::string sur = "";       // of the link to sur
    std::string timeline = "";  // more entries
    std::string middle = "mtu: 576 B";

    std::string text() const {
        return fmt::format(R"(mailtrek: 1
nodes:
  ana-pc: {{ kind: pc, user: ana@norte.example }}
  norte:  {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }} }}
  r1:     {{ kind: router{} }}
  r2:     {{ kind: router }}
  sur:    {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }} }}
links:
  - {{ between: [ana-pc, norte] }}
  - {{ between: [norte, r1] }}
  - {{ name: middle, between: [r1, r2], delay: 20 ms, {} }}
  - {{ between: [r2, sur]{} }}
timeline:
  - {{ at: 0 s, send: {{ id: carta, from: ana@norte.example, to: [luis@sur.example], text: hola, attach: [ {{ name: f.bin, size: 100 kB }} ] }} }}
{})",
                           r1, middle, sur, timeline);
    }
    trace::Recording run() const { return simulate(scenarioOf(text())); }
};

constexpr NodeId kNorte{1};

std::size_t timeouts(const trace::Recording& recording) {
    std::size_t count = 0;
    for (const auto& [id, timer] : eventsOf<trace::TimerExpired>(recording)) count += timer.timer == trace::TcpTimer::retransmission ? 1 : 0;
    return count;
}
std::vector<std::uint32_t> mtusOf(const trace::Recording& recording, NodeId node) {
    std::vector<std::uint32_t> mtus;
    for (const auto& [id, change] : eventsOf<trace::PathMtuChanged>(recording))
        if (recording.event(id).node == node) mtus.push_back(change.mtu);
    return mtus;
}
Instant storedAt(const trace::Recording& recording, std::size_t nth = 0) {
    const auto stored = eventsOf<trace::MailStored>(recording);
    return stored.size() > nth ? recording.event(stored[nth].first).at : kNever;
}

TEST(PathMtu, IsFoundAndObeyed) {
    const trace::Recording recording = Narrow{}.run();
    EXPECT_LT(storedAt(recording), kStart + 3s);
    EXPECT_THAT(mtusOf(recording, kNorte), ElementsAre(576));
    EXPECT_EQ(timeouts(recording), 0u) << "sent again at once";
    std::uint64_t changed = eventsOf<trace::PathMtuChanged>(recording)[0].first.value;
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording)) {
        const wire::Packet& packet = recording.store().packet(sent.packet).packet;
        if (packet.tcp() != nullptr) { ASSERT_TRUE(packet.ip.dontFragment) << "RFC 1191 3"; }
        const bool fromNorte = recording.event(id).node == kNorte && sent.via.link() == LinkId{1};
        if (fromNorte && id.value > changed) { ASSERT_LE(sent.size, 576) << "RFC 1191 6.2"; }
    }
    for (const auto& [id, window] : eventsOf<trace::WindowChanged>(recording)) EXPECT_NE(window.reason, trace::WindowReason::fastRetransmit) << "RFC 1191 6.4: no congestion";
    bool again = false;
    for (const auto& [id, resent] : eventsOf<trace::SegmentRetransmitted>(recording)) {
        if (resent.reason != trace::RetransmitReason::pathMtu) continue;
        again = true;
        bool error = false;  // why: the ICMP error, and behind it the packet that was dropped
        for (trace::EventId why = recording.event(id).cause; why.valid(); why = recording.event(why).cause)
            error |= std::holds_alternative<trace::IcmpReceived>(recording.event(why).payload);
        EXPECT_TRUE(error);
    }
    EXPECT_TRUE(again);
}

TEST(PathMtu, OldRoutersAreServedByPlateaus) {
    const trace::Recording recording = Narrow{.r1 = ", icmp: old-style"}.run();
    EXPECT_LT(storedAt(recording), kStart + 4s);
    EXPECT_THAT(mtusOf(recording, kNorte), ElementsAre(1492, 1006, 508));
    EXPECT_EQ(timeouts(recording), 0u);
}

TEST(PathMtu, ABlackHoleStallsTheConnection) {
    const trace::Recording recording = simulate([] {
        scenario::Scenario scenario = scenarioOf(Narrow{.r1 = ", icmp: off"}.text());
        scenario.until = kStart + 20min;
        return scenario;
    }());
    EXPECT_EQ(storedAt(recording), kNever);
    EXPECT_GT(timeouts(recording), 5u);
    EXPECT_THAT(mtusOf(recording, kNorte), IsEmpty());
    const auto established = eventsOf<trace::SmtpReply>(recording);
    EXPECT_THAT(established, testing::Contains(testing::Field(&std::pair<trace::EventId, trace::SmtpReply>::second, testing::Field(&trace::SmtpReply::code, 354))))
        << "what is small gets through: the dialogue stands, the content does not";
}

TEST(PathMtu, ABlackHoleDoesNotMatterToWhoSendsLittle) {
    const trace::Recording recording = Narrow{.r1 = ", icmp: off", .sur = ", mtu: 576 B"}.run();  // sur announces an MSS of 536
    EXPECT_LT(storedAt(recording), kStart + 3s);
    EXPECT_EQ(timeouts(recording), 0u);
}

TEST(PathMtu, LargerPacketsAreTriedAfterTenMinutes) {
    const std::string later = R"(  - { at: 5 min, set: { link: middle, mtu: 1500 B } }
  - { at: 6 min, send: { id: segunda, from: ana@norte.example, to: [luis@sur.example], text: hola, attach: [ { name: f.bin, size: 20 kB } ] } }
  - { at: 11 min, send: { id: tercera, from: ana@norte.example, to: [luis@sur.example], text: hola, attach: [ { name: f.bin, size: 20 kB } ] } }
)";
    const trace::Recording recording = Narrow{.timeline = later}.run();
    const auto changes = eventsOf<trace::PathMtuChanged>(recording);
    ASSERT_THAT(changes, SizeIs(2));
    EXPECT_EQ(changes[1].second.reason, trace::MtuReason::raised);
    EXPECT_EQ(changes[1].second.mtu, 1500u);
    EXPECT_EQ(recording.event(changes[1].first).at - recording.event(changes[0].first).at, 10min);
    std::uint16_t second = 0, third = 0;
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording)) {
        if (sent.via != trace::LinkEnd::of(LinkId{1}, 0)) continue;
        const Instant at = recording.event(id).at;
        std::uint16_t& largest = at < kStart + 8min ? second : third;
        if (at > kStart + 5min) largest = std::max(largest, sent.size);
    }
    EXPECT_EQ(second, 576);
    EXPECT_EQ(third, 1500);
    EXPECT_LT(storedAt(recording, 2), kStart + 11min + 2s);
}

TEST(PathMtu, MayGrowNarrowerWhileALetterIsUnderWay) {
    const trace::Recording recording = Narrow{.timeline = "  - { at: 250 ms, set: { link: middle, mtu: 400 B } }\n", .middle = "mtu: 1500 B, rate: 5 Mbit/s"}.run();
    EXPECT_LT(storedAt(recording), kStart + 4s);
    EXPECT_THAT(mtusOf(recording, kNorte), ElementsAre(400));
}

// From 68 octets to 64 KiB every MTU carries a letter.
TEST(PathMtu, EveryMtuCarriesLetters) {
    for (const char* mtu : {"68 B", "69 B", "100 B", "296 B", "1501 B", "9000 B", "64 KiB"}) {
        std::string text = Narrow{.middle = fmt::format("mtu: {}", mtu)}.text();
        text.insert(text.find("nodes:"), "defaults: { link: { queue: 1000 packets } }\n");  // room for 3 kB in pieces of 16 octets
        text.replace(text.find("100 kB"), 6, "3 kB");
        const trace::Recording recording = simulate(scenarioOf(text));
        EXPECT_LT(storedAt(recording), kStart + 10s) << mtu;
        EXPECT_EQ(timeouts(recording), 0u) << mtu;
    }
}

TEST(PathMtu, JumboLinksCarryJumboSegments) {
    const std::string jumbo = R"(mailtrek: 1
defaults: { link: { mtu: 64 KiB } }
nodes:
  ana-pc: { kind: pc, user: ana@norte.example }
  norte:  { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }
links:
  - { between: [ana-pc, norte] }
timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [ana@norte.example], text: hola, attach: [ { name: f.bin, size: 300 kB } ] } }
)";
    const trace::Recording recording = simulate(scenarioOf(jumbo));
    std::uint16_t largest = 0;
    for (const auto& [id, sent] : eventsOf<trace::PacketSent>(recording)) largest = std::max(largest, sent.size);
    EXPECT_EQ(largest, 65535) << "the largest datagram there is";
    EXPECT_NE(storedAt(recording), kNever);
}

}  // namespace
}  // namespace mailtrek::run::test
