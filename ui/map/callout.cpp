// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/callout.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/map/labels.h"

namespace mailtrek::ui {
namespace {

double overlap(const QRectF& a, const QRectF& b) {
    const QRectF both = a & b;
    return both.width() * both.height();
}

QPointF tipOf(const QRectF& box, const PlacedNode& n) {
    const QLineF ray(n.centre, box.center());
    return ray.length() > 0 ? ray.pointAt(std::min(1.0, n.icon * 0.76 / ray.length())) : n.centre;
}

// Where the tail leaves the box: from the edge that faces the node, as near to it as it gets.
struct TailRoot {
    QPointF a, b;
};

TailRoot tailRoot(const QRectF& box, QPointF tip, const Look& look) {
    const double r = look.px(8), half = look.px(13);
    const QPointF d = tip - box.center();
    if (std::abs(d.x()) * box.height() > std::abs(d.y()) * box.width()) {
        const double x = d.x() > 0 ? box.right() - 1 : box.left() + 1;
        const double y = std::clamp(tip.y(), box.top() + r + half, std::max(box.top() + r + half, box.bottom() - r - half));
        return {{x, y - half}, {x, y + half}};
    }
    const double y = d.y() > 0 ? box.bottom() - 1 : box.top() + 1;
    const double x = std::clamp(tip.x(), box.left() + r + half, std::max(box.left() + r + half, box.right() - r - half));
    return {{x - half, y}, {x + half, y}};
}

double costAt(const QRectF& box, std::size_t node, const MapLayout& layout, const MovingScene& moving, const Look& look) {
    double cost = 0;
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const PlacedNode& n = layout.nodes[i];
        const double reach = i == node ? n.icon * 0.8 : n.icon * 0.5;
        cost += overlap(box, QRectF(n.centre.x() - reach, n.centre.y() - reach, 2 * reach, 2 * reach)) * 4 +
                overlap(box.adjusted(-look.px(7), -look.px(4), look.px(7), look.px(4)), n.label) * 40;
    }
    const double air = look.px(8);  // beside a link, not on its edge
    for (const PlacedLink& l : layout.links) cost += lengthInside(l.line, box.adjusted(-air, -air, air, air)) * 14;
    const double eye = look.px(16);
    for (const PlacedLink& l : layout.links)
        if (l.tapped) cost += overlap(box, QRectF(l.clear.center().x() - eye, l.clear.center().y() - eye, 2 * eye, 2 * eye)) * 8;
    for (const PlacedZone& z : layout.zones) cost += overlap(box, z.titleBox) * 2 + overlap(box, z.stores) * 2;
    cost += overlap(box, layout.networkTitle) * 0.2;
    const double h = glyphHeight(look);
    for (const ShownPacket& p : moving.packets) cost += overlap(box, QRectF(p.at.x() - h, p.at.y() - h / 2, 2 * h, h)) * 2;
    for (const ShownFall& f : moving.falls) cost += overlap(box, QRectF(f.cross, f.rest).normalized().adjusted(-h, -h / 2, h * 6, h)) * 2;
    const QPointF tip = tipOf(box, layout.nodes[node]);
    const TailRoot root = tailRoot(box, tip, look);
    const QLineF tail((root.a + root.b) / 2, tip);
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const PlacedNode& n = layout.nodes[i];
        for (const QLineF& edge : {QLineF(root.a, tip), tail, QLineF(root.b, tip)}) cost += lengthInside(edge, n.label.adjusted(-6, -3, 6, 3)) * 60;
        if (i != node) cost += lengthInside(tail, QRectF(n.centre.x() - n.icon / 2, n.centre.y() - n.icon / 2, n.icon, n.icon)) * 40;
    }
    for (const ShownPacket& p : moving.packets) cost += lengthInside(tail, QRectF(p.at.x() - h, p.at.y() - h / 2, 2 * h, h)) * 30;
    for (const PlacedLink& l : layout.links) cost += tail.intersects(l.line, nullptr) == QLineF::BoundedIntersection ? look.px(140) : 0;
    return cost;
}

double awayCost(const QRectF& box, std::size_t node, const MapLayout& layout, const Look& look) {
    return QLineF(box.center(), layout.nodes[node].centre).length() * look.px(layout.crowded ? 14 : 2.5);
}

QSizeF sizeOf(const CalloutItem& item, const Look& look) {
    if (item.kind == CalloutItem::Kind::arrow) return {look.px(34), glyphHeight(look)};
    return glyphSize(item.glyph, look, glyphHeight(look));
}

double rowWidth(const std::vector<CalloutItem>& row, const Look& look) {
    double width = 0;
    for (const CalloutItem& item : row) width += sizeOf(item, look).width() + look.px(item.glyph.kind == GlyphKind::ack ? 12 : 5);
    return width;
}

