// SPDX-License-Identifier: GPL-3.0-or-later
// The gallery at the start: a card for each scenario of the folder, six to a page, with a thumbnail of its network. Typing narrows it down.
#pragma once

#include <QHash>
#include <QLineEdit>
#include <QPixmap>
#include <QStringList>
#include <vector>

#include "ui/look/kit.h"
#include "ui/open/run_source.h"
#include "ui/parts/button.h"
#include "ui/parts/part.h"
#include "ui/window/actions.h"

namespace mailtrek::ui {

class Gallery : public Part {
    Q_OBJECT

public:
    Gallery(Actions& actions, Kit& kit, QWidget* parent = nullptr);
    void setLook(const Look& look) override;
    void setCards(std::vector<ScenarioCard> cards);
    void setSeen(const QStringList& paths);
    std::size_t cards() const { return m_shown.size(); }  // that the search leaves
    std::size_t chosen() const { return m_chosen; }
    QString titleOf(std::size_t card) const;
    QLineEdit& search() { return *m_search; }

Q_SIGNALS:
    void picked(const QString& path);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    std::size_t columns() const;
    static constexpr std::size_t kRows = 2;
    std::size_t perPage() const { return columns() * kRows; }
    std::size_t page() const { return m_chosen / perPage(); }
    std::size_t pages() const { return (m_shown.size() + perPage() - 1) / perPage(); }
    const ScenarioCard& card(std::size_t shown) const { return m_cards[m_shown[shown]]; }
    QRectF cardBox(std::size_t onPage) const;
    std::optional<std::size_t> cardAt(QPointF point) const;
    double top() const { return m_look.px(76); }
    double foot() const { return m_look.px(66); }
    void choose(std::size_t card);
    void turn(int pages);
    void filter();
    void retranslate();
    void arrange();
    const QPixmap& thumbnailOf(std::size_t shown, QSizeF size);

    Kit& m_kit;
    QAction m_before, m_after, m_start;
    Button *m_menu, *m_recent, *m_open, *m_language, *m_left, *m_right, *m_go;
    QLineEdit* m_search;
    std::vector<ScenarioCard> m_cards;
    std::vector<std::size_t> m_shown;  // places in m_cards
    QStringList m_seen;
    QHash<QString, QPixmap> m_thumbnails;
    std::size_t m_chosen = 0;
};

}  // namespace mailtrek::ui
