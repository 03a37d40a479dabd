// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/switch_node.h"

#include <algorithm>
#include <cassert>

namespace mailtrek::net {

SwitchNode::SwitchNode(NodeId id, trace::Tracer& tracer, FlightPool& pool) : m_id(id), m_tracer(tracer), m_pool(pool) {}

void SwitchNode::addPort(Link& link, int direction) {
    assert(link.framed() && (m_ports.empty() || m_ports.back().link->id() < link.id()));
    m_ports.push_back({&link, direction});
    link.attach(direction, *this);
}

std::uint32_t SwitchNode::portOf(LinkId link) const {
    const auto port = std::ranges::lower_bound(m_ports, link, {}, [](const Port& p) { return p.link->id(); });
    assert(port != m_ports.end() && port->link->id() == link);
    return static_cast<std::uint32_t>(port - m_ports.begin());
}

std::vector<trace::LinkEnd> SwitchNode::blockedPorts() const {
    std::vector<trace::LinkEnd> blocked;
    for (const Port& port : m_ports)
        if (port.blocked) blocked.push_back(port.end());
    return blocked;
}

void SwitchNode::receive(FlightPtr flight, trace::LinkEnd in, Instant now) {
    if (!m_running) return drop(*flight, trace::DropReason::nodeDown, now);
    if (flight->damage == wire::Damage::frame) return drop(*flight, trace::DropReason::frameChecksum, now);
    const std::uint32_t from = portOf(in.link());
    if (m_ports[from].blocked) return drop(*flight, trace::DropReason::filtered, now);
    learn(*flight, from, now);
    const auto place = flight->to.group() ? std::nullopt : m_table.find(flight->to, now);
    if (!place) return flood(std::move(flight), from, now);
    const Port& port = m_ports[*place];
    if (*place == from) return drop(*flight, trace::DropReason::filtered, now);  // 802.1D 7.7.1: never back where it came from
    if (flight->size > port.link->mtu()) return drop(*flight, trace::DropReason::tooBig, now);
    out(std::move(flight), port, now);
}

void SwitchNode::learn(const Flight& flight, std::uint32_t from, Instant now) {
    const StationTable::News news = m_table.learn(flight.from, from, now);
    if (news == StationTable::News::known) return;
    const auto station = wire::stationNode(flight.from);
    m_tracer.emit(
        now, flight.cause, m_id, flight.mail,
        trace::StationLearned{.via = m_ports[from].end(), .neighbour = station ? NodeId{*station} : NodeId{}, .station = flight.from, .moved = news == StationTable::News::moved});
}

// Out of every open port but the one that it came in by. Copies are packets of their own; no two of them ever meet on one link, so they share their dice.
void SwitchNode::flood(FlightPtr flight, std::uint32_t from, Instant now) {
    std::vector<const Port*> ports;
    bool tooBig = false;
    for (std::uint32_t i = 0; i < m_ports.size(); ++i) {
        if (i == from || m_ports[i].blocked || !m_ports[i].link->up()) continue;
        const bool fits = flight->size <= m_ports[i].link->mtu();
        if (fits) ports.push_back(&m_ports[i]);
        tooBig = tooBig || !fits;
    }
    if (ports.empty()) return drop(*flight, tooBig ? trace::DropReason::tooBig : trace::DropReason::filtered, now);
    std::vector<FlightPtr> copies;
    for (std::size_t i = 1; i < ports.size(); ++i) {
        copies.push_back(m_pool.copy(*flight));
        copies.back()->id = m_tracer.packet(flight->packet, flight->connection, flight->origin);
    }
    if (!copies.empty()) {
        const trace::FloodReason reason = flight->to.group() ? trace::FloodReason::group : trace::FloodReason::unknown;
        const auto count = static_cast<std::uint32_t>(copies.size());
        flight->cause = m_tracer.emit(now, flight->cause, m_id, flight->mail,
                                      trace::FrameFlooded{.packet = flight->id, .first = copies.front()->id, .copies = count, .reason = reason, .destination = flight->to});
    }
    const trace::EventId cause = flight->cause;
    out(std::move(flight), *ports.front(), now);
    for (std::size_t i = 0; i < copies.size(); ++i) {
        copies[i]->cause = cause;
        out(std::move(copies[i]), *ports[i + 1], now);
    }
}

void SwitchNode::setBlocked(trace::LinkEnd port, bool blocked, Instant now, trace::EventId cause) {
    Port& changed = m_ports[portOf(port.link())];
    assert(changed.end() == port);
    if (changed.blocked == blocked) return;
    changed.blocked = blocked;
    m_tracer.emit(now, cause, m_id, MailId{}, trace::PortChanged{.via = port, .blocked = blocked});
}

void SwitchNode::stop(Instant now, trace::EventId cause) {
    m_running = false;
    m_table.clear();
    for (Port& port : m_ports) {
        port.blocked = false;
        port.link->dropWaiting(port.direction, now, cause);
    }
}

void SwitchNode::drop(const Flight& flight, trace::DropReason reason, Instant now) {
    m_tracer.emit(now, flight.cause, m_id, flight.mail,
                  trace::PacketDropped{.packet = flight.id, .via = flight.in, .size = static_cast<std::uint16_t>(flight.size), .reason = reason, .onLink = false, .queued = false});
}

}  // namespace mailtrek::net
