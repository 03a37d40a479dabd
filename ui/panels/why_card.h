// SPDX-License-Identifier: GPL-3.0-or-later
// "Why?": the event that was asked about, what brought it about, and so on back to the first cause. Each line leads to its event; the chain
// stays while the film goes there and back.
#pragma once

#include <QAbstractButton>

#include "ui/parts/list_part.h"
#include "ui/play/film.h"
#include "ui/story/telling.h"

namespace mailtrek::ui {

class WhyCard : public ListPart {
    Q_OBJECT

public:
    explicit WhyCard(Film& film, QWidget* parent = nullptr);

    void ask(trace::EventId about);  // and shows itself
    void closeCard();
    const std::vector<Reason>& chain() const { return m_chain; }

    int count() const override { return static_cast<int>(m_chain.size()); }
    QString textOf(int row) const override { return m_chain[static_cast<std::size_t>(row)].sentence; }
    void activate(int row) override;
    void setLook(const Look& look) override;

Q_SIGNALS:
    void closed();

protected:
    double heightOf(int row) const override;
    double headHeight() const override { return m_look.between(56, 80); }
    void paintRow(QPainter& painter, int row, const QRectF& box) override;
    void paintBack(QPainter& painter) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void tell();
    void retranslate();
    QFont fontOf(int row) const;
    QStringList linesOf(int row) const;
    double gutter() const { return m_look.px(58); }

    Film& m_film;
    QAbstractButton* m_close;
    trace::EventId m_about;
    std::vector<Reason> m_chain;
};

}  // namespace mailtrek::ui
