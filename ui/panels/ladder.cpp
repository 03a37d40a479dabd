// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ladder.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

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

}  // namespace

Ladder::Ladder(Film& film, QWidget* parent) : Part(parent), m_film(film) {
    setObjectName(QStringLiteral("ladder"));
    setAccessibleName(tr("Ladder"));
    for (const auto signal : {&Film::moved, &Film::opened, &Film::levelSet, &Film::selected, &Film::grew}) connect(&film, signal, this, qOverload<>(&QWidget::update));
}

std::vector<LadderRow> Ladder::rows() const {
    if (!m_film.recording()) return {};
    const double room = height() - top() - rowHeight() * 1.2;
    return ladderRows(*m_film.recording(), m_film.view(), m_film.traffic(), m_film.followedConnection(), m_film.level(),
                      static_cast<std::size_t>(std::max(1.0, room / rowHeight())));
}

void Ladder::paintHeader(QPainter& p) {
    const ConnectionId c = m_film.followedConnection();
    const trace::View& view = m_film.view();
    if (!c.valid() || c.index() >= view.connections.size() || !view.connections[c.index()]) return;
    const trace::ConnectionView& connection = *view.connections[c.index()];
    const auto& nodes = m_film.recording()->cast().nodes;
    const double line = m_look.between(26, 34);
    const auto head = [&](double x, NodeId node, const QString& role) {
        const double half = std::min(x, width() - x) - m_look.px(4);
        p.setFont(m_look.font(Type::body, Weight::bold));
        p.setPen(m_look[Token::ink]);
        const QString name = node.valid() && node.index() < nodes.size() ? nodeText(nodes[node.index()], spanishNow()) : QString();
        p.drawText(QRectF(x - half, m_look.px(10), 2 * half, line), Qt::AlignCenter, name);
        p.setFont(m_look.font(Type::second));
        p.setPen(m_look[Token::ink2]);
        p.drawText(QRectF(x - half, m_look.px(10) + line, 2 * half, line * 0.9), Qt::AlignCenter, role);
    };
    head(leftX(), connection.client, tr("client"));
    head(rightX(), connection.server, tr("server · port %1").arg(connection.serverPort));
}

void Ladder::paintChip(QPainter& p, const LadderRow& row, double y) {
    const QFont font = m_look.font(Type::control, Weight::semibold);
    const int acks = row.folded - row.foldedData;
    const QString numbers = row.lastNumber > row.firstNumber ? QStringLiteral("%1–%2").arg(row.firstNumber).arg(row.lastNumber) : QString::number(row.lastNumber);
    const QString what = row.foldedData == 0 ? tr("%1 ACKs").arg(acks)
                         : acks == 0         ? tr("%1: %2 segments").arg(numbers).arg(row.foldedData)
                                             : tr("%1: %2 segments, %3 ACKs").arg(numbers).arg(row.foldedData).arg(acks);
    const double w = QFontMetricsF(font).horizontalAdvance(what) + m_look.px(28), h = rowHeight() - m_look.px(5);
    const QRectF box((leftX() + rightX() - w) / 2, y - h / 2, w, h);
    QPen dashes(m_look[Token::edge], m_look.px(2), Qt::CustomDashLine);
    dashes.setDashPattern({2, 3});
    p.setPen(dashes);
    p.drawLine(QPointF(leftX(), y), QPointF(box.left(), y));
    p.drawLine(QPointF(box.right(), y), QPointF(rightX(), y));
    p.setPen(QPen(m_look[Token::accent], m_look.px(2)));
    p.setBrush(m_look[Token::soft]);
    p.drawRoundedRect(box, h / 2, h / 2);
    p.setPen(m_look[Token::ink]);
    p.setFont(font);
    p.drawText(box, Qt::AlignCenter, what);
}

