// SPDX-License-Identifier: GPL-3.0-or-later
// Windows that explain: help, the sheet of shortcuts, about, and the chain of causes.
#pragma once

#include <QDialog>
#include <functional>
#include <vector>

#include "ui/look/look.h"
#include "ui/story/telling.h"
#include "ui/window/actions.h"

namespace mailtrek::ui {

QDialog* makeHelp(const Look& look, QWidget* parent);
QDialog* makeShortcuts(const Actions& actions, const Look& look, QWidget* parent);
QDialog* makeAbout(const Look& look, QWidget* parent);

// "Why?": the sentences from the event back to its first cause; choosing one goes there.
QDialog* makeWhy(const std::vector<Reason>& chain, const Look& look, QWidget* parent, const std::function<void(trace::EventId)>& goTo);

QString helpText();
QString shortcutText(const Actions& actions);

}  // namespace mailtrek::ui
