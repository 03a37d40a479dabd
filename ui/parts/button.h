// SPDX-License-Identifier: GPL-3.0-or-later
// A button that stands for an action: its text, icon, state, shortcut, tooltip and accessible name are the action's.
#pragma once

#include <QAbstractButton>
#include <QAction>
#include <QPointer>

#include "ui/look/kit.h"
#include "ui/look/look.h"

namespace mailtrek::ui {

class Button : public QAbstractButton {
    Q_OBJECT

public:
    enum class Shape : std::uint8_t { framed, plain, segment };  // segment: one of a row in a common frame

    Button(QAction* action, Kit& kit, QWidget* parent = nullptr);

    void setShape(Shape shape) { m_shape = shape; }
    void setLook(const Look& look);
    void setNext(bool next);  // the one filled button: what to do next
    void setIconOnly(bool only);
    void setTrailingArrow(bool arrow) { m_arrow = arrow; }
    void setLead(const QString& lead) { m_lead = lead; }  // a digit before the text
    void setType(Type type, Weight weight) {
        m_type = type;
        m_weight = weight;
    }
    bool next() const { return m_next; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void takeOver();
    QString shownText() const;
    double iconSide() const { return m_look.px(24); }
    double padding() const { return m_look.px(m_shape == Shape::segment ? 11 : 12); }
    void paintFrame(QPainter& p, const QRectF& box) const;
    QColor inkColour() const;

    QPointer<QAction> m_action;
    Kit& m_kit;
    Look m_look;
    Shape m_shape = Shape::framed;
    Type m_type = Type::control;
    Weight m_weight = Weight::semibold;
    QString m_lead;
    bool m_next = false;
    bool m_iconOnly = false;
    bool m_arrow = false;
};

// Tooltip and accessible text of an action: what it does, and its key.
QString tipOf(const QAction& action);

}  // namespace mailtrek::ui
