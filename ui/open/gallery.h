// SPDX-License-Identifier: GPL-3.0-or-later
// The gallery at the start: a card for each scenario of the folder, six to a page, with a thumbnail of its network.
#pragma once

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
    std::size_t cards() const { return m_cards.size(); }
    std::size_t chosen() const { return m_chosen; }
    QString titleOf(std::size_t card) const;

Q_SIGNALS:
    void picked(const QString& path);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    static constexpr std::size_t kColumns = 3, kPerPage = 6;
    std::size_t page() const { return m_chosen / kPerPage; }
    std::size_t pages() const { return (m_cards.size() + kPerPage - 1) / kPerPage; }
    QRectF cardBox(std::size_t onPage) const;
    std::optional<std::size_t> cardAt(QPointF point) const;
    void paintCard(QPainter& p, std::size_t card, const QRectF& box);
    void paintThumbnail(QPainter& p, const ScenarioCard& card, const QRectF& box);
    double top() const { return m_look.px(76); }
    double foot() const { return m_look.px(66); }
    void choose(std::size_t card);

    Kit& m_kit;
    Button* m_open;
    Button* m_language;
    std::vector<ScenarioCard> m_cards;
    std::size_t m_chosen = 0;
};

}  // namespace mailtrek::ui
