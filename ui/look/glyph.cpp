// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/glyph.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace mailtrek::ui {
namespace {

QFont glyphFont(const Look& look, double height) {
    QFont f = look.font(Type::second, Weight::bold);
    f.setPixelSize(std::max(6, static_cast<int>(std::lround(height * 0.6))));
    return f;
}

// Measured once: the same few numbers and letters are set again and again.
double advanceOf(const QString& text, const Look& look, double height) {
    static QHash<QString, double> known;
    static QFont font;
    const QFont wanted = glyphFont(look, height);
    if (wanted.pixelSize() != font.pixelSize() || known.size() > 4000) known.clear();
    font = wanted;
    const auto found = known.constFind(text);
    return found != known.constEnd() ? *found : *known.insert(text, QFontMetricsF(font).horizontalAdvance(text));
}

QPolygonF tag(const QRectF& r) {  // SYN: pointed towards the reader
    const double tip = r.height() * 0.4;
    return QPolygonF({r.topLeft(), {r.right() - tip, r.top()}, {r.right(), r.center().y()}, {r.right() - tip, r.bottom()}, r.bottomLeft()});
}

QPolygonF notched(const QRectF& r) {  // FIN
    return QPolygonF({r.topLeft(), r.topRight(), r.bottomRight(), r.bottomLeft(), {r.left() + r.height() * 0.4, r.center().y()}});
}

QPolygonF cutCorner(const QRectF& r) {  // sent again
    const double cut = r.height() * 0.28;
    return QPolygonF({{r.left() + cut, r.top()}, r.topRight(), r.bottomRight(), r.bottomLeft(), {r.left(), r.top() + cut}});
}

QPolygonF octagon(const QRectF& r) {
    const double c = r.height() * 0.29;
    return QPolygonF({{r.left() + c, r.top()},
                      {r.right() - c, r.top()},
                      {r.right(), r.top() + c},
                      {r.right(), r.bottom() - c},
                      {r.right() - c, r.bottom()},
                      {r.left() + c, r.bottom()},
                      {r.left(), r.bottom() - c},
                      {r.left(), r.top() + c}});
}

QPolygonF hexagon(const QRectF& r) {  // ARP
    const double c = r.height() * 0.32;
    return QPolygonF(
        {{r.left() + c, r.top()}, {r.right() - c, r.top()}, {r.right(), r.center().y()}, {r.right() - c, r.bottom()}, {r.left() + c, r.bottom()}, {r.left(), r.center().y()}});
}

void paintLetter(QPainter& p, const QRectF& r, const Look& look) {  // an envelope; the airmail edge runs along its foot
    p.drawRoundedRect(r, 2, 2);
    p.drawPolyline(QPolygonF({r.topLeft(), {r.center().x(), r.top() + r.height() * 0.52}, r.topRight()}));
    if (look.theme.kind == ThemeKind::contrast) return;
    const double band = std::max(2.0, r.height() * 0.12);
    const double stripe = r.width() / 7.0;
    p.save();
    p.setPen(Qt::NoPen);
    p.setClipRect(QRectF(r.left() + 1, r.bottom() - band - 1, r.width() - 2, band));
    for (int i = 0; i < 8; ++i) {
        if (i % 2 == 1) continue;
        const double x = r.left() + stripe * i;
        p.setBrush(i % 4 == 0 ? QColor(0xB5412B) : QColor(0x1A4F8F));
        p.drawPolygon(QPolygonF({{x + 3, r.bottom() - band - 1}, {x + stripe + 3, r.bottom() - band - 1}, {x + stripe, r.bottom()}, {x, r.bottom()}}));
    }
    p.restore();
}

void paintBubble(QPainter& p, const QRectF& r) {  // a spoken line
    QPainterPath path;
    const double foot = r.height() * 0.14;
    const QRectF body = r.adjusted(0, 0, 0, -foot);
    path.addRoundedRect(body, 3, 3);
    QPainterPath beak;
    beak.addPolygon(QPolygonF({{body.left() + foot, body.bottom() - 1}, {body.left() + foot, r.bottom()}, {body.left() + foot * 2.2, body.bottom() - 1}}));
    p.drawPath(path.united(beak));
}

// Where the text stands, relative to the middle of the shape.
QPointF textShift(GlyphKind kind, const QSizeF& size) {
    switch (kind) {
        case GlyphKind::syn: return {-size.height() * 0.16, 0};
        case GlyphKind::fin: return {size.height() * 0.16, 0};
        case GlyphKind::line: return {0, -size.height() * 0.07};
        case GlyphKind::icmp: return {0, size.height() * 0.14};
        case GlyphKind::data:
        case GlyphKind::ack:
        case GlyphKind::resent:
        case GlyphKind::rst:
        case GlyphKind::dnsQuery:
        case GlyphKind::dnsAnswer:
        case GlyphKind::route:
        case GlyphKind::arp:
        case GlyphKind::letter: return {};
    }
    return {};
}

void paintShape(QPainter& p, const QRectF& r, GlyphKind kind, const Look& look) {
    switch (kind) {
        case GlyphKind::data: p.drawRoundedRect(r, 3, 3); break;
        case GlyphKind::ack: p.drawRoundedRect(r, r.height() / 2, r.height() / 2); break;
        case GlyphKind::resent:
            p.drawPolygon(cutCorner(r));
            p.drawLine(QPointF(r.left(), r.bottom() + r.height() * 0.12), QPointF(r.right(), r.bottom() + r.height() * 0.12));
            break;
        case GlyphKind::syn: p.drawPolygon(tag(r)); break;
        case GlyphKind::fin: p.drawPolygon(notched(r)); break;
        case GlyphKind::rst: p.drawPolygon(octagon(r)); break;
        case GlyphKind::dnsQuery: p.drawEllipse(r); break;
        case GlyphKind::dnsAnswer:
            p.drawEllipse(r);
            p.drawEllipse(r.adjusted(r.width() * 0.12, r.height() * 0.12, -r.width() * 0.12, -r.height() * 0.12));
            break;
        case GlyphKind::line: paintBubble(p, r); break;
        case GlyphKind::icmp: p.drawPolygon(QPolygonF({{r.center().x(), r.top()}, r.bottomRight(), r.bottomLeft()})); break;
        case GlyphKind::route: p.drawPolygon(QPolygonF({{r.center().x(), r.top()}, {r.right(), r.center().y()}, {r.center().x(), r.bottom()}, {r.left(), r.center().y()}})); break;
        case GlyphKind::arp: p.drawPolygon(hexagon(r)); break;
        case GlyphKind::letter: paintLetter(p, r, look); break;
    }
}

}  // namespace

