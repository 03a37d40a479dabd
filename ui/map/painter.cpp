// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/map/labels.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct MapWords {
    Q_DECLARE_TR_FUNCTIONS(MapWords)
};

void zigzag(QPainter& p, const QLineF& line, double unit, const QColor& paper, const QPen& pen) {
    const QPointF middle = line.pointAt(0.5);
    const double angle = std::atan2(line.dy(), line.dx()) * 180.0 / M_PI;
    p.save();
    p.translate(middle);
    p.rotate(angle);
    p.scale(unit, unit);
    p.fillRect(QRectF(-25, -5, 50, 10), paper);
    p.setPen(pen);
    p.drawPolyline(QPolygonF({{-25, 0}, {-19, -6}, {-10, 6}, {0, -6}, {10, 6}, {19, -6}, {25, 0}}));
    p.restore();
}

void cutBars(QPainter& p, const QLineF& line, double unit, const QColor& paper, const QColor& colour) {
    p.save();
    p.translate(line.pointAt(0.5));
    p.rotate(std::atan2(line.dy(), line.dx()) * 180.0 / M_PI);
    p.scale(unit, unit);
    p.fillRect(QRectF(-13, -5, 26, 10), paper);
    p.setPen(QPen(colour, 4, Qt::SolidLine, Qt::RoundCap));
    p.drawLine(QPointF(-10, 11), QPointF(-2, -11));
    p.drawLine(QPointF(3, 11), QPointF(11, -11));
    p.restore();
}

void pill(QPainter& p, QPointF topCentre, const QString& text, const Look& look) {
    const QFont font = look.font(Type::second);
    const QFontMetricsF metrics(font);
    const QSizeF size(metrics.horizontalAdvance(text) + look.px(18), look.between(25, 37));
    const QRectF box(topCentre.x() - size.width() / 2, topCentre.y(), size.width(), size.height());
    p.setPen(QPen(look[Token::edge], look.px(1.6)));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(box, size.height() / 2, size.height() / 2);
    p.setPen(look[Token::ink]);
    p.setFont(font);
    p.drawText(box, Qt::AlignCenter, text);
}

}  // namespace

void paintFillBar(QPainter& p, const QRectF& box, double filled, const Look& look) {
    const double r = look.px(6);
    const bool full = filled >= 0.9995;
    p.save();
    p.setPen(QPen(look[Token::ink], look.px(2)));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(box, r, r);
    if (filled > 0) {
        QPainterPath clip;
        clip.addRoundedRect(box.adjusted(2, 2, -2, -2), r - 2, r - 2);
        p.setClipPath(clip);
        const QColor colour = full ? familyColour(Family::error) : filled >= 0.85 ? familyColour(Family::retx) : look[Token::series1];
        p.fillRect(QRectF(box.left(), box.top(), box.width() * std::min(1.0, filled), box.height()), colour);
        p.setClipping(false);
    }
    p.setPen(QPen(look[Token::ink], look.px(1.6)));
    for (int i = 1; i < 4; ++i) {
        const double x = box.left() + box.width() * i / 4;
        p.drawLine(QPointF(x, box.bottom() - look.px(5)), QPointF(x, box.bottom() - look.px(1.5)));
    }
    if (full) p.fillRect(QRectF(box.right() - look.px(2), box.top() - look.px(3), look.px(4), box.height() + look.px(6)), look[Token::ink]);
    p.restore();
}

void MapPainter::paintStill(QPainter& p, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio) {
    p.setRenderHint(QPainter::Antialiasing);
    paintZones(p, scene, layout, look);
    paintLinks(p, scene, layout, look);
    paintNodes(p, scene, layout, cast, look, ratio);
}

void MapPainter::paintZones(QPainter& p, const StillScene& scene, const MapLayout& layout, const Look& look) {
    const QFont font = look.font(Type::body);
    const double r = look.px(12);
    for (const PlacedZone& zone : layout.zones) {
        p.setPen(look.theme.kind == ThemeKind::contrast ? QPen(look[Token::line], look.px(1.5)) : QPen(Qt::NoPen));
        p.setBrush(look[Token::zone]);
        p.drawRoundedRect(zone.box, r, r);
        p.setFont(font);
        p.setPen(look[Token::ink2]);
        p.drawText(zone.titleBox, Qt::AlignCenter, QFontMetricsF(font).elidedText(zone.title, Qt::ElideMiddle, zone.titleBox.width()));
    }
    if (!layout.networkTitle.isNull()) {
        p.setFont(font);
        p.setPen(look[Token::ink2]);
        p.drawText(layout.networkTitle, Qt::AlignCenter, MapWords::tr("the network"));
    }
    for (std::size_t z = 0; z < layout.zones.size() && z < scene.stores.size(); ++z) paintStores(p, scene.stores[z], layout.zones[z], look);
}

