// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector on captures of random runs: nothing malformed and every checksum right but where a link or a router did damage; and what it takes for sent again, for
// a duplicate acknowledgment or a closed window in a capture at one host is what that host's TCP says it was. Every difference is explained, one by one, or the test fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/export/capture.h"
#include "tests/run/dissector.h"
#include "tests/run/random_providers.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

using exporting::Sighting;

// Packets that carry damage: what a link or a router spoiled, pieces of it, and what was joined from such pieces.
std::set<PacketId> damagedPackets(const trace::Recording& recording) {
    std::set<PacketId> damaged;
    std::set<std::uint16_t> datagrams;  // identifications, of what was joined
    const auto identification = [&](PacketId id) { return recording.store().packet(id).packet.ip.identification; };
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Payload& payload = recording.event({i}).payload;
        if (const auto* e = std::get_if<trace::PacketCorrupted>(&payload)) {
            damaged.insert(e->damaged);
            datagrams.insert(identification(e->damaged));
        } else if (const auto* copied = std::get_if<trace::PacketDuplicated>(&payload)) {
            if (damaged.contains(copied->packet)) damaged.insert(copied->copy);
        } else if (const auto* flooded = std::get_if<trace::FrameFlooded>(&payload)) {
            for (std::uint32_t copy = 0; damaged.contains(flooded->packet) && copy < flooded->copies; ++copy) damaged.insert(PacketId{flooded->first.value + copy});
        } else if (const auto* cut = std::get_if<trace::PacketFragmented>(&payload)) {
            for (std::uint32_t piece = 0; damaged.contains(cut->packet) && piece < cut->pieces; ++piece) damaged.insert(PacketId{cut->first.value + piece});
        } else if (const auto* joined = std::get_if<trace::PacketReassembled>(&payload)) {
            if (datagrams.contains(identification(joined->packet))) damaged.insert(joined->packet);
        }
    }
    return damaged;
}

bool memoryErrs(const trace::Recording& recording) {
    const auto all = eventsOf<trace::PacketCorrupted>(recording);
    return std::ranges::any_of(all, [](const auto& e) { return !e.second.via.valid(); });
}

// The whole capture, packet by packet: a stream that is seen at several places, sound before a link that damages and spoiled behind it, cannot be put together.
void expectSound(const trace::Recording& recording, std::size_t& packets) {
    const std::vector<Sighting> seen = exporting::sightings(recording, {});
    const auto rows = dissected(
        recording, {}, {"ip.proto", "_ws.malformed", "ip.checksum.status", "icmp.checksum.status", "tcp.checksum.status", "udp.checksum.status", "ip.flags.mf", "ip.frag_offset"},
        false);
    ASSERT_EQ(rows.size(), seen.size());
    const std::set<PacketId> damaged = damagedPackets(recording);
    const bool streamsToo = !memoryErrs(recording);  // words that change places unseen make a dialogue that no dissector understands, from there on
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (damaged.contains(seen[i].packet)) continue;
        const auto& row = rows[i];
        const std::string where = fmt::format("frame {}", i + 1);
        if (streamsToo || row[0] != "6") { EXPECT_EQ(row[1], "") << where << " is malformed"; }
        if (recording.store().packet(seen[i].packet).packet.arp() != nullptr) continue;  // has no checksum
        EXPECT_EQ(row[2], "1") << where << ": the checksum of the IP header";
        if (row[6] == "1" || row[7] != "0") continue;  // a piece: its whole has a checksum
        const std::string& own = row[0] == "1" ? row[3] : row[0] == "6" ? row[4] : row[0] == "17" ? row[5] : "1";
        EXPECT_EQ(own, "1") << where << ": the checksum of protocol " << row[0];
        ++packets;
    }
}

// What one host's TCP did, packet by packet, with what it knew then.
struct HostTcp {
    struct Sent {
        trace::SegmentFacts facts;
        std::uint64_t order = 0;
        bool again = false;
        std::uint32_t end() const { return facts.sequence + facts.length; }
    };
    struct Received {
        trace::SegmentReceived facts;
        bool outstanding = false;  // something was, before it came
        bool news = false;  // it acknowledges more, or less, than what was acknowledged before, or was dropped (PAWS, outside the window) before its acknowledgment was looked at
        bool followsAnother = true;  // the segment before it on the same half had another acknowledgment or window, or one is missing between them: no duplicate to somebody who
                                     // only looks on
    };
    std::map<PacketId, Sent> sent;
    std::map<PacketId, Received> received;

