// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window at chosen places, in both languages, themes and sizes. With MAILTREK_SHOTS=FOLDER they are kept to be looked at.
#include <gtest/gtest.h>

#include "tests/ui/sample.h"
#include "ui/window/main_window.h"

namespace mailtrek::ui {
namespace {

TEST(Shots, TheWindowPaintsAtEveryPlaceThemeAndSize) {
    const test::Sample sample = test::makeSample();
    MainWindow window;
    window.showRecording(&sample.recording, "04_enlace_con_perdidas.yaml");
    const struct {
        const char* name;
        std::uint64_t cursor;
        Level level;
    } places[] = {{"start", 0, Level::tcp},
                  {"dns", sample.asked + 2, Level::mail},
                  {"story", sample.content + 60, Level::story},
                  {"dialogue", sample.content, Level::dialogue},
                  {"lost", sample.lost + 14, Level::tcp},
                  {"resent", sample.resent, Level::tcp},
                  {"cut", sample.cut, Level::ip}};
    const QString folder = qEnvironmentVariable("MAILTREK_SHOTS");
    for (const QSize size : {QSize(1280, 720), QSize(1920, 1080)})
        for (const bool spanish : {false, true})
            for (const ThemeKind theme : {ThemeKind::light, ThemeKind::dark, ThemeKind::contrast})
                for (const auto& place : places) {
                    window.resize(size);
                    window.setSpanish(spanish);
                    window.setTheme(theme);
                    window.film().setLevel(place.level);
                    window.film().seek(place.cursor);
                    const QImage shot = window.grab().toImage();
                    EXPECT_EQ(shot.size(), size);
                    if (!folder.isEmpty())
                        shot.save(QStringLiteral("%1/%2-%3-%4-%5.png").arg(folder, QString::fromLatin1(place.name), spanish ? "es" : "en", nameOf(theme)).arg(size.height()));
                }
    window.setSpanish(false);
}

}  // namespace
}  // namespace mailtrek::ui
