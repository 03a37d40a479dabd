// SPDX-License-Identifier: GPL-3.0-or-later
// The map of the network at the cursor of the film. Wheel and + - zoom, dragging pans, 0 fits; a click chooses what is under it.
#pragma once

#include <QPixmap>
#include <QVariantAnimation>
#include <QWidget>
#include <optional>

#include "ui/map/callout.h"
#include "ui/map/painter.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class MapView : public QWidget {
    Q_OBJECT

public:
    explicit MapView(Film& film, QWidget* parent = nullptr);

    void setLook(const Look& look);
    void setCalloutsShown(bool shown);
    void zoomBy(double factor, QPointF around);
    void zoomIn() { zoomBy(1.25, rect().center()); }
    void zoomOut() { zoomBy(0.8, rect().center()); }
    void fit();

    const MapLayout& placed();  // laid out if need be
    // What lies at a point of the widget, in words; for tooltips and tests.
    QString describeAt(QPointF point);
    double zoom() const { return m_zoom; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void invalidate();
    void onMoved();
    void ensureLayout();
    void paintStillLayer(const Moment& moment);
    void emptyMap(QPainter& painter);
    QPointF toMap(QPointF widget) const { return (widget - m_pan) / m_zoom; }
    void choose(QPointF at);

    Film& m_film;
    Look m_look;
    Kit m_kit;
    GlyphCache m_glyphs;
    MapPainter m_painter;
    std::optional<MapLayout> m_layout;
    Correspondents m_who;
    StillScene m_drawn;  // what m_still shows
    QPixmap m_still;
    MovingScene m_moving;
    std::optional<trace::EventId> m_calloutFor;
    PlacedCallout m_callout;
    bool m_callouts = true;
    QVariantAnimation m_fall;
    std::optional<trace::EventId> m_lastFall;
    std::uint64_t m_lastCursor = 0;
    double m_zoom = 1;
    QPointF m_pan;
    std::optional<QPointF> m_press;
    bool m_dragging = false;
};

// Who writes to whom in the first letter of the recording.
Correspondents correspondentsOf(const trace::Recording& recording);

}  // namespace mailtrek::ui
