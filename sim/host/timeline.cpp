// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline of the scenario does, entry by entry.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sim/dns/idna.h"
#include "sim/host/network.h"
#include "sim/host/ping.h"
#include "sim/host/traceroute.h"
#include "sim/kernel/dice.h"
#include "sim/mail/message.h"

namespace mailtrek::host {

trace::EventId Network::emit(trace::EventId cause, NodeId node, MailId mail, const trace::Payload& payload) {
    return m_world.tracer.emit(m_world.simulator.now(), cause, node, mail, payload);
}

void Network::begin(trace::EventObserver* observer) {
    m_world.tracer.setObserver(observer);
    for (const auto& link : m_links) link->announce(kStart, {});
    planHosts({});
    for (std::uint32_t i = 0; i < m_routers.size(); ++i)
        if (m_routers[i] != nullptr) m_routers[i]->setStatics(staticHops(NodeId{i}, m_scenario.nodes[i].routes), {});
    converge({});
    for (std::size_t i = 0; i < m_machines.size(); ++i)
        if (m_machines[i] && scenario::isDevice(m_scenario.nodes[i].kind) && !m_scenario.nodes[i].online) m_machines[i]->setOnline(false, {});
    for (MailServer* server : m_servers)
        if (server != nullptr) server->announce();
    for (Checks* checks : m_checks)
        if (checks != nullptr) checks->begin();
    if (!m_scenario.timeline.empty()) m_world.simulator.schedule(m_scenario.timeline.front().at, m_component, 0);
}

void Network::onWake(std::uint64_t, Instant now) {
    const auto& timeline = m_scenario.timeline;
    while (m_nextEntry < timeline.size() && timeline[m_nextEntry].at <= now) act(m_nextEntry++);
    if (m_nextEntry < timeline.size()) m_world.simulator.schedule(timeline[m_nextEntry].at, m_component, 0);
}

struct Network::Actor {
    Network& n;
    trace::EventId cause;
    Instant now;

