// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/scenario.h"

#include <algorithm>

#include "sim/scenario/addressing.h"

namespace mailtrek::scenario {

NodeId Scenario::node(std::string_view name) const {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return n.name == name; });
    return found == nodes.end() ? NodeId{} : NodeId{static_cast<std::uint32_t>(found - nodes.begin())};
}

LinkId Scenario::link(std::string_view name) const {
    const auto found = std::find_if(links.begin(), links.end(), [&](const Link& l) { return l.name == name; });
    return found == links.end() ? LinkId{} : LinkId{static_cast<std::uint32_t>(found - links.begin())};
}

bool isDevice(NodeKind kind) {
    switch (kind) {
        case NodeKind::pc:
        case NodeKind::laptop:
        case NodeKind::phone:
        case NodeKind::tablet:
        case NodeKind::printer: return true;
        case NodeKind::mailServer:
        case NodeKind::dnsServer:
        case NodeKind::router:
        case NodeKind::switchNode: return false;
    }
    return false;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::string domainOf(std::string_view address) {
    const std::size_t at = address.rfind('@');
    return at == std::string_view::npos ? std::string{} : lowered(address.substr(at + 1));
}

bool servesDomain(const Node& node, std::string_view domain) {
    return std::any_of(node.domains.begin(), node.domains.end(), [&](const std::string& own) { return lowered(own) == domain; });
}

std::vector<NodeId> serversOf(const Scenario& scenario, std::string_view domain) {
    std::vector<NodeId> servers;
    for (std::size_t i = 0; i < scenario.nodes.size(); ++i)
        if (servesDomain(scenario.nodes[i], domain)) servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
    return servers;
}

trace::Cast castOf(const Scenario& scenario) {
    trace::Cast cast;
    cast.title = scenario.title;
    cast.about = scenario.about;
    cast.seed = scenario.seed;
    const Addresses addresses = assignAddresses(scenario);
    for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
        const Node& node = scenario.nodes[i];
        cast.nodes.push_back({node.name, node.label, node.kind, node.user, node.domains, addresses.ofNode[i], node.position, node.drawnByUs});
    }
    for (const Link& link : scenario.links) {
        const bool noise = link.settings[0].loss.perBillion + link.settings[1].loss.perBillion > 0;
        cast.links.push_back({link.name, link.between[0], link.between[1], link.mtu, noise, !link.rules[0].empty() || !link.rules[1].empty(), link.tap || link.stripStartTls});
    }
    for (const Entry& entry : scenario.timeline)
        if (const Send* send = std::get_if<Send>(&entry.action)) cast.mails.push_back(send->id);
    return cast;
}

}  // namespace mailtrek::scenario
