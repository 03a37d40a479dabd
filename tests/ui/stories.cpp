// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/stories.h"

#include <map>
#include <memory>

#include "sim/run/simulation.h"
#include "sim/scenario/read.h"

namespace mailtrek::ui::test {

const trace::Recording& story(const std::string& name) {
    static std::map<std::string, std::unique_ptr<run::Simulation>> known;
    std::unique_ptr<run::Simulation>& simulation = known[name];
    if (!simulation) {
        const scenario::Loaded loaded = scenario::readFile(std::filesystem::path(MAILTREK_SOURCE_DIR) / "scenarios" / (name + ".yaml"));
        if (!loaded.ok()) throw std::runtime_error(name + " cannot be read");
        simulation = std::make_unique<run::Simulation>(*loaded.scenario);
        while (!simulation->advance(100'000)) {}
    }
    return simulation->recording();
}

void StoryWindow::open(const std::string& name, Level level) {
    window.showRecording(&story(name), QString::fromStdString(name) + ".yaml");
    film().setLevel(level);
    window.grab();  // lays everything out
}

QStringList StoryWindow::journeyTexts() {
    const JourneyPanel& panel = journey();
    QStringList texts;
    for (int i = 0; i < panel.count(); ++i)
        if (!panel.isAhead(i)) texts << QString(panel.rows()[static_cast<std::size_t>(i)].depth, ' ') + (i == panel.here() ? "> " : "") + panel.textOf(i);
    return texts;
}

QStringList StoryWindow::ladderTexts() {
    const Ladder& panel = ladder();
    QStringList texts;
    for (const LadderRow& row : panel.rows())
        texts << QStringLiteral("%1 %2 %3 %4")
                     .arg(panel.textOf(row), shownText(row.glyph), row.words,
                          row.lost      ? QString::number(static_cast<int>(*row.lost))
                          : row.arrived ? "in"
                                        : "..");
    return texts;
}

QStringList StoryWindow::cardTexts() {
    QStringList texts;
    for (const CardRow& row : card().rows()) texts << row.text + " | " + row.second;
    return texts;
}

}  // namespace mailtrek::ui::test