    HostTcp(const trace::Recording& recording, NodeId node) {
        struct Half {
            std::uint32_t highest = 0, acknowledged = 0;
            std::uint32_t next = 0;  // behind all that the peer sent, as far as it was seen
            std::optional<std::pair<std::uint32_t, std::uint16_t>> last;
        };
        std::map<std::pair<ConnectionId, trace::Side>, Half> halves;
        const auto note = [&](const trace::SegmentFacts& facts, std::uint64_t order, bool again) {
            sent[facts.packet] = {facts, order, again};
            std::uint32_t& highest = halves[{facts.connection, facts.side}].highest;
            highest = std::max(highest, facts.sequence + facts.length + ((facts.flags & 3) != 0 ? 1u : 0u));
        };
        for (std::uint64_t i = 0; i < recording.size(); ++i) {
            const trace::Event& event = recording.event({i});
            if (event.node != node) continue;
            if (const auto* first = std::get_if<trace::SegmentSent>(&event.payload)) note(*first, i, false);
            if (const auto* again = std::get_if<trace::SegmentRetransmitted>(&event.payload)) note(*again, i, true);
            const auto* in = std::get_if<trace::SegmentReceived>(&event.payload);
            if (in == nullptr) continue;
            Half& half = halves[{in->connection, in->side}];
            const wire::TcpHeader& header = *recording.store().packet(in->packet).packet.tcp();
            const std::pair now{in->acknowledgment, header.window};
            const bool gap = static_cast<std::int32_t>(header.sequence - half.next) != 0;
            const bool dropped = in->arrival == trace::Arrival::oldTimestamp || in->arrival == trace::Arrival::outsideWindow;
            received[in->packet] = {*in, half.highest > half.acknowledged, in->acknowledgment != half.acknowledged || dropped, half.last != now || gap};
            const std::uint32_t end = header.sequence + in->length + (header.flags.syn || header.flags.fin ? 1u : 0u);
            if (half.next == 0 || static_cast<std::int32_t>(end - half.next) > 0) half.next = end;
            half.acknowledged = std::max(half.acknowledged, in->acknowledgment);
            half.last = now;
        }
    }
};

struct Agreement {
    std::size_t again = 0, duplicates = 0, closed = 0, refused = 0, overtaken = 0, idle = 0, unseen = 0, spoiled = 0;
};

NodeId busiest(const trace::Recording& recording) {
    std::map<NodeId, std::size_t> segments;
    for (const auto& [id, sent] : eventsOf<trace::SegmentSent>(recording)) ++segments[recording.event(id).node];
    const auto most = std::ranges::max_element(segments, {}, [](const auto& s) { return s.second; });
    return most == segments.end() ? NodeId{} : most->first;
}

