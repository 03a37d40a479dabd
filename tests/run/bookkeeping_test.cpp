// SPDX-License-Identifier: GPL-3.0-or-later
// Guard 5: no packet vanishes and none comes of nothing, told from the recording alone.
#include <gtest/gtest.h>

#include "tests/run/packet_ledger.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

std::uint64_t carried(const trace::View& view) {
    std::uint64_t packets = 0;
    for (const auto& link : view.links)
        for (const trace::LinkEndView& end : link->ends) packets += end.packets.size();
    return packets;
}

// Over every link and direction: sent = delivered + lost on the way + still on it.
std::string linksBalance(const trace::Recording& recording, const trace::View& atEnd) {
    struct Books {
        std::uint64_t sent = 0, delivered = 0, lost = 0;
    };
    std::map<trace::LinkEnd, Books> books;
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Payload& payload = recording.event({i}).payload;
        if (const auto* e = std::get_if<trace::PacketSent>(&payload)) ++books[e->via].sent;
        if (const auto* e = std::get_if<trace::PacketDelivered>(&payload)) ++books[e->via].delivered;
        if (const auto* e = std::get_if<trace::PacketDropped>(&payload); e && e->onLink && e->queued) ++books[e->via].lost;
    }
    for (const auto& [end, book] : books) {
        const std::uint64_t left = atEnd.links[end.link().index()]->ends[static_cast<std::size_t>(end.direction())].packets.size();
        if (book.sent != book.delivered + book.lost + left)
            return fmt::format("{} direction {}: {} sent, {} delivered, {} lost, {} on it", recording.cast().links[end.link().index()].name, end.direction(), book.sent,
                               book.delivered, book.lost, left);
    }
    return {};
}

TEST(Bookkeeping, EveryPacketOfARunEndsSomewhere) {
    for (std::uint64_t seed = 0; seed < sweep(400); ++seed) {
        const trace::Recording recording = simulate(randomScenario(seed));
        trace::ViewIndex index(recording);
        const trace::View& end = index.at(recording.size());
        ASSERT_EQ(PacketLedger(recording).balance(carried(end)), "") << "seed " << seed;
        ASSERT_EQ(linksBalance(recording, end), "") << "seed " << seed;
    }
}

TEST(Bookkeeping, TheBooksBalanceWhileItRuns) {
    for (std::uint64_t seed = 400; seed < 400 + sweep(100); ++seed) {
        Simulation simulation(randomScenario(seed));
        PacketLedger ledger(simulation.recording());
        for (bool over = false; !over;) {
            over = simulation.advance(37);
            ASSERT_EQ(ledger.balance(carried(simulation.snapshot())), "") << "seed " << seed << " after " << simulation.recording().size() << " events";
        }
    }
}

// The property would say little if the random runs were tame.
TEST(Bookkeeping, RandomRunsSeeEveryKindOfTrouble) {
    std::map<trace::DropReason, std::uint64_t> drops;
    std::uint64_t copied = 0, damaged = 0, cut = 0, joined = 0, narrowed = 0, answered = 0, replanned = 0, flooded = 0, waited = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const trace::Recording recording = simulate(randomScenario(seed));
        for (const auto& [id, drop] : eventsOf<trace::PacketDropped>(recording)) ++drops[drop.reason];
        copied += eventsOf<trace::PacketDuplicated>(recording).size();
        damaged += eventsOf<trace::PacketCorrupted>(recording).size();
        cut += eventsOf<trace::PacketFragmented>(recording).size();
        joined += eventsOf<trace::PacketReassembled>(recording).size();
        narrowed += eventsOf<trace::PathMtuChanged>(recording).size();
        answered += eventsOf<trace::ProbeAnswered>(recording).size();
        flooded += eventsOf<trace::FrameFlooded>(recording).size();
        waited += eventsOf<trace::PacketWaits>(recording).size();
        replanned += eventsOf<trace::PacketReplanned>(recording).size();
    }
    using enum trace::DropReason;
    for (const trace::DropReason reason : {queueFull, red,      codel,   noise,      burst,   tooBig,      ttlExpired,  portClosed, reassembly,    rule,
                                           linkDown,  nodeDown, removed, ipChecksum, noRoute, tcpChecksum, udpChecksum, unresolved, frameChecksum, filtered})
        EXPECT_GT(drops[reason], 0u) << trace::name(reason);
    EXPECT_GT(copied, 0u);
    EXPECT_GT(damaged, 0u);
    EXPECT_GT(cut, 0u);
    EXPECT_GT(joined, 0u);
    EXPECT_GT(narrowed, 0u);
    EXPECT_GT(answered, 0u);
    EXPECT_GT(replanned, 0u);
    EXPECT_GT(flooded, 0u);
    EXPECT_GT(waited, 0u);
}

}  // namespace
}  // namespace mailtrek::run::test
