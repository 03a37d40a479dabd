// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli run: simulates a scenario and prints the story, the one JSON object, or every event.
#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/simulate.h"
#include "app/mailtrek-cli/story.h"
#include "app/mailtrek-cli/terminal.h"
#include "sim/export/event_json.h"
#include "sim/run/run_json.h"

namespace mailtrek::cli {

namespace {

void printEvents(const trace::Recording& recording, StandardOutput& out) {
    for (std::uint64_t i = 0; i < recording.size() && !out.failed(); ++i) {
        out.write(exporting::eventJson({i}, recording.event({i}), recording));
        out.write("\n");
    }
}

void print(const RunCommand& command, const Finished& finished, Language language, StandardOutput& out) {
    switch (command.format) {
        case RunFormat::text: return tellStory(finished.recording, command.level, language, out);
        case RunFormat::json: return out.write(run::runJson(finished.recording, finished.traceHash, code(language)));
        case RunFormat::jsonl: return printEvents(finished.recording, out);
    }
}

}  // namespace

ExitCode runScenario(const RunCommand& command, Language language) {
    scenario::Overrides overrides;
    overrides.set = command.settings;
    overrides.seed = command.seed;
    overrides.until = command.until;
    if (!command.variant.empty()) overrides.variant = command.variant;
    Session session(language);
    const auto loaded = load(command.file, overrides, session);
    if (const auto* exitCode = std::get_if<ExitCode>(&loaded)) return *exitCode;
    const Finished finished = simulate(std::get<scenario::Scenario>(loaded), {command.maxEvents, command.maxMemory}, command.file, session);
    if (resultsOnTerminal())
        session.progress.finish();
    else
        session.progress.show(Say::writing, command.file);
    StandardOutput out;
    print(command, finished, language, out);
    const ExitCode written = out.finish(language);
    return written != ExitCode::done ? written : finished.exitCode;
}

}  // namespace mailtrek::cli
