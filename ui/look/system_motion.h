// SPDX-License-Identifier: GPL-3.0-or-later
// Does the desktop ask programs not to move things? Qt 6.4 does not tell, so its files and settings are asked: GTK, GNOME, KDE.
#pragma once

#include <QString>

namespace mailtrek::ui {

bool systemReducesMotion();

// The two kinds of settings file, as pure functions of their text: "gtk-enable-animations=0" and "AnimationDurationFactor=0".
bool gtkStopsMotion(const QString& settingsIni);
bool kdeStopsMotion(const QString& kdeglobals);

}  // namespace mailtrek::ui
