// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "tests/ui/sample.h"
#include "ui/map/callout.h"
#include "ui/map/geometry.h"
#include "ui/map/labels.h"
#include "ui/map/layout.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

const Correspondents kAnaToLuis{"ana@norte.example", "luis@sur.example"};

struct Size {
    QSizeF map;
    double scale;
};
const Size kSmall{{768, 452}, 1.0}, kLarge{{1152, 702}, 1.5};

Look lookOf(const Size& size) {
    Look look;
    look.scale = size.scale;
    return look;
}

const PlacedNode& find(const MapLayout& layout, const trace::Cast& cast, const std::string& name) {
    for (std::size_t i = 0; i < cast.nodes.size(); ++i)
        if (cast.nodes[i].name == name) return layout.nodes[i];
    throw std::runtime_error(name);
}

TEST(Layout, RunsInJourneyOrder) {
    const trace::Cast cast = test::baseCast();
    const MapLayout l = layoutMap(cast, kAnaToLuis, kSmall.map, lookOf(kSmall), false);
    double x = -1;
    for (const char* name : {"norte", "r1", "r2", "r5", "sur"}) {
        EXPECT_GT(find(l, cast, name).centre.x(), x) << name;
        x = find(l, cast, name).centre.x();
    }
    EXPECT_DOUBLE_EQ(find(l, cast, "norte").centre.y(), find(l, cast, "r2").centre.y()) << "one row";
    EXPECT_LT(find(l, cast, "ana-pc").centre.y(), find(l, cast, "norte").centre.y()) << "devices above their server";
    EXPECT_GT(find(l, cast, "r3").centre.y(), find(l, cast, "r1").centre.y()) << "the spare road below";
    EXPECT_LT(find(l, cast, "r3").centre.x(), find(l, cast, "r4").centre.x());
    ASSERT_EQ(l.zones.size(), 2u);
    EXPECT_TRUE(l.zones[0].sends);
    EXPECT_TRUE(l.zones[1].receives);
}

TEST(Layout, ALetterTheOtherWayTurnsTheMapRound) {
    const trace::Cast cast = test::baseCast();
    const MapLayout l = layoutMap(cast, {"luis@sur.example", "ana@norte.example"}, kSmall.map, lookOf(kSmall), false);
    EXPECT_LT(find(l, cast, "sur").centre.x(), find(l, cast, "norte").centre.x());
}

TEST(Layout, AnImportantLinkHasRoomToWatchIt) {
    const trace::Cast cast = test::baseCast();
    const MapLayout l = layoutMap(cast, kAnaToLuis, kSmall.map, lookOf(kSmall), false);
    EXPECT_GE(l.links[2].clear.length(), 190) << "r1-r2 is the lossy one";
}

TEST(Layout, NamesCoverNoLinkNoNodeNoName) {
    const trace::Cast cast = test::baseCast();
    for (const Size& size : {kSmall, kLarge}) {
        const MapLayout l = layoutMap(cast, kAnaToLuis, size.map, lookOf(size), true);
        const QRectF map(QPointF(), l.area);
        for (std::size_t i = 0; i < l.nodes.size(); ++i) {
            EXPECT_TRUE(map.contains(l.nodes[i].label)) << cast.nodes[i].name;
            for (std::size_t k = 0; k < l.links.size(); ++k) EXPECT_LT(lengthInside(l.links[k].line, l.nodes[i].label), 1) << cast.nodes[i].name << " on " << cast.links[k].name;
            for (std::size_t j = i + 1; j < l.nodes.size(); ++j) EXPECT_FALSE(l.nodes[i].label.intersects(l.nodes[j].label)) << cast.nodes[i].name << " and " << cast.nodes[j].name;
        }
    }
}

TEST(Layout, PositionsOfTheFileAreHonoured) {
    trace::Cast cast = test::baseCast();
    double x = 0;
    for (trace::CastNode& n : cast.nodes) n.position = {x += 10, 100 - x};
    const MapLayout l = layoutMap(cast, kAnaToLuis, kSmall.map, lookOf(kSmall), false);
    for (std::size_t i = 1; i < l.nodes.size(); ++i) {
        EXPECT_GT(l.nodes[i].centre.x(), l.nodes[i - 1].centre.x());
        EXPECT_LT(l.nodes[i].centre.y(), l.nodes[i - 1].centre.y());
    }
    for (const PlacedNode& n : l.nodes) EXPECT_TRUE(QRectF(QPointF(), l.area).contains(n.centre));
}