void paintArrow(QPainter& p, const QRectF& box, const Look& look) {
    const double y = box.center().y(), tip = look.px(7);
    p.setPen(QPen(look[Token::ink], look.px(2.6), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(Qt::NoBrush);
    p.drawLine(QPointF(box.left() + look.px(3), y), QPointF(box.right() - look.px(3), y));
    p.drawPolyline(QPolygonF({{box.right() - look.px(3) - tip, y - tip}, {box.right() - look.px(3), y}, {box.right() - look.px(3) - tip, y + tip}}));
}

// The outline of a piece that is not there, with its number.
void paintMissing(QPainter& p, const QRectF& box, const QString& number, const Look& look) {
    QPen pen(look[Token::cross], look.px(2.2), Qt::CustomDashLine, Qt::FlatCap);
    pen.setDashPattern({2.2, 1.6});
    p.setPen(pen);
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(box, 3, 3);
    QFont font = look.font(Type::second, Weight::bold);
    font.setPixelSize(std::max(6, static_cast<int>(box.height() * 0.6)));
    p.setFont(font);
    p.setPen(look[Token::bad]);
    p.drawText(box, Qt::AlignCenter, number);
}

void paintRow(QPainter& p, const PlacedCallout& callout, double top, const Look& look) {
    double x = callout.box.center().x() - rowWidth(callout.row, look) / 2;
    const double h = glyphHeight(look);
    for (const CalloutItem& item : callout.row) {
        const QSizeF size = sizeOf(item, look);
        const double gap = look.px(item.glyph.kind == GlyphKind::ack ? 12 : 5);
        const QRectF box(x + gap / 2, top + (h - size.height()) / 2, size.width(), size.height());
        switch (item.kind) {
            case CalloutItem::Kind::glyph: paintGlyph(p, box.center(), item.glyph, look, h); break;
            case CalloutItem::Kind::missing: paintMissing(p, box, shownText(item.glyph), look); break;
            case CalloutItem::Kind::arrow: paintArrow(p, box, look); break;
        }
        x += size.width() + gap;
    }
}

}  // namespace

QStringList wrapped(const QString& text, const QFont& font, double width, int maxLines) {
    const QFontMetricsF metrics(font);
    QStringList lines;
    for (const QString& paragraph : text.split('\n')) {
        QString line;
        for (const QString& word : paragraph.split(' ', Qt::SkipEmptyParts)) {
            const QString longer = line.isEmpty() ? word : line + ' ' + word;
            if (!line.isEmpty() && metrics.horizontalAdvance(longer) > width) {
                lines << line;
                line = word;
            } else {
                line = longer;
            }
        }
        lines << line;
    }
    if (lines.size() > maxLines) {
        lines[maxLines - 1] += QStringLiteral(" …");
        lines.resize(maxLines);
    }
    for (QString& line : lines) line = metrics.elidedText(line, Qt::ElideRight, width);
    return lines;
}

PlacedCallout placeCallout(const CalloutText& text, std::size_t node, const MapLayout& layout, const MovingScene& moving, const Look& look) {
    PlacedCallout out;
    if (text.empty()) return out;
    const QFont font = look.font(Type::body, Weight::semibold);
    const QFontMetricsF metrics(font);
    if (!text.text.isEmpty()) out.lines = wrapped(text.text, font, std::min(look.px(320), layout.area.width() * 0.5), 3);
    out.row = text.row;
    double width = rowWidth(out.row, look);
    for (const QString& line : out.lines) width = std::max(width, metrics.horizontalAdvance(line));
    const double row = out.row.empty() ? 0 : glyphHeight(look) + look.px(14);
    const QSizeF size(width + look.px(32), metrics.height() * static_cast<double>(out.lines.size()) + row + look.px(20));
    const double step = look.px(16), margin = look.px(6);
    double best = 1e18;
    for (double y = margin; y + size.height() <= layout.area.height() - margin; y += step)
        for (double x = margin; x + size.width() <= layout.area.width() - margin; x += step) {
            const QRectF box(QPointF(x, y), size);
            const double away = awayCost(box, node, layout, look);
            if (away >= best) continue;  // no need to look closer
            const double cost = away + costAt(box, node, layout, moving, look);
            if (cost >= best) continue;
            best = cost;
            out.box = box;
        }
    out.tip = tipOf(out.box, layout.nodes[node]);
    return out;
}

void paintCallout(QPainter& p, const PlacedCallout& callout, const Look& look) {
    if (callout.box.isNull()) return;
    QPainterPath body;
    body.addRoundedRect(callout.box, look.px(8), look.px(8));
    const TailRoot root = tailRoot(callout.box, callout.tip, look);
    QPainterPath tail;
    tail.addPolygon(QPolygonF({root.a, callout.tip, root.b}));
    tail.closeSubpath();
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(look[Token::accent], look.px(2.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(look[Token::surface]);
    p.drawPath(body.united(tail));
    const QFont font = look.font(Type::body, Weight::semibold);
    const double line = QFontMetricsF(font).height();
    p.setFont(font);
    p.setPen(look[Token::ink]);
    for (int i = 0; i < callout.lines.size(); ++i)
        p.drawText(QRectF(callout.box.left(), callout.box.top() + look.px(10) + line * i, callout.box.width(), line), Qt::AlignCenter, callout.lines[i]);
    paintRow(p, callout, callout.box.top() + look.px(15) + line * static_cast<double>(callout.lines.size()), look);
    p.restore();
}

}  // namespace mailtrek::ui
