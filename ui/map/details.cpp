// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/details.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "ui/map/geometry.h"
#include "ui/map/labels.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct DetailWords {
    Q_DECLARE_TR_FUNCTIONS(DetailWords)
};

constexpr double kClear = 0.5;  // more covered than this: no place for it

QString number(double value) {
    QString text = QString::number(value, 'g', 4);
    return spanishNow() ? text.replace('.', ',') : text;
}

class Captions {
public:
    Captions(const StillScene& scene, const MapLayout& layout, const Look& look)
        : m_scene(scene), m_layout(layout), m_look(look), m_metrics(look.font(Type::second)), m_air(look.px(5)) {}

    std::vector<Caption> run() {
        nodes();
        spare();
        for (std::size_t i = 0; i < m_scene.linkNotes.size() && i < m_layout.links.size(); ++i)
            if (!m_scene.linkNotes[i].isEmpty()) beside(i, m_scene.linkNotes[i]);
        return std::move(m_out);
    }

private:
    QSizeF sizeOf(const QString& text) const { return {m_metrics.horizontalAdvance(text) + 2, m_metrics.height() * 0.9}; }

    double covered(const QRectF& box) const {
        double cost = QRectF(QPointF(), m_layout.area).contains(box) ? 0 : 1000;
        const auto over = [&](const QRectF& other) {
            const QRectF both = box & other;
            if (!other.isNull()) cost += both.width() * both.height();
        };
        for (std::size_t i = 0; i < m_layout.nodes.size(); ++i) {
            const PlacedNode& n = m_layout.nodes[i];
            over(nameOf(i));
            over(QRectF(n.centre.x() - n.icon / 2, n.centre.y() - n.icon / 2, n.icon, n.icon));
        }
        for (const PlacedZone& z : m_layout.zones) {
            over(z.titleBox);
            over(z.stores);
            if (box.intersects(z.box) && !z.box.contains(box)) cost += 10;
        }
        over(m_layout.networkTitle);
        for (const Caption& c : m_out) over(c.box);
        for (const PlacedLink& l : m_layout.links) cost += lengthInside(l.line, box);
        return cost;
    }

    // The name with what the painter may add: it steps aside for a ring, and carries the badge of a role.
    QRectF nameOf(std::size_t node) const {
        const PlacedNode& n = m_layout.nodes[node];
        QRectF box = n.label;
        if (m_scene.active == node || m_scene.selected == node) box |= box.translated(0, (n.labelAbove ? -1 : 1) * n.icon * 0.27);
        if (node < m_scene.nodes.size() && m_scene.nodes[node].role != Role::none) {
            const double badge = m_look.px(34), wide = m_look.px(96);
            box |= QRectF(box.center().x() - wide / 2, n.labelAbove ? box.top() : box.top() + badge, wide, box.height());
        }
        return box;
    }

    bool tryAt(const QRectF& box, const QString& text) {
        if (covered(box.adjusted(-m_air, 0, m_air, 0)) > kClear) return false;
        m_out.push_back({box, text});
        return true;
    }

    // Under the name, else over it.
    void nodes() {
        for (std::size_t i = 0; i < m_scene.nodeNotes.size() && i < m_layout.nodes.size(); ++i) {
            const QString& text = m_scene.nodeNotes[i];
            if (text.isEmpty()) continue;
            const PlacedNode& n = m_layout.nodes[i];
            const QRectF name = nameOf(i);
            QRectF box(QPointF(), sizeOf(text));
            for (const double y : {name.bottom() + box.height() / 2 + 1, name.top() - box.height() / 2 - 1, n.centre.y() + n.icon * 0.62 + box.height() / 2}) {
                box.moveCenter({name.center().x(), y});
                if (tryAt(box, text)) break;
            }
        }
    }

    // Away from the link by half its own extent, beyond the packets that ride on it where there is room.
    void beside(std::size_t link, const QString& text) {
        const QLineF& way = m_layout.links[link].clear;
        const QSizeF size = sizeOf(text);
        const QPointF side = railSide(way);
        const double out = std::abs(side.x()) * size.width() / 2 + std::abs(side.y()) * size.height() / 2;
        const double rail = glyphHeight(m_look) + m_look.px(16);
        const bool idle = link < m_scene.links.size() && m_scene.links[link].state == LinkState::spare;
        for (const double away : {idle ? m_look.px(7) : rail, idle ? rail : m_look.px(7)})
            if (besideAt(way, side, size, out + away, text)) return;
    }

