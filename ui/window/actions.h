// SPDX-License-Identifier: GPL-3.0-or-later
// Every command of the window, once: text, icon, shortcut, tooltip. Buttons and menus only show them.
#pragma once

#include <QAction>
#include <QObject>
#include <array>
#include <vector>

#include "ui/look/theme.h"
#include "ui/play/playback.h"
#include "ui/story/level.h"

namespace mailtrek::ui {

class Actions : public QObject {
    Q_OBJECT

public:
    explicit Actions(QWidget* window);
    void retranslate();
    const std::vector<QAction*>& all() const { return m_all; }

    // files
    QAction *gallery, *open, *recent, *quit;
    // transport
    QAction *reset, *back, *play, *step, *hop, *into, *out, *end, *why, *text, *pace, *nextMilestone, *lastMilestone;
    std::array<QAction*, 7> paces;
    // seeing
    std::array<QAction*, kLevels> levels;
    std::array<QAction*, 3> panels;  // named like the panel that they bring forward
    QAction *language, *presenter, *fullScreen, *reducedMotion, *zoomIn, *zoomOut, *fit, *details, *nextThing, *lastThing;
    std::array<QAction*, kThemes> themes;
    // help
    QAction *menu, *help, *shortcuts, *about;

    // The paces in the order of `paces`.
    static double factorOf(std::size_t pace);
    static Pace paceOf(std::size_t pace);
    void showPlaying(bool playing);  // "Play" or "Pause"
    void showDeeper(bool deeper);    // "Into" or "Out"

private:
    QAction* make(const char* name, const char* icon, const QKeySequence& key, bool checkable = false);
    void set(QAction* action, const QString& label, const QString& tip);

    QWidget* m_window;
    std::vector<QAction*> m_all;
    bool m_playing = false;
    bool m_deeper = false;
};

}  // namespace mailtrek::ui
