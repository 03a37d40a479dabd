// SPDX-License-Identifier: GPL-3.0-or-later
// One pane of the right side: panels behind tabs.
#pragma once

#include <functional>
#include <vector>

#include "ui/parts/part.h"

namespace mailtrek::ui {

class Pane : public Part {
    Q_OBJECT

public:
    explicit Pane(QWidget* parent = nullptr);

    // `title` is asked again after a change of language.
    void add(Part* panel, std::function<QString()> title);
    void setLook(const Look& look) override;
    void setCurrent(int index);
    int current() const { return m_current; }
    int count() const { return static_cast<int>(m_tabs.size()); }
    QString titleOf(int index) const { return m_tabs[static_cast<std::size_t>(index)].title(); }
    int indexOf(const QString& name) const;  // of the panel with that object name; -1: none
    Part* panel(int index) const { return m_tabs[static_cast<std::size_t>(index)].panel; }

Q_SIGNALS:
    void currentChanged(int index);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Tab {
        Part* panel;
        std::function<QString()> title;
    };
    int header() const { return static_cast<int>(m_look.between(44, 55)); }
    std::vector<QRectF> boxes() const;
    void arrange();

    std::vector<Tab> m_tabs;
    int m_current = 0;
};

}  // namespace mailtrek::ui
