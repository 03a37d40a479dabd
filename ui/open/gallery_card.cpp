// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/open/gallery_card.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QFontMetricsF>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "ui/look/glyph.h"
#include "ui/map/callout.h"
#include "ui/map/layout.h"
#include "ui/parts/stamp.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct CardWords {
    Q_DECLARE_TR_FUNCTIONS(CardWords)
};

QString said(const trace::LocalizedText& text) { return QString::fromStdString(spanishNow() ? text.es : text.en).simplified(); }

void airmailEdge(QPainter& p, const QRectF& band, const Look& look) {
    p.save();
    p.setClipRect(band);
    p.setPen(Qt::NoPen);
    const double stripe = look.px(19);
    for (int i = 0; i * stripe < band.width() + stripe; i += 2) {
        p.setBrush(look[i % 4 == 0 ? Token::airRed : Token::airBlue]);
        const double x = band.left() + i * stripe;
        p.drawPolygon(QPolygonF({{x + 5, band.top()}, {x + stripe + 5, band.top()}, {x + stripe, band.bottom()}, {x, band.bottom()}}));
    }
    p.restore();
}

void paintLevels(QPainter& p, const std::vector<int>& levels, QPointF at, const Look& look) {
    if (levels.empty()) return;
    for (int i = 1; i <= kLevels; ++i) {
        const bool good = std::find(levels.begin(), levels.end(), i) != levels.end();
        const QRectF cell(at.x() + (i - 1) * look.px(31), at.y(), look.px(28), look.px(28));
        p.setPen(QPen(look[good ? Token::stamp : Token::edge], look.px(1.4)));
        p.setBrush(good ? look[Token::stamp] : look[Token::surface]);
        p.drawRoundedRect(cell, 5, 5);
        p.setFont(look.font(Type::control, Weight::semibold));
        p.setPen(good ? look[Token::surface] : look[Token::ink2]);
        p.drawText(cell, Qt::AlignCenter, QString::number(i));
    }
}

void paintSeen(QPainter& p, QPointF rightMiddle, const Look& look) {
    const QFont font = look.font(Type::control, Weight::semibold);
    const QString text = CardWords::tr("seen");
    const double width = QFontMetricsF(font).horizontalAdvance(text);
    p.setFont(font);
    p.setPen(look[Token::stamp]);
    p.drawText(QRectF(rightMiddle.x() - width - 4, rightMiddle.y() - 30, width + 4, 60), Qt::AlignVCenter | Qt::AlignRight, text);
    paintStamp(p, rightMiddle - QPointF(width + look.px(18), 0), look.px(22), Stamp::passed, look);
}

// The map itself, with its places stretched to the picture and icons larger than life.
void paintNetwork(QPainter& p, const ScenarioCard& card, const QRectF& box, const Look& look, Kit& kit, double ratio) {
    const MapLayout layout = layoutMap(card.cast, {}, QSizeF(768, 452) * look.scale, look, spanishNow());
    QRectF used(layout.nodes[0].centre, QSizeF(0, 0));
    for (const PlacedNode& n : layout.nodes)
        used = QRectF(QPointF(std::min(used.left(), n.centre.x()), std::min(used.top(), n.centre.y())),
                      QPointF(std::max(used.right(), n.centre.x()), std::max(used.bottom(), n.centre.y())));
    const double grid = std::min(look.px(34), look.px(34) * std::sqrt(16.0 / static_cast<double>(std::max<std::size_t>(16, layout.nodes.size()))));
    const QRectF room = box.adjusted(grid, grid * 0.72, -grid, -grid * 0.72);
    const auto at = [&](std::size_t node) {
        const QPointF c = layout.nodes[node].centre - used.topLeft();
        return room.topLeft() +
               QPointF(used.width() > 1 ? c.x() / used.width() * room.width() : room.width() / 2, used.height() > 1 ? c.y() / used.height() * room.height() : room.height() / 2);
    };
    for (std::size_t i = 0; i < layout.links.size(); ++i) {
        const QLineF line(at(card.cast.links[i].first.index()), at(card.cast.links[i].second.index()));
        p.setPen(QPen(look[Token::wire], look.px(layout.crowded ? 1 : 2.6), Qt::SolidLine, Qt::RoundCap));
        p.drawLine(line);
        if (card.cast.links[i].randomLoss || card.cast.links[i].scriptedLoss) paintCross(p, line.pointAt(0.5), look.px(17), look[Token::cross], look[Token::zone]);
    }
    const double side = grid * 80 / 64;
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const QPixmap icon = kit.node(card.cast.nodes[i].kind, NodeState::normal, grid * ratio, 1);
        p.drawPixmap(QRectF(at(i) - QPointF(side, side) / 2, QSizeF(side, side)), icon, QRectF(icon.rect()));
    }
}

}  // namespace

