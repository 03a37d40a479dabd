// SPDX-License-Identifier: GPL-3.0-or-later
// Packets as the class sees them, on the map, the ladder, the strip alike: colour says the family, shape and letter say the kind.
#pragma once

#include <QHash>
#include <QPainter>
#include <QPixmap>
#include <QString>
#include <cstdint>

#include "ui/look/look.h"

namespace mailtrek::ui {

enum class GlyphKind : std::uint8_t { data, ack, resent, syn, fin, rst, dnsQuery, dnsAnswer, line, icmp, route, arp, letter };

struct Glyph {
    GlyphKind kind = GlyphKind::data;
    QString text;   // number, code or letter; empty: the letter of the kind
    int count = 1;  // merged with its neighbours: how many it stands for
    friend bool operator==(const Glyph&, const Glyph&) = default;
};

Family familyOf(GlyphKind kind);
QString letterOf(GlyphKind kind);
QString shownText(const Glyph& glyph);

// Outer size without the outline. `height` is that of a data packet; the kinds follow it in proportion.
QSizeF glyphSize(const Glyph& glyph, const Look& look, double height);
// Upright around `centre`.
void paintGlyph(QPainter& painter, QPointF centre, const Glyph& glyph, const Look& look, double height);

// The loss mark, `size` across, with a rim that keeps it clear of what lies under it.
void paintCross(QPainter& painter, QPointF centre, double size, const QColor& colour, const QColor& rim);

// Glyphs as pictures, painted once each.
class GlyphCache {
public:
    void clear() { m_pictures.clear(); }
    // Painted around its middle, `ratio` device pixels to a unit: draw it into a box of size() / ratio.
    const QPixmap& of(const Glyph& glyph, const Look& look, double height, double ratio);

private:
    QHash<QString, QPixmap> m_pictures;
};

}  // namespace mailtrek::ui
