// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/override.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>

namespace mailtrek::scenario {
namespace {

std::string linkName(const YAML::Node& link) {
    if (!link.IsMap()) return {};
    for (const auto& pair : link)
        if (pair.first.IsScalar() && pair.first.Scalar() == "name" && pair.second.IsScalar()) return pair.second.Scalar();
    for (const auto& pair : link) {
        if (!pair.first.IsScalar() || pair.first.Scalar() != "between" || !pair.second.IsSequence() || pair.second.size() != 2) continue;
        if (pair.second[0].IsScalar() && pair.second[1].IsScalar()) return pair.second[0].Scalar() + "-" + pair.second[1].Scalar();
    }
    return {};
}

std::string nameOf(const YAML::Node& key) { return key.IsScalar() ? key.Scalar() : std::string{}; }

// One setting being changed: goes down the path and gives the tree back with the change in it. What it passes through is copied, so that a value that the file
// repeats by an alias changes only where the path leads.
class Change {
public:
    Change(std::string_view path, const YAML::Node& value, const ChangeOrigin& origin, Diagnostics& diagnostics)
        : m_path(path), m_value(value), m_origin(origin), m_diagnostics(diagnostics) {}

    // `rest` of the path, from `at`; nothing when the path leads nowhere (which is reported).
    std::optional<YAML::Node> apply(const YAML::Node& at, std::string_view rest, int depth) {
        const bool mapping = at.IsMap() || at.IsNull();
        if (!mapping && !at.IsSequence()) return wrong(fmt::format("'{}' leads to no setting", m_path));
        std::vector<std::string> names;
        if (at.IsMap())
            for (const auto& pair : at) names.push_back(nameOf(pair.first));
        if (at.IsSequence())
            for (const auto& item : at) names.push_back(linkName(item));
        const std::size_t found = longestFit(names, rest);
        const bool known = found < names.size();
        const std::string key = known ? names[found] : std::string(rest.substr(0, rest.find('.')));
        const std::string_view first = m_path.substr(0, m_path.find('.'));
        const bool mustExist = at.IsSequence() || (depth == 1 && (first == "nodes" || first == "links"));  // keys of settings may be new
        if (!known && mustExist) return wrong(fmt::format("there is no '{}' in {}{}", key, first, didYouMean(key, names)));
        const bool last = rest.size() == key.size();
        // Never assigned: assigning to a YAML::Node changes the node that it stands for.
        const std::optional<YAML::Node> child = last ? std::optional(m_value) : apply(known ? childOf(at, found) : made(), rest.substr(key.size() + 1), depth + 1);
        if (!child) return std::nullopt;
        return mapping ? withPair(at, known ? found : names.size(), key, *child) : withItem(at, found, *child);
    }

    std::nullopt_t wrong(const std::string& why) {
        if (m_origin.words.empty())
            m_diagnostics.error(m_origin.place, why);
        else
            m_diagnostics.error(0, 0, fmt::format("{}: {}", m_origin.words, why));
        return std::nullopt;
    }

private:
    // Of the names that begin `rest` and end at a dot or its end, the longest (names may hold dots).
    static std::size_t longestFit(const std::vector<std::string>& names, std::string_view rest) {
        std::size_t best = names.size();
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string& name = names[i];
            const bool fits = !name.empty() && rest.starts_with(name) && (rest.size() == name.size() || rest[name.size()] == '.');
            if (fits && (best == names.size() || name.size() > names[best].size())) best = i;
        }
        return best;
    }
    static YAML::Node childOf(const YAML::Node& at, std::size_t index) {
        auto item = at.begin();
        std::advance(item, static_cast<std::ptrdiff_t>(index));
        return at.IsMap() ? item->second : YAML::Node(*item);
    }
    YAML::Node made() {
        YAML::Node map(YAML::NodeType::Map);
        blame(map);
        return map;
    }
    void blame(const YAML::Node& node) {
        if (m_origin.words.empty())
            m_diagnostics.standsAt(node, m_origin.place);
        else
            m_diagnostics.cameFrom(node, m_origin.words);
    }
    YAML::Node withPair(const YAML::Node& at, std::size_t index, const std::string& key, const YAML::Node& value) {
        YAML::Node copy(YAML::NodeType::Map);
        m_diagnostics.standsAt(copy, at);
        std::size_t i = 0;
        if (at.IsMap())
            for (const auto& pair : at) copy.force_insert(pair.first, i++ == index ? value : pair.second);
        if (index < i) return copy;
        YAML::Node name(key);
        blame(name);
        copy.force_insert(name, value);
        return copy;
    }
    YAML::Node withItem(const YAML::Node& at, std::size_t index, const YAML::Node& value) {
        YAML::Node copy(YAML::NodeType::Sequence);
        m_diagnostics.standsAt(copy, at);
        std::size_t i = 0;
        for (const auto& item : at) copy.push_back(i++ == index ? value : YAML::Node(item));
        return copy;
    }

    std::string_view m_path;
    const YAML::Node& m_value;
    const ChangeOrigin& m_origin;
    Diagnostics& m_diagnostics;
};

}  // namespace

void setPath(YAML::Node& document, std::string_view path, const YAML::Node& value, const ChangeOrigin& origin, Diagnostics& diagnostics) {
    Change change(path, value, origin, diagnostics);
    if (path.empty() || path.front() == '.' || path.back() == '.' || path.find("..") != std::string_view::npos) {
        change.wrong(fmt::format("'{}' is no path (write for example links.backbone.loss)", path));
        return;
    }
    if (const auto changed = change.apply(document, path, 0)) document.reset(*changed);
}

void applyVariant(YAML::Node& document, const std::string& name, Diagnostics& diagnostics, std::vector<YAML::Node>& moreTimeline) {
    std::vector<std::string> names;
    std::optional<YAML::Node> chosen;
    for (const auto& section : document) {
        if (nameOf(section.first) != "variants" || !section.second.IsMap()) continue;
        for (const auto& pair : section.second) {
            names.push_back(nameOf(pair.first));
            if (names.back() == name && !chosen) chosen.emplace(pair.second);
        }
    }
    if (!chosen) return diagnostics.error(0, 0, fmt::format("there is no variant '{}'{}", name, didYouMean(name, names)));
    if (!chosen->IsMap()) return;
    for (const auto& pair : *chosen) {
        const std::string key = nameOf(pair.first);
        if (key == "title" || key == "expect") setPath(document, key, pair.second, {{}, pair.first}, diagnostics);
        if (key == "timeline") moreTimeline.push_back(pair.second);
        if (key != "set" || !pair.second.IsMap()) continue;
        for (const auto& change : pair.second)
            if (change.first.IsScalar()) setPath(document, change.first.Scalar(), change.second, {{}, change.first}, diagnostics);
    }
}

}  // namespace mailtrek::scenario