void MapPainter::paintStores(QPainter& p, const ShownStores& stores, const PlacedZone& zone, const Look& look) {
    const QFont font = look.font(Type::second);
    const QFontMetricsF metrics(font);
    const double line = metrics.height();
    const double each = line + look.px(34);
    std::size_t shownBoxes = stores.mailboxes.size();
    const std::size_t room = static_cast<std::size_t>(std::max(0.0, (zone.stores.height() + look.px(8)) / each));
    const std::size_t wanted = shownBoxes + (stores.queued ? 1 : 0);
    if (wanted > room) shownBoxes = room > (stores.queued ? 1u : 0u) ? room - (stores.queued ? 1 : 0) : 0;
    double y = zone.stores.bottom() - each * static_cast<double>(shownBoxes + (stores.queued ? 1 : 0)) + look.px(8);
    const double middle = zone.stores.center().x();
    const auto caption = [&](const QString& text) {
        p.setFont(font);
        p.setPen(look[Token::ink]);
        p.drawText(QRectF(zone.stores.left(), y, zone.stores.width(), line), Qt::AlignCenter, metrics.elidedText(text, Qt::ElideRight, zone.stores.width()));
        y += line + look.px(3);
    };
    if (stores.queued && (room > 0)) {
        caption(MapWords::tr("queued: %1").arg(*stores.queued));
        const QSizeF size(look.px(32), look.px(21));
        const int drawn = std::min(*stores.queued, 4);
        for (int i = 0; i < drawn; ++i) {
            const QRectF box(middle - size.width() / 2 + (i - (drawn - 1) / 2.0) * look.px(12), y + look.px(1), size.width(), size.height());
            p.setPen(QPen(look[Token::ink], look.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            p.setBrush(look[Token::surface]);
            p.drawRoundedRect(box, 2, 2);
            p.drawPolyline(QPolygonF({box.topLeft() + QPointF(1, 1), {box.center().x(), box.center().y() + look.px(1.5)}, box.topRight() + QPointF(-1, 1)}));
        }
        y += look.px(31);
    }
    for (std::size_t i = 0; i < shownBoxes; ++i) {
        const ShownMailbox& box = stores.mailboxes[i];
        QString owner = box.owner;
        if (!owner.isEmpty()) owner[0] = owner[0].toUpper();
        caption(MapWords::tr("%1's mailbox: %2").arg(owner).arg(box.letters));
        const double width = std::min(look.px(120), zone.stores.width() - look.px(8));
        const QRectF bar(middle - width / 2, y, width, look.px(20));
        paintFillBar(p, bar, box.filled, look);
        if (!box.hasQuota) {  // without a quota there is nothing to fill: letters lie in it, up to what fits
            const int drawn = std::min(box.letters, 5);
            for (int l = 0; l < drawn; ++l) {
                const QRectF letter(bar.left() + look.px(5) + look.px(22) * l, bar.top() + look.px(4), look.px(17), look.px(12));
                p.setPen(QPen(look[Token::ink], look.px(1.4)));
                p.setBrush(look[Token::soft]);
                p.drawRect(letter);
                p.drawPolyline(QPolygonF({letter.topLeft(), letter.center(), letter.topRight()}));
            }
        }
        y += look.px(31);
    }
}

void MapPainter::paintLinks(QPainter& p, const StillScene& scene, const MapLayout& layout, const Look& look) {
    for (std::size_t i = 0; i < layout.links.size() && i < scene.links.size(); ++i) {
        const QLineF& line = layout.links[i].line;
        const ShownLink& link = scene.links[i];
        const QPen solid(look[Token::wire], look.px(4), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        QPen dotted(look[Token::edge], look.px(2.5), Qt::CustomDashLine, Qt::RoundCap);
        dotted.setDashPattern({0.8, 2.8});
        p.setPen(link.state == LinkState::spare ? dotted : solid);
        p.drawLine(line);
        // Marks belong to the free middle of the link; between two rims they take the ground they stand on.
        const QLineF& clear = layout.links[i].clear;
        QColor ground = look[Token::paper];
        for (const PlacedZone& zone : layout.zones)
            if (zone.box.contains(clear.pointAt(0.5))) ground = look[Token::zone];
        const double unit = std::min(look.scale, clear.length() / 60.0);
        if (link.state == LinkState::cut)
            cutBars(p, clear, unit, ground, look[Token::cross]);
        else if (link.lossy)
            zigzag(p, clear, unit, ground, QPen(look[Token::wire], 3.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    }
}

void MapPainter::paintNodes(QPainter& p, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio) {
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const PlacedNode& n = layout.nodes[i];
        const bool active = scene.active == i;
        if (active) {
            const double r = n.icon * 0.72;
            p.setPen(QPen(look[Token::accent], look.px(3)));
            p.setBrush(look[Token::soft]);
            p.drawEllipse(n.centre, r, r);
        }
        if (scene.selected == i) {
            const double r = n.icon * 0.66, arm = n.icon * 0.2;
            p.setPen(QPen(look[Token::accent], look.px(3.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            p.setBrush(Qt::NoBrush);
            for (const int sx : {-1, 1})
                for (const int sy : {-1, 1})
                    p.drawPolyline(QPolygonF({n.centre + QPointF(sx * r, sy * (r - arm)), n.centre + QPointF(sx * r, sy * r), n.centre + QPointF(sx * (r - arm), sy * r)}));
        }
        const QPixmap icon = m_kit.node(cast.nodes[i].kind, scene.nodes[i].state, n.icon, ratio);
        const double side = n.icon * 80.0 / 64.0;
        p.drawPixmap(QRectF(n.centre.x() - side / 2, n.centre.y() - side / 2, side, side), icon, QRectF(icon.rect()));
        // The ring of the active node takes room: its name steps aside, away from the ring.
        const QRectF label = active ? n.label.translated(0, n.labelAbove ? -n.icon * 0.27 : n.label.top() > n.centre.y() ? n.icon * 0.27 : 0) : n.label;
        p.setFont(look.font(Type::body, Weight::semibold));
        p.setPen(look[Token::ink]);
        p.drawText(label.adjusted(-20, -4, 20, 4), Qt::AlignCenter, n.text);
        const Role role = scene.nodes[i].role;
        if (role != Role::none && !n.labelAbove)
            pill(p, {label.center().x(), label.bottom() + look.px(4)}, role == Role::client ? MapWords::tr("client") : MapWords::tr("server"), look);
    }
}

void MapPainter::paintMoving(QPainter& p, const MovingScene& scene, const MapLayout& layout, const Look& look, double fallen, double ratio) {
    p.setRenderHint(QPainter::Antialiasing);
    for (const ShownQueue& queue : scene.queues) paintQueue(p, queue, look);
    const double height = glyphHeight(look);
    for (const ShownPacket& packet : scene.packets) {
        const QPixmap& picture = m_glyphs.of(packet.glyph, look, height, ratio);
        const QSizeF size = QSizeF(picture.size()) / picture.devicePixelRatio();
        p.drawPixmap(QPointF(packet.at.x() - size.width() / 2, packet.at.y() - size.height() / 2), picture);
    }
    for (std::size_t i = 0; i < scene.falls.size(); ++i) paintFall(p, scene.falls[i], scene, layout, look, i == 0 ? fallen : 1.0, ratio);
}

void MapPainter::paintQueue(QPainter& p, const ShownQueue& queue, const Look& look) {
    p.setPen(QPen(look[Token::ink], look.px(2)));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(queue.bar, look.px(4), look.px(4));
    const double inset = look.px(3);
    const QRectF inner = queue.bar.adjusted(inset, inset, -inset, -inset);
    const int cells = std::clamp(queue.capacity, 1, 10);
    const int filled = queue.capacity > 0 ? std::clamp((queue.filled * cells + queue.capacity - 1) / queue.capacity, 1, cells) : 1;
    const double cell = inner.width() / cells;
    p.setPen(Qt::NoPen);
    p.setBrush(familyColour(Family::data));
    for (int i = 0; i < filled; ++i) p.drawRect(QRectF(inner.left() + cell * i + 0.7, inner.top(), cell - 1.4, inner.height()));
    p.setPen(look[Token::ink]);
    p.setFont(look.font(Type::tick, Weight::semibold));
    const QString text = queue.capacity > 0 ? QStringLiteral("%1/%2").arg(queue.filled).arg(queue.capacity) : QString::number(queue.filled);
    p.drawText(queue.bar.translated(0, -queue.bar.height() - look.px(3)).adjusted(-30, -6, 30, 6), Qt::AlignCenter, text);
}

void MapPainter::paintFall(QPainter& p, const ShownFall& fall, const MovingScene& scene, const MapLayout& layout, const Look& look, double share, double ratio) {
    QPainterPath arc(fall.cross + QPointF(0, look.px(12)));
    arc.quadTo(fall.cross + QPointF(look.px(4), (fall.rest.y() - fall.cross.y()) * 0.5), fall.rest - QPointF(0, look.px(18)));
    QPen dots(look[Token::cross], look.px(2.4), Qt::CustomDashLine, Qt::RoundCap);
    dots.setDashPattern({0.4, 2.4});
    p.setPen(dots);
    p.setBrush(Qt::NoBrush);
    if (share >= 1) p.drawPath(arc);
    const double eased = share * share;  // ease-in: it falls
    const QPointF at = fall.cross + (fall.rest - fall.cross) * eased;
    const double height = glyphHeight(look);
    const QPixmap& picture = m_glyphs.of(fall.glyph, look, height, ratio);
    const QSizeF size = QSizeF(picture.size()) / picture.devicePixelRatio();
    p.save();
    p.translate(at);
    p.rotate(14 * eased);
    p.setRenderHint(QPainter::SmoothPixmapTransform);
    p.drawPixmap(QPointF(-size.width() / 2, -size.height() / 2), picture);
    p.restore();
    QColor ground = look[Token::paper];
    paintCross(p, fall.cross, look.px(20), look[Token::cross], ground);

    const QFont bold = look.font(Type::body, Weight::bold), semi = look.font(Type::body, Weight::semibold);
    const QString first = fall.count > 1 ? MapWords::tr("lost (%1):").arg(fall.count) : MapWords::tr("lost:");
    const QString second = reasonText(fall.reason);
    const double width = std::max(QFontMetricsF(bold).horizontalAdvance(first), QFontMetricsF(semi).horizontalAdvance(second));
    const double line = QFontMetricsF(bold).height();
    // Beside the packet, on the side where it covers no name, link or zone.
    QRectF best;
    double bestCost = 1e18;
    for (const double dy : {-line, -line * 0.4, -line * 1.7, line * 0.2, line * 0.8})
        for (const double dx : {size.width() / 2 + look.px(2), -size.width() / 2 - look.px(2) - width, -width / 2}) {
            const QRectF box(fall.rest.x() + dx, fall.rest.y() + dy, width, line * 2);
            double cost = (dx > 0 ? 0 : 3) + std::abs(dy + line) * 0.05;
            const QRectF packet = box & QRectF(fall.rest.x() - size.width() / 2, fall.rest.y() - size.height() / 2, size.width(), size.height());
            cost += packet.width() * packet.height();
            for (const ShownPacket& other : scene.packets) {
                const QRectF both = box & QRectF(other.at.x() - height * 0.6, other.at.y() - height / 2, height * 1.2, height);
                cost += both.width() * both.height();
            }
            for (const PlacedNode& n : layout.nodes) {
                const QRectF both = box & n.label, icon = box & QRectF(n.centre.x() - n.icon / 2, n.centre.y() - n.icon / 2, n.icon, n.icon);
                cost += both.width() * both.height() + icon.width() * icon.height();
            }
            for (const PlacedLink& l : layout.links) cost += lengthInside(l.line, box);
            for (const PlacedZone& z : layout.zones)
                if (box.intersects(z.box) && !z.box.contains(box)) cost += 200;
            if (!QRectF(QPointF(), layout.area).contains(box)) cost += 2000;
            if (cost < bestCost) {
                bestCost = cost;
                best = box;
            }
        }
    p.setPen(look[Token::bad]);
    p.setFont(bold);
    p.drawText(best.adjusted(0, 0, 4, -line), Qt::AlignLeft | Qt::AlignVCenter, first);
    p.setFont(semi);
    p.drawText(best.adjusted(0, line, 4, 0), Qt::AlignLeft | Qt::AlignVCenter, second);
}

}  // namespace mailtrek::ui
