// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/layout.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/map/graph.h"
#include "ui/map/labels.h"
#include "ui/map/layout_crowd.h"
#include "ui/map/layout_settle.h"
#include "ui/map/layout_zone.h"

namespace mailtrek::ui {
namespace {

constexpr double kLowerRow = 396.0 / 452.0;

class Placer {
public:
    Placer(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish)
        : m_cast(cast), m_graph(cast), m_who(who), m_look(look), m_done(cast.nodes.size(), false), m_room{cast, m_graph, m_look, m_out, m_done} {
        m_out.area = area;
        m_out.nodes.resize(cast.nodes.size());
        const std::size_t crowd = std::max<std::size_t>(1, cast.nodes.size());
        m_shrink = std::clamp(std::sqrt(14.0 / static_cast<double>(crowd)), 0.35, 1.0);
        for (std::size_t i = 0; i < cast.nodes.size(); ++i) {
            PlacedNode& n = m_out.nodes[i];
            n.text = nodeText(cast.nodes[i], spanish);
            n.zone = m_graph.zoneOf(i);
            const bool router = cast.nodes[i].kind == trace::NodeKind::router || cast.nodes[i].kind == trace::NodeKind::switchNode;
            n.icon = (router ? look.between(48, 74) : look.between(56, 84)) * m_shrink;
        }
    }

    MapLayout run() {
        chooseEnds();
        if (m_graph.zones().size() == 1)
            placeOneZone();
        else
            placeZones();
        placeMainRoad();
        placeRest();
        honourFile();
        settle();
        finish();
        placeLabels(m_out, m_cast, m_look);
        return std::move(m_out);
    }

private:
    double h(double share) const { return m_out.area.height() * share; }
    double w() const { return m_out.area.width(); }

    void put(std::size_t node, QPointF centre) {
        m_out.nodes[node].centre = centre;
        m_done[node] = true;
    }

    void chooseEnds() {
        const std::size_t count = m_graph.zones().size();
        if (count == 0) return;
        m_left = m_graph.zoneServing(m_who.from).value_or(0);
        m_right = m_graph.zoneServing(m_who.to).value_or(m_left == 0 && count > 1 ? 1 : 0);
        if (m_right == m_left && count > 1) m_right = m_left == 0 ? 1 : 0;
    }

    // --- zones ---

    void addZone(std::size_t z, QRectF box) {
        PlacedZone placed;
        placed.box = box;
        placed.title = QString::fromStdString(m_graph.zones()[z].domain);
        const double top = m_look.px(8);
        placed.titleBox = QRectF(box.left(), box.top() + top, box.width(), m_look.px(32));
        if (!m_graph.zones()[z].servers.empty()) placed.server = NodeId{static_cast<std::uint32_t>(m_graph.zones()[z].servers.front())};
        placed.sends = z == m_left;
        placed.receives = m_graph.zoneServing(m_who.to).value_or(m_right) == z;
        m_out.zones.push_back(placed);
        for (const auto* members : {&m_graph.zones()[z].servers, &m_graph.zones()[z].devices, &m_graph.zones()[z].switches})
            for (const std::size_t n : *members) m_out.nodes[n].zone = static_cast<int>(m_out.zones.size()) - 1;
    }

    void placeZones() {
        if (m_graph.zones().empty()) return;
        const double margin = m_look.px(12), top = m_look.px(10), height = m_out.area.height() - 2 * top;
        const double leftWidth = zoneWidth(m_room, m_left);
        addZone(m_left, QRectF(margin, top, leftWidth, height));
        fillTall(m_room, m_left, m_out.zones.back(), true);
        std::vector<std::size_t> rest{m_right};
        for (std::size_t z = 0; z < m_graph.zones().size(); ++z)
            if (z != m_left && z != m_right) rest.push_back(z);
        double width = 0;
        for (const std::size_t z : rest) width = std::max(width, zoneWidth(m_room, z));
        if (rest.size() > 1) width = std::max(width, m_look.between(240, 354));
        const double gap = m_look.px(8);
        const double each = (height - gap * static_cast<double>(rest.size() - 1)) / static_cast<double>(rest.size());
        for (std::size_t i = 0; i < rest.size(); ++i) {
            addZone(rest[i], QRectF(w() - margin - width, top + (each + gap) * static_cast<double>(i), width, each));
            if (rest.size() == 1) {
                fillTall(m_room, rest[i], m_out.zones.back(), false);
            } else {
                PlacedZone& zone = m_out.zones.back();
                zone.titleBox = QRectF(zone.box.left() + zone.box.width() * 0.26, zone.box.top() + m_look.px(2), zone.box.width() * 0.74, m_look.px(28));
                fillShort(m_room, rest[i], zone);
            }
        }
    }

    // One provider for everybody.
    void placeOneZone() {
        const double margin = m_look.px(12), top = m_look.px(10);
        addZone(0, QRectF(margin, top, w() - 2 * margin, m_out.area.height() - 2 * top));
        fillAlone(m_room, m_who.from, m_out.zones.back());
    }