QString titleOf(const ScenarioCard& card) {
    const QString title = said(card.cast.title);
    return title.isEmpty() ? QFileInfo(card.path).completeBaseName() : title;
}

QString numberOf(const ScenarioCard& card) {
    const auto match = QRegularExpression(QStringLiteral("^(\\d\\d)[_-]")).match(QFileInfo(card.path).fileName());
    return match.hasMatch() ? match.captured(1) : QString();
}

QString goalOf(const ScenarioCard& card) {
    if (card.errors > 0) return CardWords::tr("This file cannot be opened as it is. Mistakes: %1. Choose it to see what they are.").arg(card.errors);
    return said(card.goal).isEmpty() ? said(card.cast.about) : said(card.goal);
}

QPixmap thumbnail(const ScenarioCard& card, QSizeF size, const Look& look, Kit& kit, double ratio) {
    QPixmap picture((size * ratio).toSize());
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter p(&picture);
    p.setRenderHint(QPainter::Antialiasing);
    p.setRenderHint(QPainter::SmoothPixmapTransform);
    p.setPen(Qt::NoPen);
    p.setBrush(look[Token::zone]);
    const QRectF box(QPointF(), size);
    p.drawRoundedRect(box, look.px(6), look.px(6));
    constexpr std::size_t kTooMany = 500;
    if (card.cast.nodes.empty() || card.cast.nodes.size() > kTooMany) {
        p.setFont(look.font(Type::control));
        p.setPen(look[Token::ink2]);
        p.drawText(box, Qt::AlignCenter, card.errors > 0 ? CardWords::tr("cannot be opened") : CardWords::tr("%1 machines").arg(card.cast.nodes.size()));
        return picture;
    }
    paintNetwork(p, card, box, look, kit, ratio);
    return picture;
}

QRectF pictureOf(const QRectF& card, const Look& look) {
    const double pad = look.px(10);
    return {card.left() + pad, card.top() + pad, card.width() - 2 * pad, card.height() * 0.36};
}

void paintCard(QPainter& p, const ScenarioCard& card, CardState state, const QPixmap& thumbnail, const QRectF& box, const Look& look) {
    p.setPen(QPen(look[state.chosen ? Token::accent : Token::edge], look.px(state.chosen ? 4 : 1.4)));
    p.setBrush(look[Token::surface]);
    p.drawRoundedRect(box, look.px(10), look.px(10));
    const QRectF picture = pictureOf(box, look);
    p.drawPixmap(picture.topLeft(), thumbnail);
    if (state.chosen && look.theme.kind != ThemeKind::contrast) airmailEdge(p, QRectF(picture.left(), picture.bottom(), picture.width(), look.px(6)), look);

    const double side = look.px(18), width = box.width() - 2 * side, line = look.between(30, 44);
    double y = picture.bottom() + look.px(10), x = box.left() + side;
    const QFont bold = look.font(Type::title, Weight::bold), semi = look.font(Type::title, Weight::semibold);
    if (const QString number = numberOf(card); !number.isEmpty()) {
        p.setFont(bold);
        p.setPen(look[Token::stamp]);
        p.drawText(QRectF(x, y, 100, line), Qt::AlignVCenter | Qt::AlignLeft, number);
        x += QFontMetricsF(bold).horizontalAdvance(number) + look.px(8);
    }
    p.setFont(semi);
    p.setPen(look[Token::ink]);
    p.drawText(QRectF(x, y, box.right() - side - x, line), Qt::AlignVCenter | Qt::AlignLeft, QFontMetricsF(semi).elidedText(titleOf(card), Qt::ElideRight, box.right() - side - x));
    y += line;
    const double step = look.between(25, 37), foot = box.bottom() - look.px(42);
    const QFont body = look.font(Type::body, Weight::regular);
    p.setFont(body);
    p.setPen(look[card.errors > 0 ? Token::bad : Token::ink]);
    for (const QString& l : wrapped(goalOf(card), body, width, std::max(1, static_cast<int>((foot - y) / step)))) {
        p.drawText(QRectF(box.left() + side, y, width + 6, step), Qt::AlignVCenter | Qt::AlignLeft, l);
        y += step;
    }
    paintLevels(p, card.levels, {box.left() + side, box.bottom() - look.px(38)}, look);
    if (state.seen) paintSeen(p, {box.right() - side, box.bottom() - look.px(24)}, look);
}

}  // namespace mailtrek::ui
