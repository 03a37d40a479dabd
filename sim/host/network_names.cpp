// SPDX-License-Identifier: GPL-3.0-or-later
// Who knows which names: the zones of each name server, and whom each host asks.
//
// Hosts ask the servers of role `recursive`; where there are none, those of role `all`; where there are none either, each mail server finds out by itself, beginning at the root or
// the topmost zones that are drawn.
#include <algorithm>
#include <map>

#include "sim/host/network.h"
#include "sim/kernel/dice.h"
#include "sim/mail/dkim.h"

namespace mailtrek::host {
namespace {

using scenario::DnsRole;
using scenario::Node;
using trace::NodeKind;

bool serves(const Node& node, DnsRole role) { return node.kind == NodeKind::dnsServer && node.dnsRole == role; }

// Drawn for certain zones.
bool servesZones(const Node& node) { return node.kind == NodeKind::dnsServer && node.dnsRole != DnsRole::all && !node.zones.empty(); }

// The keys to what mail servers sign, or will when the timeline tells them to.
std::vector<dns::TextFact> keysOfSigners(const scenario::Scenario& scenario) {
    std::vector<bool> signs(scenario.nodes.size());
    for (std::size_t i = 0; i < signs.size(); ++i) signs[i] = scenario.nodes[i].policy.dkimSigns;
    for (const scenario::Entry& entry : scenario.timeline)
        if (const auto* set = std::get_if<scenario::SetNode>(&entry.action); set != nullptr && set->policy.dkimSigns.value_or(false)) signs[set->node.index()] = true;
    std::vector<dns::TextFact> keys;
    for (std::size_t i = 0; i < signs.size(); ++i) {
        if (!signs[i]) continue;
        for (const std::string& domain : scenario.nodes[i].domains) {
            const mail::DkimKey key = mail::modelledKey(domain);
            keys.push_back({mail::dkimKeyName(key), mail::dkimKeyRecord(key)});
        }
    }
    return keys;
}

}  // namespace

std::vector<wire::Ipv4Address> Network::nameServers() const {
    for (const DnsRole role : {DnsRole::recursive, DnsRole::all}) {
        std::vector<wire::Ipv4Address> servers;
        for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
            if (!serves(m_scenario.nodes[i], role)) continue;
            const auto addresses = scenario::publicAddresses(m_scenario, m_addresses, NodeId{static_cast<std::uint32_t>(i)});
            if (!addresses.empty()) servers.push_back(addresses.front());
        }
        if (!servers.empty()) return servers;
    }
    return {};
}

dns::HostFact Network::hostFact(NodeId id) const {
    const Node& node = m_scenario.nodes[id.index()];
    dns::HostFact host{node.name, scenario::publicAddresses(m_scenario, m_addresses, id), node.domains};
    if (servesZones(node))
        for (const dns::ZoneFact& zone : node.zones) host.domains.push_back(zone.domain);
    return host;
}

dns::ZoneFacts Network::zoneFacts(NodeId server) const {
    dns::ZoneFacts facts;
    std::map<std::string, dns::MailDomainFact> domains;
    std::map<std::string, dns::ServedZone> served;
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        const Node& node = m_scenario.nodes[i];
        if (serves(node, DnsRole::all)) facts.nameServers.push_back(node.name);
        if (servesZones(node))
            for (const dns::ZoneFact& zone : node.zones)
                served.try_emplace(scenario::lowered(zone.domain), dns::ServedZone{zone.domain, {}}).first->second.nodes.push_back(node.name);
        if (node.kind == NodeKind::mailServer || node.kind == NodeKind::dnsServer) facts.hosts.push_back(hostFact(NodeId{static_cast<std::uint32_t>(i)}));
        for (const std::string& domain : node.domains)
            domains.try_emplace(domain, dns::MailDomainFact{domain, {}}).first->second.servers.push_back({node.name, dns::kOwnMxPreference});
    }
    for (const Node& node : m_scenario.nodes)
        for (const std::string& domain : node.backupFor)
            if (const auto found = domains.find(domain); found != domains.end()) found->second.servers.push_back({node.name, dns::kBackupMxPreference});
    for (auto& [name, domain] : domains) facts.domains.push_back(domain);
    for (auto& [name, zone] : served) facts.served.push_back(zone);
    facts.texts = keysOfSigners(m_scenario);
    facts.zones = m_scenario.nodes[server.index()].zones;
    facts.all = m_scenario.nodes[server.index()].dnsRole == DnsRole::all;
    return facts;
}

