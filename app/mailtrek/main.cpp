// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek: the window. This file only wires; what it does is in ui/.
#include <QApplication>
#include <QDir>
#include <QLocale>
#include <QStyleFactory>
#include <QTextStream>

#include "app/mailtrek/library.h"
#include "ui/look/kit.h"
#include "ui/window/desk.h"

namespace {

// The scenarios that come with the program: installed, or beside the sources it was built from.
QString scenarioFolder() {
    for (const QString& folder :
         {QCoreApplication::applicationDirPath() + QStringLiteral("/../share/mailtrek/scenarios"), QStringLiteral(MAILTREK_SOURCE_DIR "/scenarios"), QStringLiteral("scenarios")})
        if (QDir(folder).exists()) return folder;
    return QDir::currentPath();
}

// Pictures and questions about usage need no screen.
bool needsScreen(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const QByteArray argument(argv[i]);
        if (argument.startsWith("--screenshot") || argument == "--help" || argument == "-h" || argument == "--version") return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace mailtrek;
    if (!needsScreen(argc, argv) && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("mailtrek"));
    QApplication::setApplicationName(QStringLiteral("mailtrek"));
    QApplication::setApplicationVersion(QStringLiteral(MAILTREK_VERSION));
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));

    QApplication::setWindowIcon(ui::programIcon());

    const auto options = ui::parseOptions(QApplication::arguments().mid(1));
    if (!options) {
        QTextStream(stderr) << QStringLiteral("mailtrek: %1\n").arg(QString::fromStdString(options.error().message)) << ui::usageText();
        return ui::kExitUsage;
    }
    if (options->help) {
        QTextStream(stdout) << ui::usageText();
        return 0;
    }
    if (options->version) {
        QTextStream(stdout) << "mailtrek " << QApplication::applicationVersion() << '\n';
        return 0;
    }
    if (ui::textFamilyMissing())
        QTextStream(stderr) << QStringLiteral("mailtrek: the font %1 is not installed (package fonts-inter); %2 takes its place\n")
                                   .arg(QString::fromLatin1(ui::kTextFamily), QString::fromLatin1(ui::kTextFallback));
    ui::Desk desk(simulatorLibrary(), scenarioFolder(), options->screenshot.isEmpty());
    if (const auto code = desk.begin(*options)) return *code;
    desk.window().show();
    return QApplication::exec();
}
