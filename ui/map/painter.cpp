// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/map/details.h"
#include "ui/map/graph.h"
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

// Around what is chosen.
void paintCorners(QPainter& p, const QRectF& box, double arm, const Look& look) {
    p.setPen(QPen(look[Token::accent], look.px(3.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(Qt::NoBrush);
    const QPointF centre = box.center(), half(box.width() / 2, box.height() / 2);
    for (const int sx : {-1, 1})
        for (const int sy : {-1, 1}) {
            const QPointF corner = centre + QPointF(sx * half.x(), sy * half.y());
            p.drawPolyline(QPolygonF({corner - QPointF(0, sy * arm), corner, corner - QPointF(sx * arm, 0)}));
        }
}

void paintArrow(QPainter& p, const QLineF& arrow, const Look& look) {
    if (arrow.length() < 1) return;
    p.setPen(QPen(look[Token::ink2], look.px(2.4), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.drawLine(arrow);
    p.save();
    p.translate(arrow.p2());
    p.rotate(std::atan2(arrow.dy(), arrow.dx()) * 180.0 / M_PI);
    const double tip = look.px(8);
    p.setBrush(look[Token::ink2]);
    p.drawPolygon(QPolygonF({{0, 0}, {-tip * 1.4, -tip * 0.7}, {-tip * 1.4, tip * 0.7}}));
    p.restore();
}

// An eye on the wire: somebody listens there.
void paintEye(QPainter& p, QPointF centre, Kit& kit, double ratio, const Look& look) {
    const double r = look.px(13), icon = look.px(18);
    p.setPen(QPen(look[Token::cross], look.px(2)));
    p.setBrush(look[Token::surface]);
    p.drawEllipse(centre, r, r);
    const QPixmap eye = kit.icon(QStringLiteral("eye"), look[Token::ink], icon * ratio, 1);
    p.drawPixmap(QRectF(centre.x() - icon / 2, centre.y() - icon / 2, icon, icon), eye, QRectF(eye.rect()));
}

// Names that the map at its present size would make too small to read are left out; zooming in brings them back.
bool readable(const QPainter& p, double pixels) { return pixels * p.worldTransform().m11() >= 8; }

}  // namespace

void paintWait(QPainter& p, QPointF middle, const QString& span, const Look& look) {
    const QFont font = look.font(Type::title, Weight::semibold);
    const double text = QFontMetricsF(font).horizontalAdvance(span), sign = look.px(30);
    QRectF box(0, 0, text + sign + look.px(40), look.between(42, 62));
    box.moveCenter(middle);
    p.setPen(QPen(look[Token::accent], look.px(2.5)));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(box, box.height() / 2, box.height() / 2);
    p.setPen(Qt::NoPen);
    p.setBrush(look[Token::accent]);
    const double x = box.left() + look.px(16), y = box.center().y(), h = look.px(8);
    for (const double dx : {0.0, look.px(12)}) p.drawPolygon(QPolygonF({{x + dx, y - h}, {x + dx + look.px(12), y}, {x + dx, y + h}}));
    p.setFont(font);
    p.setPen(look[Token::ink]);
    p.drawText(QRectF(x + sign, box.top(), text + 8, box.height()), Qt::AlignVCenter | Qt::AlignLeft, span);
}

void MapPainter::paintStill(QPainter& p, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio) {
    p.setRenderHint(QPainter::Antialiasing);
    paintZones(p, scene, layout, look);
    paintLinks(p, scene, layout, cast, look, ratio);
    p.setFont(look.font(Type::second));
    p.setPen(look[Token::ink2]);
    if (!layout.crowded || readable(p, look.textPx(Type::second)))
        for (const Caption& caption : placeCaptions(scene, layout, look)) p.drawText(caption.box.adjusted(-4, -4, 4, 4), Qt::AlignCenter, caption.text);
    paintNodes(p, scene, layout, cast, look, ratio);
}

void MapPainter::paintZones(QPainter& p, const StillScene& scene, const MapLayout& layout, const Look& look) {
    const double r = look.px(12);
    for (std::size_t z = 0; z < layout.zones.size(); ++z) {
        const PlacedZone& zone = layout.zones[z];
        p.setPen(look.theme.kind == ThemeKind::contrast ? QPen(look[Token::line], look.px(1.5)) : QPen(Qt::NoPen));
        p.setBrush(look[Token::zone]);
        p.drawRoundedRect(zone.box, r, r);
        if (!readable(p, look.textPx(Type::body))) continue;
        // Without room for bars the right end of the line is for the number of letters.
        int letters = 0;
        if (z < scene.stores.size())
            for (const ShownMailbox& box : scene.stores[z].mailboxes) letters += box.letters;
        const bool compact = zone.stores.height() < look.px(50) && (letters > 0 || zone.titleBox.width() < zone.box.width() - 1);
        const QFont font = look.font(compact ? Type::second : Type::body);
        p.setFont(font);
        p.setPen(look[Token::ink2]);
        const QRectF line = compact ? zone.titleBox.adjusted(look.px(8), 0, -look.px(48), 0) : zone.titleBox.adjusted(look.px(4), 0, -look.px(4), 0);
        p.drawText(line, compact ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignCenter, QFontMetricsF(font).elidedText(zone.title, Qt::ElideMiddle, line.width()));
    }
    if (!layout.networkTitle.isNull()) {
        p.setFont(look.font(Type::body));
        p.setPen(look[Token::ink2]);
        p.drawText(layout.networkTitle, Qt::AlignCenter, MapWords::tr("the network"));
    }
    for (std::size_t z = 0; z < layout.zones.size() && z < scene.stores.size(); ++z) paintStores(p, scene.stores[z], layout.zones[z], look);
}

void MapPainter::paintLinks(QPainter& p, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio) {
    for (std::size_t i = 0; i < layout.links.size() && i < scene.links.size(); ++i) {
        const QLineF& line = layout.links[i].line;
        const ShownLink& link = scene.links[i];
        const double least = 1.0 / p.worldTransform().m11();
        const QPen solid(look[Token::wire], std::max(layout.crowded ? look.px(2) : look.px(4), least), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        QPen dotted(look[Token::edge], std::max(look.px(2.5), least), Qt::CustomDashLine, Qt::RoundCap);
        dotted.setDashPattern({0.8, 2.8});
        const bool access =
            layout.crowded && i < cast.links.size() && (isDevice(cast.nodes[cast.links[i].first.index()].kind) || isDevice(cast.nodes[cast.links[i].second.index()].kind));
        p.setPen(link.state == LinkState::spare ? dotted : access ? QPen(look[Token::edge], std::max(look.px(1), least * 0.6)) : solid);
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
        if (link.tapped) paintEye(p, clear.pointAt(link.state == LinkState::cut || link.lossy ? 0.12 : 0.5), m_kit, ratio, look);
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
            const double r = n.icon * 0.66;
            paintCorners(p, QRectF(n.centre - QPointF(r, r), n.centre + QPointF(r, r)), n.icon * 0.2, look);
        }
        const QPixmap icon = m_kit.node(cast.nodes[i].kind, scene.nodes[i].state, n.icon * ratio, 1);
        const double side = n.icon * 80.0 / 64.0;
        p.drawPixmap(QRectF(n.centre.x() - side / 2, n.centre.y() - side / 2, side, side), icon, QRectF(icon.rect()));
        if (readable(p, look.textPx(Type::second)) || active || scene.selected == i) paintName(p, scene, layout, i, look);
    }
}

void MapPainter::paintName(QPainter& p, const StillScene& scene, const MapLayout& layout, std::size_t i, const Look& look) {
    const PlacedNode& n = layout.nodes[i];
    // The ring of the active node and the corners of the chosen one take room: its name steps aside, away from the ring.
    const double aside = scene.active == i || scene.selected == i ? n.icon * 0.27 : 0;
    const QPointF c = n.label.center();
    const bool beside = n.label.left() > n.centre.x() || n.label.right() < n.centre.x();
    const QPointF shift = beside && std::abs(c.y() - n.centre.y()) < n.icon * 0.5 ? QPointF(c.x() > n.centre.x() ? aside : -aside, 0) : QPointF(0, n.labelAbove ? -aside : aside);
    QRectF label = n.label.translated(shift);
    QFont font = nameFont(n, look);
    if (!readable(p, font.pixelSize())) {  // the one that acts is named at any size
        const double grown = 14.0 / p.worldTransform().m11();
        font.setPixelSize(static_cast<int>(grown));
        label = QRectF(n.centre.x() - grown * 8, n.centre.y() + n.icon * 0.75, grown * 16, grown * 1.2);
    }
    p.setFont(font);
    p.setPen(look[Token::ink]);
    p.drawText(label.adjusted(-20, -4, 20, 4), Qt::AlignCenter, n.text);
    const Role role = scene.nodes[i].role;
    if (role == Role::none || !readable(p, look.textPx(Type::second))) return;
    // Below the name, else over the machine: inside its zone.
    const double tall = look.between(25, 37), gap = look.px(4);
    const bool zoned = n.zone >= 0 && static_cast<std::size_t>(n.zone) < layout.zones.size();
    const double floor = zoned ? layout.zones[static_cast<std::size_t>(n.zone)].box.bottom() : layout.area.height();
    const bool below = !n.labelAbove && label.bottom() + gap + tall <= floor;
    const double top = below ? label.bottom() + gap : n.centre.y() - n.icon * 0.5 - (scene.active == i ? n.icon * 0.25 : 0) - gap - tall;
    const QRectF title = zoned ? layout.zones[static_cast<std::size_t>(n.zone)].titleBox : QRectF();
    if (!below && title.intersects(QRectF(n.centre.x() - n.icon, top, 2 * n.icon, tall))) return;  // no room at all: the ladder says it
    pill(p, {below ? label.center().x() : n.centre.x(), top}, role == Role::client ? MapWords::tr("client") : MapWords::tr("server"), look);
}

void MapPainter::paintMoving(QPainter& p, const MovingScene& scene, const MapLayout& layout, const Look& look, double fallen, double ratio) {
    p.setRenderHint(QPainter::Antialiasing);
    for (const ShownQueue& queue : scene.queues) paintQueue(p, queue, look);
    for (const QLineF& arrow : scene.arrows) paintArrow(p, arrow, look);
    // What travels passes over what has fallen; the crosses stay on top.
    for (std::size_t i = 0; i < scene.falls.size(); ++i) paintFall(p, scene.falls[i], scene, layout, look, i == 0 ? fallen : 1.0, ratio);
    paintPackets(p, scene, look, ratio);
    for (std::size_t i = 0; i < scene.falls.size(); ++i) {
        constexpr double kAppears = 80.0 / 450.0;  // of the fall: the cross is there before the packet goes down
        const double grown = i == 0 ? std::clamp(fallen / kAppears, 0.3, 1.0) : 1.0;
        paintCross(p, scene.falls[i].cross, look.px(20) * grown, look[Token::cross], look[Token::paper]);
    }
}

void MapPainter::paintPackets(QPainter& p, const MovingScene& scene, const Look& look, double ratio) {
    const double height = glyphHeight(look);
    for (const ShownPacket& packet : scene.packets) {
        const QPixmap& picture = m_glyphs.of(packet.glyph, look, height, ratio);
        const QSizeF size = QSizeF(picture.size()) / ratio;
        p.setOpacity(packet.opacity);
        if (packet.followed) {  // a tinted ground, with an edge: never colour alone
            const QSizeF ground = glyphSize(packet.glyph, look, height) + QSizeF(look.px(10), look.px(10));
            p.setPen(QPen(look[Token::accent], look.px(2)));
            p.setBrush(look[Token::soft]);
            p.drawRoundedRect(QRectF(packet.at - QPointF(ground.width(), ground.height()) / 2, ground), look.px(8), look.px(8));
        }
        p.drawPixmap(QRectF(packet.at - QPointF(size.width(), size.height()) / 2, size), picture, QRectF(picture.rect()));
        if (packet.packet.valid() && packet.packet == scene.chosen) {
            const QSizeF glyph = glyphSize(packet.glyph, look, height) + QSizeF(look.px(12), look.px(12));
            paintCorners(p, QRectF(packet.at - QPointF(glyph.width(), glyph.height()) / 2, glyph), look.px(8), look);
        }
    }
    p.setOpacity(1);
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
    const QSizeF size = QSizeF(picture.size()) / ratio;
    p.save();
    p.translate(at);
    p.rotate(14 * eased);
    p.setRenderHint(QPainter::SmoothPixmapTransform);
    p.drawPixmap(QRectF(-QPointF(size.width(), size.height()) / 2, size), picture, QRectF(picture.rect()));
    if (fall.packet.valid() && fall.packet == scene.chosen) {
        const QSizeF glyph = glyphSize(fall.glyph, look, height) + QSizeF(look.px(12), look.px(12));
        paintCorners(p, QRectF(-QPointF(glyph.width(), glyph.height()) / 2, glyph), look.px(8), look);
    }
    p.restore();

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
    QColor veil = look[Token::paper];  // small print below it must not shine through
    veil.setAlphaF(0.85F);
    p.setPen(Qt::NoPen);
    p.setBrush(veil);
    p.drawRoundedRect(best.adjusted(-4, 0, 4, 0), 4, 4);
    p.setPen(look[Token::bad]);
    p.setFont(bold);
    p.drawText(best.adjusted(0, 0, 4, -line), Qt::AlignLeft | Qt::AlignVCenter, first);
    p.setFont(semi);
    p.drawText(best.adjusted(0, line, 4, 0), Qt::AlignLeft | Qt::AlignVCenter, second);
}

}  // namespace mailtrek::ui