void expectAgreement(const trace::Recording& recording, Agreement& all) {
    const NodeId node = busiest(recording);
    if (!node.valid()) return;
    const std::vector<Sighting> seen = exporting::sightings(recording, exporting::AtNode{node});
    const auto rows = dissected(
        recording, exporting::AtNode{node},
        {"tcp.analysis.retransmission", "tcp.analysis.out_of_order", "tcp.analysis.duplicate_ack", "tcp.analysis.zero_window", "tcp.stream", "tcp.analysis.keep_alive_ack"});
    ASSERT_EQ(rows.size(), seen.size());
    const HostTcp tcp(recording, node);
    std::map<std::pair<ConnectionId, trace::Side>, std::uint64_t> latest;  // of the segments seen already, when it was handed over
    std::map<std::pair<ConnectionId, trace::Side>, std::uint32_t> onLink;  // how far the octets have come that were seen
    std::map<ConnectionId, std::string> streams;
    std::set<std::string> spoiled;  // streams in which damage arrived: our TCP drops it, who looks on counts with what it says
    std::map<PacketId, PacketId> originals;
    for (const auto& [id, copied] : eventsOf<trace::PacketDuplicated>(recording)) originals[copied.copy] = copied.packet;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        const std::string where = fmt::format("frame {} at {}", i + 1, recording.cast().nodes[node.index()].name);
        if (!seen[i].comment.empty() && seen[i].direction == exporting::Direction::in) spoiled.insert(row[4]);
        if (const auto original = originals.find(seen[i].packet); seen[i].direction == exporting::Direction::out && original != originals.end()) {
            if (const auto out = tcp.sent.find(original->second); out != tcp.sent.end()) {  // the copy that a link makes waits, or is refused, like the original
                std::uint64_t& before = latest[{out->second.facts.connection, out->second.facts.side}];
                before = std::max(before, out->second.order);
            }
        }
        if (const auto out = tcp.sent.find(seen[i].packet); seen[i].direction == exporting::Direction::out && out != tcp.sent.end()) {
            const HostTcp::Sent& segment = out->second;
            const bool theirs = !(row[0] + row[1]).empty();
            std::uint64_t& before = latest[{segment.facts.connection, segment.facts.side}];
            // A packet that the full queue of the host refuses stands where it was refused: before those that still wait in the queue, which look late then.
            const bool late = theirs && !segment.again && before >= segment.order;
            all.refused += late ? 1 : 0;
            // Now and then an ICMP error makes tshark begin a new conversation with an old SYN.
            const bool renamed = (segment.facts.flags & 2) != 0 && streams.try_emplace(segment.facts.connection, row[4]).first->second != row[4];
            // What was sent before waited for an answer to ARP, in vain: it was on no link.
            std::uint32_t& reached = onLink[{segment.facts.connection, segment.facts.side}];
            const bool anew = !theirs && segment.again && (renamed || segment.facts.sequence >= reached);
            reached = std::max(reached, segment.end() + ((segment.facts.flags & 3) != 0 ? 1u : 0u));
            all.unseen += anew ? 1 : 0;
            if (!late && !anew) { EXPECT_EQ(theirs, segment.again) << where << ", seq " << segment.facts.sequence << ", " << segment.facts.length << " octets"; }
            all.again += theirs && segment.again ? 1 : 0;
            before = std::max(before, segment.order);
            const bool closed = recording.store().packet(seen[i].packet).packet.tcp()->window == 0 && (segment.facts.flags & 7) == 0;
            EXPECT_EQ(closed, !row[3].empty()) << where << ": a closed window";
            all.closed += closed ? 1 : 0;
        }
        const auto in = tcp.received.find(seen[i].packet);
        if (seen[i].direction != exporting::Direction::in || in == tcp.received.end() || !seen[i].comment.empty()) continue;
        const HostTcp::Received& ack = in->second;
        const bool ours = ack.facts.duplicateAck, theirs = !row[2].empty();
        if (ours && theirs) ++all.duplicates;
        if (ours != theirs && spoiled.contains(row[4])) {
            ++all.spoiled;
            continue;
        }
        if (ours && !theirs) {  // they look at the segment before it only, and call some the answer to a keep-alive
            EXPECT_TRUE(ack.followsAnother || !row[5].empty()) << where << ": a duplicate acknowledgment that they do not see";
            ++all.overtaken;
        }
        if (theirs && !ours) {  // RFC 5681 2: only while something is outstanding, and only of what is acknowledged latest
            EXPECT_TRUE(!ack.outstanding || ack.news) << where << ": no duplicate acknowledgment to us";
            ++(ack.outstanding ? all.overtaken : all.idle);
        }
    }
}

TEST(Dissector, AgreesWithUsOnRandomRuns) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const std::uint64_t runs = sweep(12);
    std::size_t packets = 0;
    Agreement all;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        SCOPED_TRACE(seed);
        const trace::Recording recording = simulate(randomScenario(seed));
        expectSound(recording, packets);
        expectAgreement(recording, all);
    }
    EXPECT_GT(packets, 100 * runs);
    EXPECT_GT(all.again, runs);
    EXPECT_GT(all.duplicates, runs / 2);
    EXPECT_LT(all.refused + all.overtaken + all.idle + all.unseen + all.spoiled, (all.again + all.duplicates) / 4) << "differences are rare";
}

// Providers with several name servers, POP3, IMAP and TLS: what is sealed is sound too.
TEST(Dissector, FindsProvidersSound) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const std::uint64_t runs = sweep(6);
    std::size_t packets = 0, sealed = 0;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        SCOPED_TRACE(seed);
        const trace::Recording recording = simulate(randomProviders(seed));
        expectSound(recording, packets);
        sealed += eventsOf<trace::TlsSecured>(recording).size();
    }
    EXPECT_GT(packets, 100 * runs);
    EXPECT_GT(sealed, runs);
}

TEST(Dissector, AgreesWithUsOnTheLessons) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    std::size_t packets = 0;
    Agreement all;
    for (const auto& file : std::filesystem::directory_iterator(scenarioFolder())) {
        if (file.path().extension() != ".yaml") continue;
        SCOPED_TRACE(file.path().filename());
        const trace::Recording recording = simulate(scenarioFile(file.path().filename()));
        expectSound(recording, packets);
        expectAgreement(recording, all);
    }
    EXPECT_GT(packets, 300u);
    EXPECT_GE(all.again, 3u);
    EXPECT_EQ(all.refused + all.overtaken + all.unseen + all.spoiled, 0u);
}

}  // namespace
}  // namespace mailtrek::run::test
