// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of networks too large for a lesson: a map larger than the window, that is seen whole when it is fitted and read by zooming in. Domains stand in
// columns on both sides (the sender's left, the reader's right), routers between them on a grid, neighbours near each other.
#pragma once

#include "ui/map/layout.h"

namespace mailtrek::ui {

// More than what fits into the window at readable size.
bool isCrowd(const trace::Cast& cast);

// `area` gives the proportions; the layout's own area is as large as it needs.
MapLayout layoutCrowd(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish);

}  // namespace mailtrek::ui
