// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/snapshot.h"

namespace mailtrek::run {
namespace {

trace::NodeView nodeView(const host::Network& network, NodeId id) {
    trace::NodeView view;
    if (const net::SwitchNode* node = network.switchNode(id)) {
        view.running = node->running();
        for (const trace::LinkEnd port : node->blockedPorts()) view.blocked.insert(port);
        return view;
    }
    view.running = network.machine(id)->ip().running();
    view.online = network.machine(id)->ip().online();
    for (const PacketId packet : network.machine(id)->ip().waiting()) view.waiting.insert(packet);
    std::uint8_t alternative = 0;
    const net::Route* before = nullptr;
    for (const net::Route& route : network.machine(id)->ip().routes()) {
        alternative = before != nullptr && before->prefix == route.prefix ? static_cast<std::uint8_t>(alternative + 1) : std::uint8_t{0};
        const trace::RouteChanged shown{route.prefix, route.nextHop, route.via, route.cost, route.source, alternative};
        if (alternative == 0)
            view.routes[route.prefix] = shown;
        else
            view.alternatives[{route.prefix, alternative}] = shown;
        before = &route;
    }
    if (const host::Device* device = network.device(id))
        for (const host::Copy& copy : device->copies()) view.copies.push_back({copy.uid, copy.mail, copy.message});
    if (const host::Checks* checks = network.checks(id))
        for (const host::KnownLetter& letter : checks->known()) view.known.push_back({letter.uid, letter.mail, letter.read});
    const host::RouterService* router = network.router(id);
    if (router != nullptr && router->linkState() != nullptr)
        for (const auto& [interface, neighbour, state] : router->linkState()->neighbours())
            view.adjacencies[{router->ports()[interface].via, network.machine(id)->nodeAt(neighbour)}] = state;
    return view;
}

// The sides whose TCP still exists; a side that is gone is closed.
void addConnections(trace::View& view, const host::Network& network, NodeId node) {
    const host::Machine* machine = network.machine(node);
    if (machine == nullptr) return;
    for (const auto& [id, side, info, secured] : machine->tcpSides()) {
        if (!id.valid()) continue;
        const host::Connection& known = network.world().connections[id];
        if (view.connections.size() <= id.index()) view.connections.resize(id.index() + 1);
        auto& slot = view.connections[id.index()];
        auto connection = slot ? std::make_shared<trace::ConnectionView>(*slot)
                               : std::make_shared<trace::ConnectionView>(trace::ConnectionView{known.client, known.server, known.clientPort, known.serverPort, kStart, {}});
        trace::TcpSideView& out = connection->sides[static_cast<std::size_t>(side)];
        out.state = info.state;
        out.secured = secured;
        out.cwnd = info.cwnd;
        out.ssthresh = info.ssthresh;
        out.sent = info.sent;
        out.received = info.received;
        out.segments = info.segments;
        out.retransmits = info.retransmits;
        out.timeouts = info.timeouts;
        out.srttMicros = static_cast<std::uint32_t>(info.srtt.count() / 1000);
        slot = std::move(connection);
    }
}

trace::MailboxView mailboxView(NodeId node, const mail::Mailbox& box) {
    trace::MailboxView view{node, box.quota().value_or(0), box.used(), {}};
    for (const mail::StoredMessage& m : box.messages()) view.messages.push_back({m.uid, m.mail, m.message, m.octets.size(), m.flags, 0});
    return view;
}

}  // namespace

trace::View snapshotOf(const host::Network& network) {
    trace::View view;
    const scenario::Scenario& scenario = network.scenario();
    view.events = network.world().tracer.events();
    view.now = network.world().simulator.now();
    for (std::uint32_t l = 0; l < scenario.links.size(); ++l) view.links.push_back(std::make_shared<trace::LinkView>(network.link(LinkId{l}).view()));
    view.queues.resize(scenario.nodes.size());
    for (std::uint32_t n = 0; n < scenario.nodes.size(); ++n) {
        view.nodes.push_back(std::make_shared<trace::NodeView>(nodeView(network, NodeId{n})));
        addConnections(view, network, NodeId{n});
        const host::MailServer* server = network.mailServer(NodeId{n});
        if (server == nullptr) continue;
        auto queue = std::make_shared<std::vector<trace::QueueEntryView>>();
        for (const auto& [id, entry] : server->mta().queue()) {
            const auto made = static_cast<std::uint16_t>(entry.attempts - (entry.underWay ? 1 : 0));  // the one under way is not over
            queue->push_back({entry.mail, {}, entry.messageId, entry.recipientIndex, made, entry.nextTry});
        }
        if (!queue->empty()) view.queues[n] = std::move(queue);
        for (const auto& [key, box] : server->mta().mailboxes()) view.mailboxes[box.address()] = std::make_shared<trace::MailboxView>(mailboxView(NodeId{n}, box));
    }
    return view;
}

}  // namespace mailtrek::run
