// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/snapshot.h"

namespace mailtrek::run {
namespace {

trace::NodeView nodeView(const host::Network& network, NodeId id) {
    trace::NodeView view;
    if (const net::SwitchNode* node = network.switchNode(id)) {
        view.running = node->running();
        return view;
    }
    view.running = network.machine(id)->ip().running();
    view.online = network.machine(id)->ip().online();
    for (const net::Route& route : network.routes().routes[id.index()]) view.routes[route.prefix] = {route.prefix, route.nextHop, route.via, route.cost};
    return view;
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
        const host::MailServer* server = network.mailServer(NodeId{n});
        if (server == nullptr) continue;
        auto queue = std::make_shared<std::vector<trace::QueueEntryView>>();
        for (const auto& [id, entry] : server->mta().queue())
            queue->push_back({entry.mail, {}, entry.messageId, entry.recipientIndex, entry.attempts, entry.nextTry});
        if (!queue->empty()) view.queues[n] = std::move(queue);
        for (const auto& [key, box] : server->mta().mailboxes()) view.mailboxes[box.address()] = std::make_shared<trace::MailboxView>(mailboxView(NodeId{n}, box));
    }
    return view;
}

}  // namespace mailtrek::run
