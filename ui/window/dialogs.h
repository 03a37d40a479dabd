// SPDX-License-Identifier: GPL-3.0-or-later
// Windows that explain: help, the sheet of shortcuts, about.
#pragma once

#include <QDialog>

#include "ui/look/look.h"
#include "ui/window/actions.h"

namespace mailtrek::ui {

QDialog* makeHelp(const Look& look, QWidget* parent);
QDialog* makeShortcuts(const Actions& actions, const Look& look, QWidget* parent);
QDialog* makeAbout(const Look& look, QWidget* parent);

QString helpText();
QString aboutText();
QString shortcutText(const Actions& actions);

}  // namespace mailtrek::ui
