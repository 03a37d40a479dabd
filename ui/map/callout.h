// SPDX-License-Identifier: GPL-3.0-or-later
// The one callout beside the active node: a few words, and below them a row of glyphs where a picture says it better.
#pragma once

#include <QPainter>
#include <QStringList>
#include <vector>

#include "ui/map/scene.h"

namespace mailtrek::ui {

struct CalloutItem {
    enum class Kind : std::uint8_t { glyph, missing, arrow };  // missing: a dashed outline where a piece should be
    Kind kind = Kind::glyph;
    Glyph glyph;
    friend bool operator==(const CalloutItem&, const CalloutItem&) = default;
};

struct CalloutText {
    QString text;
    std::vector<CalloutItem> row;
    bool empty() const { return text.isEmpty() && row.empty(); }
};

struct PlacedCallout {
    QRectF box;   // null: none
    QPointF tip;  // on the ring of its node
    QStringList lines;
    std::vector<CalloutItem> row;
};

// What the callout says of the event where the film stands.
CalloutText calloutFor(const Moment& moment);

PlacedCallout placeCallout(const CalloutText& text, std::size_t node, const MapLayout& layout, const MovingScene& moving, const Look& look);
void paintCallout(QPainter& painter, const PlacedCallout& callout, const Look& look);

// Words into lines of at most `width`, by the font's metrics; a word longer than a line is cut with an ellipsis.
QStringList wrapped(const QString& text, const QFont& font, double width, int maxLines);

}  // namespace mailtrek::ui
