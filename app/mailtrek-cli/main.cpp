// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli: everything that needs no screen (design page "The command line").
#include <csignal>
#include <new>
#include <utility>

#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/terminal.h"

namespace mailtrek::cli {
namespace {

ExitCode wrongUsage(const std::string& message, Language language) {
    printError(message);
    printDiagnostic(say(language, Say::seeHelp));
    return ExitCode::wrongUsage;
}

struct Dispatch {
    Language language;

    ExitCode operator()(const HelpCommand& command) const { return printHelp(command, language); }
    ExitCode operator()(const VersionCommand&) const {
        StandardOutput out;
        out.write("mailtrek-cli " MAILTREK_VERSION "\n");
        return out.finish(language);
    }
    ExitCode operator()(const MetricsCommand&) const { return listMetrics(language); }
    ExitCode operator()(const RunCommand& command) const { return runScenario(command, language); }
    ExitCode operator()(const CheckCommand& command) const { return checkScenarios(command, language); }
    ExitCode operator()(const ExportCommand& command) const { return exportScenario(command, language); }
    ExitCode operator()(const ServeCommand& command) const { return serveScenario(command, language); }
    ExitCode operator()(const UnsupportedCommand& command) const { return wrongUsage(say(language, Say::notSupportedYet, command.name), language); }
    ExitCode operator()(const WrongUsage& usage) const { return wrongUsage(usage.message, language); }
};

}  // namespace
}  // namespace mailtrek::cli

int main(int argc, char** argv) {
    using namespace mailtrek::cli;
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(), reported as exit code 3
    std::signal(SIGXFSZ, SIG_IGN);  // so is a file larger than ulimit allows
    const Arguments arguments = parseArguments(argc, argv, languageOfEnvironment());
    try {
        return static_cast<int>(std::visit(Dispatch{arguments.language}, arguments.command));
    } catch (const std::bad_alloc&) {
        printError(say(arguments.language, Say::outOfMemory));
        return static_cast<int>(ExitCode::limitReached);
    }
}
