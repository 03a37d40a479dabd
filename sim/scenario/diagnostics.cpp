// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>

namespace mailtrek::scenario {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {  // Levenshtein, with swapped neighbours as one step
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

}  // namespace

std::string toText(const Diagnostic& d) {
    const std::string place = d.line > 0 ? fmt::format("{}:{}:{}", d.file, d.line, d.column) : d.file;
    return fmt::format("{}: {}: {}", place, d.severity == Severity::error ? "error" : "warning", d.message);
}

void Diagnostics::add(const YAML::Node& where, Severity severity, std::string message) {
    if (severity == Severity::error) m_errors = true;
    for (const auto& [node, origin] : m_origins) {
        if (where.IsDefined() && node.is(where)) {
            m_all.push_back({origin, 0, 0, severity, std::move(message)});
            return;
        }
    }
    const YAML::Mark mark = where.IsDefined() ? where.Mark() : YAML::Mark::null_mark();
    m_all.push_back({m_file, mark.line + 1, mark.column + 1, severity, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::take() {
    std::stable_sort(m_all.begin(), m_all.end(), [](const Diagnostic& a, const Diagnostic& b) { return std::pair(a.line, a.column) < std::pair(b.line, b.column); });
    return std::move(m_all);
}

std::string didYouMean(std::string_view word, std::span<const std::string> candidates) {
    const std::string* best = nullptr;
    std::size_t least = std::max<std::size_t>(word.size() / 3, 1) + 1;
    if (word.size() > 60) return {};
    for (const std::string& candidate : candidates) {
        if (candidate.size() > 60) continue;
        const std::size_t steps = distance(word, candidate);
        if (steps < least) {
            least = steps;
            best = &candidate;
        }
    }
    return best == nullptr ? "" : fmt::format(" (did you mean '{}'?)", *best);
}

}  // namespace mailtrek::scenario
