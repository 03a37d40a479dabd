// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ladder_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <map>

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
    Builder(const trace::Recording& recording, const Traffic& traffic, const LadderAsk& ask, std::uint64_t cursor, NodeId client)
        : r(recording), t(traffic), m_ask(ask), m_cursor(cursor), m_client(client) {}

    std::vector<LadderRow> segments() {
        const auto& events = t.segmentsOf(m_ask.connection);
        const auto [begin, end] = newest(events);
        noteNumbers(events, begin, end);
        std::vector<LadderRow> rows = withEarlier(begin);
        for (std::size_t i = begin; i < end; ++i) rows.push_back(segment(events[i]));
        nameRepeats(rows);
        return rows;
    }
    std::vector<LadderRow> lines() {
        const auto& events = t.linesOf(m_ask.connection);
        const auto [begin, end] = newest(events);
        std::vector<LadderRow> rows = withEarlier(begin);
        for (std::size_t i = begin; i < end; ++i) rows.push_back(line(events[i]));
        return rows;
    }

private:
    std::pair<std::size_t, std::size_t> newest(const std::vector<trace::EventId>& events) const {
        const auto end = static_cast<std::size_t>(std::ranges::lower_bound(events, trace::EventId{m_cursor}) - events.begin());
        return {end - std::min(m_ask.most, end), end};
    }

    static std::vector<LadderRow> withEarlier(std::size_t hidden) {
        if (hidden == 0) return {};
        LadderRow row;
        row.kind = LadderRow::Kind::earlier;
        row.folded = static_cast<int>(hidden);
        return {row};
    }

    bool past(const std::optional<trace::EventId>& id) const { return id && id->value < m_cursor; }

    const trace::SegmentFacts& factsOf(trace::EventId id) const {
        const trace::Payload& payload = r.event(id).payload;
        if (const auto* sent = std::get_if<trace::SegmentSent>(&payload)) return *sent;
        return std::get<trace::SegmentRetransmitted>(payload);
    }

    // Where each numbered segment starts and ends, so that an ACK can be told by the segment it asks for.
    void noteNumbers(const std::vector<trace::EventId>& events, std::size_t begin, std::size_t end) {
        constexpr std::size_t kBefore = 600;  // what ACKs in sight may ask for set out a window earlier
        for (std::size_t i = begin - std::min(begin, kBefore); i < end; ++i) {
            const trace::SegmentFacts& s = factsOf(events[i]);
            if (s.number == 0) continue;
            auto& numbers = m_numbers[static_cast<std::size_t>(s.side)];
            numbers[s.sequence] = static_cast<int>(s.number);
            numbers.emplace(s.sequence + s.length, static_cast<int>(s.number) + 1);
        }
    }

    LadderRow segment(trace::EventId id) {
        const trace::SegmentFacts& facts = factsOf(id);
        LadderRow row;
        row.event = row.last = id;
        row.packet = facts.packet;
        row.sent = r.at(id);
        row.side = facts.side;
        row.glyph = t.glyphOf(facts.packet, Level::tcp).value_or(Glyph{});
        row.firstNumber = row.lastNumber = static_cast<int>(facts.number);
        if (row.glyph.kind == GlyphKind::ack) {
            row.asks = facts.acknowledgment;
            const auto& numbers = m_numbers[1 - static_cast<std::size_t>(facts.side)];
            const auto asked = numbers.find(facts.acknowledgment);
            row.glyph.text = asked != numbers.end() ? QStringLiteral("ACK %1").arg(asked->second) : QStringLiteral("ACK");
        } else if (row.glyph.kind == GlyphKind::syn) {
            row.glyph.text = (facts.flags & 16) != 0 ? QStringLiteral("SYN ACK") : QStringLiteral("SYN");
        } else if (row.glyph.kind == GlyphKind::fin) {
            row.glyph.text = QStringLiteral("FIN");
        }
        if (const auto in = t.receivedBy(facts.packet); in) {
            row.due = r.at(*in);
            row.arrived = past(in);
        }
        if (const auto out = t.lostBy(facts.packet); past(out)) row.lost = std::get<trace::PacketDropped>(r.event(*out).payload).reason;
        return row;
    }

    // The first three repeats of an ACK have a name: the third is the signal to resend (RFC 5681 3.2). What follows repeats the same.
    static void nameRepeats(std::vector<LadderRow>& rows) {
        std::array<std::pair<std::uint32_t, int>, 2> before{};
        for (LadderRow& row : rows) {
            if (row.kind != LadderRow::Kind::row || row.glyph.kind != GlyphKind::ack) continue;
            auto& [asked, repeats] = before[static_cast<std::size_t>(row.side)];
            repeats = row.asks == asked && asked > 1 ? repeats + 1 : 0;
            asked = row.asks;
            if (repeats >= 1 && repeats <= 3) row.words = LadderWords::tr("repeated %1").arg(repeats);
        }
    }

    LadderRow line(trace::EventId id) {
        const trace::Event& event = r.event(id);
        LadderRow row;
        row.event = row.last = id;
        row.sent = event.at;
        row.glyph.kind = GlyphKind::line;
        row.side = event.node == m_client ? trace::Side::client : trace::Side::server;
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
    const LadderAsk& m_ask;
    std::uint64_t m_cursor;
    NodeId m_client;
    std::array<std::map<std::uint32_t, int>, 2> m_numbers;  // by the side that sent: sequence number to segment
};

struct Run {
    std::size_t from = 0, length = 0;
};

