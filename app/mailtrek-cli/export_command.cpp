// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli export: the run as a file for other programs.
#include <filesystem>

#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/simulate.h"
#include "app/mailtrek-cli/system_reason.h"
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

// Why no file of that name can be written; nothing: its ending says a format.
std::optional<std::string> formatTrouble(const std::string& path, Language language) {
    if (!exporting::checkEnding(path)) return std::nullopt;
    std::string known, ending = std::filesystem::path(path).extension().string();
    for (const exporting::Format& format : exporting::formats()) known += fmt::format("{}.{}", known.empty() ? "" : ", ", format.ending);
    if (ending.size() < 2) return say(language, Say::formatMissing, path, known);
    return say(language, ending == ".html" ? Say::formatNotYet : Say::formatUnknown, ending.substr(1), known);
}

std::string reasonOf(const Error& error, const std::string& path, Language language) {
    const std::string before = fmt::format("cannot write '{}': ", path);
    const std::string reason = error.message.starts_with(before) ? error.message.substr(before.size()) : error.message;
    return say(language, Say::cannotWrite, path, systemReason(reason, language));
}

}  // namespace

ExitCode exportScenario(const ExportCommand& command, Language language) {
    if (const auto wrong = formatTrouble(command.to, language)) {
        printError(*wrong);
        return ExitCode::wrongUsage;
    }
    scenario::Overrides overrides;
    if (!command.variant.empty()) overrides.variant = command.variant;
    Session session(language);
    const auto loaded = load(command.file, overrides, session);
    if (const auto* exitCode = std::get_if<ExitCode>(&loaded)) return *exitCode;
    const auto& scenario = std::get<scenario::Scenario>(loaded);
    const auto filter = filterOf(command, scenario, language);
    if (!filter) return ExitCode::wrongInput;

    const Finished finished = simulate(scenario, {}, command.file, session);
    session.progress.show(Say::writing, command.to);
    if (const auto wrong = exporting::exportTo(command.to, finished.recording, *filter)) {
        printError(reasonOf(*wrong, command.to, language));
        return ExitCode::fileTrouble;
    }
    return finished.exitCode;
}

}  // namespace mailtrek::cli
