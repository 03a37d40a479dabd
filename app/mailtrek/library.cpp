// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek/library.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QStringList>
#include <algorithm>
#include <set>
#include <string_view>

#include "sim/run/simulation.h"
#include "sim/scenario/read.h"

namespace mailtrek {
namespace {

class LiveRun : public ui::RunSource {
public:
    explicit LiveRun(const scenario::Scenario& scenario) : m_scenario(scenario), m_simulation(scenario) {}
    bool advance(std::uint64_t budget) override { return m_simulation.advance(budget); }
    const trace::Recording& recording() const override { return m_simulation.recording(); }
    Instant now() const override { return m_simulation.now(); }
    Instant until() const override { return m_simulation.until(); }
    std::unique_ptr<ui::RunSource> with(const ui::Probe& probe) const override {
        scenario::Scenario changed = m_scenario;
        const bool ping = probe.kind == ui::Probe::Kind::ping;
        scenario::Probe sent = scenario::Probe::usual(ping ? trace::Program::ping : trace::Program::traceroute);
        sent.from = probe.from;
        sent.to = probe.to;
        const auto later = std::ranges::upper_bound(changed.timeline, probe.at, {}, &scenario::Entry::at);
        changed.timeline.insert(later, {probe.at, ping ? "ping" : "traceroute", sent});
        changed.until = std::max(changed.until, probe.at + std::chrono::minutes(2));
        return std::make_unique<LiveRun>(changed);
    }

private:
    scenario::Scenario m_scenario;
    run::Simulation m_simulation;
};

std::filesystem::path pathOf(const QString& path) { return std::filesystem::path(path.toStdU16String()); }

// Lines of the file for the view of what is wrong with it; as much as the reader would take.
QStringList linesOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QString::fromUtf8(file.read(static_cast<qint64>(scenario::kMaxFile))).split('\n');
}

std::vector<ui::Diagnostic> diagnosticsOf(const scenario::Loaded& loaded, const QString& path) {
    std::vector<ui::Diagnostic> all;
    const QStringList lines = loaded.diagnostics.empty() ? QStringList() : linesOf(path);
    for (const scenario::Diagnostic& d : loaded.diagnostics) {
        ui::Diagnostic shown;
        shown.error = d.severity == scenario::Severity::error;
        shown.line = d.line;
        shown.column = d.column;
        shown.message = QString::fromStdString(d.message);
        if (d.line > 0 && d.line <= lines.size()) shown.lineText = lines[d.line - 1];
        all.push_back(std::move(shown));
    }
    return all;
}

ui::Opened open(const QString& path) {
    const scenario::Loaded loaded = scenario::readFile(pathOf(path));
    ui::Opened opened;
    opened.unreadable = loaded.unreadable;
    opened.diagnostics = diagnosticsOf(loaded, path);
    if (loaded.ok()) opened.run = std::make_unique<LiveRun>(*loaded.scenario);
    return opened;
}

// The level at which a metric can be seen: what a lesson asks about tells what it is for. Every lesson has a story.
int levelOf(std::string_view metric) {
    const auto of = [&](std::string_view family) { return metric.substr(0, family.size()) == family; };
    if (of("ip.") || of("icmp.") || of("routing.")) return 5;
    if (of("tcp.") || of("link.")) return 4;
    if (of("smtp.replies") || of("smtp.commands") || of("smtp.data-transfers")) return 3;
    if (of("dns.") || of("smtp.") || of("mail.retries") || of("mail.queued") || of("mail.bounced") || of("mail.notices")) return 2;
    return 1;
}

std::vector<int> levelsOf(const scenario::Lesson& lesson) {
    if (lesson.questions.empty()) return {};
    std::set<int> levels{1};
    for (const scenario::Question& question : lesson.questions) levels.insert(levelOf(question.metric));
    return {levels.begin(), levels.end()};
}

std::optional<ui::ScenarioCard> describe(const QString& path) {
    const scenario::Loaded loaded = scenario::readFile(pathOf(path));
    ui::ScenarioCard card;
    card.path = path;
    if (!loaded.ok()) {
        for (const scenario::Diagnostic& d : loaded.diagnostics) card.errors += d.severity == scenario::Severity::error ? 1 : 0;
        card.errors = std::max(1, card.errors);
        return card;
    }
    card.levels = levelsOf(loaded.scenario->lesson);
    card.cast = scenario::castOf(*loaded.scenario);
    card.goal = loaded.scenario->lesson.goal;
    return card;
}

// mailtrek-cli, installed beside this program or built beside it.
QString serveProgram() {
    const QString here = QCoreApplication::applicationDirPath();
    for (const QString& path : {here + QStringLiteral("/mailtrek-cli"), here + QStringLiteral("/../mailtrek-cli/mailtrek-cli")})
        if (QFileInfo(path).isExecutable() && QFileInfo(path).isFile()) return QFileInfo(path).canonicalFilePath();
    return {};
}

}  // namespace

ui::Library simulatorLibrary() { return {open, describe, serveProgram()}; }

}  // namespace mailtrek
