// SPDX-License-Identifier: GPL-3.0-or-later
// The ten big buttons. Exactly one is filled: what to do next.
#pragma once

#include <vector>

#include "ui/parts/button.h"
#include "ui/parts/part.h"
#include "ui/play/film.h"
#include "ui/window/actions.h"

namespace mailtrek::ui {

class TransportBar : public Part {
    Q_OBJECT

public:
    TransportBar(Film& film, Actions& actions, Kit& kit, QWidget* parent = nullptr);
    void setLook(const Look& look) override;
    void setResting(bool resting);  // something else has the keys: the gallery
    void arrange();                 // after texts changed
    const std::vector<Button*>& buttons() const { return m_buttons; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void follow();

    Film& m_film;
    Actions& m_actions;
    std::vector<Button*> m_buttons;
    bool m_resting = false;
};

}  // namespace mailtrek::ui
