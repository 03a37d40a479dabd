// SPDX-License-Identifier: GPL-3.0-or-later
// The run from left to right: milestones on the track, losses and resends above it, the handle below. What the class has not seen yet
// shows milestones only, so that it gives no answer away.
#pragma once

#include <vector>

#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

struct StripTick {
    enum class Kind : std::uint8_t { loss, resend };
    double place = 0;  // 0 to 1
    Kind kind{};
    bool ahead = false;  // of the cursor: drawn hollow
    int count = 1;
    friend bool operator==(const StripTick&, const StripTick&) = default;
};

class TimeStrip : public Part {
    Q_OBJECT

public:
    explicit TimeStrip(Film& film, QWidget* parent = nullptr);
    std::vector<StripTick> ticks() const;
    QRectF track() const;
    QString describeAt(double x) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void scrub(double x);
    void paintTrack(QPainter& p, const QRectF& track, const std::vector<StripTick>& ticks);
    void paintWaits(QPainter& p, const QRectF& track, const std::vector<StripTick>& ticks);
    void paintMilestones(QPainter& p, const QRectF& track);
    void paintLegend(QPainter& p);
    double legendWidth() const;

    Film& m_film;
};

}  // namespace mailtrek::ui
