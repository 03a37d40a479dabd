// SPDX-License-Identifier: GPL-3.0-or-later
// Which part of the window is what: the table of the design page, as a pure function of size and look.
#pragma once

#include <QRect>

#include "ui/look/look.h"

namespace mailtrek::ui {

struct Regions {
    QRect top, journey, map, narration, strip, transport;
    QRect right;  // all of the right side: a question covers it whole
    QRect upper;  // the first pane
    QRect lower;  // the second pane; null below 1600x900
};

Regions regionsOf(QSize window, const Look& look, bool rightSide);

}  // namespace mailtrek::ui