Family familyOf(GlyphKind kind) {
    switch (kind) {
        case GlyphKind::data: return Family::data;
        case GlyphKind::ack: return Family::ack;
        case GlyphKind::resent: return Family::retx;
        case GlyphKind::syn:
        case GlyphKind::fin: return Family::open;
        case GlyphKind::rst:
        case GlyphKind::icmp: return Family::error;
        case GlyphKind::dnsQuery:
        case GlyphKind::dnsAnswer: return Family::dns;
        case GlyphKind::line:
        case GlyphKind::letter: return Family::mail;
        case GlyphKind::arp:
        case GlyphKind::route: return Family::route;
    }
    return Family::data;
}

QString letterOf(GlyphKind kind) {
    switch (kind) {
        case GlyphKind::data: return QStringLiteral("D");
        case GlyphKind::ack: return QStringLiteral("A");
        case GlyphKind::resent: return QStringLiteral("R");
        case GlyphKind::syn: return QStringLiteral("S");
        case GlyphKind::fin: return QStringLiteral("F");
        case GlyphKind::rst: return QStringLiteral("X");
        case GlyphKind::dnsQuery: return QStringLiteral("?");
        case GlyphKind::dnsAnswer: return QStringLiteral("=");
        case GlyphKind::line: return QStringLiteral("M");
        case GlyphKind::icmp: return QStringLiteral("!");
        case GlyphKind::route: return QStringLiteral("L");
        case GlyphKind::arp: return QStringLiteral("?");
        case GlyphKind::letter: return {};
    }
    return {};
}

QString shownText(const Glyph& glyph) {
    if (glyph.count > 1) return QStringLiteral("%1×").arg(glyph.count);
    return glyph.text.isEmpty() ? letterOf(glyph.kind) : glyph.text;
}

