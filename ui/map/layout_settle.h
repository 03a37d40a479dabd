// SPDX-License-Identifier: GPL-3.0-or-later
// The last steps of a layout: a node that would cover something steps aside, and links are drawn from rim to rim.
#pragma once

#include "ui/map/layout.h"

namespace mailtrek::ui {

// Moves the node to the nearest place where it, its name and its links cover least. Does nothing where it covers nothing.
void settleNode(std::size_t node, MapLayout& layout, const trace::Cast& cast, const Look& look);

// Parallel links run side by side.
void placeLinks(MapLayout& layout, const trace::Cast& cast, const Look& look);

}  // namespace mailtrek::ui
