// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/traffic.h"

#include <algorithm>

#include "sim/trace/journey.h"

namespace mailtrek::ui {
namespace {

std::uint64_t keyOf(PacketId packet, trace::LinkEnd via) { return (static_cast<std::uint64_t>(packet.value) << 32) | via.value; }

// A line of a dialogue shows its reply code, a command its first letter is M like all lines.
QString codeOf(std::string_view payload) {
    const auto digit = [&](std::size_t i) { return payload[i] >= '0' && payload[i] <= '9'; };
    if (payload.size() >= 4 && digit(0) && digit(1) && digit(2) && (payload[3] == ' ' || payload[3] == '-')) return QString::fromLatin1(payload.data(), 3);
    return {};
}

}  // namespace

Traffic::Facts& Traffic::factsOf(PacketId packet) {
    if (packet.index() >= m_facts.size()) m_facts.resize(packet.index() + 1);
    return m_facts[packet.index()];
}

Traffic::Talk& Traffic::talkOf(ConnectionId connection) {
    if (connection.index() >= m_talks.size()) m_talks.resize(connection.index() + 1);
    return m_talks[connection.index()];
}

void Traffic::extend() {
    for (; m_seen < m_recording.size(); ++m_seen) {
        const trace::EventId id{m_seen};
        const trace::Event& event = m_recording.event(id);
        if (const auto* sent = std::get_if<trace::PacketSent>(&event.payload)) {
            if (sent->packet.valid()) factsOf(sent->packet).mail = event.mail;
        } else if (const auto* segment = std::get_if<trace::SegmentSent>(&event.payload)) {
            onSegment(id, event, *segment);
        } else if (const auto* again = std::get_if<trace::SegmentRetransmitted>(&event.payload)) {
            onSegment(id, event, *again);
            m_resends.push_back(id);
        } else if (const auto* received = std::get_if<trace::SegmentReceived>(&event.payload)) {
            onReceived(id, *received);
        } else if (const auto* dropped = std::get_if<trace::PacketDropped>(&event.payload)) {
            onDropped(id, *dropped);
        } else if (const auto* command = std::get_if<trace::SmtpCommand>(&event.payload)) {
            if (command->connection.valid()) talkOf(command->connection).lines.push_back(id);
        } else if (const auto* reply = std::get_if<trace::SmtpReply>(&event.payload)) {
            if (reply->connection.valid()) talkOf(reply->connection).lines.push_back(id);
        } else if (const auto* ask = std::get_if<trace::AccessCommand>(&event.payload)) {
            if (ask->connection.valid()) talkOf(ask->connection).lines.push_back(id);
        } else if (const auto* answer = std::get_if<trace::AccessReply>(&event.payload)) {
            if (answer->connection.valid()) talkOf(answer->connection).lines.push_back(id);
        } else if (const auto* content = std::get_if<trace::SmtpContent>(&event.payload)) {
            if (content->connection.valid()) talkOf(content->connection).lines.push_back(id);
            m_transfers.push_back({id, {}, content->connection, event.mail});
        } else if (const auto* accepted = std::get_if<trace::MailAccepted>(&event.payload)) {
            const auto open =
                std::find_if(m_transfers.rbegin(), m_transfers.rend(), [&](const Transfer& t) { return t.connection == accepted->connection && !t.accepted.valid(); });
            if (open != m_transfers.rend()) open->accepted = id;
        } else if (const auto* damaged = std::get_if<trace::PacketCorrupted>(&event.payload)) {
            factsOf(damaged->damaged).original = damaged->packet;
        } else if (const auto* altered = std::get_if<trace::PacketAltered>(&event.payload)) {
            factsOf(altered->altered).original = altered->packet;
        } else if (const auto* copied = std::get_if<trace::PacketDuplicated>(&event.payload)) {
            factsOf(copied->copy).original = copied->packet;
        } else if (const auto* flooded = std::get_if<trace::FrameFlooded>(&event.payload)) {
            for (std::uint32_t i = 0; i < flooded->copies; ++i) factsOf({flooded->first.value + i}).original = flooded->packet;
        }
    }
}

void Traffic::onSegment(trace::EventId id, const trace::Event& event, const trace::SegmentFacts& facts) {
    if (!facts.packet.valid()) return;
    Facts& f = factsOf(facts.packet);
    f.segment = id;
    f.mail = event.mail;
    if (!facts.connection.valid()) return;
    Talk& talk = talkOf(facts.connection);
    talk.segments.push_back(id);
    std::vector<Start>& starts = talk.starts[static_cast<std::size_t>(facts.side)];
    if (facts.number > 0 && (starts.empty() || starts.back().sequence < facts.sequence)) starts.push_back({facts.sequence, facts.number});
}

std::uint32_t Traffic::numberAsked(const trace::SegmentFacts& ack) const {
    if (!ack.connection.valid() || ack.connection.index() >= m_talks.size() || (ack.flags & 16) == 0) return 0;
    const std::vector<Start>& starts = m_talks[ack.connection.index()].starts[1 - static_cast<std::size_t>(ack.side)];
    const auto start = std::lower_bound(starts.begin(), starts.end(), ack.acknowledgment, [](const Start& s, std::uint32_t seq) { return s.sequence < seq; });
    if (start == starts.end()) return starts.empty() ? 0 : starts.back().number + 1;
    if (start->sequence == ack.acknowledgment) return start->number;
    return start == starts.begin() ? 0 : std::prev(start)->number;  // inside a segment: the rest of it
}

void Traffic::onReceived(trace::EventId id, const trace::SegmentReceived& received) {
    if (received.packet.valid()) factsOf(received.packet).received = id;
    const trace::SegmentFacts* arrived = segmentOf(received.packet);
    if (!arrived) return;
    std::erase_if(m_unrepaired, [&](std::size_t index) {
        Fall& fall = m_falls[index];
        const trace::SegmentFacts* lost = segmentOf(fall.packet);
        const bool repaired = lost && lost->connection == arrived->connection && lost->side == arrived->side && arrived->sequence <= lost->sequence &&
                              arrived->sequence + arrived->length >= lost->sequence + lost->length && (arrived->length > 0 || (arrived->flags & 3) == (lost->flags & 3)) &&
                              arrived->transmission > lost->transmission;
        if (repaired) fall.until = id.value + 1;
        return repaired;
    });
}

void Traffic::onDropped(trace::EventId id, const trace::PacketDropped& dropped) {
    m_falls.push_back({id, dropped.packet, ~std::uint64_t{0}});
    m_dooms[keyOf(dropped.packet, dropped.via)] = id;
    if (dropped.packet.valid()) factsOf(dropped.packet).lost = id;
    const trace::SegmentFacts* lost = segmentOf(dropped.packet);
    if (lost && (lost->length > 0 || (lost->flags & 3) != 0)) m_unrepaired.push_back(m_falls.size() - 1);  // a lost ACK is never sent again
}

PacketId Traffic::originOf(PacketId packet) const {
    for (int i = 0; i < 8 && packet.valid() && packet.index() < m_facts.size(); ++i) {
        if (m_facts[packet.index()].segment.valid() || !m_facts[packet.index()].original.valid()) return packet;
        packet = m_facts[packet.index()].original;
    }
    return packet;
}

const trace::SegmentFacts* Traffic::segmentOf(PacketId packet) const {
    packet = originOf(packet);
    if (!packet.valid() || packet.index() >= m_facts.size()) return nullptr;
    const trace::EventId id = m_facts[packet.index()].segment;
    if (!id.valid()) return nullptr;
    const trace::Payload& payload = m_recording.event(id).payload;
    if (const auto* sent = std::get_if<trace::SegmentSent>(&payload)) return sent;
    return std::get_if<trace::SegmentRetransmitted>(&payload);
}

bool Traffic::resent(PacketId packet) const {
    packet = originOf(packet);
    if (!packet.valid() || packet.index() >= m_facts.size() || !m_facts[packet.index()].segment.valid()) return false;
    return std::holds_alternative<trace::SegmentRetransmitted>(m_recording.event(m_facts[packet.index()].segment).payload);
}

MailId Traffic::mailOf(PacketId packet) const {
    packet = originOf(packet);
    return packet.valid() && packet.index() < m_facts.size() ? m_facts[packet.index()].mail : MailId{};
}

std::optional<trace::EventId> Traffic::doomOf(PacketId packet, trace::LinkEnd via) const {
    const auto found = m_dooms.find(keyOf(packet, via));
    if (found == m_dooms.end()) return std::nullopt;
    return found->second;
}

std::optional<trace::EventId> Traffic::receivedBy(PacketId packet) const {
    if (!packet.valid() || packet.index() >= m_facts.size() || !m_facts[packet.index()].received.valid()) return std::nullopt;
    return m_facts[packet.index()].received;
}

std::optional<trace::EventId> Traffic::lostBy(PacketId packet) const {
    if (!packet.valid() || packet.index() >= m_facts.size() || !m_facts[packet.index()].lost.valid()) return std::nullopt;
    return m_facts[packet.index()].lost;
}

const std::vector<trace::EventId>& Traffic::segmentsOf(ConnectionId connection) const {
    static const std::vector<trace::EventId> kNone;
    return connection.valid() && connection.index() < m_talks.size() ? m_talks[connection.index()].segments : kNone;
}

const std::vector<trace::EventId>& Traffic::linesOf(ConnectionId connection) const {
    static const std::vector<trace::EventId> kNone;
    return connection.valid() && connection.index() < m_talks.size() ? m_talks[connection.index()].lines : kNone;
}

std::vector<Fall> Traffic::fallenAt(std::uint64_t cursor, std::uint64_t oldest) const {
    std::vector<Fall> lying;
    const auto end = std::lower_bound(m_falls.begin(), m_falls.end(), cursor, [](const Fall& f, std::uint64_t c) { return f.event.value < c; });
    constexpr std::ptrdiff_t kLookBack = 200;  // more never fit on the map
    const auto begin = end - std::min(kLookBack, end - m_falls.begin());
    for (auto f = begin; f != end; ++f) {
        const bool repairedLater = f->until != ~std::uint64_t{0};
        if (repairedLater ? cursor < f->until : f->event.value >= oldest) lying.push_back(*f);
    }
    return lying;
}

Glyph Traffic::tcpGlyph(PacketId packet, const wire::TcpHeader& tcp, bool payload) const {
    const trace::SegmentFacts* facts = segmentOf(packet);
    const QString number = facts && facts->number > 0 ? QString::number(facts->number) : QString{};
    if (tcp.flags.rst) return {GlyphKind::rst, {}, 1};
    if (resent(packet)) return {GlyphKind::resent, number.isEmpty() ? QString{} : QStringLiteral("R ") + number, 1};
    if (tcp.flags.syn) return {GlyphKind::syn, {}, 1};
    if (payload) return {GlyphKind::data, number, 1};
    if (tcp.flags.fin) return {GlyphKind::fin, {}, 1};
    const std::uint32_t asks = facts ? numberAsked(*facts) : 0;
    return {GlyphKind::ack, asks > 0 ? QString::number(asks) : QString{}, 1};
}

std::optional<Glyph> Traffic::glyphOf(PacketId packet, Level level) const {
    if (!packet.valid() || packet.index() >= m_recording.store().packets()) return std::nullopt;
    const wire::Packet& p = m_recording.store().packet(packet).packet;
    if (const wire::ArpPacket* arp = p.arp())
        return level == Level::ip ? std::optional<Glyph>(Glyph{GlyphKind::arp, arp->operation == wire::kArpRequest ? QStringLiteral("?") : QStringLiteral("="), 1}) : std::nullopt;
    if (trace::isRouting(p))
        return level == Level::ip ? std::optional<Glyph>(Glyph{GlyphKind::route, p.udp() != nullptr ? QStringLiteral("V") : QStringLiteral("L"), 1}) : std::nullopt;
    if (const wire::UdpHeader* udp = p.udp()) {
        if (level == Level::story) return std::nullopt;
        if (udp->sourcePort == 53) return Glyph{GlyphKind::dnsAnswer, {}, 1};
        if (udp->destinationPort == 53) return Glyph{GlyphKind::dnsQuery, {}, 1};
        return level == Level::ip ? std::optional<Glyph>(Glyph{GlyphKind::route, {}, 1}) : std::nullopt;
    }
    if (p.icmp()) return level >= Level::tcp ? std::optional<Glyph>(Glyph{GlyphKind::icmp, {}, 1}) : std::nullopt;
    const trace::SegmentFacts* facts = segmentOf(packet);
    const PacketId origin = originOf(packet);
    const wire::Packet& clean = origin.index() < m_recording.store().packets() ? m_recording.store().packet(origin).packet : p;
    const wire::TcpHeader* tcp = clean.tcp();
    if (!tcp) return level >= Level::tcp ? std::optional<Glyph>(Glyph{GlyphKind::data, {}, 1}) : std::nullopt;
    const bool payload = !clean.payload.empty();
    if (level >= Level::tcp) return tcpGlyph(packet, *tcp, payload);
    if (!payload) return std::nullopt;
    if (facts && facts->mailContent) return Glyph{GlyphKind::letter, {}, 1};
    if (level == Level::dialogue) return Glyph{GlyphKind::line, codeOf(clean.payload.text()), 1};
    return std::nullopt;
}

}  // namespace mailtrek::ui
