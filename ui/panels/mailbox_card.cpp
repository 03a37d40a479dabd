// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/mailbox_card.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

#include "ui/look/glyph.h"
#include "ui/map/painter.h"
#include "ui/parts/stamp.h"

namespace mailtrek::ui {

MailboxCard::MailboxCard(Film& film, QWidget* parent) : Part(parent), m_film(film) {
    setObjectName(QStringLiteral("mailboxes"));
    for (const auto signal : {&Film::moved, &Film::opened, &Film::selected, &Film::grew}) connect(&film, signal, this, qOverload<>(&QWidget::update));
}

std::vector<CardRow> MailboxCard::rows() const {
    if (!m_film.recording()) return {};
    const MailId mail = m_film.followedMail();
    NodeId node = m_film.selection().node;
    if (!node.valid()) node = keeperOf(*m_film.recording(), m_film.view(), mail);
    return mailboxRows(*m_film.recording(), m_film.view(), node, mail);
}

double MailboxCard::heightOf(const CardRow& row) const {
    switch (row.kind) {
        case CardRow::Kind::title: return m_look.between(46, 68);
        case CardRow::Kind::note: return m_look.between(36, 54);
        case CardRow::Kind::queued: return m_look.between(58, 86);
        case CardRow::Kind::mailbox: return m_look.between(row.filled >= 0 ? 62 : 34, row.filled >= 0 ? 92 : 50);
        case CardRow::Kind::letter: return m_look.between(36, 54);
        case CardRow::Kind::stamp: return m_look.between(36, 54);
        case CardRow::Kind::header: return m_look.between(30, 45);
    }
    return 30;
}

void MailboxCard::paintRow(QPainter& p, const CardRow& row, const QRectF& box) {
    const QFont body = m_look.font(Type::body), second = m_look.font(Type::second), strong = m_look.font(Type::body, Weight::semibold);
    const auto put = [&](const QFont& font, Token colour, const QRectF& where, Qt::Alignment align, const QString& text, Qt::TextElideMode elide = Qt::ElideRight) {
        p.setFont(font);
        p.setPen(m_look[colour]);
        p.drawText(where, align | Qt::AlignVCenter, QFontMetricsF(font).elidedText(text, elide, where.width()));
    };
    const double secondWidth = row.second.isEmpty() ? 0 : std::min(box.width() * 0.55, QFontMetricsF(second).horizontalAdvance(row.second) + m_look.px(4));
    const QRectF right(box.right() - secondWidth, box.top(), secondWidth, box.height());
    const double indent = m_look.px(42);
    const QRectF left(box.left() + indent, box.top(), box.width() - indent - secondWidth - m_look.px(8), box.height());
    switch (row.kind) {
        case CardRow::Kind::title:
            put(m_look.font(Type::title, Weight::bold), Token::ink, box.adjusted(0, 0, -secondWidth, 0), Qt::AlignLeft, row.text);
            put(second, Token::ink2, right, Qt::AlignRight, row.second);
            break;
        case CardRow::Kind::note:
            p.fillRect(QRectF(box.left(), box.top() + m_look.px(5), box.width(), 1), m_look[Token::line]);
            put(second, Token::ink2, box.adjusted(0, m_look.px(6), 0, 0), Qt::AlignLeft, row.text);
            break;
        case CardRow::Kind::queued: {
            paintGlyph(p, {box.left() + m_look.px(18), box.top() + box.height() * 0.3}, {GlyphKind::letter, {}, 1}, m_look, m_look.px(19));
            put(body, Token::ink, QRectF(box.left() + indent, box.top(), box.width() - indent, box.height() * 0.55), Qt::AlignLeft, row.text, Qt::ElideMiddle);
            put(second, Token::warn, QRectF(box.left() + indent, box.top() + box.height() * 0.5, box.width() - indent, box.height() * 0.45), Qt::AlignLeft, row.second);
            break;
        }
        case CardRow::Kind::mailbox: {
            const double line = m_look.between(32, 48);
            put(strong, Token::ink, QRectF(box.left(), box.top(), box.width() - secondWidth - m_look.px(8), line), Qt::AlignLeft, row.text, Qt::ElideMiddle);
            put(second, Token::ink2, QRectF(right.left(), box.top(), right.width(), line), Qt::AlignRight, row.second);
            if (row.filled >= 0) paintFillBar(p, QRectF(box.left() + 2, box.top() + line, box.width() - 4, m_look.px(20)), row.filled, m_look);
            break;
        }
        case CardRow::Kind::letter:
            paintGlyph(p, {box.left() + m_look.px(18), box.center().y()}, {GlyphKind::letter, {}, 1}, m_look, m_look.px(19));
            put(row.unread ? strong : body, Token::ink, left, Qt::AlignLeft, row.text);
            put(second, Token::ink2, right, Qt::AlignRight, row.second);
            break;
        case CardRow::Kind::stamp:
            paintStamp(p, {box.left() + m_look.px(18), box.center().y()}, m_look.px(26), Stamp::passed, m_look);
            put(body, Token::stamp, left, Qt::AlignLeft, row.text);
            put(second, Token::ink2, right, Qt::AlignRight, row.second);
            break;
        case CardRow::Kind::header: put(m_look.font(Type::second), Token::ink, box, Qt::AlignLeft, row.text); break;
    }
}

void MailboxCard::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::surface]);
    const auto shown = rows();
    double total = m_look.px(16);
    for (const CardRow& row : shown) total += heightOf(row);
    m_scroll = std::clamp(m_scroll, 0.0, std::max(0.0, total - height()));
    const double margin = m_look.px(20);
    double y = m_look.px(8) - m_scroll;
    for (const CardRow& row : shown) {
        const double h = heightOf(row);
        if (y + h > 0 && y < height()) paintRow(p, row, QRectF(margin, y, width() - 2 * margin, h));
        y += h;
    }
}

void MailboxCard::wheelEvent(QWheelEvent* event) {
    m_scroll -= event->angleDelta().y() * 0.5;
    event->accept();
    update();
}

}  // namespace mailtrek::ui
