// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/reader.h"

namespace mailtrek::scenario {

Map::Map(Reader& reader, const YAML::Node& node, std::string_view what) : m_reader(reader), m_node(node), m_what(what) {
    if (!node.IsMap()) {
        m_reader.error(node, fmt::format("{} must be a mapping of keys to values", what));
        return;
    }
    m_valid = true;
    for (const auto& pair : node) {
        if (!pair.first.IsScalar()) {
            m_reader.error(pair.first, fmt::format("a key of {} must be a plain word", what));
            continue;
        }
        const auto [known, isNew] = m_places.emplace(pair.first.Scalar(), m_pairs.size());
        if (isNew)
            m_pairs.emplace_back(pair.first, pair.second);
        else
            m_reader.error(pair.first, fmt::format("duplicate key '{}' (first on line {})", pair.first.Scalar(), m_pairs[known->second].first.Mark().line + 1));
    }
}

Map::~Map() {
    if (m_named) return;
    for (const auto& [key, value] : m_pairs) {
        if (std::find(m_known.begin(), m_known.end(), key.Scalar()) != m_known.end()) continue;
        std::string hint = didYouMean(key.Scalar(), m_known);
        if (hint.empty()) hint = fmt::format(" (it may hold {})", fmt::join(m_known, ", "));
        m_reader.error(key, fmt::format("unknown key '{}' in {}{}", key.Scalar(), m_what, hint));
    }
}

std::optional<YAML::Node> Map::take(std::string_view key) {
    if (std::find(m_known.begin(), m_known.end(), key) == m_known.end()) m_known.emplace_back(key);
    const auto found = m_places.find(key);
    if (found == m_places.end()) return std::nullopt;
    return m_pairs[found->second].second;
}

std::optional<YAML::Node> Map::require(std::string_view key) {
    auto value = take(key);
    if (!value && m_valid) m_reader.error(m_node, fmt::format("{} needs '{}:'", m_what, key));
    return value;
}

const std::vector<std::pair<YAML::Node, YAML::Node>>& Map::pairs() {
    m_named = true;
    return m_pairs;
}

bool Map::has(std::string_view key) const { return m_places.contains(key); }

}  // namespace mailtrek::scenario
