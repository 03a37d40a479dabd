// SPDX-License-Identifier: GPL-3.0-or-later
// The moving half of the scene: packets on links and in queues, what fell, and the letter itself at the levels that hide its pieces.
#include <algorithm>
#include <cmath>

#include "ui/map/geometry.h"
#include "ui/map/scene.h"

namespace mailtrek::ui {
namespace {

constexpr std::size_t kMergeAbove = 400;  // glyphs on one rail: more are never told apart

QLineF wayOn(const MapLayout& layout, trace::LinkEnd via) {
    QLineF line = layout.links[via.link().index()].clear;
    if (via.direction() == 1) line.setPoints(line.p2(), line.p1());
    return line;
}

// Where on its link a loss of that kind is drawn, as a share of the way.
double placeOfLoss(const trace::PacketDropped& drop) {
    switch (drop.reason) {
        case trace::DropReason::queueFull:
        case trace::DropReason::red:
        case trace::DropReason::codel: return 0.0;
        case trace::DropReason::noise:
        case trace::DropReason::burst:
        case trace::DropReason::rule:
        case trace::DropReason::removed:
        case trace::DropReason::linkDown: return 0.5;
        case trace::DropReason::nodeDown:
        case trace::DropReason::ipChecksum:
        case trace::DropReason::ttlExpired:
        case trace::DropReason::noRoute:
        case trace::DropReason::tooBig:
        case trace::DropReason::notForUs:
        case trace::DropReason::tcpChecksum:
        case trace::DropReason::udpChecksum:
        case trace::DropReason::icmpChecksum:
        case trace::DropReason::unresolved:
        case trace::DropReason::arpQueue:
        case trace::DropReason::frameChecksum:
        case trace::DropReason::filtered:
        case trace::DropReason::malformed:
        case trace::DropReason::portClosed:
        case trace::DropReason::reassembly: return 1.0;
    }
    return 0.5;
}

class Mover {
public:
    Mover(const Moment& moment, const MapLayout& layout, const Look& look) : m(moment), m_layout(layout), m_look(look), m_height(glyphHeight(look)) {}

    MovingScene run() {
        for (std::size_t l = 0; l < m.view.links.size() && l < m_layout.links.size(); ++l)
            for (int direction = 0; direction < 2; ++direction) onEnd(trace::LinkEnd::of(LinkId{static_cast<std::uint32_t>(l)}, direction));
        if (m.level <= Level::mail) letters();
        fallen();
        m_out.chosen = m.chosen;
        return std::move(m_out);
    }

private:
    struct Rider {
        double progress;
        double goal;  // where it ends
        Glyph glyph;
        PacketId packet;
    };

    void onEnd(trace::LinkEnd via) {
        const trace::LinkEndView& end = m.view.links[via.link().index()]->ends[static_cast<std::size_t>(via.direction())];
        if (end.packets.empty()) return;
        std::vector<Rider> riders;
        int waiting = 0;
        for (const trace::TravellingPacket& p : end.packets) {
            std::optional<Doom> doom;
            if (const auto drop = m.traffic.doomOf(p.packet, via)) {
                const auto& fact = std::get<trace::PacketDropped>(m.recording.event(*drop).payload);
                if (fact.onLink) doom = Doom{m.recording.at(*drop), placeOfLoss(fact)};
            }
            const double progress = progressOf(p, m.now, doom);
            if (progress < 0) {
                ++waiting;
                continue;
            }
            const auto glyph = m.traffic.glyphOf(p.packet, m.level);
            if (!glyph || (m.level <= Level::mail && glyph->kind == GlyphKind::letter)) continue;
            riders.push_back({progress, doom ? doom->place : 1.0, *glyph, p.packet});
        }
        if (waiting > 0) queue(via, waiting, static_cast<int>(end.queuePackets));
        ride(via, riders);
    }

    void queue(trace::LinkEnd via, int waiting, int capacity) {
        if (m.level < Level::tcp) return;
        const QLineF way = wayOn(m_layout, via);
        const QPointF side = railSide(way);
        const double width = m_look.px(76), height = m_look.px(17);
        const double out = m_height + m_look.px(14) + height / 2;
        const QPointF start = way.p1() + (way.p2() - way.p1()) / std::max(1.0, way.length()) * width * 0.5;
        QRectF bar(0, 0, width, height);
        bar.moveCenter(start + side * out);
        m_out.queues.push_back({bar, via, waiting, capacity});
    }

