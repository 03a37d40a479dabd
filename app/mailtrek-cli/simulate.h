// SPDX-License-Identifier: GPL-3.0-or-later
// What run, check and export have in common: read a file, say what is wrong with it, simulate.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "app/mailtrek-cli/exit_code.h"
#include "app/mailtrek-cli/messages.h"
#include "sim/run/simulation.h"
#include "sim/scenario/read.h"

namespace mailtrek::cli {

// The scenario, or the exit code after every diagnostic was printed. Warnings are printed and stop nothing.
std::variant<scenario::Scenario, ExitCode> load(const std::string& file, const scenario::Overrides& overrides);

struct Limits {
    std::optional<std::uint64_t> events;
    std::optional<std::uint64_t> memory;  // octets
};

struct Finished {
    trace::Recording recording;
    std::uint64_t traceHash = 0;
    ExitCode exitCode = ExitCode::done;  // or limitReached, which has been said
};

// With a progress bar. `name` stands in messages.
Finished simulate(const scenario::Scenario& scenario, const Limits& limits, const std::string& name, Language language);

}  // namespace mailtrek::cli
