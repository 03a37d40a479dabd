// SPDX-License-Identifier: GPL-3.0-or-later
// The drawn shapes of the project (assets/icons), in the colours of a theme and at the size asked for. Rendered once, then kept.
#pragma once

#include <QHash>
#include <QIcon>
#include <QPixmap>
#include <cstdint>

#include "sim/trace/cast.h"
#include "ui/look/theme.h"

namespace mailtrek::ui {

enum class NodeState : std::uint8_t { normal, offline, crashed };

class Kit {
public:
    explicit Kit(const Theme& theme) : m_theme(theme) {}

    void setTheme(const Theme& theme);
    // A square picture of 80/64 of `grid` pixels: the 64-unit grid of the design with 8 units of margin for badges.
    QPixmap node(trace::NodeKind kind, NodeState state, double grid, double ratio);
    // "play", "step", ... drawn in `colour`.
    QPixmap icon(const QString& name, const QColor& colour, double size, double ratio);

private:
    QPixmap render(const QString& file, const QHash<QString, QColor>& recolour, double size, double ratio);

    Theme m_theme;
    QHash<QString, QPixmap> m_cache;
};

QIcon programIcon();  // the envelope in the frame of windows and task bars
QString kitName(trace::NodeKind kind);

}  // namespace mailtrek::ui
