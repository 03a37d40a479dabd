// SPDX-License-Identifier: GPL-3.0-or-later
// One function per command, each in a file of its own.
#pragma once

#include "app/mailtrek-cli/arguments.h"
#include "app/mailtrek-cli/exit_code.h"

namespace mailtrek::cli {

ExitCode runScenario(const RunCommand& command, Language language);
ExitCode checkScenarios(const CheckCommand& command, Language language);
ExitCode exportScenario(const ExportCommand& command, Language language);
ExitCode serveScenario(const ServeCommand& command, Language language);
ExitCode listMetrics(Language language);
ExitCode printHelp(const HelpCommand& command, Language language);

}  // namespace mailtrek::cli
