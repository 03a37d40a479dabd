// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli export: the run as a file for other programs.
#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/simulate.h"
#include "app/mailtrek-cli/terminal.h"
#include "sim/export/export.h"

namespace mailtrek::cli {

namespace {

// What to keep of the run; nothing when there is no such place, which has been said.
std::optional<exporting::Filter> filterOf(const ExportCommand& command, const scenario::Scenario& scenario, Language language) {
    if (!command.atNode.empty()) {
        const NodeId node = scenario.node(command.atNode);
        if (node.valid()) return exporting::AtNode{node};
        printError(say(language, Say::noSuchNode, command.atNode));
        return std::nullopt;
    }
    if (!command.atLink.empty()) {
        const LinkId link = scenario.link(command.atLink);
        if (link.valid()) return exporting::AtLink{link};
        printError(say(language, Say::noSuchLink, command.atLink));
        return std::nullopt;
    }
    return exporting::Everything{};
}

}  // namespace

ExitCode exportScenario(const ExportCommand& command, Language language) {
    if (const auto wrong = exporting::checkEnding(command.to)) {
        printError(wrong->message);
        return ExitCode::wrongUsage;
    }
    scenario::Overrides overrides;
    if (!command.variant.empty()) overrides.variant = command.variant;
    const auto loaded = load(command.file, overrides);
    if (const auto* exitCode = std::get_if<ExitCode>(&loaded)) return *exitCode;
    const auto& scenario = std::get<scenario::Scenario>(loaded);
    const auto filter = filterOf(command, scenario, language);
    if (!filter) return ExitCode::wrongInput;

    const Finished finished = simulate(scenario, {}, command.file, language);
    if (const auto wrong = exporting::exportTo(command.to, finished.recording, *filter)) {
        printError(wrong->message);
        return ExitCode::fileTrouble;
    }
    return finished.exitCode;
}

}  // namespace mailtrek::cli
