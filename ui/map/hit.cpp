// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/hit.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "ui/map/details.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct HitWords {
    Q_DECLARE_TR_FUNCTIONS(HitWords)
};

QString nodeOf(wire::Ipv4Address address, const trace::Cast& cast) {
    for (const trace::CastNode& node : cast.nodes)
        for (const wire::Ipv4Address a : node.addresses)
            if (a == address) return nodeText(node, spanishNow());
    return addressText(address);
}

QString describeNode(NodeId id, const Moment& m) {
    const trace::CastNode& node = m.recording.cast().nodes[id.index()];
    QStringList lines{QString::fromStdString(node.name)};
    if (!node.user.empty()) lines << QString::fromStdString(node.user);
    QStringList domains, addresses;
    for (const std::string& d : node.domains) domains << QString::fromStdString(d);
    for (const wire::Ipv4Address a : node.addresses) addresses << addressText(a);
    if (!domains.isEmpty()) lines << HitWords::tr("mail for %1").arg(domains.join(QStringLiteral(", ")));
    if (!addresses.isEmpty()) lines << addresses.join(QStringLiteral(", "));
    const trace::NodeView& now = *m.view.nodes[id.index()];
    if (!now.running) lines << HitWords::tr("has stopped");
    if (!now.online) lines << HitWords::tr("is offline");
    return lines.join('\n');
}

QString describeLink(LinkId id, const Moment& m) {
    const trace::CastLink& link = m.recording.cast().links[id.index()];
    const trace::LinkView& now = *m.view.links[id.index()];
    QStringList lines{QString::fromStdString(link.name)};
    for (std::size_t d = 0; d < 2; ++d) {
        const trace::LinkEndView& end = now.ends[d];
        QString text = HitWords::tr("%1, delay %2, queue of %3").arg(rateText(end.rate), spanText(end.delay)).arg(end.queuePackets);
        if (end.loss.perBillion > 0) text += HitWords::tr(", loses %1").arg(shareText(end.loss));
        if (d == 1 && lines.last().endsWith(text)) break;
        const trace::CastNode& to = m.recording.cast().nodes[(d == 0 ? link.second : link.first).index()];
        const bool same =
            end.rate == now.ends[1 - d].rate && end.delay == now.ends[1 - d].delay && end.loss == now.ends[1 - d].loss && end.queuePackets == now.ends[1 - d].queuePackets;
        if (same && d == 1) break;
        lines << (same ? text : HitWords::tr("to %1: %2").arg(nodeText(to, spanishNow()), text));
    }
    if (!now.up) lines << HitWords::tr("is cut");
    if (link.tapped) lines << HitWords::tr("somebody listens here");
    return lines.join('\n');
}

}  // namespace

Hit hitAt(QPointF at, const MapLayout& layout, const MovingScene& moving, const Look& look) {
    Hit hit;
    const double height = glyphHeight(look);
    for (const ShownPacket& p : moving.packets) {
        const QSizeF size = glyphSize(p.glyph, look, height);
        if (QRectF(p.at.x() - size.width() / 2, p.at.y() - size.height() / 2, size.width(), size.height()).contains(at)) {
            hit.packet = p.packet;
            hit.link = p.via.link();
            return hit;
        }
    }
    for (const ShownFall& f : moving.falls)
        if (QLineF(at, f.rest).length() < height || QLineF(at, f.cross).length() < height * 0.6) {
            hit.packet = f.packet;
            hit.drop = f.event;
            return hit;
        }
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const PlacedNode& n = layout.nodes[i];
        if (QLineF(at, n.centre).length() < n.icon * 0.55 || n.label.contains(at)) {
            hit.node = NodeId{static_cast<std::uint32_t>(i)};
            return hit;
        }
    }
    double nearest = look.px(9);
    for (std::size_t i = 0; i < layout.links.size(); ++i) {
        const QLineF& l = layout.links[i].line;
        const double length = l.length();
        if (length <= 0) continue;
        const QPointF d = at - l.p1();
        const double along = (d.x() * l.dx() + d.y() * l.dy()) / length;
        const double off = std::abs(d.x() * l.dy() - d.y() * l.dx()) / length;
        if (along < 0 || along > length || off >= nearest) continue;
        nearest = off;
        hit.link = LinkId{static_cast<std::uint32_t>(i)};
    }
    return hit;
}

