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
        EXPECT_TRUE(l.crowded || l.area == kSmall.map);
        for (const PlacedNode& node : l.nodes) {
            EXPECT_TRUE(std::isfinite(node.centre.x()) && std::isfinite(node.centre.y()));
            EXPECT_TRUE(QRectF(-1, -1, l.area.width() + 2, l.area.height() + 2).contains(node.centre))
                << n << ' ' << node.text.toStdString() << ' ' << node.centre.x() << ' ' << node.centre.y();
        }
    }
}

// A base network and what a teacher may add to it.
trace::Cast castOf(const std::vector<trace::CastNode>& nodes, const std::vector<std::pair<int, int>>& links) {
    trace::Cast cast;
    cast.nodes = nodes;
    for (const auto& [a, b] : links)
        cast.links.push_back({"l" + std::to_string(cast.links.size()), NodeId{static_cast<std::uint32_t>(a)}, NodeId{static_cast<std::uint32_t>(b)}, 1500, false, false});
    return cast;
}

trace::CastNode machine(const char* name, trace::NodeKind kind, const char* user = "", std::vector<std::string> domains = {}) {
    return {name, {}, kind, user, std::move(domains), {}, {}, false};
}

void expectNothingOverlaps(const trace::Cast& cast, const MapLayout& l) {
    const auto icon = [&](std::size_t i) {
        return QRectF(l.nodes[i].centre.x() - l.nodes[i].icon * 0.42, l.nodes[i].centre.y() - l.nodes[i].icon * 0.42, l.nodes[i].icon * 0.84, l.nodes[i].icon * 0.84);
    };
    for (std::size_t i = 0; i < l.nodes.size(); ++i)
        for (std::size_t j = 0; j < l.nodes.size(); ++j) {
            if (i == j) continue;
            EXPECT_FALSE(icon(i).intersects(icon(j))) << cast.nodes[i].name << " and " << cast.nodes[j].name;
            EXPECT_FALSE(icon(i).intersects(l.nodes[j].label)) << cast.nodes[i].name << " and the name of " << cast.nodes[j].name;
            EXPECT_FALSE(l.nodes[i].label.intersects(l.nodes[j].label)) << "names of " << cast.nodes[i].name << " and " << cast.nodes[j].name;
        }
}

TEST(Layout, ManyDevicesOfOneUserStandClear) {
    using Kind = trace::NodeKind;
    const char* luis = "luis@sur.example";
    const trace::Cast cast =
        castOf({machine("ana-pc", Kind::pc, "ana@norte.example"), machine("norte", Kind::mailServer, "", {"norte.example"}), machine("r1", Kind::router),
                machine("sur", Kind::mailServer, "", {"sur.example"}), machine("Ordenador de Luis", Kind::pc, luis), machine("Móvil de Luis", Kind::phone, luis),
                machine("Tableta de Luis", Kind::tablet, luis), machine("Impresora", Kind::printer, luis), machine("Portátil de Luis", Kind::laptop, luis)},
               {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {3, 5}, {3, 6}, {3, 7}, {3, 8}});
    for (const Size& size : {kSmall, kLarge}) {
        const MapLayout l = layoutMap(cast, kAnaToLuis, size.map, lookOf(size), true);
        EXPECT_FALSE(l.crowded);
        expectNothingOverlaps(cast, l);
        for (std::size_t i = 0; i < l.nodes.size(); ++i)
            for (std::size_t k = 0; k < l.links.size(); ++k) EXPECT_LT(lengthInside(l.links[k].line, l.nodes[i].label), 1) << cast.nodes[i].name << " on link " << k;
    }
}

TEST(Layout, ASwitchStandsInItsZoneAndANodeWithoutDomainOutside) {
    using Kind = trace::NodeKind;
    const trace::Cast cast = castOf(
        {machine("ana-pc", Kind::pc, "ana@norte.example"), machine("eva", Kind::laptop, "eva@norte.example"), machine("sw", Kind::switchNode),
         machine("norte", Kind::mailServer, "", {"norte.example"}), machine("r1", Kind::router), machine("r2", Kind::router), machine("sur", Kind::mailServer, "", {"sur.example"}),
         machine("luis-pc", Kind::pc, "luis@sur.example"), machine("suelto", Kind::pc), machine("dns", Kind::dnsServer), machine("dns2", Kind::dnsServer)},
        {{0, 2}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {4, 5}, {4, 5}, {5, 6}, {6, 7}, {5, 8}, {4, 9}, {5, 10}});
    const MapLayout l = layoutMap(cast, kAnaToLuis, kSmall.map, lookOf(kSmall), true);
    expectNothingOverlaps(cast, l);
    EXPECT_TRUE(l.zones[0].box.contains(l.nodes[2].centre));
    for (const PlacedZone& z : l.zones) EXPECT_FALSE(z.box.contains(l.nodes[8].centre));
    // Parallel links run side by side.
    EXPECT_GT(std::abs(l.links[4].line.y1() - l.links[5].line.y1()), 8);
    EXPECT_GT(std::abs(l.links[5].line.y1() - l.links[6].line.y1()), 8);
}

TEST(Layout, ACrowdIsLaidOutLargerThanTheWindowAndNothingOverlaps) {
    using Kind = trace::NodeKind;
    std::vector<trace::CastNode> nodes;
    std::vector<std::pair<int, int>> links;
    for (int r = 0; r < 40; ++r) {
        nodes.push_back(machine(("r" + std::to_string(r)).c_str(), Kind::router));
        if (r > 0) links.emplace_back(r / 2, r);
    }
    for (int p = 0; p < 8; ++p) {
        const std::string domain = "prov" + std::to_string(p) + ".example";
        const int server = static_cast<int>(nodes.size());
        nodes.push_back(machine(("mail" + std::to_string(p)).c_str(), Kind::mailServer, "", {domain}));
        links.emplace_back(p * 5, server);
        for (int u = 0; u < 12; ++u) {
            links.emplace_back(server, static_cast<int>(nodes.size()));
            nodes.push_back(machine(("pc" + std::to_string(p) + "-" + std::to_string(u)).c_str(), Kind::pc, ("u" + std::to_string(u) + "@" + domain).c_str()));
        }
    }
    const trace::Cast cast = castOf(nodes, links);
    const MapLayout l = layoutMap(cast, {"u1@prov0.example", "u2@prov7.example"}, kSmall.map, lookOf(kSmall), true);
    EXPECT_TRUE(l.crowded);
    expectNothingOverlaps(cast, l);
    EXPECT_NEAR(l.area.width() / l.area.height(), 768.0 / 452.0, 0.2) << "in the proportions of the window";
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
            const PlacedCallout c = placeCallout({"Third duplicate: resend 80", {}}, i, l, {}, look);
            EXPECT_TRUE(QRectF(QPointF(), l.area).contains(c.box));
            for (const PlacedNode& n : l.nodes) EXPECT_FALSE(c.box.intersects(n.label)) << cast.nodes[i].name << " over " << n.text.toStdString();
        }
    }
}

}  // namespace
}  // namespace mailtrek::ui
