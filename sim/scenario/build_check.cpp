// SPDX-License-Identifier: GPL-3.0-or-later
// What can be judged only when the whole file is read: the name server that nobody drew, addresses that contradict each other, and what will go wrong as it is drawn.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "sim/scenario/addressing.h"
#include "sim/scenario/builder.h"
#include "sim/scenario/reach.h"

namespace mailtrek::scenario {

// As serversOf, worked out once for all.
const std::vector<NodeId>& Builder::servers(const std::string& domain) {
    if (m_serversOf.empty()) {
        m_serversOf[""];
        for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i)
            for (const std::string& own : m_scenario.nodes[i].domains) m_serversOf[lowered(own)].push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    const auto found = m_serversOf.find(domain);
    return found == m_serversOf.end() ? m_serversOf.at("") : found->second;
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
        if (const Outside* outside = std::get_if<Outside>(&entry.action); outside != nullptr && !abroad.valid())
            abroad = servers(domainOf(nodes[outside->on.index()].user)).front();  // a real program may write to anybody
        const Send* send = std::get_if<Send>(&entry.action);
        if (send == nullptr) continue;
        const std::vector<NodeId>& home = servers(domainOf(send->from));
        if (home.empty()) continue;
        for (const auto* list : {&send->to, &send->cc, &send->bcc})
            for (const std::string& to : *list) crosses(home.front(), to);
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

void Builder::checkAddresses() {
    for (const AddressProblem& problem : addressProblems(m_scenario)) {
        const auto mark = m_addressMarks.find(m_scenario.nodes[problem.node.index()].name);
        m_reader.error(mark != m_addressMarks.end() ? mark->second : m_nodeMarks[problem.node.index()], problem.message);
    }
}

void Builder::warn() {
    warnOfRecipients();
    warnOfNames();
    warnOfRoutes();
    warnOfProtocols();
    warnOfLoops();
    warnOfMailboxes();
}

// Routers of different protocols side by side do not understand each other; a route by hand over somebody who is no neighbour leads nowhere.
void Builder::warnOfProtocols() {
    const Addresses addresses = assignAddresses(m_scenario);
    struct Segment {
        std::vector<NodeId> linkState, distanceVector;
    };
    std::map<wire::Ipv4Prefix, Segment> segments;
    std::map<NodeId, std::set<wire::Ipv4Prefix>> ofNode;  // of hosts and routers
    for (std::size_t l = 0; l < m_scenario.links.size(); ++l) {
        for (const std::size_t end : {0u, 1u}) {
            const NodeId id = m_scenario.links[l].between[end];
            const Node& node = m_scenario.nodes[id.index()];
            if (node.kind == NodeKind::switchNode) continue;
            const wire::Ipv4Prefix prefix = addresses.links[l][end].prefix;
            ofNode[id].insert(prefix);
            if (node.kind != NodeKind::router) continue;
            if (node.routing == Routing::linkState) segments[prefix].linkState.push_back(id);
            if (node.routing == Routing::distanceVector) segments[prefix].distanceVector.push_back(id);
        }
    }
    std::set<NodeId> told;
    for (const auto& [prefix, segment] : segments) {
        if (segment.linkState.empty()) continue;
        for (const NodeId router : segment.distanceVector)
            if (told.insert(router).second)
                m_reader.diagnostics().warning(m_nodeMarks[router.index()],
                                               fmt::format("router '{}' speaks distance-vector and its neighbour '{}' link-state: neither tells the other anything; give them "
                                                           "`routes:`, or the same `routing:`",
                                                           m_scenario.nodes[router.index()].name, m_scenario.nodes[segment.linkState.front().index()].name));
    }
    const auto neighbours = [&](NodeId a, NodeId b) {
        const auto one = ofNode.find(a), other = ofNode.find(b);
        if (one == ofNode.end() || other == ofNode.end()) return false;
        return std::ranges::any_of(one->second, [&](wire::Ipv4Prefix prefix) { return other->second.contains(prefix); });
    };
    const auto check = [&](NodeId router, const std::vector<StaticRoute>& routes) {
        for (const StaticRoute& route : routes)
            if (!neighbours(router, route.via))
                m_reader.diagnostics().warning(m_nodeMarks[router.index()], fmt::format("node '{}': the route to '{}' goes via '{}', which is no neighbour: it has no effect",
                                                                                        m_scenario.nodes[router.index()].name, m_scenario.nodes[route.to.index()].name,
                                                                                        m_scenario.nodes[route.via.index()].name));
    };
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) check(NodeId{static_cast<std::uint32_t>(i)}, m_scenario.nodes[i].routes);
    for (const Entry& entry : m_scenario.timeline)
        if (const auto* set = std::get_if<SetNode>(&entry.action); set != nullptr && set->routes) check(set->node, *set->routes);
}

// Frames would run in circles for ever, were no port blocked.
void Builder::warnOfLoops() {
    std::vector<std::uint32_t> parent(m_scenario.nodes.size());
    std::iota(parent.begin(), parent.end(), 0u);
    const auto root = [&parent](std::uint32_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    const auto isSwitch = [this](NodeId node) { return m_scenario.nodes[node.index()].kind == NodeKind::switchNode; };
    for (std::size_t l = 0; l < m_linkMarks.size(); ++l) {
        const auto& [first, second] = m_scenario.links[l].between;
        if (!isSwitch(first) || !isSwitch(second)) continue;
        const std::uint32_t one = root(first.value), other = root(second.value);
        parent[std::max(one, other)] = std::min(one, other);
        if (one != other) continue;
        m_reader.diagnostics().warning(
            m_linkMarks[l],
            fmt::format("link '{}' closes a loop of switches: a port is blocked, as spanning tree would, until another link of the loop fails", m_scenario.links[l].name));
    }
}

void Builder::warnOfRecipients() {
    std::set<std::string> domains, takers;  // what some server serves, and the addresses (or "*@domain") it knows
    for (const Node& node : m_scenario.nodes) {
        for (const std::string& domain : node.domains) domains.insert(lowered(domain));
        for (const dns::ZoneFact& zone : node.zones) domains.insert(lowered(zone.domain));
        for (const Mailbox& box : node.mailboxes) takers.insert(lowered(box.address));
        for (const auto* forwards : {&node.aliases, &node.lists})
            for (const auto& [name, targets] : *forwards) takers.insert(lowered(name));
    }
    const auto known = [&](const std::string& address) {
        const std::string local = lowered(address.substr(0, address.rfind('@')));
        return takers.contains(lowered(address)) || takers.contains("*@" + domainOf(address)) || local == "postmaster";  // RFC 5321 4.5.1
    };
    for (const Entry& entry : m_scenario.timeline) {
        const Send* send = std::get_if<Send>(&entry.action);
        if (send == nullptr) continue;
        const Node_& mark = m_mails.at(send->id);
        for (const auto* list : {&send->to, &send->cc, &send->bcc}) {
            for (const std::string& to : *list) {
                if (!domains.contains(domainOf(to)))
                    m_reader.diagnostics().warning(mark, fmt::format("mail '{}': no server serves the domain of '{}'; it will come back", send->id, to));
                else if (!known(to))
                    m_reader.diagnostics().warning(mark, fmt::format("mail '{}': no server has a mailbox '{}'; it will come back", send->id, to));
            }
        }
    }
}

// Where only name servers for certain zones are drawn, a domain may be left out.
void Builder::warnOfNames() {
    std::set<std::string> zones;
    bool drawn = false;
    for (const Node& node : m_scenario.nodes) {
        if (node.kind != NodeKind::dnsServer) continue;
        if (node.dnsRole == DnsRole::all) return;
        drawn = true;
        for (const dns::ZoneFact& zone : node.zones) zones.insert(lowered(zone.domain));
    }
    if (!drawn) return;
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i)
        for (const std::string& domain : m_scenario.nodes[i].domains)
            if (!zones.contains(lowered(domain)))
                m_reader.diagnostics().warning(m_nodeMarks[i], fmt::format("no name server has the zone '{}': others cannot find out who takes its mail", domain));
}

void Builder::warnOfRoutes() {
    const Reach reach(m_scenario);
    std::vector<bool> linked(m_scenario.nodes.size());
    for (const Link& link : m_scenario.links)
        for (const NodeId end : link.between) linked[end.index()] = true;
    for (std::size_t i = 0; i < linked.size(); ++i) {
        const Node& node = m_scenario.nodes[i];
        const NodeId id{static_cast<std::uint32_t>(i)};
        if (!linked[i]) {
            m_reader.diagnostics().warning(m_nodeMarks[i], fmt::format("node '{}' has no link: nothing reaches it", node.name));
            continue;
        }
        const auto& home = servers(domainOf(node.user));
        if (isDevice(node.kind) && !home.empty() && std::none_of(home.begin(), home.end(), [&](NodeId server) { return reach.connected(id, server); }))
            m_reader.diagnostics().warning(
                m_nodeMarks[i], fmt::format("node '{}' has no route to its mail server '{}' (only routers forward)", node.name, m_scenario.nodes[home.front().index()].name));
    }
    std::set<std::pair<std::string, std::string>> told;
    for (const Entry& entry : m_scenario.timeline) {
        const Send* send = std::get_if<Send>(&entry.action);
        if (send == nullptr) continue;
        const auto& from = servers(domainOf(send->from));
        for (const auto* list : {&send->to, &send->cc, &send->bcc}) {
            for (const std::string& recipient : *list) {
                const auto& to = servers(domainOf(recipient));
                if (from.empty() || to.empty() || m_scenario.nodes[from.front().index()].smarthost.valid()) continue;
                if (std::any_of(to.begin(), to.end(), [&](NodeId server) { return reach.connected(from.front(), server); })) continue;
                const std::string &here = m_scenario.nodes[from.front().index()].name, &there = m_scenario.nodes[to.front().index()].name;
                if (told.emplace(here, there).second)
                    m_reader.diagnostics().warning(m_nodeMarks[from.front().index()], fmt::format("node '{}' has no route to '{}' (only routers forward)", here, there));
            }
        }
    }
}

void Builder::warnOfMailboxes() {
    constexpr std::size_t kMostNamed = 20;
    std::set<std::string> users;
    for (const Node& node : m_scenario.nodes)
        if (!node.user.empty()) users.insert(lowered(node.user));
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        std::vector<const Mailbox*> unread;
        for (const Mailbox& box : m_scenario.nodes[i].mailboxes)
            if (!users.contains(lowered(box.address))) unread.push_back(&box);
        if (unread.size() > kMostNamed) {
            m_reader.diagnostics().warning(m_nodeMarks[i], fmt::format("nobody reads {} mailboxes of '{}' (no device has these users)", unread.size(), m_scenario.nodes[i].name));
            continue;
        }
        for (const Mailbox* box : unread) m_reader.diagnostics().warning(m_nodeMarks[i], fmt::format("nobody reads the mailbox '{}' (no device has this user)", box->address));
    }
}

}  // namespace mailtrek::scenario