// The servers of the topmost zones that others than `self` serve; of the root, if it is drawn.
std::vector<dns::Delegation> Network::rootHints(NodeId self) const {
    std::map<dns::Name, dns::Delegation> hints;
    const auto add = [&](const dns::Name& zone, NodeId server) {
        const dns::HostFact fact = hostFact(server);
        const auto name = dns::Name::parse(dns::hostName(fact));
        if (server == self || !name || fact.addresses.empty()) return;
        dns::Delegation& hint = hints.try_emplace(zone, dns::Delegation{.zone = zone, .servers = {}, .addresses = {}}).first->second;
        hint.servers.push_back(*name);
        hint.addresses[*name] = fact.addresses;
    };
    const auto each = [&](auto&& call) {
        for (std::uint32_t i = 0; i < m_scenario.nodes.size(); ++i) call(NodeId{i}, m_scenario.nodes[i]);
    };
    each([&](NodeId id, const Node& node) {
        if (!servesZones(node)) return;
        for (const dns::ZoneFact& zone : node.zones)
            if (const auto name = dns::Name::parse(zone.domain)) add(*name, id);
    });
    const bool selfIsRoot = self.valid() && m_scenario.nodes[self.index()].dnsRole == DnsRole::all;
    if (!hints.contains(dns::Name{}) && !selfIsRoot)
        each([&](NodeId id, const Node& node) {
            if (serves(node, DnsRole::all)) add(dns::Name{}, id);
        });
    std::vector<dns::Delegation> topmost;
    for (const auto& [zone, hint] : hints) {
        const bool below = std::ranges::any_of(hints, [&zone = zone](const auto& other) { return other.first != zone && zone.isWithin(other.first); });
        if (!below) topmost.push_back(hint);
    }
    return topmost;
}

ResolverService& Network::makeResolver(Machine& machine) {
    dns::ResolverOptions options;
    options.servers = nameServers();
    options.seed = m_scenario.seed;
    options.host = hashText(machine.name());
    if (!options.servers.empty()) return machine.run<ResolverService>(machine, options);
    std::vector<dns::Delegation> hints = rootHints({});
    if (hints.empty()) return machine.run<ResolverService>(machine, options);
    return machine.run<ResolverService>(machine, dns::RecursionOptions{.hints = std::move(hints), .seed = options.seed, .host = options.host});
}

void Network::makeNameServer(NodeId id, Machine& machine) {
    std::vector<dns::Zone> zones = dns::buildZones(zoneFacts(id)).zones;
    const DnsRole role = m_scenario.nodes[id.index()].dnsRole;
    ResolverService* resolver = nullptr;
    if (role != DnsRole::authoritative) {
        std::vector<dns::Delegation> hints = rootHints(id);
        std::ranges::move(dns::delegationsOf(zones), std::back_inserter(hints));  // what its own zones say goes before
        if (!hints.empty())
            resolver = &machine.run<ResolverService>(
                machine, dns::RecursionOptions{.hints = std::move(hints), .seed = m_scenario.seed, .host = hashText(machine.name()), .reason = trace::DnsReason::onBehalf});
    }
    m_nameServices[id.index()] = &machine.run<NameService>(machine, dns::NameServer(std::move(zones), role != DnsRole::authoritative), resolver);
}

}  // namespace mailtrek::host
