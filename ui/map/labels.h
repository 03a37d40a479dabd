// SPDX-License-Identifier: GPL-3.0-or-later
// Finds a place for every node's name where it covers no link, node or other name, inside the map.
#pragma once

#include "ui/map/layout.h"

namespace mailtrek::ui {

void placeLabels(MapLayout& layout, const trace::Cast& cast, const Look& look);

// The length of `line` that runs inside `box`.
double lengthInside(const QLineF& line, const QRectF& box);

}  // namespace mailtrek::ui
