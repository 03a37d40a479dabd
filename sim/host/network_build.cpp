// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sim/host/network.h"
#include "sim/host/web_service.h"
#include "sim/kernel/dice.h"

namespace mailtrek::host {

using scenario::Node;
using trace::NodeKind;

namespace {

std::string mailHostName(const Node& node) { return dns::hostName({node.name, {}, node.domains}); }

// What a device does about TLS, as its own key and the account at its server say.
void setTls(DeviceOptions& options, const Node& device, const Node& server) {
    options.serverName = mailHostName(server);
    options.implicitTls = device.deviceTls == scenario::DeviceTls::implicit;
    const bool must = device.deviceTls == scenario::DeviceTls::require || options.implicitTls || server.startTls == scenario::StartTls::require;
    options.tls = device.deviceTls == scenario::DeviceTls::off ? mail::TlsWish::never : must ? mail::TlsWish::always : mail::TlsWish::ifOffered;
}

}  // namespace

Network::Network(const scenario::Scenario& scenario, trace::Sink sink, trace::Recording* recording)
    : m_scenario(scenario), m_addresses(scenario::assignAddresses(scenario)), m_recording(recording), m_world(sink, recording, scenario.seed) {
    m_component = m_world.simulator.add(this);  // first: at equal times the timeline comes before everything else
    const std::size_t nodes = scenario.nodes.size();
    m_machines.resize(nodes);
    m_switches.resize(nodes);
    m_servers.resize(nodes);
    m_devices.resize(nodes);
    m_checks.resize(nodes);
    findRoaming();
    m_outside.resize(nodes);
    m_nameServices.resize(nodes);
    for (const scenario::Entry& entry : scenario.timeline) {
        const auto* send = std::get_if<scenario::Send>(&entry.action);
        if (send == nullptr) continue;
        m_mailIds[send->id] = MailId{static_cast<std::uint32_t>(m_mailNames.size())};
        m_mailNames.push_back(send->id);
        m_messageIds.emplace_back();
    }
    m_world.newNotice = [this](MailId about) { return m_world.newLetter(fmt::format("notice-of-{}", about.valid() ? m_mailNames[about.index()] : "nothing")); };
    m_world.newLetter = [this](const std::string& stem) {
        const MailId id{static_cast<std::uint32_t>(m_mailNames.size())};
        std::string name = stem;
        for (int n = 2; m_mailIds.contains(name); ++n) name = fmt::format("{}-{}", stem, n);
        m_mailIds[name] = id;
        m_mailNames.push_back(name);
        m_messageIds.emplace_back();
        if (m_recording != nullptr) m_recording->mutableCast().mails.push_back(name);
        return id;
    };
    if (recording != nullptr) recording->mutableCast() = scenario::castOf(scenario);
    for (std::size_t i = 0; i < nodes; ++i)
        for (const wire::Ipv4Address address : m_addresses.ofNode[i]) m_world.nodeByAddress[address.value] = NodeId{static_cast<std::uint32_t>(i)};
    m_partOf = numberParts();
    m_parts.resize(nodes == 0 ? 0 : 1 + *std::ranges::max_element(m_partOf));
    makeLinks();
    makeMachines();
    connectLinks();
    makeRouters();
    makePrograms();
}

Network::~Network() = default;

void Network::makeLinks() {
    for (std::size_t i = 0; i < m_scenario.links.size(); ++i) {
        const scenario::Link& link = m_scenario.links[i];
        net::LinkConfig config;
        config.id = LinkId{static_cast<std::uint32_t>(i)};
        config.name = link.name;
        config.nodes = link.between;
        config.mtu = link.mtu;
        config.framed = std::ranges::any_of(link.between, [this](NodeId end) { return m_scenario.nodes[end.index()].kind == NodeKind::switchNode; });
        config.settings = link.settings;
        config.rules = link.rules;
        m_links.push_back(std::make_unique<net::Link>(std::move(config), m_scenario.seed, m_world.simulator, m_world.tracer, m_world.flights));
        if (!link.tap && !link.stripStartTls) continue;
        m_taps.push_back(std::make_unique<Tap>(m_world, link.stripStartTls));
        m_links.back()->setListener(m_taps.back().get());
    }
}

void Network::makeMachines() {
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        const Node& node = m_scenario.nodes[i];
        const NodeId id{static_cast<std::uint32_t>(i)};
        if (node.kind == NodeKind::switchNode)
            m_switches[i] = std::make_unique<net::SwitchNode>(id, m_world.tracer, m_world.flights);
        else
            m_machines[i] = std::make_unique<Machine>(m_world, id, node.name, node.kind == NodeKind::router, node.tcp);
        if (m_machines[i]) m_machines[i]->ip().setIcmp(node.icmp);
        if (m_machines[i]) m_machines[i]->ip().setPart(m_partOf[i]);
        if (node.wordsSwapped > 0) m_machines[i]->ip().setMemoryFault(node.wordsSwapped, draw(m_scenario.seed, Purpose::memoryFault, hashText(node.name)));
        if (node.kind == NodeKind::router) m_machines[i]->ip().addAddress(m_addresses.loopbacks[i]);
    }
}

