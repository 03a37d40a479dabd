// SPDX-License-Identifier: GPL-3.0-or-later
// A list of rows of different heights, worked by mouse and keyboard. Only the rows in sight are measured and painted, so that a list of
// a hundred thousand is as quick as one of ten. It scrolls by whole rows.
#pragma once

#include "ui/parts/part.h"

namespace mailtrek::ui {

class ListPart : public Part {
    Q_OBJECT

public:
    explicit ListPart(QWidget* parent = nullptr);

    virtual int count() const = 0;
    virtual QString textOf(int row) const = 0;  // as it is read out
    virtual void activate(int row) = 0;         // Enter, or a click

    int current() const { return m_current; }  // -1: none
    int topRow() const { return m_top; }
    int rowAt(QPointF point) const;  // -1: none
    QRectF boxOf(int row) const;     // empty where it is out of sight
    // Makes the row the current one and brings it into sight.
    void setCurrent(int row);

protected:
    virtual double heightOf(int row) const = 0;
    virtual void paintRow(QPainter& painter, int row, const QRectF& box) = 0;
    virtual double headHeight() const { return 0; }  // above the rows, never scrolled
    virtual void turn(int row, bool open);           // right and left arrow; by default nothing
    virtual void paintBack(QPainter& painter);       // what lies under the rows and beside them
    void ensureVisible(int row);
    void rowsChanged();  // after count() changed: keeps places within bounds

    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    int lastTop() const;  // from here on the end is in sight
    void paintBar(QPainter& painter) const;

    int m_top = 0;
    int m_current = -1;
    int m_wheel = 0;
};

}  // namespace mailtrek::ui