    // --- the network between ---

    double middleLeft() const { return m_out.zones.empty() ? m_look.px(40) : m_out.zones.size() == 1 ? m_out.zones[0].box.left() + m_look.px(60) : m_out.zones[0].box.right(); }
    double middleRight() const { return m_out.zones.size() < 2 ? w() - m_look.px(60) : m_out.zones[1].box.left(); }

    // A link in focus gets room to watch it.
    double weightOf(std::size_t a, std::size_t b) const {
        for (const trace::CastLink& link : m_cast.links) {
            const bool here = (link.first.index() == a && link.second.index() == b) || (link.first.index() == b && link.second.index() == a);
            if (here && (link.randomLoss || link.scriptedLoss)) return 2.6;
        }
        return 1.0;
    }

    std::vector<std::size_t> mainRoad() const {
        const auto& zones = m_graph.zones();
        if (zones.size() < 2 || zones[m_left].servers.empty() || zones[m_right].servers.empty()) return {};
        std::vector<std::size_t> road = m_graph.road(zones[m_left].servers.front(), zones[m_right].servers.front(), false);
        std::erase_if(road, [&](std::size_t n) { return m_graph.zoneOf(n) >= 0; });
        return road;
    }

    void placeMainRoad() {
        const std::vector<std::size_t> road = mainRoad();
        m_onRoad.assign(m_cast.nodes.size(), false);
        for (const std::size_t n : road) m_onRoad[n] = true;
        if (road.empty()) return;
        const double row = h(kMainRow);
        const double from = middleLeft() + m_look.px(34), to = middleRight() - m_look.px(36);
        if (road.size() == 1) {
            put(road[0], {(from + to) / 2, row});
            return;
        }
        std::vector<double> at{0};
        for (std::size_t i = 1; i < road.size(); ++i) at.push_back(at.back() + weightOf(road[i - 1], road[i]));
        // Many on a short road go up and down: their links get room to watch packets on.
        const bool tight = (to - from) / static_cast<double>(road.size() - 1) < m_look.px(84);
        const double swing = tight ? m_look.px(46) : 0;
        for (std::size_t i = 0; i < road.size(); ++i) put(road[i], {from + (to - from) * at[i] / at.back(), row + (i % 2 == 0 ? -swing : swing)});
    }

    // What is not on the main road: groups of connected nodes, each between the placed nodes it hangs by.
    void placeRest() {
        int lower = 0, upper = 0;
        for (std::size_t first = 0; first < m_graph.size(); ++first) {
            if (m_done[first]) continue;
            std::vector<std::size_t> group{first};
            std::vector<bool> seen(m_graph.size(), false);
            seen[first] = true;
            std::vector<std::size_t> anchors;
            for (std::size_t i = 0; i < group.size(); ++i)
                for (const std::size_t m : m_graph.neighbours(group[i])) {
                    if (seen[m]) continue;
                    seen[m] = true;
                    (m_done[m] ? anchors : group).push_back(m);
                }
            placeGroup(group, anchors, lower, upper);
        }
    }

    void placeGroup(std::vector<std::size_t> group, const std::vector<std::size_t>& anchors, int& lower, int& upper) {
        double left = middleLeft(), right = middleRight();
        if (!anchors.empty()) {
            left = right = m_out.nodes[anchors.front()].centre.x();
            for (const std::size_t a : anchors) {
                left = std::min(left, m_out.nodes[a].centre.x());
                right = std::max(right, m_out.nodes[a].centre.x());
            }
            orderFrom(group, anchors);
        }
        const bool single = anchors.size() == 1 && group.size() == 1;
        const bool above = single && m_cast.nodes[group[0]].kind == trace::NodeKind::dnsServer;
        const double row = above ? h(0.25) - h(0.12) * (upper++ / 3) : h(kLowerRow) - h(0.14) * (lower++ % 3);
        if (single) {  // straight over or under its anchor, kept off the zones
            double x = left;
            const double half = m_look.px(30);
            if (m_out.zones.size() > 1) x = std::clamp(x, middleLeft() + half, std::max(middleLeft() + half, middleRight() - half));
            if (above) x += m_look.px(70) * (upper - 1);
            put(group[0], {x, row});
            return;
        }
        const double inset = (right - left) / (2.0 * static_cast<double>(group.size()) + 2.0);
        const double from = left + inset * 0.98, to = right - inset * 0.98;
        for (std::size_t i = 0; i < group.size(); ++i) {
            const double share = group.size() == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(group.size() - 1);
            put(group[i], {from + (to - from) * share, row});
        }
    }

