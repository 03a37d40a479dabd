// SPDX-License-Identifier: GPL-3.0-or-later
// Draws scenes. Two layers: what stands still goes into one picture that is kept, what moves is painted over it.
#pragma once

#include <QPainter>

#include "ui/look/kit.h"
#include "ui/map/scene.h"

namespace mailtrek::ui {

class MapPainter {
public:
    MapPainter(Kit& kit, GlyphCache& glyphs) : m_kit(kit), m_glyphs(glyphs) {}

    void paintStill(QPainter& painter, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio);
    // `fallen` from 0 to 1 is how far the newest fall has come; 1 when at rest.
    void paintMoving(QPainter& painter, const MovingScene& scene, const MapLayout& layout, const Look& look, double fallen, double ratio);

private:
    void paintZones(QPainter& p, const StillScene& scene, const MapLayout& layout, const Look& look);
    void paintStores(QPainter& p, const ShownStores& stores, const PlacedZone& zone, const Look& look);
    void paintLinks(QPainter& p, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio);
    void paintNodes(QPainter& p, const StillScene& scene, const MapLayout& layout, const trace::Cast& cast, const Look& look, double ratio);
    void paintName(QPainter& p, const StillScene& scene, const MapLayout& layout, std::size_t node, const Look& look);
    void paintPackets(QPainter& p, const MovingScene& scene, const Look& look, double ratio);
    void paintQueue(QPainter& p, const ShownQueue& queue, const Look& look);
    void paintFall(QPainter& p, const ShownFall& fall, const MovingScene& scene, const MapLayout& layout, const Look& look, double share, double ratio);

    Kit& m_kit;
    GlyphCache& m_glyphs;
};

// The sign of a long wait that is shown as a fast-forward: its length in words.
void paintWait(QPainter& painter, QPointF middle, const QString& span, const Look& look);

// A mailbox or quota bar with quarter ticks: blue, orange from 85 %, vermilion with an end stop when full.
void paintFillBar(QPainter& painter, const QRectF& box, double filled, const Look& look);

}  // namespace mailtrek::ui