LadderRow chipOf(const std::vector<LadderRow>& rows, const Run& run, bool open) {
    LadderRow chip = rows[run.from];
    chip.kind = LadderRow::Kind::chip;
    chip.words.clear();
    chip.last = rows[run.from + run.length - 1].event;
    chip.open = open;
    chip.firstNumber = chip.lastNumber = 0;
    for (std::size_t i = run.from; i < run.from + run.length; ++i) {
        const LadderRow& row = rows[i];
        ++chip.folded;
        chip.foldedData += row.glyph.kind == GlyphKind::data ? 1 : 0;
        chip.foldedLines += row.glyph.kind == GlyphKind::line ? 1 : 0;
        if (row.firstNumber > 0 && (chip.firstNumber == 0 || row.firstNumber < chip.firstNumber)) chip.firstNumber = row.firstNumber;
        chip.lastNumber = std::max(chip.lastNumber, row.lastNumber);
    }
    return chip;
}

class Folder {
public:
    Folder(std::vector<LadderRow> rows, const LadderAsk& ask) : m_rows(std::move(rows)), m_ask(ask) {}

    std::vector<LadderRow> fold() {
        const bool hidden = m_ask.level < Level::dialogue;  // the level hides the lines, whether they fit or not
        findRuns(hidden ? 0 : std::min<std::size_t>(3, m_ask.room / 2), hidden ? 1 : 2);
        std::vector<std::size_t> order(m_runs.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::ranges::stable_sort(order, [this](std::size_t a, std::size_t b) { return m_runs[a].length > m_runs[b].length; });
        std::vector<bool> folded(m_runs.size());
        std::size_t shown = m_rows.size();
        for (const std::size_t i : order) {
            if (!hidden && shown <= m_ask.room) break;
            folded[i] = true;
            if (!isOpened(m_runs[i])) shown -= m_runs[i].length - 1;
        }
        return put(folded);
    }

private:
    bool foldable(const LadderRow& row) const {
        if (row.kind != LadderRow::Kind::row || row.lost) return false;
        if (m_ask.level < Level::dialogue) return row.glyph.kind == GlyphKind::line;
        return row.words.isEmpty() && (row.glyph.kind == GlyphKind::data || row.glyph.kind == GlyphKind::ack);
    }

    void findRuns(std::size_t spared, std::size_t least) {
        const std::size_t limit = m_rows.size() - std::min(spared, m_rows.size());
        for (std::size_t i = 0; i < limit;) {
            std::size_t j = i;
            while (j < limit && foldable(m_rows[j])) ++j;
            if (j - i >= least) m_runs.push_back({i, j - i});
            i = std::max(j, i + 1);
        }
    }

    bool isOpened(const Run& run) const {
        if (!m_ask.opened) return false;
        for (std::size_t i = run.from; i < run.from + run.length; ++i)
            if (m_ask.opened(m_rows[i].event)) return true;
        return false;
    }

    std::vector<LadderRow> put(const std::vector<bool>& folded) const {
        std::vector<LadderRow> out;
        std::size_t at = 0;
        for (std::size_t i = 0; i < m_runs.size(); ++i) {
            const Run& run = m_runs[i];
            out.insert(out.end(), m_rows.begin() + static_cast<std::ptrdiff_t>(at), m_rows.begin() + static_cast<std::ptrdiff_t>(run.from));
            at = run.from;
            if (!folded[i]) continue;
            const bool open = isOpened(run);
            out.push_back(chipOf(m_rows, run, open));
            if (!open) at = run.from + run.length;
        }
        out.insert(out.end(), m_rows.begin() + static_cast<std::ptrdiff_t>(at), m_rows.end());
        return out;
    }

    std::vector<LadderRow> m_rows;
    const LadderAsk& m_ask;
    std::vector<Run> m_runs;
};

}  // namespace

QString chipText(const LadderRow& chip) {
    if (chip.kind == LadderRow::Kind::earlier) return LadderWords::tr("%1 earlier").arg(chip.folded);
    if (chip.foldedLines > 0) return chip.foldedLines == 1 ? LadderWords::tr("1 line") : LadderWords::tr("%1 lines").arg(chip.foldedLines);
    const int acks = chip.folded - chip.foldedData;
    if (chip.foldedData == 0) return LadderWords::tr("%1 ACKs").arg(acks);
    const QString numbers = chip.lastNumber > chip.firstNumber ? QStringLiteral("%1–%2").arg(chip.firstNumber).arg(chip.lastNumber) : QString::number(chip.lastNumber);
    const QString segments = chip.foldedData == 1 ? LadderWords::tr("%1: 1 segment").arg(numbers) : LadderWords::tr("%1: %2 segments").arg(numbers).arg(chip.foldedData);
    if (acks == 0) return segments;
    return acks == 1 ? LadderWords::tr("%1, 1 ACK").arg(segments) : LadderWords::tr("%1, %2 ACKs").arg(segments).arg(acks);
}

std::vector<LadderRow> ladderRows(const trace::Recording& recording, const trace::View& view, const Traffic& traffic, const LadderAsk& ask) {
    const ConnectionId c = ask.connection;
    if (!c.valid() || ask.room == 0 || c.index() >= view.connections.size() || !view.connections[c.index()]) return {};
    Builder build(recording, traffic, ask, view.events, view.connections[c.index()]->client);
    return Folder(ask.level < Level::tcp ? build.lines() : build.segments(), ask).fold();
}

}  // namespace mailtrek::ui
