// SPDX-License-Identifier: GPL-3.0-or-later
// How the ladder is drawn.
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "ui/panels/ladder.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

void arrow(QPainter& p, QPointF from, QPointF to, const QPen& pen, double head) {
    p.setPen(pen);
    p.drawLine(from, to);
    const QLineF line(to, from);
    if (line.length() < head) return;
    const QPointF along = (line.p2() - line.p1()) / line.length(), across(-along.y(), along.x());
    p.setPen(Qt::NoPen);
    p.setBrush(pen.color());
    p.drawPolygon(QPolygonF({to, to + along * head + across * head * 0.4, to + along * head - across * head * 0.4}));
}

bool isSpoken(const LadderRow& row) { return row.glyph.kind == GlyphKind::line || row.glyph.kind == GlyphKind::letter; }

}  // namespace

void Ladder::paintHeader(QPainter& p) {
    const trace::ConnectionView& connection = *m_film.view().connections[m_film.followedConnection().index()];
    const auto& nodes = m_film.recording()->cast().nodes;
    const double line = m_look.between(28, 38), free = m_connections->isVisibleTo(this) ? m_connections->x() - m_look.px(8) : width() / 2.0 - m_look.px(8);
    const auto head = [&](double x, NodeId node, const QString& role) {
        const double half = std::min({x, width() - x, x < width() / 2.0 ? free - x : x - (width() - free)}) - m_look.px(2);
        const auto put = [&](const QFont& font, Token colour, double y, double h, const QString& text) {
            p.setFont(font);
            p.setPen(m_look[colour]);
            p.drawText(QRectF(x - half, y, 2 * half, h), Qt::AlignCenter, QFontMetricsF(font).elidedText(text, Qt::ElideRight, 2 * half));
        };
        const QString name = node.valid() && node.index() < nodes.size() ? nodeText(nodes[node.index()], spanishNow()) : QString();
        put(m_look.font(Type::body, Weight::bold), Token::ink, m_look.px(8), line, name);
        put(m_look.font(Type::second), Token::ink2, m_look.px(8) + line, line * 0.9, role);
    };
    head(leftX(), connection.client, tr("client"));
    head(rightX(), connection.server, tr("server · port %1").arg(connection.serverPort));
}

