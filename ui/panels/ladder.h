// SPDX-License-Identifier: GPL-3.0-or-later
// The time-sequence diagram of the chosen connection, following the cursor: arrows between the two ends, losses and resends marked, and
// nothing beyond the line of now.
#pragma once

#include "ui/panels/ladder_rows.h"
#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class Ladder : public Part {
    Q_OBJECT

public:
    explicit Ladder(Film& film, QWidget* parent = nullptr);
    std::vector<LadderRow> rows() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    double top() const { return m_look.between(72, 92); }
    double rowHeight() const { return m_look.between(35, 44); }
    double leftX() const { return width() * 0.215; }
    double rightX() const { return width() * 0.785; }
    void paintHeader(QPainter& p);
    void paintRow(QPainter& p, const LadderRow& row, double y);
    void paintChip(QPainter& p, const LadderRow& row, double y);

    Film& m_film;
    GlyphCache m_glyphs;
};

}  // namespace mailtrek::ui
