// SPDX-License-Identifier: GPL-3.0-or-later
// What run, check and export have in common: read a file, say what is wrong with it, simulate.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "app/mailtrek-cli/exit_code.h"
#include "app/mailtrek-cli/messages.h"
#include "app/mailtrek-cli/progress.h"
#include "sim/run/simulation.h"
#include "sim/scenario/read.h"

namespace mailtrek::cli {

// What lasts as long as the program.
struct Session {
    explicit Session(Language spoken) : language(spoken), progress(spoken) {}
    Language language;
    Progress progress;
    std::set<std::string> said;  // diagnostics: a file and its variants share most of them
};

// The scenario, or the exit code after every diagnostic was printed. Warnings are printed and stop nothing.
std::variant<scenario::Scenario, ExitCode> load(const std::string& file, const scenario::Overrides& overrides, Session& session);

struct Limits {
    std::optional<std::uint64_t> events;
    std::optional<std::uint64_t> memory;  // octets
};

struct Finished {
    trace::Recording recording;
    std::uint64_t traceHash = 0;
    ExitCode exitCode = ExitCode::done;  // or limitReached, which has been said
};

// `name` stands in messages.
Finished simulate(const scenario::Scenario& scenario, const Limits& limits, const std::string& name, Session& session);

}  // namespace mailtrek::cli