void Network::connectLinks() {
    for (std::size_t i = 0; i < m_links.size(); ++i) {
        for (const int end : {0, 1}) {
            const NodeId node = m_scenario.links[i].between[static_cast<std::size_t>(end)];
            const scenario::Interface& interface = m_addresses.links[i][static_cast<std::size_t>(end)];
            if (m_switches[node.index()])
                m_switches[node.index()]->addPort(*m_links[i], end);
            else
                m_machines[node.index()]->ip().addInterface(*m_links[i], end, interface.address, interface.prefix);
        }
    }
}

void Network::makePrograms() {
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        const NodeId id{static_cast<std::uint32_t>(i)};
        if (m_scenario.nodes[i].kind == NodeKind::dnsServer) makeNameServer(id, *m_machines[i]);
        if (m_scenario.nodes[i].kind == NodeKind::mailServer) makeMailServer(id, *m_machines[i]);
        if (scenario::isDevice(m_scenario.nodes[i].kind)) makeDevice(id, *m_machines[i]);
    }
    m_world.onStored = [this](const std::string& address) {
        for (Device* device : m_devices)
            if (device != nullptr && device->options().prints && device->options().user == address) device->letterArrived();
    };
    makeChecks();
}

// The address of `to` on a segment that both share, else the one it is publicly known by.
wire::Ipv4Address Network::addressTowards(NodeId from, NodeId to) const {
    for (std::size_t a = 0; a < m_links.size(); ++a) {
        for (std::size_t e : {0u, 1u}) {
            if (m_scenario.links[a].between[e] != from) continue;
            for (std::size_t b = 0; b < m_links.size(); ++b)
                for (std::size_t f : {0u, 1u})
                    if (m_scenario.links[b].between[f] == to && m_addresses.links[b][f].prefix == m_addresses.links[a][e].prefix) return m_addresses.links[b][f].address;
        }
    }
    const auto known = scenario::publicAddresses(m_scenario, m_addresses, to);
    return known.empty() ? wire::Ipv4Address{} : known.front();
}

