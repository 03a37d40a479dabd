// SPDX-License-Identifier: GPL-3.0-or-later
// Collects what is wrong, with its place.
#pragma once

#include <yaml-cpp/yaml.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/read.h"

namespace mailtrek::scenario {

class Diagnostics {
public:
    explicit Diagnostics(std::string file) : m_file(std::move(file)) {}

    void error(const YAML::Node& where, std::string message) { add(where, Severity::error, std::move(message)); }
    void warning(const YAML::Node& where, std::string message) { add(where, Severity::warning, std::move(message)); }
    void error(int line, int column, std::string message) {
        m_errors = true;
        m_all.push_back({m_file, line, column, Severity::error, std::move(message)});
    }
    // From now on what `node` is blamed for is said of `origin` ("--set links.a.loss") instead of a place in the file.
    void cameFrom(const YAML::Node& node, std::string origin) { m_origins.emplace_back(node, std::move(origin)); }

    bool failed() const { return m_errors; }
    // In order of place.
    std::vector<Diagnostic> take();

private:
    void add(const YAML::Node& where, Severity severity, std::string message);

    std::string m_file;
    std::vector<Diagnostic> m_all;
    std::vector<std::pair<YAML::Node, std::string>> m_origins;
    bool m_errors = false;
};

// " (did you mean 'delay'?)" when a candidate is near enough, otherwise nothing.
std::string didYouMean(std::string_view word, std::span<const std::string> candidates);

}  // namespace mailtrek::scenario
