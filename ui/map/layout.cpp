// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/layout.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/map/graph.h"
#include "ui/map/labels.h"

namespace mailtrek::ui {
namespace {

constexpr double kMainRow = 250.0 / 452.0;
constexpr double kLowerRow = 396.0 / 452.0;

class Placer {
public:
    Placer(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish)
        : m_cast(cast), m_graph(cast), m_who(who), m_look(look), m_done(cast.nodes.size(), false) {
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
        for (const auto* members : {&m_graph.zones()[z].servers, &m_graph.zones()[z].devices})
            for (const std::size_t n : *members) m_out.nodes[n].zone = static_cast<int>(m_out.zones.size()) - 1;
    }

    double zoneWidth(std::size_t z) const {
        const std::size_t devices = m_graph.zones()[z].devices.size();
        const double name = QFontMetricsF(m_look.font(Type::body)).horizontalAdvance(QString::fromStdString(m_graph.zones()[z].domain)) + m_look.px(12);
        const double columns = devices <= 1 ? 160 : devices <= 4 ? 216 : 264;
        return std::min(std::max(m_look.between(columns, columns * 1.475), name), w() * 0.36);
    }

    void placeZones() {
        if (m_graph.zones().empty()) return;
        const double margin = m_look.px(12), top = m_look.px(10), height = m_out.area.height() - 2 * top;
        const double leftWidth = zoneWidth(m_left);
        addZone(m_left, QRectF(margin, top, leftWidth, height));
        fillTall(m_left, m_out.zones.back());
        std::vector<std::size_t> rest{m_right};
        for (std::size_t z = 0; z < m_graph.zones().size(); ++z)
            if (z != m_left && z != m_right) rest.push_back(z);
        double width = 0;
        for (const std::size_t z : rest) width = std::max(width, zoneWidth(z));
        if (rest.size() > 1) width = std::max(width, m_look.between(216, 318));
        const double gap = m_look.px(8);
        const double each = (height - gap * static_cast<double>(rest.size() - 1)) / static_cast<double>(rest.size());
        for (std::size_t i = 0; i < rest.size(); ++i) {
            addZone(rest[i], QRectF(w() - margin - width, top + (each + gap) * static_cast<double>(i), width, each));
            if (rest.size() == 1)
                fillTall(rest[i], m_out.zones.back());
            else
                fillShort(rest[i], m_out.zones.back());
        }
    }

    // Devices above, servers on the main row, stores below.
    void fillTall(std::size_t z, PlacedZone& placed) {
        const ZoneMembers& members = m_graph.zones()[z];
        const double row = h(kMainRow);
        spread(members.servers, placed.box.left(), placed.box.right(), row);
        const double above = placed.titleBox.bottom();
        rows(members.devices, QRectF(placed.box.left(), above, placed.box.width(), row - m_look.px(48) - above));
        const double iconHalf = m_look.between(56, 84) / 2;
        const double from = row + iconHalf + m_look.px(68);
        placed.stores = QRectF(placed.box.left() + m_look.px(8), from, placed.box.width() - m_look.px(16), std::max(0.0, placed.box.bottom() - m_look.px(8) - from));
    }

    // One of several on top of each other: server on the left, devices on the right of it.
    void fillShort(std::size_t z, PlacedZone& placed) {
        const ZoneMembers& members = m_graph.zones()[z];
        const double y = placed.titleBox.bottom() + (placed.box.bottom() - placed.titleBox.bottom()) * 0.42;
        const double split = placed.box.left() + placed.box.width() * (members.devices.empty() ? 1.0 : 0.5);
        for (const auto* list : {&members.servers, &members.devices})
            for (const std::size_t n : *list) m_out.nodes[n].icon = std::min(m_out.nodes[n].icon, placed.box.height() * 0.3);
        spread(members.servers, placed.box.left(), split, y);
        rows(members.devices, QRectF(split, placed.titleBox.bottom(), placed.box.right() - split, placed.box.bottom() - placed.titleBox.bottom()));
    }

    // One provider for everybody: sender, server, reader in one row.
    void placeOneZone() {
        const double margin = m_look.px(12), top = m_look.px(10);
        addZone(0, QRectF(margin, top, w() - 2 * margin, m_out.area.height() - 2 * top));
        const ZoneMembers& members = m_graph.zones()[0];
        const double row = h(kMainRow);
        std::vector<std::size_t> left, right;
        for (const std::size_t d : members.devices) (m_cast.nodes[d].user == m_who.from || (m_who.from.empty() && left.empty()) ? left : right).push_back(d);
        PlacedZone& zone = m_out.zones.back();
        const double iconHalf = m_look.between(56, 84) / 2;
        const double third = zone.box.width() / 3;
        spread(members.servers, zone.box.left() + third, zone.box.right() - third, row);
        const double tall = zone.box.bottom() - zone.titleBox.bottom();
        rows(left, QRectF(zone.box.left(), zone.titleBox.bottom() + tall * 0.12, third * 0.7, tall * 0.76));
        rows(right, QRectF(zone.box.right() - third * 0.7, zone.titleBox.bottom() + tall * 0.12, third * 0.7, tall * 0.76));
        const double from = row + iconHalf + m_look.px(68);
        zone.stores = QRectF(zone.box.center().x() - m_look.px(140), from, m_look.px(280), zone.box.bottom() - m_look.px(8) - from);
    }