    void operator()(const scenario::Send& send) const { n.send(send, cause); }
    void operator()(const scenario::Cut& cut) const {
        if (!n.m_links[cut.link.index()]->up()) return;
        const auto before = n.networksOfEnds(cut.link);
        const trace::EventId event = n.m_links[cut.link.index()]->cut(now, cause);
        n.planHosts(event);
        n.moveDevices(cut.link, before, event);
        n.linkChanged(cut.link, event);
    }
    void operator()(const scenario::Restore& restore) const {
        if (n.m_links[restore.link.index()]->up()) return;
        const auto before = n.networksOfEnds(restore.link);
        const trace::EventId event = n.m_links[restore.link.index()]->restore(now, cause);
        n.planHosts(event);
        n.moveDevices(restore.link, before, event);
        n.linkChanged(restore.link, event);
    }
    void operator()(const scenario::SetLink& set) const {
        net::Link& link = *n.m_links[set.link.index()];
        if (set.mtu && *set.mtu != link.mtu()) link.setMtu(*set.mtu, now, cause);
        for (const int direction : {0, 1}) {
            const scenario::LinkChange& change = set.changes[static_cast<std::size_t>(direction)];
            net::LinkSettings settings = link.settings(direction);
            settings.rate = change.rate.value_or(settings.rate);
            settings.delay = change.delay.value_or(settings.delay);
            if (change.jitter) std::tie(settings.jitter, settings.jitterReorders) = *change.jitter;
            if (change.loss) std::tie(settings.loss, settings.bursts) = *change.loss;
            settings.corrupt = change.corrupt.value_or(settings.corrupt);
            settings.duplicate = change.duplicate.value_or(settings.duplicate);
            settings.reorder = change.reorder.value_or(settings.reorder);
            settings.reorderBy = change.reorderBy.value_or(settings.reorderBy);
            settings.queue = change.queue.value_or(settings.queue);
            if (settings != link.settings(direction)) n.linkConfigured(set.link, link.configure(direction, settings, now, cause));
        }
    }
    void operator()(const scenario::SetNode& set) const {
        if (set.routes) n.m_routers[set.node.index()]->setStatics(n.staticHops(set.node, *set.routes), cause);
        if (set.icmp && n.m_machines[set.node.index()]) n.m_machines[set.node.index()]->ip().setIcmp(*set.icmp);
        MailServer* server = n.m_servers[set.node.index()];
        if (server == nullptr) return;
        if (set.policy.startTls) server->setStartTls(static_cast<mail::StartTls>(*set.policy.startTls));
        if (set.policy.openRelay) server->mta().settings().openRelay = *set.policy.openRelay;
        set.policy.applyTo(server->policy());
        const CauseScope scope(server->machine());
        server->machine().setCause(cause);
        for (const scenario::Mailbox& box : set.quotas) server->setQuota(box.address, box.quota ? std::optional(box.quota->count) : std::nullopt);
    }
    void operator()(const scenario::Lose& lose) const {
        for (const int direction : {0, 1}) {
            if (!lose.directions[static_cast<std::size_t>(direction)]) continue;
            net::Removal removal;
            removal.dataSegment = lose.dataSegment;
            removal.mailSegment = lose.mailSegment;
            removal.packet = lose.packet;
            removal.transmission = lose.transmission;
            if (lose.connection) {
                removal.connection = [&world = n.m_world, wanted = *lose.connection](ConnectionId id) {
                    if (!id.valid()) return false;
                    const Connection& c = world.connections[id];
                    return c.client == wanted.client && c.server == wanted.server && c.serverPort == wanted.port;
                };
            }
            n.m_links[lose.link.index()]->remove(direction, std::move(removal), now, cause);
        }
    }
    void operator()(const scenario::Stop& stop) const {
        if (n.m_switches[stop.node.index()]) {
            if (!n.m_switches[stop.node.index()]->running()) return;
            const trace::EventId event = n.emit(cause, stop.node, {}, trace::NodeChanged{trace::NodeChange::stopped});
            n.m_switches[stop.node.index()]->stop(now, event);
            n.planHosts(event);
            n.nodeChanged(stop.node, event);
        } else if (n.m_machines[stop.node.index()]->ip().running()) {
            n.nodeChanged(stop.node, n.m_machines[stop.node.index()]->stop(cause));
        }
    }
    void operator()(const scenario::Start& start) const {
        if (n.m_switches[start.node.index()]) {
            if (n.m_switches[start.node.index()]->running()) return;
            const trace::EventId event = n.emit(cause, start.node, {}, trace::NodeChanged{trace::NodeChange::started});
            n.m_switches[start.node.index()]->start();
            n.planHosts(event);
            n.nodeChanged(start.node, event);
        } else if (!n.m_machines[start.node.index()]->ip().running()) {
            n.wake(n.partOf(start.node));  // so that it begins in the present
            n.nodeChanged(start.node, n.m_machines[start.node.index()]->start(cause));
        }
    }
    void operator()(const scenario::Online& online) const { n.m_machines[online.node.index()]->setOnline(online.online, cause); }
    void operator()(const scenario::Person& person) const { n.person(person, cause); }
    void operator()(const scenario::Probe& probe) const { n.probe(probe, cause); }
    void operator()(const scenario::Outside& outside) const {
        Machine& machine = *n.m_machines[outside.on.index()];
        const CauseScope scope(machine);
        machine.setCause(cause);
        n.outside(outside.on).act(outside);
    }
    void operator()(const scenario::Fail& fail) const { n.m_nameServices[fail.dns.index()]->fail(fail.with, now + fail.lasts); }
};

void Network::act(std::size_t place) {
    const scenario::Entry& entry = m_scenario.timeline[place];
    const trace::EventId cause = emit({}, {}, {}, trace::TimelineApplied{static_cast<std::uint32_t>(place), m_world.tracer.text(entry.kind)});
    noteEntry(entry.action);
    std::visit(Actor{*this, cause, m_world.simulator.now()}, entry.action);
}

namespace {

void wishForNotices(const scenario::Send& send, Letter& letter) {
    const bool plainId = dns::isAscii(send.id) && send.id.size() <= 30;  // with its escapes at most 100 (RFC 3461 4.4)
    if (send.notify || send.returnsFull) letter.envelopeId = plainId ? send.id : fmt::format("{:016x}", hashText(send.id));
    if (send.returnsFull) letter.ret = *send.returnsFull ? mail::DsnReturn::full : mail::DsnReturn::headers;
    if (!send.notify) return;
    const bool never = !send.notify->success && !send.notify->failure && !send.notify->delay;
    letter.dsn = {never ? mail::DsnNotify::never : mail::DsnNotify::listed, send.notify->success, send.notify->failure, send.notify->delay, ""};
}

}  // namespace

void Network::send(const scenario::Send& send, trace::EventId cause) {
    const MailId id = m_mailIds.at(send.id);
    Machine& machine = *m_machines[send.on.index()];
    Device& device = *m_devices[send.on.index()];
    mail::Draft draft;
    draft.from = send.headerFrom.value_or(send.from);
    draft.to = send.to;
    draft.cc = send.cc;
    draft.subject = send.subject;
    draft.text = send.text;
    draft.html = send.html;
    for (const scenario::Attachment& attachment : send.attachments) draft.attachments.push_back({attachment.name, attachment.octets});
    const std::string domain = scenario::domainOf(send.from);
    draft.messageId = fmt::format("<{:016x}@{}>", draw(m_scenario.seed, Purpose::messageId, hashText(send.id)), dns::domainToAscii(domain).value_or(domain));
    draft.date = m_world.simulator.now();
    m_messageIds[id.index()] = draft.messageId;

    Letter letter;
    letter.id = id;
    letter.envelopeFrom = send.envelopeFrom.value_or(send.from);
    for (const auto* list : {&send.to, &send.cc, &send.bcc}) letter.recipients.insert(letter.recipients.end(), list->begin(), list->end());
    wishForNotices(send, letter);
    letter.message = Slice::adopt(mail::compose(draft));
    letter.messageId = m_world.tracer.message(letter.message);
    std::string all;
    for (const std::string& to : letter.recipients) all += (all.empty() ? "" : ", ") + to;
    trace::Tracer& tracer = m_world.tracer;
    letter.composed = emit(cause, machine.id(), id,
                           trace::MailComposed{tracer.text(send.from), tracer.text(all), tracer.text(send.subject), letter.messageId, letter.message.size(),
                                               static_cast<std::uint16_t>(letter.recipients.size()), false});
    device.send(std::move(letter));
}

void Network::probe(const scenario::Probe& probe, trace::EventId cause) {
    Machine& machine = *m_machines[probe.from.index()];
    if (!machine.ip().running()) return;
    wire::Ipv4Address destination = probe.address;
    if (probe.to.valid()) {
        const bool router = m_scenario.nodes[probe.to.index()].kind == trace::NodeKind::router;
        destination = router ? m_addresses.loopbacks[probe.to.index()] : addressTowards(probe.from, probe.to);
    }
    const CauseScope scope(machine);
    machine.setCause(cause);
    switch (probe.program) {
        case trace::Program::ping: machine.run<Ping>(machine, PingOptions{destination, probe.count, probe.interval, probe.timeout, probe.size}).begin(); break;
        case trace::Program::traceroute: machine.run<Traceroute>(machine, TracerouteOptions{destination, probe.count, probe.maxHops, probe.timeout, probe.size}).begin(); break;
    }
}

OutsideProgram& Network::outside(NodeId device) {
    OutsideProgram*& program = m_outside[device.index()];
    if (program == nullptr) program = &m_machines[device.index()]->run<OutsideProgram>(*m_machines[device.index()], m_devices[device.index()]->options().server);
    return *program;
}

bool Network::underWay() const {
    if (m_world.flights.inUse() > 0) return true;
    if (std::ranges::any_of(m_outside, [](const OutsideProgram* program) { return program != nullptr && program->anyHeldUp(); })) return false;
    return std::ranges::any_of(m_machines, [](const auto& machine) {
        if (!machine || machine->tcp().openSockets() == 0) return false;
        return std::ranges::any_of(machine->tcp().connections(), [](const transport::Connection* connection) { return connection->info().flight > 0; });
    });
}

void Network::person(const scenario::Person& person, trace::EventId cause) {
    Machine& machine = *m_machines[person.on.index()];
    ReadRequest request;
    request.task = person.does == scenario::PersonDoes::remove ? mail::ImapTask::remove : person.does == scenario::PersonDoes::empty ? mail::ImapTask::empty : mail::ImapTask::read;
    request.action = person.does == scenario::PersonDoes::print ? trace::ReadAction::print : trace::ReadAction::read;
    if (!person.mail.empty()) {
        request.mail = m_mailIds.at(person.mail);
        request.messageId = m_messageIds[request.mail.index()];
        if (request.messageId.empty()) request.messageId = "<not written yet>";
    }
    const CauseScope scope(machine);
    machine.setCause(cause);
    m_devices[person.on.index()]->read(std::move(request));
}

}  // namespace mailtrek::host