void Ladder::paintChip(QPainter& p, const LadderRow& row, double y) {
    const QFont font = m_look.font(Type::control, Weight::semibold);
    const QString what = chipText(row);
    const double w = QFontMetricsF(font).horizontalAdvance(what) + m_look.px(50), h = rowHeight() - m_look.px(5);
    const QRectF box((leftX() + rightX() - w) / 2, y - h / 2, w, h);
    QPen dashes(m_look[Token::edge], m_look.px(2), Qt::CustomDashLine);
    dashes.setDashPattern({2, 3});
    p.setPen(dashes);
    if (box.left() > leftX()) p.drawLine(QPointF(leftX(), y), QPointF(box.left(), y));
    if (box.right() < rightX()) p.drawLine(QPointF(box.right(), y), QPointF(rightX(), y));
    p.setPen(QPen(m_look[Token::accent], m_look.px(2)));
    p.setBrush(m_look[row.open ? Token::surface : Token::soft]);
    p.drawRoundedRect(box, h / 2, h / 2);
    p.setPen(m_look[Token::ink]);
    p.setFont(font);
    p.drawText(box.adjusted(m_look.px(14), 0, -m_look.px(30), 0), Qt::AlignCenter, what);
    const double up = row.open || row.kind == LadderRow::Kind::earlier ? -1 : 1;
    const QPointF tip(box.right() - m_look.px(18), y + up * m_look.px(3));
    p.setPen(QPen(m_look[Token::ink], m_look.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.drawPolyline(QPolygonF({tip + QPointF(-m_look.px(6), -up * m_look.px(6)), tip, tip + QPointF(m_look.px(6), -up * m_look.px(6))}));
}

// How far the arrow has come: all the way, to where it was lost, or to where it is now.
double Ladder::shareOf(const LadderRow& row, double length) const {
    if (row.lost) return 0.62;
    if (row.arrived) return 1;
    const double on = row.due && *row.due > row.sent ? static_cast<double>((m_film.now() - row.sent).count()) / static_cast<double>((*row.due - row.sent).count()) : 0.6;
    const double least = std::min(0.9, (glyphSize(row.glyph, m_look, m_look.between(27, 38)).width() + m_look.px(36)) / length);
    return std::clamp(on, least, 0.97);
}

void Ladder::paintLoss(QPainter& p, const LadderRow& row, QPointF stop, double y) {
    paintCross(p, stop, m_look.px(18), m_look[Token::cross], m_look[Token::surface]);
    p.setFont(m_look.font(Type::control, Weight::bold));
    p.setPen(m_look[Token::bad]);
    const bool client = row.side == trace::Side::client;
    const double clear = m_look.px(16);
    const double free = (client ? width() - stop.x() : stop.x()) - clear - m_look.px(6);  // its own half of the gutter is free
    const QString reason = QFontMetricsF(p.font()).elidedText(reasonText(*row.lost), Qt::ElideRight, free);
    const double wide = QFontMetricsF(p.font()).horizontalAdvance(reason) + m_look.px(6);
    const QRectF place(client ? stop.x() + clear : stop.x() - clear - wide, y - m_look.px(13), wide, m_look.px(26));
    p.fillRect(place, m_look[isChosen(row) ? Token::soft : Token::surface]);
    p.drawText(place, Qt::AlignCenter, reason);
}

// A line of the dialogue stands along its arrow, what is special about a segment beside it.
void Ladder::paintWords(QPainter& p, const LadderRow& row, QPointF glyph, double glyphWidth, double y) {
    if (row.words.isEmpty()) return;
    const bool client = row.side == trace::Side::client, spoken = isSpoken(row);
    p.setFont(spoken ? m_look.font(Type::control) : m_look.font(Type::second, Weight::semibold));
    const QFontMetricsF metrics(p.font());
    const QString words = spoken ? metrics.elidedText(row.words, Qt::ElideRight, rightX() - leftX() - glyphWidth - m_look.px(44)) : row.words;
    const double w = metrics.horizontalAdvance(words) + m_look.px(9), gap = m_look.px(spoken ? 3 : 6), half = m_look.px(spoken ? 14 : 12);
    const QRectF box(client ? glyph.x() + glyphWidth / 2 + gap : glyph.x() - glyphWidth / 2 - gap - w, y - half, w, 2 * half);
    p.fillRect(box, m_look[isChosen(row) ? Token::soft : Token::surface]);
    p.setPen(m_look[Token::ink]);
    p.drawText(box, Qt::AlignCenter, words);
}

void Ladder::paintTime(QPainter& p, const LadderRow& row, double y) {
    p.setFont(m_look.font(Type::second));
    p.setPen(m_look[Token::ink2]);
    const QString time = secondsText(row.sent);
    if (row.side == trace::Side::client)
        p.drawText(QRectF(0, y - 20, leftX() - m_look.px(14), 40), Qt::AlignRight | Qt::AlignVCenter, time);
    else
        p.drawText(QRectF(rightX() + m_look.px(14), y - 20, width(), 40), Qt::AlignLeft | Qt::AlignVCenter, time);
}

void Ladder::paintRow(QPainter& p, const LadderRow& row, double y) {
    if (isChosen(row)) {
        p.fillRect(QRectF(2, y - rowHeight() / 2, width() - 2, rowHeight()), m_look[Token::soft]);
        p.fillRect(QRectF(2, y - rowHeight() / 2, m_look.px(6), rowHeight()), m_look[Token::accent]);
    }
    p.setPen(QPen(m_look[Token::edge], m_look.px(3)));
    for (const double x : {leftX(), rightX()}) p.drawLine(QPointF(x, y - rowHeight() / 2), QPointF(x, y + rowHeight() / 2));
    if (row.kind != LadderRow::Kind::row) return paintChip(p, row, y);
    const bool client = row.side == trace::Side::client;
    const double from = client ? leftX() : rightX(), to = client ? rightX() : leftX(), fall = m_look.px(4);
    const QPointF start(from, y - fall), end(to, y + fall);
    const QPointF stop = start + (end - start) * shareOf(row, std::abs(to - from));
    arrow(p, start, stop, QPen(row.lost ? m_look[Token::cross] : m_look[Token::ink], m_look.px(2)), row.lost ? 0 : m_look.px(10));
    if (row.lost) paintLoss(p, row, stop, y);
    const double height = m_look.between(27, 38), width = glyphSize(row.glyph, m_look, height).width();
    QPointF middle = start + (stop - start) * (row.lost ? 0.45 : 0.5);
    if (isSpoken(row)) middle = start + QPointF((client ? 1 : -1) * (width / 2 + m_look.px(8)), fall * 0.3);  // the bubble is at the speaker
    paintWords(p, row, middle, width, y);
    const QPixmap& picture = m_glyphs.of(row.glyph, m_look, height, devicePixelRatioF());
    const QSizeF shown = QSizeF(picture.size()) / picture.devicePixelRatio();
    p.drawPixmap(QPointF(middle.x() - shown.width() / 2, middle.y() - shown.height() / 2), picture);
    paintTime(p, row, y);
}

// The line of now lies below the last row; scrolled back, it is out of sight.
void Ladder::paintNow(QPainter& p, double y) {
    p.setPen(QPen(m_look[Token::accent], m_look.px(3)));
    p.drawLine(QPointF(m_look.px(12), y), QPointF(width() - m_look.px(12), y));
    const QFont font = m_look.font(Type::body, Weight::semibold);
    const QString text = tr("now %1").arg(secondsText(m_film.now()));
    const double w = QFontMetricsF(font).horizontalAdvance(text) + m_look.px(32), h = m_look.between(30, 44);
    const QRectF box((leftX() + rightX() - w) / 2, y - h / 2, w, h);
    p.setPen(Qt::NoPen);
    p.setBrush(m_look[Token::accent]);
    p.drawRoundedRect(box, h / 2, h / 2);
    p.setPen(m_look[Token::onAccent]);
    p.setFont(font);
    p.drawText(box, Qt::AlignCenter, text);
}

void Ladder::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::surface]);
    if (!m_film.recording()) return;
    const ConnectionId c = m_film.followedConnection();
    if (!c.valid() || c.index() >= m_film.view().connections.size() || !m_film.view().connections[c.index()]) {
        p.setFont(m_look.font(Type::body));
        p.setPen(m_look[Token::ink2]);
        p.drawText(QRectF(rect()).adjusted(m_look.px(24), 0, -m_look.px(24), 0), Qt::AlignCenter | Qt::TextWordWrap, tr("No connection yet."));
        return;
    }
    paintHeader(p);
    const double bottom = height() - m_look.px(12);
    p.setPen(QPen(m_look[Token::edge], m_look.px(3)));
    for (const double x : {leftX(), rightX()}) p.drawLine(QPointF(x, top()), QPointF(x, bottom));
    double y = top() + rowHeight() * 0.5;
    for (const LadderRow& row : shownRows()) {
        paintRow(p, row, y);
        y += rowHeight();
    }
    if (m_scroll == 0) paintNow(p, std::min(y + m_look.px(2), height() - rowHeight() * 0.55));
    if (hasFocus()) {
        p.setPen(QPen(m_look[Token::accent], m_look.px(2)));
        p.setBrush(Qt::NoBrush);
        p.drawRect(QRectF(rect()).adjusted(3, 2, -3, -3));
    }
}

}  // namespace mailtrek::ui
