// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/layout_crowd.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>
#include <deque>

#include "ui/map/callout.h"
#include "ui/map/graph.h"
#include "ui/map/layout_settle.h"

namespace mailtrek::ui {
namespace {

constexpr double kCellWidth = 104, kCellHeight = 92, kTitle = 40, kGap = 20;

class Crowd {
public:
    Crowd(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish)
        : m_cast(cast), m_graph(cast), m_look(look), m_aspect(area.width() / std::max(1.0, area.height())) {
        m_out.crowded = true;
        m_out.nodes.resize(cast.nodes.size());
        for (std::size_t i = 0; i < cast.nodes.size(); ++i) {
            PlacedNode& n = m_out.nodes[i];
            n.text = nodeText(cast.nodes[i], spanish);
            n.smallPrint = true;
            n.icon = look.px(isDevice(cast.nodes[i].kind) ? 40 : 48);
            if (m_graph.zoneOf(i) < 0) m_between.push_back(i);
        }
        splitSides(who);
    }

    MapLayout run() {
        chooseHeight();
        placeSide(m_sides[0], px(kGap), true);
        placeSide(m_sides[1], m_out.area.width() - px(kGap) - m_widths[1], false);
        placeNetwork();
        names();
        placeLinks(m_out, m_cast, m_look);
        return std::move(m_out);
    }

private:
    double px(double v) const { return m_look.px(v); }

    void splitSides(const Correspondents& who) {
        const std::size_t count = m_graph.zones().size();
        if (count == 0) return;
        const std::size_t left = m_graph.zoneServing(who.from).value_or(0);
        const std::size_t right = m_graph.zoneServing(who.to).value_or(count > 1 && left == 0 ? 1 : 0);
        m_sides[0].push_back(left);
        if (right != left) m_sides[1].push_back(right);
        m_left = left;
        m_right = right;
        for (std::size_t z = 0; z < count; ++z)
            if (z != left && z != right) m_sides[m_sides[0].size() <= m_sides[1].size() ? 0 : 1].push_back(z);
    }

    // --- zones: the servers in a first column on the inner side, devices in a grid ---

    struct Card {
        std::size_t columns, rows, servers;
        double width, height;
    };