void Network::makeMailServer(NodeId id, Machine& machine) {
    const Node& node = m_scenario.nodes[id.index()];
    ResolverService& resolver = makeResolver(machine);
    MailServerOptions options;
    options.mta.hostName = mailHostName(node);
    options.mta.domains = node.domains;
    options.mta.aliases = node.aliases;
    options.mta.lists = node.lists;
    options.mta.listFooter = node.listFooter;
    options.mta.backupFor = node.backupFor;
    options.mta.openRelay = node.openRelay;
    options.mta.oneShot = node.oneShot;
    options.mta.hasSmarthost = node.smarthost.valid();
    options.mta.retry = m_scenario.mail.retry;
    options.mta.giveUp = m_scenario.mail.giveUp;
    options.mta.delayNotice = m_scenario.mail.delayNotice;
    options.mta.hopLimit = m_scenario.mail.hopLimit;
    options.policy = node.policy;
    options.maxMessage = m_scenario.mail.maxMessage.count;
    for (const scenario::Mailbox& box : node.mailboxes) options.mailboxes.emplace_back(box.address, box.quota ? std::optional(box.quota->count) : std::nullopt);
    if (node.smarthost.valid()) options.smarthost.push_back(addressTowards(id, node.smarthost));
    if (node.smarthost.valid()) options.smarthostName = mailHostName(m_scenario.nodes[node.smarthost.index()]);
    options.tls = {static_cast<mail::StartTls>(node.startTls), {options.mta.hostName}, node.serverTls};
    options.tls.names.insert(options.tls.names.end(), node.domains.begin(), node.domains.end());
    options.ownAddresses = m_addresses.ofNode[id.index()];
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i)
        if (m_scenario.nodes[i].smarthost == id && !m_scenario.nodes[i].oneShot)  // a spammer may name whom it likes: it is nobody's customer
            options.relaysFor.insert(options.relaysFor.end(), m_addresses.ofNode[i].begin(), m_addresses.ofNode[i].end());
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i)
        if (std::ranges::any_of(m_scenario.nodes[i].backupFor, [&](const std::string& domain) { return scenario::servesDomain(node, scenario::lowered(domain)); }))
            options.backups.insert(options.backups.end(), m_addresses.ofNode[i].begin(), m_addresses.ofNode[i].end());
    m_servers[id.index()] = &machine.run<MailServer>(machine, resolver, std::move(options));
    if (readInBrowser(id)) machine.run<WebService>(machine, *m_servers[id.index()]);
}

// Somebody reads the mail of this server in a browser: it has a page.
bool Network::readInBrowser(NodeId server) const {
    return std::ranges::any_of(m_scenario.nodes, [&](const Node& node) {
        if (node.readsWith != scenario::ReadsWith::webmail || node.user.empty()) return false;
        const std::vector<NodeId> servers = scenario::serversOf(m_scenario, scenario::domainOf(node.user));
        return !servers.empty() && servers.front() == server;
    });
}

void Network::makeDevice(NodeId id, Machine& machine) {
    const Node& node = m_scenario.nodes[id.index()];
    DeviceOptions options;
    options.user = node.user;
    options.hostName = fmt::format("[{}]", m_addresses.ofNode[id.index()].empty() ? "0.0.0.0" : wire::toString(m_addresses.ofNode[id.index()].front()));  // RFC 5321 4.1.3
    const std::vector<NodeId> servers = scenario::serversOf(m_scenario, scenario::domainOf(node.user));
    if (!servers.empty()) options.server = addressTowards(id, servers.front());
    if (!servers.empty() && roams(id)) setNetworks(options, id, servers.front());
    if (!servers.empty()) setTls(options, node, m_scenario.nodes[servers.front().index()]);
    options.prints = node.prints;
    options.readsWith = node.readsWith;
    options.giveUp = m_scenario.mail.giveUp;
    m_devices[id.index()] = &machine.run<Device>(machine, std::move(options));
}

void Network::makeChecks() {
    for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i) {
        const Node& node = m_scenario.nodes[i];
        if (node.checks.habit == scenario::CheckHabit::byHand) continue;
        m_checks[i] = &m_machines[i]->run<Checks>(*m_machines[i], *m_devices[i], node.checks);
        std::string address = node.user;
        for (MailServer* server : m_servers)
            if (const mail::Mailbox* box = server != nullptr ? server->mta().mailbox(node.user) : nullptr) address = box->address();
        m_checkers.emplace(scenario::lowered(address), m_checks[i]);
    }
    m_world.uneventful = [this](NodeId node, Instant since) { return uneventful(node, since); };
    m_world.onMailboxChanged = [this](const std::string& address) {
        const auto [first, last] = m_checkers.equal_range(scenario::lowered(address));
        for (auto checker = first; checker != last; ++checker) checker->second->mailboxChanged();
    };
}

bool Network::quiet() const {
    if (m_nextEntry < m_scenario.timeline.size() || m_world.flights.inUse() > 0) return false;
    if (m_world.openSockets > 0 && !onlyIdleReaders()) return false;
    if (routersBusy()) return false;
    return std::all_of(m_machines.begin(), m_machines.end(), [](const auto& machine) { return !machine || machine->pending() == 0; });
}

}  // namespace mailtrek::host
