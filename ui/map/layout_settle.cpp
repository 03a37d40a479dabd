// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/layout_settle.h"

#include <QFontMetricsF>
#include <algorithm>
#include <map>

#include "ui/map/labels.h"

namespace mailtrek::ui {
namespace {

QRectF iconBox(QPointF centre, double icon) { return {centre.x() - icon / 2, centre.y() - icon / 2, icon, icon}; }

double area(const QRectF& r) { return r.width() * r.height(); }

class Settler {
public:
    Settler(std::size_t node, const MapLayout& layout, const trace::Cast& cast, const Look& look) : m_node(node), m_layout(layout), m_cast(cast), m_look(look) {
        const QFontMetricsF metrics(nameFont(layout.nodes[node], look));
        m_name = QSizeF(metrics.horizontalAdvance(layout.nodes[node].text), metrics.height());
    }

    // Of standing there; 0: covers nothing.
    double cost(QPointF at) const {
        const double icon = m_layout.nodes[m_node].icon;
        QRectF box = iconBox(at, icon).adjusted(0, -m_name.height(), 0, m_name.height());
        if (m_name.width() > icon) box.adjust(-(m_name.width() - icon) / 2, 0, (m_name.width() - icon) / 2, 0);
        double cost = QRectF(QPointF(), m_layout.area).contains(box) ? 0 : 4000;
        for (const PlacedZone& z : m_layout.zones) cost += area(box & z.box);
        for (std::size_t i = 0; i < m_layout.nodes.size(); ++i) {
            if (i == m_node) continue;
            const PlacedNode& other = m_layout.nodes[i];
            cost += area(box & iconBox(other.centre, other.icon).adjusted(-4, -m_name.height() * 0.7, 4, m_name.height() * 0.7));
        }
        for (const trace::CastLink& link : m_cast.links) {
            const std::size_t a = link.first.index(), b = link.second.index();
            if (a != m_node && b != m_node) {
                cost += lengthInside(QLineF(m_layout.nodes[a].centre, m_layout.nodes[b].centre), iconBox(at, icon)) * 20;
                continue;
            }
            const std::size_t far = a == m_node ? b : a;
            const QLineF mine(at, m_layout.nodes[far].centre);
            for (std::size_t i = 0; i < m_layout.nodes.size(); ++i)
                if (i != m_node && i != far) cost += lengthInside(mine, iconBox(m_layout.nodes[i].centre, m_layout.nodes[i].icon)) * 20;
        }
        return cost;
    }

private:
    std::size_t m_node;
    const MapLayout& m_layout;
    const trace::Cast& m_cast;
    const Look& m_look;
    QSizeF m_name;
};

}  // namespace

void settleNode(std::size_t node, MapLayout& layout, const trace::Cast& cast, const Look& look) {
    const Settler settler(node, layout, cast, look);
    const QPointF wanted = layout.nodes[node].centre;
    const double here = settler.cost(wanted);
    if (here < 1) return;
    const double step = look.px(14);
    double least = here;
    for (double y = step * 3; y < layout.area.height() - step * 2; y += step)
        for (double x = step * 2; x < layout.area.width() - step * 2; x += step) {
            const double away = QLineF(wanted, {x, y}).length() * 1.5;
            if (away >= least) continue;
            const double cost = settler.cost({x, y}) + away;
            if (cost >= least) continue;
            least = cost;
            layout.nodes[node].centre = {x, y};
        }
}

void placeLinks(MapLayout& layout, const trace::Cast& cast, const Look& look) {
    layout.links.resize(cast.links.size());
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> bundles;
    for (std::size_t i = 0; i < cast.links.size(); ++i) bundles[std::minmax(cast.links[i].first.value, cast.links[i].second.value)].push_back(i);
    for (const auto& [ends, bundle] : bundles)
        for (std::size_t k = 0; k < bundle.size(); ++k) {
            const trace::CastLink& link = cast.links[bundle[k]];
            const PlacedNode& a = layout.nodes[link.first.index()];
            const PlacedNode& b = layout.nodes[link.second.index()];
            QLineF line(a.centre, b.centre);
            const double length = std::max(1.0, line.length());
            const double apart = std::min(look.px(30), std::min(a.icon, b.icon) * 0.8 / static_cast<double>(bundle.size() > 1 ? bundle.size() - 1 : 1));
            const double off = (static_cast<double>(k) - static_cast<double>(bundle.size() - 1) / 2) * apart * (link.first.value < link.second.value ? 1 : -1);
            line.translate(line.dy() / length * off, -line.dx() / length * off);
            layout.links[bundle[k]].line = line;
            layout.links[bundle[k]].tapped = link.tapped;
            // Servers keep the room of the ring that marks who acts.
            const auto rim = [&](const PlacedNode& n, NodeId id) { return n.icon * (cast.nodes[id.index()].kind == trace::NodeKind::mailServer ? 0.74 : 0.5) / length; };
            layout.links[bundle[k]].clear = QLineF(line.pointAt(std::min(0.45, rim(a, link.first))), line.pointAt(1 - std::min(0.45, rim(b, link.second))));
        }
}

}  // namespace mailtrek::ui