    // Breadth first from the leftmost anchor, so that a spare road reads in order.
    void orderFrom(std::vector<std::size_t>& group, const std::vector<std::size_t>& anchors) const {
        const std::size_t start = *std::min_element(anchors.begin(), anchors.end(), [&](auto a, auto b) { return m_out.nodes[a].centre.x() < m_out.nodes[b].centre.x(); });
        std::vector<std::size_t> ordered{start};
        std::vector<bool> seen(m_graph.size(), false);
        seen[start] = true;
        const std::vector<std::size_t> members = group;
        for (std::size_t i = 0; i < ordered.size(); ++i)
            for (const std::size_t m : m_graph.neighbours(ordered[i]))
                if (!seen[m] && std::find(members.begin(), members.end(), m) != members.end()) {
                    seen[m] = true;
                    ordered.push_back(m);
                }
        ordered.erase(ordered.begin());
        if (ordered.size() == group.size()) group = ordered;
    }

    // Positions of the file win. They are fitted into the map when every node has one; otherwise they count in the units of a 768x452 map.
    void honourFile() {
        QRectF bounds;
        std::size_t given = 0;
        for (const trace::CastNode& n : m_cast.nodes) {
            if (!n.position) continue;
            const QPointF p((*n.position)[0], (*n.position)[1]);
            bounds = given == 0 ? QRectF(p, QSizeF(0, 0))
                                : QRectF(QPointF(std::min(bounds.left(), p.x()), std::min(bounds.top(), p.y())),
                                         QPointF(std::max(bounds.right(), p.x()), std::max(bounds.bottom(), p.y())));
            ++given;
        }
        if (given == 0) return;
        bool all = true;
        for (const trace::CastNode& n : m_cast.nodes) all = all && (n.position || n.drawnByUs);
        const QRectF room = QRectF(QPointF(), m_out.area).adjusted(m_look.px(80), m_look.px(90), -m_look.px(80), -m_look.px(100));
        if (!all) bounds = QRectF(80, 90, 768 - 160, 452 - 190);
        for (std::size_t i = 0; i < m_cast.nodes.size(); ++i) {
            if (!m_cast.nodes[i].position) continue;
            const auto& p = *m_cast.nodes[i].position;
            const double x = bounds.width() > 0 ? (p[0] - bounds.left()) / bounds.width() : 0.5;
            const double y = bounds.height() > 0 ? (p[1] - bounds.top()) / bounds.height() : 0.5;
            put(i, {room.left() + room.width() * std::clamp(x, -0.1, 1.1), room.top() + room.height() * std::clamp(y, -0.1, 1.1)});
        }
        if (all) wrapZones();
    }

    // With positions of the file, a domain is drawn around its members.
    void wrapZones() {
        m_wrapped = true;
        for (std::size_t z = 0; z < m_out.zones.size(); ++z) {
            QRectF box;
            for (const PlacedNode& n : m_out.nodes)
                if (n.zone == static_cast<int>(z)) box |= QRectF(n.centre.x() - m_look.px(72), n.centre.y() - m_look.px(84), m_look.px(144), m_look.px(206));
            m_out.zones[z].box = box & QRectF(QPointF(), m_out.area).adjusted(4, 4, -4, -4);
            m_out.zones[z].titleBox = QRectF(m_out.zones[z].box.left(), m_out.zones[z].box.top(), m_out.zones[z].box.width(), m_look.px(28));
            m_out.zones[z].stores = {};
        }
    }

    // What stands in the network by a rule of thumb steps aside where something else stands already.
    void settle() {
        for (std::size_t i = 0; i < m_out.nodes.size(); ++i)
            if (m_graph.zoneOf(i) < 0 && !m_onRoad[i] && !m_cast.nodes[i].position) settleNode(i, m_out, m_cast, m_look);
    }

    void finish() {
        placeLinks(m_out, m_cast, m_look);
        if (m_out.zones.size() >= 2 && !m_wrapped)
            m_out.networkTitle = QRectF(middleLeft(), m_out.zones[0].titleBox.top(), middleRight() - middleLeft(), m_out.zones[0].titleBox.height());
    }

    const trace::Cast& m_cast;
    MapGraph m_graph;
    const Correspondents& m_who;
    const Look& m_look;
    std::vector<bool> m_done;
    MapLayout m_out;
    ZoneRoom m_room;
    double m_shrink = 1;
    std::size_t m_left = 0, m_right = 0;
    std::vector<bool> m_onRoad;
    bool m_wrapped = false;  // zones are drawn around where the file puts their members
};

}  // namespace

QString nodeText(const trace::CastNode& node, bool spanish) {
    const std::string& label = spanish ? node.label.es : node.label.en;
    return QString::fromStdString(label.empty() ? node.name : label);
}

QFont nameFont(const PlacedNode& node, const Look& look) { return look.font(node.smallPrint ? Type::second : Type::body, Weight::semibold); }

MapLayout layoutMap(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish) {
    if (isCrowd(cast)) return layoutCrowd(cast, who, area, look, spanish);
    return Placer(cast, who, area, look, spanish).run();
}

}  // namespace mailtrek::ui
