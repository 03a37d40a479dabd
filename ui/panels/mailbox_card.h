// SPDX-License-Identifier: GPL-3.0-or-later
// The mailbox card: queue, mailboxes and the letter at the chosen machine, as they stand at the cursor. When none is chosen, the
// machine that has the letter.
#pragma once

#include "ui/panels/mailbox_rows.h"
#include "ui/parts/chooser.h"
#include "ui/parts/part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class MailboxCard : public Part {
    Q_OBJECT

public:
    explicit MailboxCard(Film& film, QWidget* parent = nullptr);
    std::vector<CardRow> rows() const;
    Chooser& machines() { return *m_machines; }
    void setLook(const Look& look) override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    NodeId shownNode() const;
    void follow();
    void nameMachine();
    void scrollBy(double pixels);
    std::vector<Chooser::Entry> machineEntries();
    void paintAirmail(QPainter& p, const QRectF& box) const;
    double heightOf(const CardRow& row) const;
    void paintRow(QPainter& p, const CardRow& row, const QRectF& box);

    Film& m_film;
    Chooser* m_machines;
    MailEvents m_events;
    double m_scroll = 0;
};

}  // namespace mailtrek::ui
