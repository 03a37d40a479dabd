// SPDX-License-Identifier: GPL-3.0-or-later
// What routers say to each other is drawn as the family route, at level 5 only, and what they say all day is no stop.
#include <gtest/gtest.h>

#include "tests/ui/sample.h"
#include "ui/map/traffic.h"

namespace mailtrek::ui {
namespace {

struct Routers {
    trace::Recording recording;
    Routers() { recording.mutableCast() = test::baseCast(); }
    trace::EventId add(const trace::Payload& payload, trace::EventId cause = {}) {
        recording.append({cause, kStart + std::chrono::seconds{1}, NodeId{0}, {}, payload});
        return {recording.size() - 1};
    }
    PacketId packet(std::uint8_t protocol, bool udp) {
        wire::Packet octets;
        octets.ip.protocol = protocol;
        if (udp) octets.transport = wire::UdpHeader{520, 520};
        return recording.mutableStore().addPacket({octets, {}, NodeId{0}});
    }
};

TEST(Traffic, RoutingIsADiamondWithTheLetterOfItsProtocol) {
    Routers r;
    const PacketId ospf = r.packet(89, false), rip = r.packet(17, true);
    const Traffic traffic(r.recording);
    for (const auto& [packet, letter] : {std::pair(ospf, "L"), std::pair(rip, "V")}) {
        const auto glyph = traffic.glyphOf(packet, Level::ip);
        ASSERT_TRUE(glyph);
        EXPECT_EQ(glyph->kind, GlyphKind::route);
        EXPECT_EQ(familyOf(glyph->kind), Family::route);
        EXPECT_EQ(shownText(*glyph), letter);
        EXPECT_FALSE(traffic.glyphOf(packet, Level::tcp)) << "a matter of level 5";
    }
}

TEST(Traffic, ArpIsAHexagonThatAsksOrAnswers) {
    Routers r;
    wire::ArpPacket arp;
    const PacketId request = r.recording.mutableStore().addPacket({wire::arpPacket(arp), {}, NodeId{0}});
    arp.operation = wire::kArpReply;
    const PacketId reply = r.recording.mutableStore().addPacket({wire::arpPacket(arp), {}, NodeId{0}});
    const Traffic traffic(r.recording);
    for (const auto& [packet, letter] : {std::pair(request, "?"), std::pair(reply, "=")}) {
        const auto glyph = traffic.glyphOf(packet, Level::ip);
        ASSERT_TRUE(glyph);
        EXPECT_EQ(glyph->kind, GlyphKind::arp);
        EXPECT_EQ(shownText(*glyph), letter);
        EXPECT_FALSE(traffic.glyphOf(packet, Level::tcp)) << "a matter of level 5";
    }
    const trace::EventId lost = r.add(trace::PacketDropped{.packet = request, .via = trace::LinkEnd::of(LinkId{0}, 0), .onLink = true});
    EXPECT_FALSE(visibleAt(r.recording, lost, Level::story));
    EXPECT_TRUE(visibleAt(r.recording, lost, Level::ip));
}

TEST(Traffic, AnUpdateIsAStopAtLevelFiveAndAHelloNowhere) {
    Routers r;
    const PacketId packet = r.packet(89, false);
    const auto over = trace::LinkEnd::of(LinkId{0}, 0);
    const trace::EventId hello = r.add(trace::PacketDelivered{packet, over, 68}, r.add(trace::PacketSent{kStart, kStart, packet, over, 68, 1, false}));
    const trace::EventId lost =
        r.add(trace::PacketDropped{packet, over, 68, trace::DropReason::nodeDown, false, false}, r.add(trace::PacketSent{kStart, kStart, packet, over, 68, 1, false}));
    const trace::EventId update = r.add(trace::RoutingUpdateSent{packet, over, 1, trace::RouteSource::linkState, trace::UpdateReason::flood});
    const trace::EventId told = r.add(trace::PacketDelivered{packet, over, 132}, r.add(trace::PacketSent{kStart, kStart, packet, over, 132, 1, false}, update));
    for (const Level level : {Level::story, Level::mail, Level::dialogue, Level::tcp, Level::ip}) {
        EXPECT_FALSE(visibleAt(r.recording, hello, level));
        EXPECT_FALSE(visibleAt(r.recording, lost, level));
        EXPECT_EQ(visibleAt(r.recording, told, level), level == Level::ip);
    }
}

}  // namespace
}  // namespace mailtrek::ui
