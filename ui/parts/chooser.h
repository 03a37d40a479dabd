// SPDX-License-Identifier: GPL-3.0-or-later
// A small button that says what is chosen and opens the list of what could be.
#pragma once

#include <QAbstractButton>
#include <functional>
#include <vector>

#include "ui/look/look.h"

namespace mailtrek::ui {

class Chooser : public QAbstractButton {
    Q_OBJECT

public:
    struct Entry {
        QString text;
        bool chosen = false;
        std::function<void()> choose;
    };

    explicit Chooser(QWidget* parent);
    // Asked whenever the list opens.
    void setEntries(std::function<std::vector<Entry>()> entries) { m_entries = std::move(entries); }
    std::vector<Entry> entries() const { return m_entries ? m_entries() : std::vector<Entry>{}; }
    void setLook(const Look& look);
    void setType(Type type) { m_type = type; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void openList();

    std::function<std::vector<Entry>()> m_entries;
    Look m_look;
    Type m_type = Type::control;
};

}  // namespace mailtrek::ui