    // Merges neighbours of a kind until all fit, then sets them apart.
    void ride(trace::LinkEnd via, std::vector<Rider>& riders) {
        if (riders.empty()) return;
        const QLineF way = wayOn(m_layout, via);
        const double length = way.length(), gap = m_look.px(4);
        std::sort(riders.begin(), riders.end(), [](const Rider& a, const Rider& b) { return a.progress < b.progress; });
        if (riders.size() > kMergeAbove || !fit(riders, way, length, gap)) merge(riders, way, length, gap);
        std::vector<double> wanted, extents;
        for (const Rider& r : riders) {
            wanted.push_back(r.progress * length);
            extents.push_back(extent(way, r.glyph));
        }
        const std::vector<double> placed = spreadApart(wanted, extents, gap, 0, length);
        const QPointF side = railSide(way);
        const auto put = [&](const Rider& r, double along, double opacity) {
            const QPointF on = length > 0 ? way.p1() + (way.p2() - way.p1()) * (along / length) : way.p1();
            m_out.packets.push_back({on + side * outOf(r.glyph, side), r.glyph, r.packet, via, m.followed.valid() && m.traffic.mailOf(r.packet) == m.followed, opacity});
        };
        if (m_look.reducedMotion) arrow(riders, way, side);
        if (m_look.reducedMotion && riders.size() == 1) {  // at both ends of its arrow
            put(riders[0], std::min(length / 2, extents[0] / 2), 0.5);
            put(riders[0], std::max(length / 2, length * riders[0].goal - extents[0] / 2), 1);
            return;
        }
        for (std::size_t i = 0; i < riders.size(); ++i) put(riders[i], placed[i], m.moving ? fadeAt(riders[i].progress, riders[i].goal) : 1);
    }

    bool fit(const std::vector<Rider>& riders, const QLineF& way, double length, double gap) const {
        double need = 0;
        for (const Rider& r : riders) {
            need += extent(way, r.glyph) + gap;
            if (need > length) return false;
        }
        return true;
    }

    double outOf(const Glyph& glyph, QPointF side) const {
        const QSizeF size = glyphSize(glyph, m_look, m_height);
        return std::abs(side.y()) * size.height() / 2 + std::abs(side.x()) * size.width() / 2 + m_look.px(12);
    }

    // 120 of the 600 to 1,200 ms on a link: the first and last eighth of the way; one that is lost on it does not fade.
    static double fadeAt(double progress, double goal) {
        const double rim = goal < 1 ? progress : std::min(progress, 1 - progress);
        return std::clamp(rim / 0.125, 0.15, 1.0);
    }

    void arrow(const std::vector<Rider>& riders, const QLineF& way, QPointF side) {
        double goal = 0;
        for (const Rider& r : riders) goal = std::max(goal, r.goal);
        const double out = outOf(riders.front().glyph, side);
        m_out.arrows.emplace_back(way.p1() + side * out, way.pointAt(goal) + side * out);
    }

    double extent(const QLineF& way, const Glyph& glyph) const { return extentAlong(way, glyphSize(glyph, m_look, m_height)); }

    void merge(std::vector<Rider>& riders, const QLineF& way, double length, double gap) const {
        Glyph widest = riders.front().glyph;
        widest.count = 99;
        const auto slots = static_cast<std::size_t>(std::max(1.0, std::floor((length + gap) / (extent(way, widest) + gap))));
        std::vector<Rider> merged;
        std::size_t slotOfLast = ~std::size_t{0};
        for (const Rider& r : riders) {
            const auto slot = std::min(slots - 1, static_cast<std::size_t>(r.progress * static_cast<double>(slots)));
            if (slot == slotOfLast) {
                Rider& into = merged.back();
                into.progress += (r.progress - into.progress) / (into.glyph.count + 1);
                // The rarest kind names the heap: a resend among data must not vanish.
                if (r.glyph.kind == GlyphKind::resent || into.glyph.kind == GlyphKind::ack) into.glyph.kind = r.glyph.kind;
                ++into.glyph.count;
                if (r.packet == m.chosen) into.packet = r.packet;  // the heap is chosen with it
                continue;
            }
            merged.push_back(r);
            slotOfLast = slot;
        }
        riders = std::move(merged);
    }

