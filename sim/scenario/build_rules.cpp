// SPDX-License-Identifier: GPL-3.0-or-later
// What is scripted about a link: its `rules:`, and the connection that a `lose:` of the timeline names.
#include <fmt/format.h>

#include "sim/scenario/builder.h"

namespace mailtrek::scenario {

std::optional<int> Builder::directionTowards(const Node_& value, const Link& link) {
    const NodeId node = nodeNamed(value, "towards");
    if (!node.valid()) return std::nullopt;
    if (node == link.between[1]) return 0;
    if (node == link.between[0]) return 1;
    m_reader.error(value, fmt::format("towards: '{}' is no end of the link '{}'", m_scenario.nodes[node.index()].name, link.name));
    return std::nullopt;
}

void Builder::readRules(const Node_& rules, Link& link) {
    using Does = net::LinkRule::Action;
    m_reader.list(rules, "rules", [&](const Node_& item) {
        Map map(m_reader, item, "a rule");
        const auto lose = map.take("lose"), corrupt = map.take("corrupt");
        if (lose) readRule(*lose, Does::lose, link);
        if (corrupt) readRule(*corrupt, Does::corrupt, link);
        if (map.valid() && lose.has_value() == corrupt.has_value() && (lose || map.node().size() == 0)) m_reader.error(item, "a rule is { lose: {...} } or { corrupt: {...} }");
    });
}

void Builder::readRule(const Node_& value, net::LinkRule::Action action, Link& link) {
    using Counts = net::LinkRule::Counts;
    Map what(m_reader, value, "a rule");
    net::LinkRule rule;
    rule.action = action;
    std::optional<int> direction;
    if (const auto towards = what.require("towards")) direction = directionTowards(*towards, link);
    std::size_t counts = 0;
    const auto take = [&](std::string_view key, Counts which) {
        what.with(key, [&](const Node_& numbers) {
            ++counts;
            rule.counts = which;
            const auto one = [&](const Node_& n) {
                const bool last = which == Counts::mailSegment && n.IsScalar() && n.Scalar() == "-1";
                rule.numbers.push_back(last ? -1 : static_cast<std::int64_t>(m_reader.whole(n, key, 1, 1'000'000'000)));
            };
            if (numbers.IsSequence())
                m_reader.list(numbers, key, one);
            else
                one(numbers);
        });
    };
    take("data-segment", Counts::dataSegment);
    take("mail-segment", Counts::mailSegment);
    take("packet", Counts::packet);
    if (what.valid() && counts != 1) m_reader.error(value, "a rule names one of data-segment, mail-segment, packet");
    if (direction && counts == 1) link.rules[static_cast<std::size_t>(*direction)].push_back(std::move(rule));
}

std::optional<ConnectionName> Builder::connectionNamed(const Node_& value) {
    const std::string text = m_reader.text(value, "connection");
    return value.IsScalar() ? connectionNamed(text, value) : std::nullopt;
}

std::optional<ConnectionName> Builder::connectionNamed(const std::string& text, const Node_& value) {
    const std::size_t arrow = text.find('>'), colon = text.rfind(':');
    if (arrow == std::string::npos || colon == std::string::npos || colon < arrow) {
        m_reader.error(value, fmt::format("connection: '{}' is not written client>server:port", text));
        return std::nullopt;
    }
    const auto trimmed = [](std::string s) {
        s.erase(0, s.find_first_not_of(' '));
        s.erase(s.find_last_not_of(' ') + 1);
        return s;
    };
    ConnectionName name;
    const auto end = [&](const std::string& part) -> NodeId {
        if (const auto found = m_nodes.find(part); found != m_nodes.end()) return found->second;
        m_reader.error(value, fmt::format("connection: there is no node '{}'{}", part, didYouMean(part, nodeNames())));
        return {};
    };
    name.client = end(trimmed(text.substr(0, arrow)));
    name.server = end(trimmed(text.substr(arrow + 1, colon - arrow - 1)));
    name.port = static_cast<std::uint16_t>(m_reader.whole(trimmed(text.substr(colon + 1)), value, "port", 1, 65535));
    if (!name.client.valid() || !name.server.valid()) return std::nullopt;
    return name;
}

}  // namespace mailtrek::scenario