    void spread(const std::vector<std::size_t>& nodes, double from, double to, double y) {
        const double each = (to - from) / static_cast<double>(std::max<std::size_t>(1, nodes.size()));
        for (std::size_t i = 0; i < nodes.size(); ++i) put(nodes[i], {from + each * (static_cast<double>(i) + 0.5), y});
    }

    void rows(const std::vector<std::size_t>& nodes, QRectF room) {
        if (nodes.empty()) return;
        const std::size_t n = nodes.size();
        const std::size_t columns = std::min<std::size_t>(n, n <= 1 ? 1 : n <= 4 && room.width() < m_look.px(280) ? 2 : 3);
        const std::size_t lines = (n + columns - 1) / columns;
        const double lineHeight = room.height() / static_cast<double>(lines);
        const double label = m_look.textPx(Type::body) * 1.25;
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t line = i / columns;
            const std::size_t inLine = std::min(columns, n - line * columns);
            const double each = room.width() / static_cast<double>(inLine);
            m_out.nodes[nodes[i]].icon = std::clamp(lineHeight - label - m_look.px(6), m_look.px(18), m_out.nodes[nodes[i]].icon);
            put(nodes[i], {room.left() + each * (static_cast<double>(i % columns) + 0.5), room.top() + lineHeight * (static_cast<double>(line) + 0.5) + label * 0.35});
        }
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
        if (road.empty()) return;
        const double row = h(kMainRow);
        const double from = middleLeft() + m_look.px(34), to = middleRight() - m_look.px(36);
        if (road.size() == 1) {
            put(road[0], {(from + to) / 2, row});
            return;
        }
        std::vector<double> at{0};
        for (std::size_t i = 1; i < road.size(); ++i) at.push_back(at.back() + weightOf(road[i - 1], road[i]));
        for (std::size_t i = 0; i < road.size(); ++i) put(road[i], {from + (to - from) * at[i] / at.back(), row});
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
        for (std::size_t z = 0; z < m_out.zones.size(); ++z) {
            QRectF box;
            for (const PlacedNode& n : m_out.nodes)
                if (n.zone == static_cast<int>(z)) box |= QRectF(n.centre.x() - m_look.px(72), n.centre.y() - m_look.px(84), m_look.px(144), m_look.px(168));
            m_out.zones[z].box = box & QRectF(QPointF(), m_out.area).adjusted(4, 4, -4, -4);
            m_out.zones[z].titleBox = QRectF(m_out.zones[z].box.left(), m_out.zones[z].box.top(), m_out.zones[z].box.width(), m_look.px(28));
            m_out.zones[z].stores = {};
        }
    }

    void finish() {
        m_out.links.resize(m_cast.links.size());
        for (std::size_t i = 0; i < m_cast.links.size(); ++i) {
            const PlacedNode& a = m_out.nodes[m_cast.links[i].first.index()];
            const PlacedNode& b = m_out.nodes[m_cast.links[i].second.index()];
            QLineF line(a.centre, b.centre);
            m_out.links[i].line = line;
            const double length = std::max(1.0, line.length());
            m_out.links[i].clear = QLineF(line.pointAt(std::min(0.5, a.icon * 0.5 / length)), line.pointAt(1 - std::min(0.5, b.icon * 0.5 / length)));
        }
        if (m_out.zones.size() >= 2) m_out.networkTitle = QRectF(middleLeft(), m_out.zones[0].titleBox.top(), middleRight() - middleLeft(), m_out.zones[0].titleBox.height());
    }

    const trace::Cast& m_cast;
    MapGraph m_graph;
    const Correspondents& m_who;
    const Look& m_look;
    std::vector<bool> m_done;
    MapLayout m_out;
    double m_shrink = 1;
    std::size_t m_left = 0, m_right = 0;
};

}  // namespace

QString nodeText(const trace::CastNode& node, bool spanish) {
    const std::string& label = spanish ? node.label.es : node.label.en;
    return QString::fromStdString(label.empty() ? node.name : label);
}

MapLayout layoutMap(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish) { return Placer(cast, who, area, look, spanish).run(); }

}  // namespace mailtrek::ui
