// SPDX-License-Identifier: GPL-3.0-or-later
// Queue and mailboxes of a domain, below its server.
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>

#include "ui/look/glyph.h"
#include "ui/map/painter.h"

namespace mailtrek::ui {
namespace {

struct MapWords {
    Q_DECLARE_TR_FUNCTIONS(MapWords)
};

void envelope(QPainter& p, const QRectF& box, const Look& look) {
    p.setPen(QPen(look[Token::ink], look.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(box, 2, 2);
    p.drawPolyline(QPolygonF({box.topLeft() + QPointF(1, 1), {box.center().x(), box.center().y() + look.px(1.5)}, box.topRight() + QPointF(-1, 1)}));
}

// Where there is no room for bars: an envelope with the number of letters, at the right end of the title.
void paintCompact(QPainter& p, const ShownStores& stores, const PlacedZone& zone, const Look& look) {
    int letters = 0;
    for (const ShownMailbox& box : stores.mailboxes) letters += box.letters;
    if (letters == 0) return;
    const QFont font = look.font(Type::second, Weight::semibold);
    const double width = QFontMetricsF(font).horizontalAdvance(QString::number(letters));
    const double right = zone.titleBox.right() - look.px(8), middle = zone.titleBox.center().y();
    p.setFont(font);
    p.setPen(look[Token::ink]);
    p.drawText(QRectF(right - width - 4, middle - 30, width + 4, 60), Qt::AlignVCenter | Qt::AlignRight, QString::number(letters));
    envelope(p, QRectF(right - width - look.px(29), middle - look.px(7), look.px(22), look.px(14)), look);
}

}  // namespace

void paintFillBar(QPainter& p, const QRectF& box, double filled, const Look& look) {
    const double r = look.px(6);
    const bool full = filled >= 0.9995;
    p.save();
    p.setPen(QPen(look[Token::ink], look.px(2)));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(box, r, r);
    if (filled > 0) {
        QPainterPath clip;
        clip.addRoundedRect(box.adjusted(2, 2, -2, -2), r - 2, r - 2);
        p.setClipPath(clip);
        const QColor colour = full ? familyColour(Family::error) : filled >= 0.85 ? familyColour(Family::retx) : look[Token::series1];
        p.fillRect(QRectF(box.left(), box.top(), box.width() * std::min(1.0, filled), box.height()), colour);
        p.setClipping(false);
    }
    p.setPen(QPen(look[Token::ink], look.px(1.6)));
    for (int i = 1; i < 4; ++i) {
        const double x = box.left() + box.width() * i / 4;
        p.drawLine(QPointF(x, box.bottom() - look.px(5)), QPointF(x, box.bottom() - look.px(1.5)));
    }
    if (full) p.fillRect(QRectF(box.right() - look.px(2), box.top() - look.px(3), look.px(4), box.height() + look.px(6)), look[Token::ink]);
    p.restore();
}

void MapPainter::paintStores(QPainter& p, const ShownStores& stores, const PlacedZone& zone, const Look& look) {
    if (zone.stores.height() < look.px(50)) return paintCompact(p, stores, zone, look);
    const QFont font = look.font(Type::second);
    const QFontMetricsF metrics(font);
    const double line = metrics.height();
    const double each = line + look.px(34);
    std::size_t shownBoxes = stores.mailboxes.size();
    const std::size_t room = static_cast<std::size_t>(std::max(0.0, (zone.stores.height() + look.px(8)) / each));
    const std::size_t wanted = shownBoxes + (stores.queued ? 1 : 0);
    if (wanted > room) shownBoxes = room > (stores.queued ? 1u : 0u) ? room - (stores.queued ? 1 : 0) : 0;
    double y = zone.stores.bottom() - each * static_cast<double>(shownBoxes + (stores.queued ? 1 : 0)) + look.px(8);
    const double middle = zone.stores.center().x();
    const auto caption = [&](const QString& text) {
        p.setFont(font);
        p.setPen(look[Token::ink]);
        p.drawText(QRectF(zone.stores.left(), y, zone.stores.width(), line), Qt::AlignCenter, metrics.elidedText(text, Qt::ElideRight, zone.stores.width()));
        y += line + look.px(3);
    };
    if (stores.queued && (room > 0)) {
        caption(MapWords::tr("queued: %1").arg(*stores.queued));
        const QSizeF size(look.px(32), look.px(21));
        const int drawn = std::min(*stores.queued, 4);
        for (int i = 0; i < drawn; ++i) {
            const QRectF box(middle - size.width() / 2 + (i - (drawn - 1) / 2.0) * look.px(12), y + look.px(1), size.width(), size.height());
            envelope(p, box, look);
        }
        y += look.px(31);
    }
    for (std::size_t i = 0; i < shownBoxes; ++i) {
        const ShownMailbox& box = stores.mailboxes[i];
        QString owner = box.owner;
        if (!owner.isEmpty()) owner[0] = owner[0].toUpper();
        caption(MapWords::tr("%1's mailbox: %2").arg(owner).arg(box.letters));
        const double width = std::min(look.px(120), zone.stores.width() - look.px(8));
        const QRectF bar(middle - width / 2, y, width, look.px(20));
        paintFillBar(p, bar, box.filled, look);
        if (!box.hasQuota) {  // without a quota there is nothing to fill: letters lie in it, up to what fits
            const int drawn = std::min(box.letters, 5);
            for (int l = 0; l < drawn; ++l) {
                const QRectF letter(bar.left() + look.px(5) + look.px(22) * l, bar.top() + look.px(4), look.px(17), look.px(12));
                p.setPen(QPen(look[Token::ink], look.px(1.4)));
                p.setBrush(look[Token::soft]);
                p.drawRect(letter);
                p.drawPolyline(QPolygonF({letter.topLeft(), letter.center(), letter.topRight()}));
            }
        }
        y += look.px(31);
    }
}

}  // namespace mailtrek::ui
