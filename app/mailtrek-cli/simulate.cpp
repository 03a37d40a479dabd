// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/simulate.h"

#include "app/mailtrek-cli/terminal.h"

namespace mailtrek::cli {

namespace {

constexpr std::uint64_t kSlice = 100'000;  // wake-ups between two looks at the clock: a tenth of a second at most

std::string secondsText(Instant t) { return fmt::format("{} s", toSeconds(t)); }

ExitCode explainStop(const run::Simulation& simulation, const std::string& name, Language language) {
    switch (simulation.stop()) {
        case run::Stop::notYet:
        case run::Stop::done: return ExitCode::done;
        case run::Stop::maxEvents: printError(say(language, Say::limitEvents, name, secondsText(simulation.now()), simulation.recording().size())); break;
        case run::Stop::maxMemory: printError(say(language, Say::limitMemory, name, secondsText(simulation.now()), simulation.recording().memoryUsed())); break;
    }
    return ExitCode::limitReached;
}

}  // namespace

std::variant<scenario::Scenario, ExitCode> load(const std::string& file, const scenario::Overrides& overrides, Session& session) {
    session.progress.show(Say::reading, file);
    scenario::Loaded loaded = scenario::readFile(file, overrides);
    for (const scenario::Diagnostic& diagnostic : loaded.diagnostics) {
        const std::string text = scenario::toText(diagnostic);
        if (session.said.insert(text).second) printDiagnostic(text);
    }
    if (loaded.scenario) return *std::move(loaded.scenario);
    return loaded.unreadable ? ExitCode::fileTrouble : ExitCode::wrongInput;
}

Finished simulate(const scenario::Scenario& scenario, const Limits& limits, const std::string& name, Session& session) {
    run::Options options;
    if (limits.events) options.maxEvents = *limits.events;
    if (limits.memory) options.maxMemory = *limits.memory;
    run::Simulation simulation(scenario, options);
    do session.progress.show(Say::simulating, fmt::format("{}: {}", name, secondsText(simulation.now())));
    while (!simulation.advance(kSlice));
    Finished finished;
    finished.exitCode = explainStop(simulation, name, session.language);
    finished.traceHash = simulation.traceHash();
    finished.recording = simulation.takeRecording();
    return finished;
}

}  // namespace mailtrek::cli
