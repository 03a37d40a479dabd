// SPDX-License-Identifier: GPL-3.0-or-later
// One card of the gallery: the network in small, number and title, what it is good for, the levels it is made for, and whether the class has seen it.
#pragma once

#include <QPainter>

#include "ui/look/kit.h"
#include "ui/look/look.h"
#include "ui/open/run_source.h"

namespace mailtrek::ui {

struct CardState {
    bool chosen = false;
    bool seen = false;
};

QString titleOf(const ScenarioCard& card);
QString numberOf(const ScenarioCard& card);  // "04" of "04_enlace_con_perdidas.yaml", or nothing
QString goalOf(const ScenarioCard& card);

QPixmap thumbnail(const ScenarioCard& card, QSizeF size, const Look& look, Kit& kit, double ratio);
// The picture takes the upper part of the card.
QRectF pictureOf(const QRectF& card, const Look& look);
void paintCard(QPainter& painter, const ScenarioCard& card, CardState state, const QPixmap& picture, const QRectF& box, const Look& look);

}  // namespace mailtrek::ui
