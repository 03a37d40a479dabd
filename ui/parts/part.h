// SPDX-License-Identifier: GPL-3.0-or-later
// A region of the window: it takes the look and draws itself.
#pragma once

#include <QWidget>

#include "ui/look/look.h"

namespace mailtrek::ui {

class Part : public QWidget {
    Q_OBJECT

public:
    explicit Part(QWidget* parent = nullptr) : QWidget(parent) {}
    virtual void setLook(const Look& look) {
        m_look = look;
        update();
    }
    const Look& look() const { return m_look; }

protected:
    Look m_look;
};

}  // namespace mailtrek::ui
