// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a callout, and the row of glyphs for the two moments that words alone tell badly: what the receiver lacks, and what makes the sender
// repeat a piece.
#include <QCoreApplication>
#include <algorithm>

#include "ui/map/callout.h"
#include "ui/story/telling.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct CalloutRowWords {
    Q_DECLARE_TR_FUNCTIONS(CalloutRowWords)
};

using Kind = CalloutItem::Kind;

CalloutItem shown(GlyphKind kind, std::uint32_t number) {
    const QString text = QString::number(number);
    return {Kind::glyph, {kind, kind == GlyphKind::resent ? QStringLiteral("R ") + text : text, 1}};
}

CalloutItem missing(std::uint32_t number) { return {Kind::missing, {GlyphKind::data, QString::number(number), 1}}; }

// Numbers of the data segments of one side that have reached the other at the cursor, newest first; as far back as the eye needs.
std::vector<std::uint32_t> arrived(const Moment& m, ConnectionId connection, trace::Side sender) {
    constexpr std::size_t kLookBack = 400;
    const std::vector<trace::EventId>& segments = m.traffic.segmentsOf(connection);
    const auto end = std::lower_bound(segments.begin(), segments.end(), trace::EventId{m.view.events}, [](auto a, auto b) { return a.value < b.value; });
    std::vector<std::uint32_t> numbers;
    for (auto s = end; s != segments.begin() && static_cast<std::size_t>(end - s) < kLookBack;) {
        --s;
        const trace::Payload& payload = m.recording.event(*s).payload;
        const auto* sent = std::get_if<trace::SegmentSent>(&payload);
        const auto* again = std::get_if<trace::SegmentRetransmitted>(&payload);
        const trace::SegmentFacts* facts = sent ? static_cast<const trace::SegmentFacts*>(sent) : again;
        if (!facts || facts->number == 0 || facts->side != sender) continue;
        if (const auto in = m.traffic.receivedBy(facts->packet); in && in->value < m.view.events) numbers.push_back(facts->number);
    }
    return numbers;
}

// An ACK that asks for a piece while later ones are there: its neighbours, with the gap.
std::optional<CalloutText> gapBehind(const trace::SegmentSent& ack, const Moment& m) {
    if (ack.length > 0 || (ack.flags & 7) != 0) return std::nullopt;
    const std::uint32_t asks = m.traffic.numberAsked(ack);
    if (asks == 0) return std::nullopt;
    const std::vector<std::uint32_t> here = arrived(m, ack.connection, ack.side == trace::Side::client ? trace::Side::server : trace::Side::client);
    const auto has = [&](std::uint32_t n) { return std::find(here.begin(), here.end(), n) != here.end(); };
    const bool later = std::any_of(here.begin(), here.end(), [&](std::uint32_t n) { return n > asks; });
    if (!later || has(asks)) return std::nullopt;
    const trace::CastConnection& ends = m.recording.cast().connections[ack.connection.index()];
    const NodeId who = ack.side == trace::Side::client ? ends.client : ends.server;
    CalloutText out{CalloutRowWords::tr("%1 lacks piece %2").arg(nodeText(m.recording.cast().nodes[who.index()], spanishNow())).arg(asks), {}};
    for (std::uint32_t n = asks > 2 ? asks - 2 : 1; n <= asks + 2; ++n) {
        if (n == asks)
            out.row.push_back(missing(n));
        else if (n < asks || has(n))
            out.row.push_back(shown(GlyphKind::data, n));
    }
    return out;
}

std::vector<CalloutItem> whatLedTo(const trace::SegmentRetransmitted& again) {
    if (again.number == 0) return {};
    std::vector<CalloutItem> row;
    switch (again.reason) {
        case trace::RetransmitReason::thirdDuplicateAck: row.assign(3, shown(GlyphKind::ack, again.number)); break;
        case trace::RetransmitReason::partialAck:
        case trace::RetransmitReason::sackHole:
        case trace::RetransmitReason::rack: row.push_back(shown(GlyphKind::ack, again.number)); break;
        case trace::RetransmitReason::timeout:
        case trace::RetransmitReason::tailLossProbe:
        case trace::RetransmitReason::rescue:
        case trace::RetransmitReason::pathMtu: row.push_back(missing(again.number)); break;
        case trace::RetransmitReason::synTimeout:
        case trace::RetransmitReason::finTimeout:
        case trace::RetransmitReason::simultaneousOpen: return {};
    }
    row.push_back({Kind::arrow, {}});
    row.push_back(shown(GlyphKind::resent, again.number));
    return row;
}

}  // namespace

CalloutText calloutFor(const Moment& m) {
    if (!m.focus) return {};
    const trace::Payload& payload = m.recording.event(*m.focus).payload;
    if (const auto* ack = std::get_if<trace::SegmentSent>(&payload); ack && ack->connection.valid())
        if (const auto gap = gapBehind(*ack, m)) return *gap;
    CalloutText out{calloutOf(m.recording, m.traffic, *m.focus), {}};
    if (const auto* again = std::get_if<trace::SegmentRetransmitted>(&payload)) out.row = whatLedTo(*again);
    return out;
}

}  // namespace mailtrek::ui