    Card cardOf(std::size_t zone) const {
        const ZoneMembers& m = m_graph.zones()[zone];
        const std::size_t hubs = m.servers.size() + m.switches.size();
        Card c{};
        c.columns = m.devices.empty() ? 0 : static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(m.devices.size()) * 0.8)));
        c.rows = std::max(hubs, c.columns == 0 ? 1 : (m.devices.size() + c.columns - 1) / c.columns);
        c.servers = hubs;
        c.width = px(kCellWidth) * static_cast<double>(c.columns + 1);
        c.height = px(kTitle) + px(kCellHeight) * static_cast<double>(c.rows);
        return c;
    }

    // How wide a side gets when no column may be higher than `height`.
    double widthOf(const std::vector<std::size_t>& side, double height) const {
        double total = 0, width = 0, y = 0;
        for (const std::size_t z : side) {
            const Card c = cardOf(z);
            if (y > 0 && y + c.height > height) {
                total += width + px(kGap);
                width = y = 0;
            }
            y += c.height + px(kGap);
            width = std::max(width, c.width);
        }
        return side.empty() ? 0 : total + width;
    }

    double networkWidth(double height) const {
        const double rows = std::max(1.0, std::floor(height / px(kCellHeight * 1.25)));
        return px(kCellWidth * 1.3) * std::max(2.0, std::ceil(static_cast<double>(m_between.size()) * 1.6 / rows)) + 2 * px(kGap);
    }

    // The lowest height at which everything is no wider than the window's proportions ask for.
    void chooseHeight() {
        double height = px(420);
        for (const auto& side : m_sides)
            for (const std::size_t z : side) height = std::max(height, cardOf(z).height + 2 * px(kGap));
        double width = 0;
        for (int i = 0; i < 200; ++i, height *= 1.08) {
            const double room = height - 2 * px(kGap);
            for (std::size_t s = 0; s < 2; ++s) m_widths[s] = widthOf(m_sides[s], room);
            width = m_widths[0] + m_widths[1] + networkWidth(room) + 4 * px(kGap);
            if (width <= height * m_aspect) break;
        }
        m_out.area = QSizeF(std::max(width, height * m_aspect), height);
    }

    void placeSide(const std::vector<std::size_t>& side, double left, bool outerLeft) {
        double x = left, y = px(kGap), width = 0, total = px(kGap);
        for (const std::size_t z : side) total += cardOf(z).height + px(kGap);
        // A single column spreads over the height.
        const double loose = total < m_out.area.height() ? (m_out.area.height() - total) / static_cast<double>(side.size() + 1) : 0;
        y += loose;
        for (const std::size_t z : side) {
            const Card c = cardOf(z);
            if (y > px(kGap) && y + c.height > m_out.area.height() - px(kGap)) {
                x += width + px(kGap);
                y = px(kGap);
                width = 0;
            }
            placeCard(z, QRectF(x, y, c.width, c.height), c, outerLeft);
            y += c.height + px(kGap) + loose;
            width = std::max(width, c.width);
        }
    }

    void placeCard(std::size_t z, const QRectF& box, const Card& card, bool outerLeft) {
        PlacedZone placed;
        placed.box = box;
        const ZoneMembers& members = m_graph.zones()[z];
        placed.title = QString::fromStdString(members.domain);
        placed.titleBox = QRectF(box.left(), box.top() + px(4), box.width(), px(32));
        if (!members.servers.empty()) placed.server = NodeId{static_cast<std::uint32_t>(members.servers.front())};
        placed.sends = z == m_left;
        placed.receives = z == m_right;
        const int index = static_cast<int>(m_out.zones.size());
        m_out.zones.push_back(placed);
        const auto cell = [&](std::size_t column, std::size_t row) {
            const double along = px(kCellWidth) * (static_cast<double>(column) + 0.5);
            return QPointF(outerLeft ? box.right() - along : box.left() + along, box.top() + px(kTitle) + px(kCellHeight) * (static_cast<double>(row) + 0.42));
        };
        std::size_t row = 0;
        for (const auto* list : {&members.servers, &members.switches})
            for (const std::size_t n : *list) put(n, cell(0, row++), index);
        for (std::size_t i = 0; i < members.devices.size(); ++i) put(members.devices[i], cell(1 + i % card.columns, i / card.columns), index);
    }

    void put(std::size_t node, QPointF at, int zone) {
        m_out.nodes[node].centre = at;
        m_out.nodes[node].zone = zone;
    }

    // --- the network: every router on the free cell nearest to the middle of what it is linked with ---

    void placeNetwork() {
        const double left = px(kGap) * 2 + m_widths[0], right = m_out.area.width() - px(kGap) * 2 - m_widths[1];
        const auto columns = std::max<std::size_t>(1, static_cast<std::size_t>((right - left) / px(kCellWidth * 1.3)));
        const auto rows = std::max<std::size_t>((m_between.size() + columns - 1) / columns, static_cast<std::size_t>(m_out.area.height() / px(kCellHeight * 1.25)));
        m_free.assign(columns * rows, true);
        const double w = (right - left) / static_cast<double>(columns), h = m_out.area.height() / static_cast<double>(rows);
        std::vector<QPointF> goal = relaxed(QRectF(left, 0, right - left, m_out.area.height()));
        std::vector<std::size_t> order = m_between;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return goal[a].x() != goal[b].x() ? goal[a].x() < goal[b].x() : a < b; });
        for (const std::size_t n : order) {
            std::size_t best = 0;
            double least = 1e18;
            for (std::size_t c = 0; c < m_free.size(); ++c) {
                if (!m_free[c]) continue;
                const QPointF at(left + w * (static_cast<double>(c % columns) + 0.5), h * (static_cast<double>(c / columns) + 0.45));
                const double d = QLineF(at, goal[n]).length();
                if (d >= least) continue;
                least = d;
                best = c;
                m_out.nodes[n].centre = at;
            }
            m_free[best] = false;
        }
    }

    // Springs towards neighbours, servers held fast; then spread evenly over the room by rank in x and y.
    std::vector<QPointF> relaxed(const QRectF& room) const {
        std::vector<QPointF> at(m_out.nodes.size());
        for (std::size_t i = 0; i < at.size(); ++i)
            at[i] = m_graph.zoneOf(i) >= 0 ? m_out.nodes[i].centre : room.center() + QPointF(std::sin(static_cast<double>(i)) * 9, std::cos(static_cast<double>(i) * 1.7) * 9);
        for (int round = 0; round < 60; ++round)
            for (const std::size_t n : m_between) {
                if (m_graph.neighbours(n).empty()) continue;
                QPointF sum;
                for (const std::size_t m : m_graph.neighbours(n)) sum += at[m];
                at[n] = at[n] * 0.3 + sum / static_cast<double>(m_graph.neighbours(n).size()) * 0.7;
            }
        for (const bool vertical : {false, true}) {
            std::vector<std::size_t> order = m_between;
            const auto key = [&](std::size_t n) { return vertical ? at[n].y() : at[n].x(); };
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
            for (std::size_t i = 0; i < order.size(); ++i) {
                const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(order.size());
                vertical ? at[order[i]].setY(room.top() + room.height() * share) : at[order[i]].setX(room.left() + room.width() * share);
            }
        }
        return at;
    }

    void names() {
        for (PlacedNode& n : m_out.nodes) {
            const QFontMetricsF metrics(nameFont(n, m_look));
            n.text = metrics.elidedText(n.text, Qt::ElideRight, px(kCellWidth) - 4);
            const double width = metrics.horizontalAdvance(n.text) + 2;
            n.label = QRectF(n.centre.x() - width / 2, n.centre.y() + n.icon * 0.48, width, metrics.height() * 0.9);
        }
    }

    const trace::Cast& m_cast;
    MapGraph m_graph;
    const Look& m_look;
    double m_aspect;
    MapLayout m_out;
    std::vector<std::size_t> m_between;
    std::array<std::vector<std::size_t>, 2> m_sides;
    std::array<double, 2> m_widths{};
    std::vector<bool> m_free;
    std::size_t m_left = 0, m_right = 0;
};

}  // namespace

bool isCrowd(const trace::Cast& cast) {
    const MapGraph graph(cast);
    std::size_t between = 0;
    bool placed = true;
    for (std::size_t i = 0; i < cast.nodes.size(); ++i) {
        between += graph.zoneOf(i) < 0 && !cast.nodes[i].drawnByUs ? 1 : 0;
        placed = placed && (cast.nodes[i].position || cast.nodes[i].drawnByUs);
    }
    if (placed || cast.nodes.size() < 12) return false;  // the file knows best
    bool large = graph.zones().size() > 5 || between > 16 || cast.nodes.size() > 36;
    for (const ZoneMembers& z : graph.zones()) large = large || z.devices.size() > (graph.zones().size() > 2 ? 3u : 6u) || z.servers.size() > 3;
    return large;
}

MapLayout layoutCrowd(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish) { return Crowd(cast, who, area, look, spanish).run(); }

}  // namespace mailtrek::ui
