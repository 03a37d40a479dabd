// SPDX-License-Identifier: GPL-3.0-or-later
// While a long simulation runs: how far it is, and a way to stop it. What there is can be watched meanwhile.
#pragma once

#include <QAction>

#include "ui/open/session.h"
#include "ui/parts/button.h"
#include "ui/parts/part.h"

namespace mailtrek::ui {

class ProgressCard : public Part {
    Q_OBJECT

public:
    ProgressCard(Session& session, Kit& kit, QWidget* parent = nullptr);
    void setLook(const Look& look) override;
    QAction* cancelAction() { return &m_cancel; }
    void follow();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    Session& m_session;
    QAction m_cancel;
    Button* m_button;
};

}  // namespace mailtrek::ui
