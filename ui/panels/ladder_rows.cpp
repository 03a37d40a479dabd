// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ladder_rows.h"

#include <QCoreApplication>
#include <algorithm>

namespace mailtrek::ui {
namespace {

struct LadderWords {
    Q_DECLARE_TR_FUNCTIONS(LadderWords)
};

QString firstLine(std::string_view text) {
    const auto end = text.find_first_of("\r\n");
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(end == std::string_view::npos ? text.size() : end));
}

class Builder {
public:
    Builder(const trace::Recording& recording, const Traffic& traffic, ConnectionId connection, std::uint64_t cursor, NodeId client)
        : r(recording), t(traffic), m_connection(connection), m_cursor(cursor), m_client(client) {}

    std::vector<LadderRow> segments(std::size_t wanted) {
        return last(t.segmentsOf(m_connection), wanted, [this](trace::EventId id) { return segment(id); });
    }
    std::vector<LadderRow> lines(std::size_t wanted) {
        return last(t.linesOf(m_connection), wanted, [this](trace::EventId id) { return line(id); });
    }

private:
    template <class Make>
    std::vector<LadderRow> last(const std::vector<trace::EventId>& events, std::size_t wanted, Make make) {
        const auto end = std::lower_bound(events.begin(), events.end(), trace::EventId{m_cursor});
        const auto begin = end - static_cast<std::ptrdiff_t>(std::min<std::size_t>(wanted, static_cast<std::size_t>(end - events.begin())));
        std::vector<LadderRow> rows;
        for (auto e = begin; e != end; ++e) rows.push_back(make(*e));
        return rows;
    }

    bool past(const std::optional<trace::EventId>& id) const { return id && id->value < m_cursor; }

    LadderRow segment(trace::EventId id) {
        const trace::Event& event = r.event(id);
        const trace::SegmentFacts* facts = std::get_if<trace::SegmentSent>(&event.payload);
        if (!facts) facts = std::get_if<trace::SegmentRetransmitted>(&event.payload);
        LadderRow row;
        row.event = id;
        row.sent = event.at;
        row.side = facts->side;
        row.glyph = t.glyphOf(facts->packet, Level::tcp).value_or(Glyph{});
        row.firstNumber = row.lastNumber = static_cast<int>(facts->number);
        if (row.glyph.kind == GlyphKind::ack) {
            // An ACK is best told by the segment it asks for, where the other side's numbers are known.
            const int asks = numberAsked(*facts);
            row.glyph.text = asks > 0 ? QStringLiteral("ACK %1").arg(asks) : QStringLiteral("ACK");
        } else if (row.glyph.kind == GlyphKind::syn) {
            row.glyph.text = (facts->flags & 16) != 0 ? QStringLiteral("SYN ACK") : QStringLiteral("SYN");
        } else if (row.glyph.kind == GlyphKind::fin) {
            row.glyph.text = QStringLiteral("FIN");
        }
        if (const auto in = t.receivedBy(facts->packet); in) {
            row.due = r.at(*in);
            row.arrived = past(in);
            if (row.arrived && std::get<trace::SegmentReceived>(r.event(*in).payload).duplicateAck) row.words = LadderWords::tr("repeated");
        }
        if (const auto out = t.lostBy(facts->packet); past(out)) row.lost = std::get<trace::PacketDropped>(r.event(*out).payload).reason;
        return row;
    }

    // The number of the segment that starts where the acknowledgment stands: the first not yet received.
    int numberAsked(const trace::SegmentFacts& ack) {
        const auto& all = t.segmentsOf(m_connection);
        const auto end = std::lower_bound(all.begin(), all.end(), trace::EventId{m_cursor});
        int after = 0;
        constexpr int kLookBack = 600;
        int looked = 0;
        for (auto e = end; e != all.begin() && looked < kLookBack; ++looked) {
            --e;
            const trace::Payload& payload = r.event(*e).payload;
            const trace::SegmentFacts* s = std::get_if<trace::SegmentSent>(&payload);
            if (!s || s->side == ack.side || s->number == 0) continue;
            if (s->sequence == ack.acknowledgment) return static_cast<int>(s->number);
            if (s->sequence + s->length == ack.acknowledgment) after = static_cast<int>(s->number) + 1;
        }
        return after;
    }

