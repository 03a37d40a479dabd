// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/stamp.h"

#include <QPainterPath>

namespace mailtrek::ui {

void paintStamp(QPainter& p, QPointF centre, double size, Stamp stamp, const Look& look) {
    const double r = size / 2, u = size / 24.0;
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setBrush(Qt::NoBrush);
    switch (stamp) {
        case Stamp::passed:
            p.setBrush(look[Token::surface]);
            p.setPen(QPen(look[Token::stamp], 1.8 * u));
            p.drawEllipse(centre, r - u, r - u);
            p.setPen(QPen(look[Token::stamp], 1.3 * u));
            p.drawEllipse(centre, r - 4.4 * u, r - 4.4 * u);
            p.setPen(QPen(look[Token::stamp], 2.4 * u, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            p.drawPolyline(QPolygonF({centre + QPointF(-3.4, 0.2) * u, centre + QPointF(-0.8, 3) * u, centre + QPointF(4, -2.8) * u}));
            break;
        case Stamp::here:
            p.setPen(QPen(look[Token::stamp], 6.5 * u));
            p.setBrush(look[Token::surface]);
            p.drawEllipse(centre, r - 4.2 * u, r - 4.2 * u);
            break;
        case Stamp::ahead: {
            QPen pen(look[Token::edge], 2 * u, Qt::CustomDashLine, Qt::RoundCap);
            pen.setDashPattern({1.4, 1.9});
            p.setPen(pen);
            p.setBrush(look[Token::surface]);
            p.drawEllipse(centre, r - u, r - u);
            break;
        }
    }
    p.restore();
}

void paintWaves(QPainter& p, const QRectF& box, const Look& look) {
    if (box.width() < 8) return;
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(look[Token::stamp], look.px(1.6), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const int periods = std::max(1, static_cast<int>(box.width() / look.px(12)));
    const double step = box.width() / periods / 2;
    for (int line = -1; line <= 1; ++line) {
        QPainterPath path(QPointF(box.left(), box.center().y() + line * look.px(5)));
        for (int i = 0; i < periods * 2; ++i) {
            const QPointF at = path.currentPosition();
            path.quadTo(at + QPointF(step / 2, (i % 2 == 0 ? -1 : 1) * look.px(3)), at + QPointF(step, 0));
        }
        p.drawPath(path);
    }
    p.restore();
}

void paintDots(QPainter& p, QPointF from, double width, const Look& look) {
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    QPen pen(look[Token::edge], look.px(2), Qt::CustomDashLine, Qt::RoundCap);
    pen.setDashPattern({0.4, 2.6});
    p.setPen(pen);
    p.drawLine(from, from + QPointF(width, 0));
    p.restore();
}

}  // namespace mailtrek::ui