QSizeF glyphSize(const Glyph& glyph, const Look& look, double height) {
    const double text = advanceOf(shownText(glyph), look, height);
    switch (glyph.kind) {
        case GlyphKind::data:
        case GlyphKind::line: return {std::max(height * 1.15, text + height * 0.46), height};
        case GlyphKind::resent: return {std::max(height * 1.23, text + height * 0.56), height};
        case GlyphKind::ack: return {std::max(height * 1.15, text + height * 0.5), height * 0.93};
        case GlyphKind::syn:
        case GlyphKind::fin: return {std::max(height * 1.34, text + height * 0.9), height};
        case GlyphKind::rst:
        case GlyphKind::dnsQuery:
        case GlyphKind::dnsAnswer: return {std::max(height * 1.08, text + height * 0.5), height * 1.08};
        case GlyphKind::icmp: return {height * 1.3, height * 1.1};
        case GlyphKind::route: return {height * 1.36, height * 1.36};
        case GlyphKind::arp: return {height * 1.4, height * 1.08};
        case GlyphKind::letter: return {std::max(height * 1.5, text + height * 0.5), height};
    }
    return {height, height};
}

void paintGlyph(QPainter& painter, QPointF centre, const Glyph& glyph, const Look& look, double height) {
    const QSizeF size = glyphSize(glyph, look, height);
    const QRectF box(centre.x() - size.width() / 2, centre.y() - size.height() / 2, size.width(), size.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    // A white rim on white paper would be no rim.
    const bool white = familyOf(glyph.kind) == Family::mail && look.theme.kind == ThemeKind::contrast;
    painter.setPen(QPen(white ? QColor(Qt::black) : look[Token::outline], std::max(1.4, height / 14.0), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(familyColour(familyOf(glyph.kind)));
    paintShape(painter, box, glyph.kind, look);
    const QString text = shownText(glyph);
    if (!text.isEmpty()) {
        const QFont font = glyphFont(look, height);
        painter.setFont(font);
        if (glyph.kind == GlyphKind::letter) {  // the number sits on a plain patch over the flap
            const QRectF patch(0, 0, QFontMetricsF(font).horizontalAdvance(text) + 6, height * 0.7);
            painter.setPen(Qt::NoPen);
            painter.drawRoundedRect(patch.translated(centre - patch.center()), 2, 2);
        }
        painter.setPen(Qt::black);
        painter.drawText(box.translated(textShift(glyph.kind, size)).adjusted(-20, -20, 20, 20), Qt::AlignCenter, text);
    }
    painter.restore();
}

void paintCross(QPainter& painter, QPointF centre, double size, const QColor& colour, const QColor& rim) {
    const double h = size / 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& [pen, width] : {std::pair{rim, size * 0.5}, std::pair{colour, size * 0.25}}) {
        painter.setPen(QPen(pen, width, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre + QPointF(-h, -h), centre + QPointF(h, h));
        painter.drawLine(centre + QPointF(h, -h), centre + QPointF(-h, h));
    }
    painter.restore();
}

const QPixmap& GlyphCache::of(const Glyph& glyph, const Look& look, double height, double ratio) {
    const QString key = QStringLiteral("%1/%2/%3/%4/%5").arg(static_cast<int>(glyph.kind)).arg(shownText(glyph)).arg(height).arg(ratio).arg(static_cast<int>(look.theme.kind));
    auto known = m_pictures.find(key);
    if (known != m_pictures.end()) return *known;
    const QSizeF size = glyphSize(glyph, look, height) + QSizeF(height * 0.4, height * 0.4);
    QPixmap picture((size * ratio).toSize().expandedTo({1, 1}));
    picture.fill(Qt::transparent);
    if (ratio >= 1) picture.setDevicePixelRatio(ratio);  // Qt knows no smaller one
    QPainter painter(&picture);
    if (ratio < 1) painter.scale(ratio, ratio);
    paintGlyph(painter, QPointF(size.width() / 2, size.height() / 2), glyph, look, height);
    painter.end();
    return *m_pictures.insert(key, picture);
}

}  // namespace mailtrek::ui