QString describePacket(PacketId packet, const Moment& m) {
    if (!packet.valid() || packet.index() >= m.recording.store().packets()) return {};
    const wire::Packet& p = m.recording.store().packet(packet).packet;
    const trace::Cast& cast = m.recording.cast();
    QStringList lines;
    const auto glyph = m.traffic.glyphOf(packet, Level::ip);
    QString kind = HitWords::tr("packet");
    if (glyph) switch (glyph->kind) {
            case GlyphKind::data: kind = HitWords::tr("data segment %1").arg(glyph->text); break;
            case GlyphKind::ack: kind = HitWords::tr("acknowledgment (ACK)"); break;
            case GlyphKind::resent: kind = HitWords::tr("sent again: %1").arg(glyph->text); break;
            case GlyphKind::syn: kind = HitWords::tr("opens the connection (SYN)"); break;
            case GlyphKind::fin: kind = HitWords::tr("closes the connection (FIN)"); break;
            case GlyphKind::rst: kind = HitWords::tr("breaks off the connection (RST)"); break;
            case GlyphKind::dnsQuery: kind = HitWords::tr("DNS question"); break;
            case GlyphKind::dnsAnswer: kind = HitWords::tr("DNS answer"); break;
            case GlyphKind::icmp: kind = HitWords::tr("notice of the network (ICMP)"); break;
            case GlyphKind::route: kind = HitWords::tr("routing message"); break;
            case GlyphKind::arp: kind = HitWords::tr("ARP: asks for or tells a MAC address"); break;
            case GlyphKind::line:
            case GlyphKind::letter: kind = HitWords::tr("a piece of the letter"); break;
        }
    lines << kind;
    if (const wire::ArpPacket* arp = p.arp()) {
        lines << HitWords::tr("from %1 to %2").arg(nodeOf(arp->sender, cast), nodeOf(arp->target, cast));
        lines << HitWords::tr("MAC address of the sender: %1").arg(QString::fromStdString(wire::toString(arp->senderMac)));
        return lines.join('\n');
    }
    lines << HitWords::tr("from %1 to %2").arg(nodeOf(p.ip.source, cast), nodeOf(p.ip.destination, cast));
    if (const auto* tcp = p.tcp())
        lines << HitWords::tr("ports %1 to %2, sequence %3, acknowledges %4").arg(tcp->sourcePort).arg(tcp->destinationPort).arg(tcp->sequence).arg(tcp->acknowledgment);
    lines << HitWords::tr("%1 bytes, TTL %2").arg(p.payload.size()).arg(p.ip.ttl);
    if (const MailId mail = m.traffic.mailOf(packet); mail.valid() && mail.index() < cast.mails.size())
        lines << HitWords::tr("serves the letter “%1”").arg(QString::fromStdString(cast.mails[mail.index()]));
    const std::string_view text = p.payload.text();
    const bool printable = !text.empty() && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(text.size(), 60)),
                                                        [](char c) { return (c >= 32 && c < 127) || c == '\r' || c == '\n' || c == '\t'; });
    if (printable) lines << QString::fromUtf8(text.substr(0, 60).data(), static_cast<qsizetype>(std::min<std::size_t>(60, text.size()))).section('\n', 0, 0).trimmed();
    return lines.join('\n');
}

QString describe(const Hit& hit, const Moment& m) {
    if (hit.packet.valid()) {
        QString text = describePacket(hit.packet, m);
        if (hit.drop) {
            const auto& drop = std::get<trace::PacketDropped>(m.recording.event(*hit.drop).payload);
            text += '\n' + HitWords::tr("lost: %1").arg(reasonText(drop.reason));
        }
        return text;
    }
    if (hit.node.valid() && hit.node.index() < m.view.nodes.size()) return describeNode(hit.node, m);
    if (hit.link.valid() && hit.link.index() < m.view.links.size()) return describeLink(hit.link, m);
    return {};
}

}  // namespace mailtrek::ui
