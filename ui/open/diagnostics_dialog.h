// SPDX-License-Identifier: GPL-3.0-or-later
// All that is wrong with a file, in one go: line, column, what, and the line itself with a mark under the place.
#pragma once

#include <QDialog>
#include <vector>

#include "ui/look/look.h"
#include "ui/open/run_source.h"

namespace mailtrek::ui {

QDialog* makeDiagnostics(const QString& path, const std::vector<Diagnostic>& diagnostics, bool unreadable, const Look& look, QWidget* parent);
QString diagnosticsText(const QString& path, const std::vector<Diagnostic>& diagnostics, bool unreadable);  // rich text

}  // namespace mailtrek::ui
