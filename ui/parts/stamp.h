// SPDX-License-Identifier: GPL-3.0-or-later
// The postmark in its small form: passed, here, ahead. And the waves that join what is done.
#pragma once

#include <QPainter>

#include "ui/look/look.h"

namespace mailtrek::ui {

enum class Stamp : std::uint8_t { passed, here, ahead };

void paintStamp(QPainter& painter, QPointF centre, double size, Stamp stamp, const Look& look);
void paintWaves(QPainter& painter, const QRectF& box, const Look& look);
void paintDots(QPainter& painter, QPointF from, double width, const Look& look);

}  // namespace mailtrek::ui
