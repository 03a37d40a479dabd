// SPDX-License-Identifier: GPL-3.0-or-later
// Menu button, scenario, levels, language, clock. The clock stands in fixed cells, or its digits would tremble.
#pragma once

#include <vector>

#include "ui/parts/button.h"
#include "ui/parts/part.h"
#include "ui/play/film.h"
#include "ui/window/actions.h"

namespace mailtrek::ui {

class TopBar : public Part {
    Q_OBJECT

public:
    TopBar(Film& film, Actions& actions, Kit& kit, QWidget* parent = nullptr);
    void setLook(const Look& look) override;
    void setScenario(const QString& number, const QString& title);
    void arrange();
    Button* menuButton() const { return m_menu; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    double clockWidth() const;

    Film& m_film;
    Actions& m_actions;
    Kit& m_kit;
    Button* m_menu;
    Button* m_language;
    std::vector<Button*> m_levels;
    QRect m_levelFrame;
    QRect m_titleBox;
    QString m_number;
    QString m_title;
};

// Paints text so that every digit takes the width of the widest one; returns the width.
double paintInCells(QPainter* painter, QPointF topLeft, double height, const QString& text, const QFont& font);

}  // namespace mailtrek::ui
