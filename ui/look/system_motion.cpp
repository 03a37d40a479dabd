// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/system_motion.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>

namespace mailtrek::ui {
namespace {

constexpr int kPatience = 300;  // ms for the answer of another program

QString contentOf(const QString& name) {
    QFile file(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + '/' + name);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.read(1 << 20)) : QString();
}

bool gnomeStopsMotion() {
    if (!qEnvironmentVariable("XDG_CURRENT_DESKTOP").contains(QLatin1String("GNOME"))) return false;
    const QString program = QStandardPaths::findExecutable(QStringLiteral("gsettings"));
    if (program.isEmpty()) return false;
    QProcess asked;
    asked.start(program, {QStringLiteral("get"), QStringLiteral("org.gnome.desktop.interface"), QStringLiteral("enable-animations")});
    return asked.waitForFinished(kPatience) && QString::fromUtf8(asked.readAllStandardOutput()).trimmed() == QLatin1String("false");
}

}  // namespace

bool gtkStopsMotion(const QString& text) {
    static const QRegularExpression off(QStringLiteral("^\\s*gtk-enable-animations\\s*=\\s*(0|false)\\s*$"),
                                        QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    return off.match(text).hasMatch();
}

bool kdeStopsMotion(const QString& text) {
    static const QRegularExpression off(QStringLiteral("^\\s*AnimationDurationFactor\\s*=\\s*0(\\.0*)?\\s*$"), QRegularExpression::MultilineOption);
    return off.match(text).hasMatch();
}

bool systemReducesMotion() {
    if (kdeStopsMotion(contentOf(QStringLiteral("kdeglobals")))) return true;
    for (const char* name : {"gtk-4.0/settings.ini", "gtk-3.0/settings.ini"})
        if (gtkStopsMotion(contentOf(QString::fromLatin1(name)))) return true;
    return gnomeStopsMotion();
}

}  // namespace mailtrek::ui
