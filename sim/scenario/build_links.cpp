// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/builder.h"
#include "sim/scenario/document.h"

namespace mailtrek::scenario {

void Builder::readLinks(const Node_& links) {
    m_reader.list(links, "links", [&](const Node_& item) {
        std::optional<Range> range;
        if (item.IsMap() && item["between"] && item["between"].IsSequence()) {
            for (const auto& end : item["between"]) {
                std::string problem;
                if (!range && end.IsScalar() && end.Scalar().find("..") != std::string::npos) range = parseRange(end.Scalar(), problem);
                if (!problem.empty()) m_reader.error(end, problem);
            }
        }
        if (!range) return readLink(item);
        if (range->last - range->first >= kMaxNodes) return m_reader.error(item, fmt::format("more than {} links", kMaxNodes));
        for (std::uint64_t n = range->first; n <= range->last && !(n > range->first && m_reader.diagnostics().failed()); ++n) {
            m_reader.number = n;
            readLink(item);
        }
        m_reader.number.reset();
    });
}

void Builder::readLink(const Node_& value) {
    Map map(m_reader, value, "a link");
    if (!map.valid()) return;
    Link link;
    link.mtu = m_mtu;
    link.settings = {m_link, m_link};
    std::vector<NodeId> ends;
    if (const auto between = map.require("between")) {
        m_reader.list(*between, "between", [&](const Node_& end) {
            std::string problem;
            const auto range = end.IsScalar() ? parseRange(end.Scalar(), problem) : std::nullopt;
            if (range && m_reader.number) {
                const Node_ numbered(fmt::format("{}{}{}", range->before, *m_reader.number, range->after));
                const auto found = m_nodes.find(numbered.Scalar());
                if (found == m_nodes.end()) m_reader.error(end, fmt::format("between: there is no node '{}'", numbered.Scalar()));
                ends.push_back(found == m_nodes.end() ? NodeId{} : found->second);
                return;
            }
            ends.push_back(nodeNamed(end, "between"));
        });
        if (between->IsSequence() && ends.size() != 2) m_reader.error(*between, "between is a list of two nodes");
        if (ends.size() == 2 && ends[0] == ends[1] && ends[0].valid()) m_reader.error(*between, "a link joins two different nodes");
    }
    const bool placed = ends.size() == 2 && ends[0].valid() && ends[1].valid() && ends[0] != ends[1];
    if (placed) link.between = {ends[0], ends[1]};
    if (placed) link.name = m_scenario.nodes[ends[0].index()].name + "-" + m_scenario.nodes[ends[1].index()].name;
    map.with("name", [&](const Node_& v) { link.name = m_reader.text(v, "name"); });
    map.with("mtu", [&](const Node_& v) {
        const Bytes mtu = m_reader.bytes(v, "mtu");
        if (mtu < Bytes{68} || mtu > Bytes{65536})
            m_reader.error(v, "mtu must be 68 B to 64 KiB");
        else if (mtu != Bytes{m_mtu})
            m_reader.unsupported(v, fmt::format("links with different mtu (this one is not {} B); fragmentation and path MTU discovery follow", m_mtu));
    });
    map.with("cost", [&](const Node_& v) { link.cost = static_cast<std::uint32_t>(m_reader.whole(v, "cost", 1, 65535)); });
    map.with("tap", [&](const Node_& v) {
        if (m_reader.boolean(v, "tap")) m_reader.unsupported(v, "tap: true");
    });
    map.with("strip-starttls", [&](const Node_& v) {
        if (m_reader.boolean(v, "strip-starttls")) m_reader.unsupported(v, "strip-starttls: true");
    });
    readLinkSettings(map, link.settings[0]);
    link.settings[1] = link.settings[0];
    for (const int direction : {0, 1}) {
        map.with(direction == 0 ? "forward" : "backward", [&](const Node_& v) {
            Map one(m_reader, v, direction == 0 ? "forward" : "backward");
            readLinkSettings(one, link.settings[static_cast<std::size_t>(direction)]);
        });
    }
    if (placed)
        map.with("rules", [&](const Node_& v) { readRules(v, link); });
    else
        map.take("rules");
    if (!placed) return;
    if (!m_links.emplace(link.name, LinkId{static_cast<std::uint32_t>(m_scenario.links.size())}).second) {
        return m_reader.error(value, fmt::format("there are two links '{}'; parallel links need names of their own (name:)", link.name));
    }
    m_scenario.links.push_back(std::move(link));
}

void Builder::readLinkSettings(Map& map, net::LinkSettings& settings) {
    map.with("rate", [&](const Node_& v) { settings.rate = m_reader.rate(v, "rate"); });
    map.with("delay", [&](const Node_& v) { settings.delay = m_reader.duration(v, "delay"); });
    map.with("jitter", [&](const Node_& v) { settings.jitter = m_reader.duration(v, "jitter"); });
    map.with("loss", [&](const Node_& v) {
        if (v.IsMap())
            m_reader.unsupported(v, "bursty loss (gilbert-elliott); a plain share is");
        else
            settings.loss = m_reader.share(v, "loss");
    });
    map.with("corrupt", [&](const Node_& v) { settings.corrupt = m_reader.share(v, "corrupt"); });
    map.with("duplicate", [&](const Node_& v) { settings.duplicate = m_reader.share(v, "duplicate"); });
    map.with("reorder", [&](const Node_& v) {
        Map reorder(m_reader, v, "reorder");
        if (const auto share = reorder.require("share")) settings.reorder = m_reader.share(*share, "share");
        if (const auto by = reorder.require("by")) settings.reorderBy = m_reader.duration(*by, "by");
    });
    map.with("queue", [&](const Node_& v) { settings.queue = readQueue(v); });
}

net::QueueLimit Builder::readQueue(const Node_& value) {
    if (value.IsMap()) {
        Map map(m_reader, value, "queue");
        map.with("model", [&](const Node_& v) {
            if (m_reader.choice(v, "model", {"drop-tail", "red", "codel"}) != 0) m_reader.unsupported(v, "queues other than drop-tail");
        });
        net::QueueLimit limit;
        if (const auto size = map.require("size")) limit = readQueue(*size);
        return limit;
    }
    const std::string text = m_reader.text(value, "queue");
    const std::size_t unit = text.find_first_not_of("0123456789 ");
    if (value.IsScalar() && unit != std::string::npos && (text.substr(unit) == "packets" || text.substr(unit) == "packet")) {
        const Node_ count(text.substr(0, text.find_first_of(" p")));
        std::uint64_t packets = 0;
        for (char c : count.Scalar()) packets = std::min<std::uint64_t>(packets * 10 + static_cast<std::uint64_t>(c - '0'), 1'000'001);
        if (count.Scalar().empty() || packets < 1 || packets > 1'000'000) m_reader.error(value, "queue must be 1 to 1,000,000 packets");
        return {.packets = std::max<std::uint64_t>(packets, 1)};
    }
    if (value.IsScalar() && unit == std::string::npos) {
        m_reader.error(value, fmt::format("queue: '{}' has no unit (packets, B, kB, ...)", text));
        return {};
    }
    const Bytes size = m_reader.bytes(value, "queue");
    return {.packets = net::QueueLimit::kUnlimited, .bytes = size.count};
}

std::optional<int> Builder::directionTowards(const Node_& value, const Link& link) {
    const NodeId node = nodeNamed(value, "towards");
    if (!node.valid()) return std::nullopt;
    if (node == link.between[1]) return 0;
    if (node == link.between[0]) return 1;
    m_reader.error(value, fmt::format("towards: '{}' is no end of the link '{}'", m_scenario.nodes[node.index()].name, link.name));
    return std::nullopt;
}

void Builder::readRules(const Node_& rules, Link& link) {
    m_reader.list(rules, "rules", [&](const Node_& item) {
        Map map(m_reader, item, "a rule");
        std::size_t actions = 0;
        for (const auto action : {net::LinkRule::Action::lose, net::LinkRule::Action::corrupt}) {
            map.with(action == net::LinkRule::Action::lose ? "lose" : "corrupt", [&](const Node_& v) {
                ++actions;
                Map what(m_reader, v, "a rule");
                net::LinkRule rule;
                rule.action = action;
                std::optional<int> direction;
                if (const auto towards = what.require("towards")) direction = directionTowards(*towards, link);
                std::size_t counts = 0;
                const auto take = [&](std::string_view key, net::LinkRule::Counts which) {
                    what.with(key, [&](const Node_& numbers) {
                        ++counts;
                        rule.counts = which;
                        const auto one = [&](const Node_& n) {
                            const bool last = which == net::LinkRule::Counts::mailSegment && n.IsScalar() && n.Scalar() == "-1";
                            rule.numbers.push_back(last ? -1 : static_cast<std::int64_t>(m_reader.whole(n, key, 1, 1'000'000'000)));
                        };
                        if (numbers.IsSequence())
                            m_reader.list(numbers, key, one);
                        else
                            one(numbers);
                    });
                };
                take("data-segment", net::LinkRule::Counts::dataSegment);
                take("mail-segment", net::LinkRule::Counts::mailSegment);
                take("packet", net::LinkRule::Counts::packet);
                if (what.valid() && counts != 1) m_reader.error(v, "a rule names one of data-segment, mail-segment, packet");
                if (direction && counts == 1) link.rules[static_cast<std::size_t>(*direction)].push_back(std::move(rule));
            });
        }
        if (map.valid() && actions != 1) m_reader.error(item, "a rule is { lose: {...} } or { corrupt: {...} }");
    });
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
    std::vector<std::string> names;
    for (const Link& link : m_scenario.links)
        if (names.size() < 1000) names.push_back(link.name);
    m_reader.error(value, fmt::format("{}: there is no link '{}'{}", what, name, didYouMean(name, names)));
    return {};
}

std::optional<ConnectionName> Builder::connectionNamed(const Node_& value) {
    const std::string text = m_reader.text(value, "connection");
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
    name.port = static_cast<std::uint16_t>(m_reader.whole(Node_(trimmed(text.substr(colon + 1))), "port", 1, 65535));
    if (!name.client.valid() || !name.server.valid()) return std::nullopt;
    return name;
}

// Mail that crosses domains needs a DNS server. One that is not drawn hangs by a lossless default link on the first router, else on the first mail server that sends abroad.
void Builder::addDns() {
    const auto& nodes = m_scenario.nodes;
    if (std::any_of(nodes.begin(), nodes.end(), [](const Node& n) { return n.kind == NodeKind::dnsServer; })) return;
    NodeId abroad;
    const auto crosses = [&](NodeId server, const std::string& address) {
        const auto& own = nodes[server.index()].domains;
        if (abroad.valid() || std::any_of(own.begin(), own.end(), [&](const std::string& d) { return domainOf("@" + d) == domainOf(address); })) return;
        abroad = server;
    };
    for (const Entry& entry : m_scenario.timeline) {
        const Send* send = std::get_if<Send>(&entry.action);
        if (send == nullptr) continue;
        const std::vector<NodeId> servers = serversOf(m_scenario, domainOf(send->from));
        if (servers.empty()) continue;
        for (const auto* list : {&send->to, &send->cc, &send->bcc})
            for (const std::string& to : *list) crosses(servers.front(), to);
    }
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const auto* forwards : {&nodes[i].aliases, &nodes[i].lists})
            for (const auto& [name, targets] : *forwards)
                for (const std::string& to : targets) crosses(NodeId{static_cast<std::uint32_t>(i)}, to);
    if (!abroad.valid()) return;
    const auto router = std::find_if(nodes.begin(), nodes.end(), [](const Node& n) { return n.kind == NodeKind::router; });
    const NodeId at = router != nodes.end() ? NodeId{static_cast<std::uint32_t>(router - nodes.begin())} : abroad;
    std::string name = "dns";
    while (m_nodes.contains(name)) name += "-";
    Node dns;
    dns.name = name;
    dns.kind = NodeKind::dnsServer;
    dns.tcp = m_tcp;
    dns.drawnByUs = true;
    const NodeId id{static_cast<std::uint32_t>(nodes.size())};
    m_nodes.emplace(name, id);
    m_nodeMarks.emplace_back();
    m_scenario.nodes.push_back(std::move(dns));
    Link link;
    link.name = m_scenario.nodes[at.index()].name + "-" + name;
    link.between = {at, id};
    link.mtu = m_mtu;
    m_links.emplace(link.name, LinkId{static_cast<std::uint32_t>(m_scenario.links.size())});
    m_scenario.links.push_back(std::move(link));
}

}  // namespace mailtrek::scenario
