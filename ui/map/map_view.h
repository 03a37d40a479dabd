// SPDX-License-Identifier: GPL-3.0-or-later
// The map of the network at the cursor of the film. Wheel and + - zoom, dragging pans, 0 fits; a click chooses what is under it.
#pragma once

#include <QPixmap>
#include <QVariantAnimation>
#include <QWidget>
#include <optional>

#include "ui/map/callout.h"
#include "ui/map/hit.h"
#include "ui/map/painter.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class MapView : public QWidget {
    Q_OBJECT

public:
    explicit MapView(Film& film, QWidget* parent = nullptr);

    void setLook(const Look& look);
    void setCalloutsShown(bool shown);
    void setDetailsShown(bool shown);  // addresses, rates, delays, losses
    void zoomBy(double factor, QPointF around);
    void zoomIn() { zoomBy(1.25, rect().center()); }
    void zoomOut() { zoomBy(0.8, rect().center()); }
    void fit();
    void chooseNext(int direction);  // machines, packets, fallen ones and links in turn

    const MapLayout& placed();  // laid out if need be
    // What lies at a point of the widget, in words; for tooltips and tests.
    QString describeAt(QPointF point);
    double zoom() const { return m_zoom; }

Q_SIGNALS:
    void menuWanted(mailtrek::NodeId machine, QPoint at);  // right click, or the menu key with a machine chosen; `at` on the screen

protected:
    bool event(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
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
    double scale() const { return m_fit * m_zoom; }
    QPointF toMap(QPointF widget) const { return (widget - m_pan) / scale(); }
    Look movingLook() const;  // packets and callouts keep their size on the screen when a large map is seen whole
    void centre();
    void keepInSight();
    void choose(QPointF at);
    void tell(const Hit& hit, QPointF at);

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
    bool m_details = false;
    QVariantAnimation m_fall;
    QVariantAnimation m_appear;  // of a callout that the film has run into
    std::optional<trace::EventId> m_lastFall;
    std::uint64_t m_lastCursor = 0;
    RoadsInUse m_roads;
    double m_fit = 1;   // below 1: the map is larger than the window
    double m_zoom = 1;  // on top of that
    QPointF m_pan;
    bool m_fitted = true;
    std::optional<QPointF> m_press;
    int m_thing = -1;  // chosen by keyboard
    bool m_dragging = false;
};

// Who writes to whom in the first letter of the recording.
Correspondents correspondentsOf(const trace::Recording& recording);

}  // namespace mailtrek::ui
