// SPDX-License-Identifier: GPL-3.0-or-later
// The journey of the followed letter in seven milestones: stamped, here, ahead. A click goes there.
#pragma once

#include <array>
#include <vector>

#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class MilestoneBar : public Part {
    Q_OBJECT

public:
    explicit MilestoneBar(Film& film, QWidget* parent = nullptr);
    // The milestone that is "here", -1 before the first.
    int here() const;
    int at(QPointF point) const;
    // To the next milestone that is reached after the cursor (1), or the last one before it (-1).
    void go(int direction);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    struct Item {
        QRectF box;
        QString text;          // empty when folded
        bool skipped = false;  // never reached on this journey, though a later one is: not shown
    };
    using Items = std::array<Item, trace::kMilestones>;
    Items arranged(int here) const;

    Film& m_film;
};

}  // namespace mailtrek::ui
