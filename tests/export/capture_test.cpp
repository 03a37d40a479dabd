// SPDX-License-Identifier: GPL-3.0-or-later
// Which packets are seen where, when, and with which remark.
#include "sim/export/capture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/export/export_kit.h"

namespace mailtrek::exporting {
namespace {

// "2000 norte>r1 out #0 ttl 64 dropped: noise", one per sighting.
std::vector<std::string> told(const Story& story, const Filter& filter = {}) {
    std::vector<std::string> lines;
    const auto& nodes = story.recording.cast().nodes;
    for (const Sighting& s : sightings(story.recording, filter)) {
        lines.push_back(fmt::format("{} {}|{} {} #{} ttl {}{}{}{}", s.at.time_since_epoch().count(), nodes[nodeAt(s.end, story.recording).index()].name,
                                    nodes[nodeAt(otherEnd(s.end), story.recording).index()].name, s.direction == Direction::in ? "in" : "out", s.packet.value, s.ttl,
                                    s.congestionMark ? " ce" : "", s.comment.empty() ? "" : " ", s.comment));
    }
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Capture, EachPacketIsSeenWhereItLeavesAndWhereItArrives) {
    Story story;
    const PacketId p = story.udp("x");
    story.sent(0, 100, p, kNorteOut, 64);
    story.delivered(1'000'100, p, kNorteOut);
    story.sent(1'000'100, 1'000'100, p, kR1Out, 63, true);
    story.delivered(2'000'100, p, kR1Out);
    story.ends(3'000'000);
    EXPECT_EQ(told(story), (Lines{"100 norte|r1 out #0 ttl 64", "1000100 r1|norte in #0 ttl 64", "1000100 r1|sur out #0 ttl 63 ce", "2000100 sur|r1 in #0 ttl 63 ce"}));
    EXPECT_EQ(told(story, AtNode{kNorte}), (Lines{"100 norte|r1 out #0 ttl 64"}));
    EXPECT_EQ(told(story, AtNode{kR1}), (Lines{"1000100 r1|norte in #0 ttl 64", "1000100 r1|sur out #0 ttl 63 ce"}));
    EXPECT_EQ(told(story, AtLink{kFar}), (Lines{"1000100 r1|sur out #0 ttl 63 ce", "2000100 sur|r1 in #0 ttl 63 ce"}));
}

// CoDel marks what has been waiting: from there on the octets on the wire say so (RFC 3168 5).
TEST(Capture, AMarkOfTheQueueIsOnTheWire) {
    Story story;
    const PacketId p = story.udp("x");
    story.sent(0, 5'000'000, p, kNorteOut, 64);
    story.happens(5'000'000, kNorte, trace::PacketMarked{p, kNorteOut, trace::QueueModel::codel});
    story.delivered(6'000'000, p, kNorteOut);
    story.sent(6'000'000, 6'000'000, p, kR1Out, 63, true);
    story.dropped(6'500'000, kR1, p, kR1Out, trace::DropReason::codel, true, true);
    EXPECT_EQ(told(story), (Lines{"5000000 norte|r1 out #0 ttl 64 ce", "6000000 r1|norte in #0 ttl 64 ce", "6000000 r1|sur out #0 ttl 63 ce dropped: codel"}));
}

TEST(Capture, TimeOrdersWhatWasQueuedBehindOthers) {
    Story story;
    const PacketId first = story.udp("x"), second = story.udp("y");
    story.sent(0, 0, first, kNorteOut, 64);
    story.sent(0, 5'000'000, second, kNorteOut, 64);
    story.delivered(1'000'000, first, kNorteOut);
    story.ends(6'000'000);
    EXPECT_EQ(told(story), (Lines{"0 norte|r1 out #0 ttl 64", "1000000 r1|norte in #0 ttl 64", "5000000 norte|r1 out #1 ttl 64"}));
}

TEST(Capture, WhatIsStillQueuedAtTheEndWasNotSeen) {
    Story story;
    story.sent(0, 5'000'000, story.udp("x"), kNorteOut, 64);
    story.ends(4'000'000);
    EXPECT_TRUE(told(story).empty());
}

TEST(Capture, APacketLostOnTheWireIsRemarkedWhereItWasSent) {
    for (const std::int64_t tellsAt : {0, 500, 1'000'100}) {  // whether the link says so at once or later
        Story story;
        const PacketId p = story.udp("x");
        story.sent(0, 100, p, kNorteOut, 64);
        story.dropped(tellsAt, kNorte, p, kNorteOut, trace::DropReason::noise, true, true);
        story.ends(2'000'000);
        EXPECT_EQ(told(story, AtNode{kNorte}), (Lines{"100 norte|r1 out #0 ttl 64 dropped: noise"}));
        EXPECT_EQ(told(story).size(), 1u);
    }
}

TEST(Capture, APacketThatAFullQueueRefusedStandsThereWithTheTtlItWouldHaveHad) {
    Story story;
    const PacketId atHome = story.udp("x"), atRouter = story.udp("y");
    story.dropped(50, kNorte, atHome, kNorteOut, trace::DropReason::queueFull, true, false);
    story.sent(100, 100, atRouter, kNorteOut, 64);
    story.delivered(1'000'100, atRouter, kNorteOut);
    story.dropped(1'000'100, kR1, atRouter, kR1Out, trace::DropReason::queueFull, true, false);
    EXPECT_EQ(told(story), (Lines{"50 norte|r1 out #0 ttl 64 dropped: queue-full", "100 norte|r1 out #1 ttl 64", "1000100 r1|norte in #1 ttl 64",
                                  "1000100 r1|sur out #1 ttl 63 dropped: queue-full"}));
}

TEST(Capture, ACutLinkDropsWhatWaitsWhenItIsCutAndWhatIsUnderWayWhereItBegan) {
    Story story;
    const PacketId flying = story.udp("x"), waiting = story.udp("y");
    story.sent(0, 0, flying, kNorteOut, 64);
    story.sent(0, 900, waiting, kNorteOut, 64);
    story.dropped(500, kNorte, flying, kNorteOut, trace::DropReason::linkDown, true, true);
    story.dropped(500, kNorte, waiting, kNorteOut, trace::DropReason::linkDown, true, true);
    story.ends(600);
    EXPECT_EQ(told(story), (Lines{"0 norte|r1 out #0 ttl 64 dropped: link-down", "500 norte|r1 out #1 ttl 64 dropped: link-down"}));
}

TEST(Capture, ANodeDiscardsWhereThePacketArrived) {
    Story story;
    const PacketId p = story.udp("x");
    story.sent(0, 0, p, kNorteOut, 1);
    story.delivered(1'000'000, p, kNorteOut);
    story.dropped(1'000'000, kR1, p, kNorteOut, trace::DropReason::ttlExpired, false, false);
    story.dropped(1'000'000, kNorte, story.udp("y"), {}, trace::DropReason::noRoute, false, false);  // it was on no interface
    EXPECT_EQ(told(story), (Lines{"0 norte|r1 out #0 ttl 1", "1000000 r1|norte in #0 ttl 1 dropped: ttl-expired"}));
}

TEST(Capture, ADamagedPacketLeavesWholeAndArrivesDamagedInItsPlace) {
    Story story;
    const PacketId p = story.udp("hello"), damaged = story.udp("hellp");
    story.sent(0, 0, p, kNorteOut, 64);
    story.happens(500, kNorte, trace::PacketCorrupted{p, damaged, kNorteOut, 263});
    story.delivered(1'000'000, damaged, kNorteOut);
    story.sent(1'000'000, 1'000'000, damaged, kR1Out, 63);
    story.delivered(2'000'000, damaged, kR1Out);
    story.dropped(2'000'000, kSur, damaged, kR1Out, trace::DropReason::udpChecksum, false, false);
    EXPECT_EQ(told(story), (Lines{"0 norte|r1 out #0 ttl 64", "1000000 r1|norte in #1 ttl 64 damaged: bit 263 flipped", "1000000 r1|sur out #1 ttl 63",
                                  "2000000 sur|r1 in #1 ttl 63 dropped: udp-checksum"}));
}

TEST(Capture, ADamagedPacketDiscardedAtOnceSaysBoth) {
    Story story;
    const PacketId p = story.udp("hello"), damaged = story.udp("hellp");
    story.sent(0, 0, p, kNorteOut, 64);
    story.happens(500, kNorte, trace::PacketCorrupted{p, damaged, kNorteOut, 8});
    story.delivered(1'000'000, damaged, kNorteOut);
    story.dropped(1'000'000, kR1, damaged, kNorteOut, trace::DropReason::ipChecksum, false, false);
    EXPECT_EQ(told(story, AtNode{kR1}), (Lines{"1000000 r1|norte in #1 ttl 64 damaged: bit 8 flipped; dropped: ip-checksum"}));
}

TEST(Capture, OctetsCarryTtlAndMarkOfTheHopWithAFreshChecksum) {
    Story story;
    const PacketId p = story.udp("hello");
    story.sent(0, 0, p, kR1Out, 61, true);
    const auto seen = sightings(story.recording, Everything{});
    ASSERT_EQ(seen.size(), 1u);
    const std::string octets = octetsOf(seen[0], story.recording);
    const wire::ParsedPacket parsed = wire::parse({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
    EXPECT_EQ(parsed.damage, wire::Damage::none);
    EXPECT_EQ(parsed.packet.ip.ttl, 61);
    EXPECT_EQ(parsed.packet.ip.ecn, wire::Ecn::congestion);
    EXPECT_EQ(parsed.packet.payload.text(), "hello");
}

}  // namespace
}  // namespace mailtrek::exporting
