// SPDX-License-Identifier: GPL-3.0-or-later
// The one callout: a few words beside the active node, where they cover least.
#pragma once

#include <QPainter>

#include "ui/map/scene.h"

namespace mailtrek::ui {

struct PlacedCallout {
    QRectF box;
    QStringList lines;
    QPointF tip;  // on the ring of its node
};

PlacedCallout placeCallout(const QString& text, std::size_t node, const MapLayout& layout, const MovingScene& moving, const Look& look);
void paintCallout(QPainter& painter, const PlacedCallout& callout, const Look& look);

// Words into lines of at most `width`, by the font's metrics; a word longer than a line is cut with an ellipsis.
QStringList wrapped(const QString& text, const QFont& font, double width, int maxLines);

}  // namespace mailtrek::ui