TEST(Layout, OneProviderForBothFitsIntoOneZone) {
    trace::Cast cast;
    cast.nodes = {{"ana-pc", {}, trace::NodeKind::pc, "ana@norte.example", {}, {}, {}, false},
                  {"norte", {}, trace::NodeKind::mailServer, "", {"norte.example"}, {}, {}, false},
                  {"eva-lap", {}, trace::NodeKind::laptop, "eva@norte.example", {}, {}, {}, false}};
    cast.links = {{"a", NodeId{0}, NodeId{1}, 1500, false, false}, {"b", NodeId{1}, NodeId{2}, 1500, false, false}};
    const MapLayout l = layoutMap(cast, {"ana@norte.example", "eva@norte.example"}, kSmall.map, lookOf(kSmall), false);
    EXPECT_LT(l.nodes[0].centre.x(), l.nodes[1].centre.x());
    EXPECT_LT(l.nodes[1].centre.x(), l.nodes[2].centre.x());
    EXPECT_EQ(l.zones.size(), 1u);
}

TEST(Layout, AnyCastIsLaidOutInsideTheMap) {
    for (int n = 0; n < 60; n += 7) {
        trace::Cast cast;
        for (int i = 0; i < n; ++i) {
            trace::CastNode node;
            node.name = "node" + std::to_string(i);
            node.kind = static_cast<trace::NodeKind>(i % 9);
            if (node.kind == trace::NodeKind::mailServer) node.domains = {"d" + std::to_string(i) + ".example"};
            node.user = "u@d" + std::to_string((i / 9) * 9 + 5) + ".example";
            cast.nodes.push_back(node);
            if (i > 0) cast.links.push_back({"l" + std::to_string(i), NodeId{static_cast<std::uint32_t>((i * 7) % i)}, NodeId{static_cast<std::uint32_t>(i)}, 1500, false, false});
        }
        const MapLayout l = layoutMap(cast, {}, kSmall.map, lookOf(kSmall), false);
        for (const PlacedNode& node : l.nodes) {
            EXPECT_TRUE(std::isfinite(node.centre.x()) && std::isfinite(node.centre.y()));
            EXPECT_TRUE(QRectF(-1, -1, 770, 454).contains(node.centre)) << n << ' ' << node.text.toStdString() << ' ' << node.centre.x() << ' ' << node.centre.y();
        }
    }
}

TEST(Geometry, APacketIsWhereItsTimeSays) {
    trace::TravellingPacket p;
    p.start = Instant(10ms);
    p.arrival = Instant(30ms);
    EXPECT_LT(progressOf(p, Instant(9ms)), 0) << "still in the queue";
    EXPECT_DOUBLE_EQ(progressOf(p, Instant(10ms)), 0);
    EXPECT_DOUBLE_EQ(progressOf(p, Instant(15ms)), 0.25);
    EXPECT_DOUBLE_EQ(progressOf(p, Instant(99ms)), 1);
}

TEST(Geometry, OneThatIsToBeLostMovesToThePlaceOfItsLoss) {
    trace::TravellingPacket p;
    p.start = Instant(0ms);
    p.arrival = Instant(20ms);
    const Doom doom{Instant(20ms), 0.5};
    EXPECT_DOUBLE_EQ(progressOf(p, Instant(10ms), doom), 0.25);
    EXPECT_DOUBLE_EQ(progressOf(p, Instant(20ms), doom), 0.5);
    EXPECT_DOUBLE_EQ(progressOf(p, Instant(90ms), doom), 0.5);
}

TEST(Geometry, GlyphsKeepApartAndInOrder) {
    const std::vector<double> placed = spreadApart({50, 50, 50, 51, 180}, {20, 20, 20, 20, 20}, 4, 0, 200);
    for (std::size_t i = 1; i < placed.size(); ++i) EXPECT_GE(placed[i] - placed[i - 1], 24 - 1e-9);
    EXPECT_NEAR(placed[4], 180, 1e-9) << "what is free stays where it belongs";
    EXPECT_NEAR((placed[0] + placed[3]) / 2, 50.25, 0.5) << "the crowd spreads around its middle";
    EXPECT_GE(placed[0], 10);
    EXPECT_TRUE(spreadApart({}, {}, 4, 0, 1).empty());
}

TEST(Geometry, WhatGoesRightRidesAboveAndWhatGoesLeftBelow) {
    EXPECT_LT(railSide(QLineF(0, 0, 10, 0)).y(), 0);
    EXPECT_GT(railSide(QLineF(10, 0, 0, 0)).y(), 0);
    EXPECT_DOUBLE_EQ(std::abs(railSide(QLineF(0, 0, 0, 5)).x()), 1);
}

TEST(Callout, LiesInsideTheMapAndOffTheNames) {
    const trace::Cast cast = test::baseCast();
    for (const Size& size : {kSmall, kLarge}) {
        const Look look = lookOf(size);
        const MapLayout l = layoutMap(cast, kAnaToLuis, size.map, look, false);
        for (std::size_t i = 0; i < l.nodes.size(); ++i) {
            const PlacedCallout c = placeCallout("Third duplicate: resend 80", i, l, {}, look);
            EXPECT_TRUE(QRectF(QPointF(), l.area).contains(c.box));
            for (const PlacedNode& n : l.nodes) EXPECT_FALSE(c.box.intersects(n.label)) << cast.nodes[i].name << " over " << n.text.toStdString();
        }
    }
}

}  // namespace
}  // namespace mailtrek::ui