    bool besideAt(const QLineF& way, QPointF side, QSizeF size, double out, const QString& text) {
        for (const double share : {0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8})
            for (const double sign : {side.y() > 0 ? -1.0 : 1.0, side.y() > 0 ? 1.0 : -1.0}) {
                QRectF box(QPointF(), size);
                box.moveCenter(way.pointAt(share) + side * (sign * out));
                if (tryAt(box, text)) return true;
            }
        return false;
    }

    // Once for all spare links that hang together: on the longest that has room.
    void spare() {
        std::vector<std::size_t> links;
        for (std::size_t i = 0; i < m_scene.links.size() && i < m_layout.links.size(); ++i)
            if (m_scene.links[i].state == LinkState::spare) links.push_back(i);
        std::stable_sort(links.begin(), links.end(), [&](std::size_t a, std::size_t b) { return level(a) != level(b) ? level(a) : length(a) > length(b); });
        const std::size_t before = m_out.size();
        for (const std::size_t i : links) {
            beside(i, DetailWords::tr("spare path"));
            if (m_out.size() > before) return;
        }
    }
    double length(std::size_t link) const { return m_layout.links[link].clear.length(); }
    bool level(std::size_t link) const { return std::abs(m_layout.links[link].clear.dy()) < 1; }

    const StillScene& m_scene;
    const MapLayout& m_layout;
    const Look& m_look;
    QFontMetricsF m_metrics;
    double m_air;
    std::vector<Caption> m_out;
};

}  // namespace

QString addressText(wire::Ipv4Address a) { return QStringLiteral("%1.%2.%3.%4").arg(a.value >> 24).arg((a.value >> 16) & 255).arg((a.value >> 8) & 255).arg(a.value & 255); }

QString rateText(BitRate rate) {
    const double bits = static_cast<double>(rate.bitsPerSecond);
    if (bits >= 1e9) return QStringLiteral("%1 Gbit/s").arg(number(bits / 1e9));
    if (bits >= 1e6) return QStringLiteral("%1 Mbit/s").arg(number(bits / 1e6));
    if (bits >= 1e3) return QStringLiteral("%1 kbit/s").arg(number(bits / 1e3));
    return QStringLiteral("%1 bit/s").arg(number(bits));
}

QString shareText(Share share) { return QStringLiteral("%1 %").arg(number(static_cast<double>(share.perBillion) / 1e7)); }

QString linkNote(const trace::LinkEndView& end, Instant now) {
    QString text = rateText(end.rate) + QStringLiteral(" · ") + spanText(end.delay);
    if (end.loss.perBillion > 0) text += QStringLiteral(" · ") + DetailWords::tr("%1 lost").arg(shareText(end.loss));
    const auto waiting = std::count_if(end.packets.begin(), end.packets.end(), [&](const trace::TravellingPacket& p) { return p.start > now; });
    if (waiting > 0) text += QStringLiteral(" · ") + DetailWords::tr("queue %1/%2").arg(waiting).arg(end.queuePackets);
    return text;
}

void addNotes(StillScene& scene, const Moment& m) {
    const trace::Cast& cast = m.recording.cast();
    for (const trace::CastNode& node : cast.nodes) scene.nodeNotes.push_back(node.addresses.empty() ? QString() : addressText(node.addresses.front()));
    for (const auto& link : m.view.links) {
        const auto& [there, back] = link->ends;
        const bool alike = there.rate == back.rate && there.delay == back.delay && there.loss == back.loss;
        scene.linkNotes.push_back(linkNote(there, m.now) + (alike ? QString() : QStringLiteral(" / ") + linkNote(back, m.now)));
    }
}

std::vector<Caption> placeCaptions(const StillScene& scene, const MapLayout& layout, const Look& look) { return Captions(scene, layout, look).run(); }

}  // namespace mailtrek::ui
