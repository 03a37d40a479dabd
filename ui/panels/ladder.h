// SPDX-License-Identifier: GPL-3.0-or-later
// The time-sequence diagram of the chosen connection, following the cursor: arrows between the two ends, losses and resends marked, and
// nothing beyond the line of now. A click chooses a row, a second one goes there; a click on a count opens it.
#pragma once

#include <set>

#include "ui/panels/ladder_rows.h"
#include "ui/parts/chooser.h"
#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class Ladder : public Part {
    Q_OBJECT

public:
    explicit Ladder(Film& film, QWidget* parent = nullptr);

    std::vector<LadderRow> rows() const;       // all of them
    std::vector<LadderRow> shownRows() const;  // those in sight
    QString textOf(const LadderRow& row) const;
    void activate(const LadderRow& row);  // opens or closes a count, goes to a row
    Chooser& connections() { return *m_connections; }
    void setLook(const Look& look) override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    double top() const { return m_look.between(72, 100); }
    double rowHeight() const { return m_look.between(35, 48); }
    double leftX() const { return width() * 0.215; }
    double rightX() const { return width() * 0.785; }
    std::size_t room() const;
    void follow();
    void retranslate();
    void nameConnections();
    std::vector<Chooser::Entry> connectionEntries();
    std::optional<std::size_t> rowAt(QPointF point) const;  // among the shown
    bool isChosen(const LadderRow& row) const;
    void moveChoice(int by);
    void scrollBy(int rows);

    void paintHeader(QPainter& p);
    void paintRow(QPainter& p, const LadderRow& row, double y);
    void paintLoss(QPainter& p, const LadderRow& row, QPointF stop, double y);
    void paintWords(QPainter& p, const LadderRow& row, QPointF glyph, double glyphWidth, double y);
    void paintTime(QPainter& p, const LadderRow& row, double y);
    void paintChip(QPainter& p, const LadderRow& row, double y);
    void paintNow(QPainter& p, double y);
    double shareOf(const LadderRow& row, double length) const;

    Film& m_film;
    GlyphCache m_glyphs;
    Chooser* m_connections;
    std::set<trace::EventId> m_open;
    std::size_t m_most = 200;
    std::size_t m_scroll = 0;  // rows below the sight
    std::uint64_t m_cursor = 0;
    ConnectionId m_shown;
    int m_wheel = 0;
};

}  // namespace mailtrek::ui
