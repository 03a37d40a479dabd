// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios for the guards: random ones by seed, and those of the folder scenarios/.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/run/simulation.h"
#include "sim/scenario/read.h"
#include "tests/run/random_scenario.h"

namespace mailtrek::run::test {

using mailtrek::test::sweep;

inline scenario::Scenario valueOf(const scenario::Loaded& loaded) {
    std::string problems;
    for (const scenario::Diagnostic& diagnostic : loaded.diagnostics)
        if (diagnostic.severity == scenario::Severity::error) problems += scenario::toText(diagnostic) + "\n";
    if (!loaded.ok()) throw std::runtime_error(problems);
    return *loaded.scenario;
}

inline scenario::Scenario scenarioOf(std::string_view text) { return valueOf(scenario::readText(text, "test.yaml", ".")); }

inline scenario::Scenario randomScenario(std::uint64_t seed) {
    const std::string text = mailtrek::test::RandomScenario(seed).text();
    try {
        return scenarioOf(text);
    } catch (const std::runtime_error& problem) { throw std::runtime_error(fmt::format("random scenario {} cannot be read:\n{}{}", seed, problem.what(), text)); }
}

inline std::filesystem::path scenarioFolder() { return std::filesystem::path(MAILTREK_SOURCE_DIR) / "scenarios"; }

inline scenario::Scenario scenarioFile(const std::string& name) { return valueOf(scenario::readFile(scenarioFolder() / name)); }

// "01_primera_carta.yaml" -> "primera_carta": the name of a test about it.
inline std::string fileTitle(std::string_view file) { return std::string(file.substr(3, file.size() - 8)); }

// Every event of one kind, in order.
template <class E>
std::vector<std::pair<trace::EventId, E>> eventsOf(const trace::Recording& recording) {
    std::vector<std::pair<trace::EventId, E>> found;
    for (std::uint64_t i = 0; i < recording.size(); ++i)
        if (const auto* e = std::get_if<E>(&recording.event({i}).payload)) found.emplace_back(trace::EventId{i}, *e);
    return found;
}

}  // namespace mailtrek::run::test
