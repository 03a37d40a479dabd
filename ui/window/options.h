// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of the window (the contract is the design page "The command line").
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>

#include "sim/kernel/result.h"
#include "sim/kernel/time.h"
#include "ui/look/theme.h"
#include "ui/play/playback.h"
#include "ui/story/level.h"

namespace mailtrek::ui {

struct Options {
    QString path;  // file or folder; empty: the gallery
    std::optional<Level> level;
    std::optional<ThemeKind> theme;
    std::optional<Pace> pace;
    std::optional<Instant> at;
    std::optional<bool> spanish;
    bool presenter = false;
    QString screenshot;
    QSize size{1280, 720};
    QString view = QStringLiteral("map");
    bool help = false;
    bool version = false;
};

// Arguments without the program's name. Wrong usage is an error with a hint.
Result<Options> parseOptions(const QStringList& arguments);
QString usageText();

// "1s", "1.5 s", "30 min", "200ms"; none for anything else.
std::optional<Duration> parseDuration(const QString& text);

inline constexpr int kExitInput = 2, kExitFile = 3, kExitUsage = 64;

}  // namespace mailtrek::ui
