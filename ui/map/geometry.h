// SPDX-License-Identifier: GPL-3.0-or-later
// Where packets are on a link: pure functions of times and lengths.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QSizeF>
#include <optional>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/trace/view.h"

namespace mailtrek::ui {

struct Doom {  // it will be lost on this link: when, and how far along
    Instant at;
    double place = 0.5;
};

// The share of the link that lies behind the packet: below 0 while it waits in the queue, 1 on arrival. One that is to be lost moves
// evenly to the place of its loss.
double progressOf(const trace::TravellingPacket& packet, Instant now, const std::optional<Doom>& doom = std::nullopt);

// Middles of glyphs of the given extents, as near to `wanted` (ascending) as `gap` between them and the ends allow. REQUIRES: they fit.
std::vector<double> spreadApart(const std::vector<double>& wanted, const std::vector<double>& extents, double gap, double from, double to);

// Unit vector to the side on which what moves from a to b rides: above for what goes right, below for what goes left.
QPointF railSide(const QLineF& way);

// How long a glyph of that size is along a way of that direction.
double extentAlong(const QLineF& way, QSizeF glyph);

}  // namespace mailtrek::ui
