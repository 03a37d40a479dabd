// SPDX-License-Identifier: GPL-3.0-or-later
// Collects what is wrong, with its place.
#pragma once

#include <yaml-cpp/yaml.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/read.h"

namespace mailtrek::scenario {

class Diagnostics {
public:
    // A file of nothing but mistakes is answered with this many, the first of them, and how many more there are.
    static constexpr std::size_t kMostListed = 1000;

    // `text`: what the marks of the nodes speak of; it must outlive the diagnostics. yaml-cpp counts columns in octets, people in characters.
    Diagnostics(std::string file, std::string_view text) : m_file(std::move(file)), m_text(text) {}

    void error(const YAML::Node& where, std::string message) { add(where, Severity::error, std::move(message)); }
    void warning(const YAML::Node& where, std::string message) { add(where, Severity::warning, std::move(message)); }
    void error(const YAML::Mark& where, std::string message) { addAt(where, Severity::error, std::move(message)); }
    // Line and column in characters, from 1; 0: the file as a whole.
    void error(int line, int column, std::string message) { keep({m_file, line, column, Severity::error, std::move(message)}); }

    // From now on what `node`, or anything below it, is blamed for is said of `origin` ("--set links.a.loss") instead of a place in the file.
    void cameFrom(const YAML::Node& node, const std::string& origin);
    // The same, of the place where `place` stands.
    void standsAt(const YAML::Node& node, const YAML::Node& place);

    // Errors so far, those that were muted included.
    std::size_t errors() const { return m_errors; }
    bool failed() const { return m_errors > 0; }
    // While muted nothing is listed: the second of twenty nodes of a range has the mistakes of the first.
    void mute(bool muted) { m_muted = muted; }

    // In order of place, none twice.
    std::vector<Diagnostic> take();

private:
    struct Origin {
        YAML::Node node;
        std::string text;
        YAML::Mark mark;
    };
    void add(const YAML::Node& where, Severity severity, std::string message);
    YAML::Mark behindKey(const YAML::Mark& mark) const;
    void addAt(const YAML::Mark& mark, Severity severity, std::string message);
    void keep(Diagnostic diagnostic);
    int characterColumn(int line, int octets);

    std::string m_file;
    std::string_view m_text;
    std::vector<std::size_t> m_lineStarts;
    std::vector<Diagnostic> m_all;
    std::vector<Origin> m_origins;
    std::size_t m_errors = 0;
    std::size_t m_unlisted = 0;
    bool m_muted = false;
};

// " (did you mean 'delay'?)" when a candidate is near enough, otherwise nothing.
std::string didYouMean(std::string_view word, std::span<const std::string> candidates);

}  // namespace mailtrek::scenario