    // At the levels that hide segments the letter itself goes its way, as far as its transfer has come.
    void letters() {
        for (const Transfer& t : m.traffic.transfers()) {
            if (!t.accepted.valid() || m.recording.at(t.content) > m.now || m.view.events <= t.content.value || m.view.events > t.accepted.value) continue;
            if (t.connection.index() >= m.view.connections.size() || !m.view.connections[t.connection.index()]) continue;
            const trace::ConnectionView& c = *m.view.connections[t.connection.index()];
            const std::vector<trace::LinkEnd> way = wayOf(m.recording, m.view, c.client, c.server);
            if (way.empty()) continue;
            const double span = std::max(1.0, static_cast<double>((m.recording.at(t.accepted) - m.recording.at(t.content)).count()));
            const double share = std::clamp(static_cast<double>((m.now - m.recording.at(t.content)).count()) / span, 0.0, 1.0);
            double total = 0;
            for (const trace::LinkEnd e : way) total += wayOn(m_layout, e).length();
            double left = total * share;
            for (const trace::LinkEnd e : way) {
                const QLineF line = wayOn(m_layout, e);
                if (left > line.length() && e != way.back()) {
                    left -= line.length();
                    continue;
                }
                const QPointF side = railSide(line);
                const Glyph glyph{GlyphKind::letter, {}, 1};
                const QSizeF size = glyphSize(glyph, m_look, m_height);
                const double out = std::abs(side.y()) * size.height() / 2 + std::abs(side.x()) * size.width() / 2 + m_look.px(9);
                m_out.packets.push_back({line.pointAt(line.length() > 0 ? std::min(1.0, left / line.length()) : 0) + side * out, glyph, PacketId{}, e});
                break;
            }
        }
    }

    void fallen() {
        const std::vector<Fall> lying = m.traffic.fallenAt(m.view.events, m.oldestFall);
        for (auto f = lying.rbegin(); f != lying.rend(); ++f) {  // the newest names the place
            const auto& drop = std::get<trace::PacketDropped>(m.recording.event(f->event).payload);
            if (!drop.via.valid() || drop.via.link().index() >= m_layout.links.size()) continue;
            const QLineF way = wayOn(m_layout, drop.via);
            ShownFall shown;
            shown.cross = way.pointAt(placeOfLoss(drop));
            if (!drop.onLink) {
                const NodeId node = m.recording.event(f->event).node;
                if (node.valid() && node.index() < m_layout.nodes.size()) shown.cross = m_layout.nodes[node.index()].centre + QPointF(0, m_layout.nodes[node.index()].icon * 0.55);
            }
            const auto same = std::find_if(m_out.falls.begin(), m_out.falls.end(), [&](const ShownFall& s) { return QLineF(s.cross, shown.cross).length() < m_look.px(12); });
            if (same != m_out.falls.end()) {
                ++same->count;
                continue;
            }
            shown.glyph = m.traffic.glyphOf(f->packet, m.level).value_or(Glyph{GlyphKind::data, {}, 1});
            if (m.level < Level::tcp && shown.glyph.kind == GlyphKind::data) shown.glyph.text = QStringLiteral(" ");
            shown.rest = shown.cross + QPointF(m_look.px(22), m_look.px(70));
            if (shown.rest.y() > m_layout.area.height() - m_look.px(24)) shown.rest.setY(shown.cross.y() - m_look.px(70));
            shown.reason = drop.reason;
            shown.event = f->event;
            shown.packet = f->packet;
            m_out.falls.push_back(shown);
        }
    }

    const Moment& m;
    const MapLayout& m_layout;
    const Look& m_look;
    double m_height;
    MovingScene m_out;
};

}  // namespace

MovingScene movingScene(const Moment& moment, const MapLayout& layout, const Look& look) { return Mover(moment, layout, look).run(); }

}  // namespace mailtrek::ui
