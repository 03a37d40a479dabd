// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/override.h"

#include <fmt/format.h>

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

// The child whose name is the longest beginning of `path` that ends at a dot (or is all of it); what it took is removed from `path`.
std::optional<YAML::Node> descend(const YAML::Node& node, std::string_view& path, std::vector<std::string>& names) {
    std::optional<YAML::Node> best;
    std::size_t longest = 0;
    const auto consider = [&](const std::string& name, const YAML::Node& child) {
        names.push_back(name);
        const bool fits = path == name || (path.size() > name.size() && path.starts_with(name) && path[name.size()] == '.');
        if (fits && name.size() >= longest && !name.empty()) {
            longest = name.size();
            best = child;
        }
    };
    if (node.IsMap())
        for (const auto& pair : node)
            if (pair.first.IsScalar()) consider(pair.first.Scalar(), pair.second);
    if (node.IsSequence())
        for (const auto& item : node) consider(linkName(item), item);
    if (best) path.remove_prefix(std::min(longest + 1, path.size()));
    return best;
}

// Nodes and links must exist; keys of settings may be new.
bool namesThings(std::string_view first, std::size_t depth) { return depth == 1 && (first == "nodes" || first == "links"); }

}  // namespace

void setPath(YAML::Node& document, std::string_view path, const YAML::Node& value, const std::string& origin, Diagnostics& diagnostics) {
    const std::string_view first = path.substr(0, path.find('.'));
    YAML::Node at = document;
    std::string_view rest = path;
    for (std::size_t depth = 0;; ++depth) {
        std::vector<std::string> names;
        std::string_view next = rest;
        const auto child = descend(at, next, names);
        const bool last = child ? next.empty() : rest.find('.') == std::string_view::npos;
        if (!child && (namesThings(first, depth) || at.IsSequence())) {
            const std::string missing(rest.substr(0, rest.find('.')));
            return diagnostics.error(value, fmt::format("{}: there is no '{}' in {}{}", origin, missing, first, didYouMean(missing, names)));
        }
        if (last && child) {
            YAML::Node target = *child;
            if (at.IsMap())
                at[std::string(rest)] = value;
            else
                target = value;
            return;
        }
        if (rest.empty() || (!at.IsMap() && !child)) return diagnostics.error(value, fmt::format("{}: '{}' leads to no setting", origin, path));
        if (last) {
            at[std::string(rest)] = value;
            return;
        }
        if (!child) {
            const std::string key(rest.substr(0, rest.find('.')));
            at[key] = YAML::Node(YAML::NodeType::Map);
            at.reset(at[key]);
            rest.remove_prefix(key.size() + 1);
            continue;
        }
        if (child->IsNull()) {
            const std::string key(rest.substr(0, rest.size() - next.size() - 1));
            at[key] = YAML::Node(YAML::NodeType::Map);
            at.reset(at[key]);
        } else {
            at.reset(*child);
        }
        rest = next;
    }
}

void applyVariant(YAML::Node& document, const std::string& name, Diagnostics& diagnostics, std::vector<YAML::Node>& moreTimeline) {
    std::vector<std::string> names;
    const YAML::Node variants = document["variants"];
    std::optional<YAML::Node> chosen;
    if (variants.IsDefined() && variants.IsMap()) {
        for (const auto& pair : variants) {
            if (!pair.first.IsScalar()) continue;
            names.push_back(pair.first.Scalar());
            if (pair.first.Scalar() == name) chosen = pair.second;
        }
    }
    if (!chosen) return diagnostics.error(0, 0, fmt::format("there is no variant '{}'{}", name, didYouMean(name, names)));
    if (!chosen->IsMap()) return;
    for (const auto& pair : *chosen) {
        const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "";
        if (key == "title") document["title"] = pair.second;
        if (key == "expect") document["expect"] = pair.second;
        if (key == "timeline") moreTimeline.push_back(pair.second);
        if (key == "set" && !pair.second.IsMap()) diagnostics.error(pair.second, "set: must be a mapping of paths to values");
        if (key != "set" || !pair.second.IsMap()) continue;
        for (const auto& change : pair.second)
            if (change.first.IsScalar()) setPath(document, change.first.Scalar(), change.second, fmt::format("variants.{}.set", name), diagnostics);
    }
}

}  // namespace mailtrek::scenario