    LadderRow line(trace::EventId id) {
        const trace::Event& event = r.event(id);
        LadderRow row;
        row.event = id;
        row.sent = event.at;
        row.glyph.kind = GlyphKind::line;
        const NodeId client = m_client;
        row.side = event.node == client ? trace::Side::client : trace::Side::server;
        if (const auto* c = std::get_if<trace::SmtpCommand>(&event.payload)) row.words = firstLine(r.text(c->line));
        if (const auto* a = std::get_if<trace::SmtpReply>(&event.payload)) {
            row.glyph.text = QString::number(a->code);
            row.words = firstLine(r.text(a->line)).mid(4);
        }
        if (const auto* c = std::get_if<trace::AccessCommand>(&event.payload)) row.words = firstLine(r.text(c->line));
        if (const auto* a = std::get_if<trace::AccessReply>(&event.payload)) row.words = firstLine(r.text(a->line));
        if (const auto* c = std::get_if<trace::SmtpContent>(&event.payload)) {
            row.glyph.kind = GlyphKind::letter;
            row.words = LadderWords::tr("the letter, %1 bytes").arg(c->size);
        }
        row.due = event.at;
        row.arrived = true;
        return row;
    }

    const trace::Recording& r;
    const Traffic& t;
    ConnectionId m_connection;
    std::uint64_t m_cursor;
    NodeId m_client;
};

bool foldable(const LadderRow& row) { return !row.lost && row.words.isEmpty() && (row.glyph.kind == GlyphKind::data || row.glyph.kind == GlyphKind::ack); }

// The longest foldable run, the last few rows spared, becomes one chip; repeated until all fit.
void fold(std::vector<LadderRow>& rows, std::size_t room) {
    const std::size_t spared = std::min<std::size_t>(3, room / 2);
    while (rows.size() > room && rows.size() > spared + 1) {
        std::size_t bestFrom = 0, bestLength = 0;
        const std::size_t limit = rows.size() - spared;
        for (std::size_t i = 0; i < limit;) {
            std::size_t j = i;
            while (j < limit && (foldable(rows[j]) || rows[j].folded > 0)) ++j;
            if (j - i > bestLength) {
                bestLength = j - i;
                bestFrom = i;
            }
            i = std::max(j, i + 1);
        }
        if (bestLength < 2) break;
        LadderRow chip = rows[bestFrom];
        chip.folded = chip.foldedData = 0;
        chip.firstNumber = chip.lastNumber = 0;
        for (std::size_t i = bestFrom; i < bestFrom + bestLength; ++i) {
            chip.folded += rows[i].folded > 0 ? rows[i].folded : 1;
            chip.foldedData += rows[i].folded > 0 ? rows[i].foldedData : rows[i].glyph.kind == GlyphKind::data ? 1 : 0;
            if (rows[i].firstNumber > 0 && (chip.firstNumber == 0 || rows[i].firstNumber < chip.firstNumber)) chip.firstNumber = rows[i].firstNumber;
            chip.lastNumber = std::max(chip.lastNumber, rows[i].lastNumber);
        }
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(bestFrom) + 1, rows.begin() + static_cast<std::ptrdiff_t>(bestFrom + bestLength));
        rows[bestFrom] = chip;
    }
    if (rows.size() > room) rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(room));
}

}  // namespace

std::vector<LadderRow> ladderRows(const trace::Recording& recording, const trace::View& view, const Traffic& traffic, ConnectionId connection, Level level, std::size_t room) {
    if (!connection.valid() || room == 0 || connection.index() >= view.connections.size() || !view.connections[connection.index()]) return {};
    Builder build(recording, traffic, connection, view.events, view.connections[connection.index()]->client);
    if (level < Level::tcp) return build.lines(room);
    std::vector<LadderRow> rows = build.segments(room * 6);
    fold(rows, room);
    return rows;
}

}  // namespace mailtrek::ui
