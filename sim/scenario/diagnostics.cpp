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

void Diagnostics::cameFrom(const YAML::Node& node, const std::string& origin) {
    m_origins.push_back({node, origin, YAML::Mark::null_mark()});
    if (node.IsSequence())
        for (const auto& item : node) cameFrom(item, origin);
    if (!node.IsMap()) return;
    for (const auto& pair : node) {
        cameFrom(pair.first, origin);
        cameFrom(pair.second, origin);
    }
}

void Diagnostics::standsAt(const YAML::Node& node, const YAML::Node& place) {
    for (const Origin& origin : m_origins) {
        if (!origin.node.is(place)) continue;
        m_origins.push_back({node, origin.text, origin.mark});
        return;
    }
    m_origins.push_back({node, {}, place.Mark()});
}

// A value that is not there is found by yaml-cpp at the next word, perhaps lines below: it belongs behind the key.
YAML::Mark Diagnostics::behindKey(const YAML::Mark& mark) const {
    auto end = static_cast<std::size_t>(mark.pos);
    if (mark.is_null() || end > m_text.size()) return mark;
    for (const std::string_view word : {"~", "null", "Null", "NULL"})
        if (m_text.substr(end, word.size()) == word) return mark;
    YAML::Mark place = mark;
    while (end > 0) {
        const std::size_t lineEnd = m_text.rfind('\n', end - 1);
        const std::size_t begin = lineEnd == std::string_view::npos ? 0 : lineEnd + 1;
        std::string_view line = m_text.substr(begin, end - begin);
        if (const std::size_t comment = line.find('#'); comment == 0 || (comment != std::string_view::npos && line[comment - 1] == ' ')) line = line.substr(0, comment);
        const std::size_t last = line.find_last_not_of(" \t\r");
        if (last != std::string_view::npos) {
            place.pos = static_cast<int>(begin + last + 1);
            place.column = static_cast<int>(last + 1);
            return place;
        }
        if (begin == 0) break;
        end = begin - 1;
        --place.line;
    }
    return mark;
}

void Diagnostics::add(const YAML::Node& where, Severity severity, std::string message) {
    YAML::Mark mark = where.IsDefined() ? where.Mark() : YAML::Mark::null_mark();
    if (where.IsDefined() && where.IsNull()) mark = behindKey(mark);
    for (const Origin& origin : m_origins) {
        if (!where.IsDefined() || !origin.node.is(where)) continue;
        if (!origin.text.empty()) return keep({origin.text, 0, 0, severity, std::move(message)});
        mark = origin.mark;
        break;
    }
    addAt(mark, severity, std::move(message));
}

void Diagnostics::addAt(const YAML::Mark& mark, Severity severity, std::string message) {
    if (mark.line < 0) return keep({m_file, 0, 0, severity, std::move(message)});
    keep({m_file, mark.line + 1, characterColumn(mark.line, mark.column) + 1, severity, std::move(message)});
}

void Diagnostics::keep(Diagnostic diagnostic) {
    if (diagnostic.severity == Severity::error) ++m_errors;
    if (m_muted) return;
    if (m_all.size() >= 10 * kMostListed)
        ++m_unlisted;
    else
        m_all.push_back(std::move(diagnostic));
}

int Diagnostics::characterColumn(int line, int octets) {
    if (m_lineStarts.empty()) {
        m_lineStarts.push_back(0);
        for (std::size_t i = 0; i < m_text.size(); ++i)
            if (m_text[i] == '\n') m_lineStarts.push_back(i + 1);
    }
    if (static_cast<std::size_t>(line) >= m_lineStarts.size()) return octets;
    const std::string_view before = m_text.substr(m_lineStarts[static_cast<std::size_t>(line)], static_cast<std::size_t>(octets));
    return static_cast<int>(std::count_if(before.begin(), before.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<Diagnostic> Diagnostics::take() {
    const auto place = [](const Diagnostic& d) { return std::pair(d.line, d.column); };
    std::stable_sort(m_all.begin(), m_all.end(), [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    std::vector<Diagnostic> listed;
    for (Diagnostic& d : m_all) {
        const bool twice = std::any_of(listed.rbegin(), listed.rend() - static_cast<std::ptrdiff_t>(listed.size() - std::min<std::size_t>(listed.size(), 50)),
                                       [&](const Diagnostic& known) { return place(known) == place(d) && known.file == d.file && known.message == d.message; });
        if (twice) continue;
        if (listed.size() == kMostListed)
            ++m_unlisted;
        else
            listed.push_back(std::move(d));
    }
    if (m_unlisted > 0) listed.push_back({m_file, 0, 0, Severity::error, fmt::format("and {} more", m_unlisted)});
    m_all.clear();
    return listed;
}

std::string didYouMean(std::string_view word, std::span<const std::string> candidates) {
    const std::string* best = nullptr;
    std::size_t least = std::max<std::size_t>(word.size() / 3, 1) + 1;
    if (word.size() > 60) return {};
    for (const std::string& candidate : candidates) {
        const std::size_t longer = std::max(candidate.size(), word.size()), shorter = std::min(candidate.size(), word.size());
        if (longer - shorter >= least) continue;
        const std::size_t steps = distance(word, candidate);
        if (steps < least) {
            least = steps;
            best = &candidate;
        }
    }
    return best == nullptr ? "" : fmt::format(" (did you mean '{}'?)", *best);
}

}  // namespace mailtrek::scenario
