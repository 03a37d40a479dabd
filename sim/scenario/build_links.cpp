// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/builder.h"
#include "sim/scenario/document.h"

namespace mailtrek::scenario {

void Builder::readLinks(const Node_& links) {
    m_reader.list(links, "links", [&](const Node_& item) {
        std::optional<Range> range;
        for (const auto& pair : item.IsMap() ? item : Node_(YAML::NodeType::Map)) {
            if (!pair.first.IsScalar() || pair.first.Scalar() != "between" || !pair.second.IsSequence()) continue;
            for (const auto& end : pair.second) {
                std::string problem;
                const auto one = end.IsScalar() && end.Scalar().find("..") != std::string::npos ? parseRange(end.Scalar(), problem) : std::nullopt;
                if (!problem.empty()) return m_reader.error(end, problem);
                if (one && range && (one->first != range->first || one->last != range->last)) return m_reader.error(end, "two ranges in between: must have the same numbers");
                if (one) range = one;
            }
        }
        if (!range) return readLink(item);
        if (range->last - range->first >= kMaxLinks) return m_reader.error(item, fmt::format("more than {} links", kMaxLinks));
        forRange(*range, item, [&](std::uint64_t) { readLink(item); });
    });
}

// One end in `between:`, where a range stands for its present number.
NodeId Builder::endNamed(const Node_& value) {
    std::string problem;
    const auto range = value.IsScalar() && m_reader.number ? parseRange(value.Scalar(), problem) : std::nullopt;
    if (!range) return nodeNamed(value, "between");
    const std::string name = fmt::format("{}{}{}", range->before, *m_reader.number, range->after);
    if (const auto found = m_nodes.find(name); found != m_nodes.end()) return found->second;
    m_reader.error(value, fmt::format("between: there is no node '{}'", name));
    return {};
}

bool Builder::readEnds(const Node_& between, std::array<NodeId, 2>& ends) {
    std::vector<NodeId> all;
    m_reader.list(between, "between", [&](const Node_& end) { all.push_back(endNamed(end)); });
    if (!between.IsSequence()) return false;
    if (all.size() != 2) {
        m_reader.error(between, "between is a list of two nodes");
        return false;
    }
    if (all[0].valid() && all[0] == all[1]) m_reader.error(between, fmt::format("a link joins two different nodes, not '{}' and itself", m_scenario.nodes[all[0].index()].name));
    ends = {all[0], all[1]};
    return all[0].valid() && all[1].valid() && all[0] != all[1];
}

std::uint32_t Builder::readMtu(const Node_& value) {
    const std::size_t errors = m_reader.diagnostics().errors();
    const Bytes mtu = m_reader.bytes(value, "mtu");
    if (m_reader.diagnostics().errors() > errors) return m_mtu;
    if (mtu >= Bytes{68} && mtu <= Bytes{65536}) return static_cast<std::uint32_t>(mtu.count);  // 68: RFC 791 3.2
    m_reader.error(value, "mtu must be 68 B to 64 KiB");
    return m_mtu;
}

void Builder::readLink(const Node_& value) {
    Map map(m_reader, value, "a link");
    if (!map.valid()) return;
    Link link;
    link.settings = {m_link, m_link};
    const auto between = map.require("between");
    const bool placed = between && readEnds(*between, link.between);
    if (placed) link.name = m_scenario.nodes[link.between[0].index()].name + "-" + m_scenario.nodes[link.between[1].index()].name;
    map.with("name", [&](const Node_& v) {
        link.name = m_reader.text(v, "name");
        if (v.IsScalar() && v.Scalar().empty()) m_reader.error(v, "name must not be empty");
    });
    link.mtu = m_mtu;
    map.with("mtu", [&](const Node_& v) { link.mtu = readMtu(v); });
    map.with("cost", [&](const Node_& v) { link.cost = static_cast<std::uint32_t>(m_reader.whole(v, "cost", 1, 65535)); });
    readTap(map, link);
    readLinkSettings(map, link.settings[0]);
    link.settings[1] = link.settings[0];
    for (const int direction : {0, 1}) {
        map.with(direction == 0 ? "forward" : "backward", [&](const Node_& v) {
            Map one(m_reader, v, direction == 0 ? "forward" : "backward");
            readLinkSettings(one, link.settings[static_cast<std::size_t>(direction)]);
        });
    }
    const auto rules = map.take("rules");
    if (!placed) return;
    if (rules) readRules(*rules, link);
    if (!m_links.emplace(link.name, LinkId{static_cast<std::uint32_t>(m_scenario.links.size())}).second)
        return m_reader.error(value, fmt::format("there are two links '{}'; parallel links need names of their own (name:)", link.name));
    m_scenario.links.push_back(std::move(link));
    m_linkMarks.push_back(value);
    if (m_scenario.links.size() == kMaxLinks + 1) m_reader.error(value, fmt::format("more than {} links", kMaxLinks));
}

LinkId Builder::linkNamed(const Node_& value, std::string_view what) {
    const std::string name = m_reader.text(value, what);
    if (!value.IsScalar()) return {};
    if (const auto found = m_links.find(name); found != m_links.end()) return found->second;
    if (const std::size_t dash = name.find('-'); dash != std::string::npos) {  // the other way round serves as well
        for (const Link& link : m_scenario.links) {
            const std::string turned = m_scenario.nodes[link.between[1].index()].name + "-" + m_scenario.nodes[link.between[0].index()].name;
            if (turned == name) return m_links.at(link.name);
        }
    }
    m_reader.error(value, fmt::format("{}: there is no link '{}'{}", what, name, didYouMean(name, linkNames())));
    return {};
}

std::vector<std::string> Builder::linkNames() const {
    std::vector<std::string> names;
    for (const Link& link : m_scenario.links)
        if (names.size() < 1000) names.push_back(link.name);
    return names;
}

}  // namespace mailtrek::scenario
