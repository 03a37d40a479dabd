// SPDX-License-Identifier: GPL-3.0-or-later
// The mailbox card: queue, mailboxes and the letter at the chosen machine, as they stand at the cursor.
#pragma once

#include "ui/panels/mailbox_rows.h"
#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class MailboxCard : public Part {
    Q_OBJECT

public:
    explicit MailboxCard(Film& film, QWidget* parent = nullptr);
    std::vector<CardRow> rows() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    double heightOf(const CardRow& row) const;
    void paintRow(QPainter& p, const CardRow& row, const QRectF& box);

    Film& m_film;
    double m_scroll = 0;
};

}  // namespace mailtrek::ui
