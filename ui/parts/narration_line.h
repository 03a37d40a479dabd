// SPDX-License-Identifier: GPL-3.0-or-later
// The line under the map that says what happens. Never clipped: 29/44 px, else 25/38, else two lines of 21/32, else as small as it must be.
#pragma once

#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

struct FittedText {
    QFont font;
    QStringList lines;
};

// How a sentence is set into a box of that size.
FittedText fitNarration(const QString& text, QSizeF room, const Look& look);

class NarrationLine : public Part {
    Q_OBJECT

public:
    explicit NarrationLine(Film& film, QWidget* parent = nullptr);
    void setShown(bool shown);
    QString text() const { return m_text; }
    QString stepText() const { return m_step; }
    void follow();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Film& m_film;
    QString m_text;
    QString m_step;
    bool m_shown = true;
};

}  // namespace mailtrek::ui
