// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/labels.h"

#include <QFontMetricsF>
#include <algorithm>
#include <array>

#include "ui/map/callout.h"

namespace mailtrek::ui {
namespace {

enum class Place : std::uint8_t { above, below, right, left, aboveRight, aboveLeft };

QRectF boxAt(const PlacedNode& n, Place place, QSizeF text, double gap, trace::NodeKind kind) {
    // Shapes do not fill the 64-unit grid alike: routers end at 26 of 32, screens higher than they are wide.
    const double reach = n.icon * (kind == trace::NodeKind::router ? 0.42 : 0.46);
    QRectF box(QPointF(), text);
    switch (place) {
        case Place::above: box.moveCenter(n.centre + QPointF(0, -reach - gap - text.height() / 2)); break;
        case Place::below: box.moveCenter(n.centre + QPointF(0, reach + gap + text.height() / 2)); break;
        case Place::aboveRight: box.moveCenter(n.centre + QPointF(gap * 2 + text.width() / 2, -reach - gap * 7 - text.height() / 2)); break;
        case Place::aboveLeft: box.moveCenter(n.centre + QPointF(-gap * 2 - text.width() / 2, -reach - gap * 7 - text.height() / 2)); break;
        case Place::right: box.moveCenter(n.centre + QPointF(reach + gap * 2 + text.width() / 2, 0)); break;
        case Place::left: box.moveCenter(n.centre + QPointF(-reach - gap * 2 - text.width() / 2, 0)); break;
    }
    return box;
}

std::array<Place, 6> preference(const trace::CastNode& node, LabelSide side, bool lowerRow) {
    switch (side) {
        case LabelSide::above: return {Place::above, Place::aboveRight, Place::aboveLeft, Place::right, Place::left, Place::below};
        case LabelSide::below: return {Place::below, Place::right, Place::left, Place::above, Place::aboveRight, Place::aboveLeft};
        case LabelSide::left: return {Place::left, Place::right, Place::below, Place::above, Place::aboveLeft, Place::aboveRight};
        case LabelSide::right: return {Place::right, Place::left, Place::below, Place::above, Place::aboveRight, Place::aboveLeft};
        case LabelSide::automatic: break;
    }
    if (node.kind == trace::NodeKind::router && !lowerRow) return {Place::above, Place::aboveRight, Place::aboveLeft, Place::below, Place::right, Place::left};
    return {Place::below, Place::above, Place::right, Place::left, Place::aboveRight, Place::aboveLeft};
}

double costOf(const QRectF& box, std::size_t self, const MapLayout& layout, const std::vector<QRectF>& taken) {
    double cost = 0;
    const QRectF map(QPointF(), layout.area);
    if (!map.contains(box)) cost += 500;
    for (const PlacedLink& link : layout.links) cost += lengthInside(link.line, box) * 4;
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        if (i == self) continue;
        const PlacedNode& other = layout.nodes[i];
        const QRectF icon(other.centre.x() - other.icon / 2, other.centre.y() - other.icon / 2, other.icon, other.icon);
        const QRectF both = box & icon;
        cost += both.width() * both.height();
    }
    for (const QRectF& t : taken) {
        const QRectF both = box & t;
        cost += both.width() * both.height() * 2;
    }
    for (const PlacedZone& zone : layout.zones) {
        for (const QRectF& r : {zone.titleBox, zone.stores}) {
            const QRectF both = box & r;
            cost += both.width() * both.height();
        }
        const bool crossesEdge = box.intersects(zone.box) && !zone.box.contains(box);
        if (crossesEdge) cost += 30;
    }
    return cost;
}

// Breaks a name that is wider than its room into two lines; the size of the text.
QSizeF fitName(PlacedNode& n, const Look& look) {
    const QFontMetricsF metrics(nameFont(n, look));
    if (n.labelRoom > 0 && metrics.horizontalAdvance(n.text) > n.labelRoom) n.text = wrapped(n.text, nameFont(n, look), n.labelRoom, 2).join('\n');
    double width = 0;
    const QStringList lines = n.text.split('\n');
    for (const QString& line : lines) width = std::max(width, metrics.horizontalAdvance(line));
    return {width + 2, metrics.height() * 0.92 * static_cast<double>(lines.size())};
}

}  // namespace

double lengthInside(const QLineF& line, const QRectF& box) {  // Liang-Barsky
    double t0 = 0, t1 = 1;
    const double dx = line.dx(), dy = line.dy();
    const std::array<std::pair<double, double>, 4> edges{std::pair{-dx, line.x1() - box.left()}, std::pair{dx, box.right() - line.x1()}, std::pair{-dy, line.y1() - box.top()},
                                                         std::pair{dy, box.bottom() - line.y1()}};
    for (const auto& [p, q] : edges) {
        if (p == 0) {
            if (q < 0) return 0;
        } else if (p < 0) {
            t0 = std::max(t0, q / p);
        } else {
            t1 = std::min(t1, q / p);
        }
        if (t0 > t1) return 0;
    }
    return line.length() * (t1 - t0);
}

void placeLabels(MapLayout& layout, const trace::Cast& cast, const Look& look) {
    const double gap = look.px(3);
    std::vector<QRectF> taken;
    // Those with the fewest choices first: names of the main row, then the rest in file order.
    double mainRow = 0;
    for (const PlacedZone& z : layout.zones)
        if (z.server.valid()) mainRow = std::max(mainRow, layout.nodes[z.server.index()].centre.y());
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        PlacedNode& n = layout.nodes[i];
        const QSizeF text = fitName(n, look);
        const bool lowerRow = n.centre.y() > mainRow + 10;
        double best = 1e18;
        double rank = 0;
        for (const Place place : preference(cast.nodes[i], n.labelSide, lowerRow)) {
            const QRectF box = boxAt(n, place, text, gap, cast.nodes[i].kind);
            const double cost = costOf(box, i, layout, taken) + rank;
            rank += 1.5;
            if (cost >= best) continue;
            best = cost;
            n.label = box;
            n.labelAbove = box.center().y() < n.centre.y() - 1;
        }
        const double slackLeft = n.label.left() - 2;
        if (slackLeft < 0) n.label.translate(-slackLeft, 0);
        const double slackRight = layout.area.width() - 2 - n.label.right();
        if (slackRight < 0) n.label.translate(slackRight, 0);
        taken.push_back(n.label);
    }
}

}  // namespace mailtrek::ui