void Ladder::paintRow(QPainter& p, const LadderRow& row, double y) {
    if (row.folded > 1) return paintChip(p, row, y);
    const bool client = row.side == trace::Side::client;
    const double from = client ? leftX() : rightX(), to = client ? rightX() : leftX();
    const double fall = m_look.px(4);
    const QPointF start(from, y - fall), end(to, y + fall);
    double share = 1;
    if (row.lost) share = 0.62;
    if (!row.lost && !row.arrived) {  // still on its way: the arrow is as long as it has come
        share = row.due && *row.due > row.sent ? static_cast<double>((m_film.now() - row.sent).count()) / static_cast<double>((*row.due - row.sent).count()) : 0.6;
        share = std::clamp(share, std::min(0.9, (glyphSize(row.glyph, m_look, m_look.between(27, 38)).width() + m_look.px(36)) / std::abs(to - from)), 0.97);
    }
    const QPointF stop = start + (end - start) * share;
    arrow(p, start, stop, QPen(row.lost ? m_look[Token::cross] : m_look[Token::ink], m_look.px(2)), row.lost ? 0 : m_look.px(10));
    if (row.lost) {
        paintCross(p, stop, m_look.px(18), m_look[Token::cross], m_look[Token::surface]);
        p.setFont(m_look.font(Type::control, Weight::bold));
        p.setPen(m_look[Token::bad]);
        const double clear = m_look.px(16);
        const double room = (client ? width() - stop.x() : stop.x()) - clear - m_look.px(6);  // its own half of the gutter is free
        const QString reason = QFontMetricsF(p.font()).elidedText(reasonText(*row.lost), Qt::ElideRight, room);
        const double wide = QFontMetricsF(p.font()).horizontalAdvance(reason) + m_look.px(6);
        const QRectF place(client ? stop.x() + clear : stop.x() - clear - wide, y - m_look.px(13), wide, m_look.px(26));
        p.fillRect(place, m_look[Token::surface]);
        p.drawText(place, Qt::AlignCenter, reason);
    }
    const double height = m_look.between(27, 36);
    const QSizeF size = glyphSize(row.glyph, m_look, height);
    const bool spoken = row.glyph.kind == GlyphKind::line || row.glyph.kind == GlyphKind::letter;
    QPointF middle = start + (stop - start) * (row.lost ? 0.45 : 0.5);
    if (spoken) {  // bubble at the speaker, its words along the arrow
        middle = start + QPointF((client ? 1 : -1) * (size.width() / 2 + m_look.px(8)), fall * 0.3);
        const double room = std::abs(to - from) - size.width() - m_look.px(44);
        p.setFont(m_look.font(Type::control));
        const QString words = QFontMetricsF(p.font()).elidedText(row.words, Qt::ElideRight, room);
        const double w = QFontMetricsF(p.font()).horizontalAdvance(words) + m_look.px(10);
        const QRectF box(client ? middle.x() + size.width() / 2 + m_look.px(3) : middle.x() - size.width() / 2 - m_look.px(3) - w, y - m_look.px(14), w, m_look.px(28));
        p.fillRect(box, m_look[Token::surface]);
        p.setPen(m_look[Token::ink]);
        p.drawText(box, Qt::AlignCenter, words);
    } else if (!row.words.isEmpty()) {
        p.setFont(m_look.font(Type::second, Weight::semibold));
        const double w = QFontMetricsF(p.font()).horizontalAdvance(row.words) + m_look.px(8);
        const QRectF box(client ? middle.x() + size.width() / 2 + m_look.px(6) : middle.x() - size.width() / 2 - m_look.px(6) - w, y - m_look.px(12), w, m_look.px(24));
        p.fillRect(box, m_look[Token::surface]);
        p.setPen(m_look[Token::ink]);
        p.drawText(box, Qt::AlignCenter, row.words);
    }
    const QPixmap& picture = m_glyphs.of(row.glyph, m_look, height, devicePixelRatioF());
    const QSizeF shown = QSizeF(picture.size()) / picture.devicePixelRatio();
    p.drawPixmap(QPointF(middle.x() - shown.width() / 2, middle.y() - shown.height() / 2), picture);
    p.setFont(m_look.font(Type::second));
    p.setPen(m_look[Token::ink2]);
    const QString time = secondsText(row.sent);
    if (client)
        p.drawText(QRectF(0, y - 20, leftX() - m_look.px(14), 40), Qt::AlignRight | Qt::AlignVCenter, time);
    else
        p.drawText(QRectF(rightX() + m_look.px(14), y - 20, width(), 40), Qt::AlignLeft | Qt::AlignVCenter, time);
}

void Ladder::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::surface]);
    if (!m_film.recording()) return;
    const auto shown = rows();
    if (!m_film.followedConnection().valid()) {
        p.setFont(m_look.font(Type::body));
        p.setPen(m_look[Token::ink2]);
        p.drawText(QRectF(rect()).adjusted(m_look.px(24), 0, -m_look.px(24), 0), Qt::AlignCenter | Qt::TextWordWrap, tr("No connection yet."));
        return;
    }
    paintHeader(p);
    const double bottom = height() - m_look.px(12);
    p.setPen(QPen(m_look[Token::edge], m_look.px(3)));
    p.drawLine(QPointF(leftX(), top()), QPointF(leftX(), bottom));
    p.drawLine(QPointF(rightX(), top()), QPointF(rightX(), bottom));
    double y = top() + rowHeight() * 0.55;
    for (const LadderRow& row : shown) {
        paintRow(p, row, y);
        y += rowHeight();
    }
    // The line of now, below the last row.
    y = std::min(y + m_look.px(2), height() - rowHeight() * 0.6);
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

void Ladder::mousePressEvent(QMouseEvent* event) {
    const auto shown = rows();
    const auto i = static_cast<std::ptrdiff_t>((event->position().y() - top()) / rowHeight());
    if (event->position().y() < top() || i >= static_cast<std::ptrdiff_t>(shown.size())) return;
    m_film.seek(shown[static_cast<std::size_t>(i)].event.value + 1);
}

}  // namespace mailtrek::ui
