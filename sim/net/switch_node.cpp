// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/switch_node.h"

#include <algorithm>
#include <cassert>

namespace mailtrek::net {

SwitchNode::SwitchNode(NodeId id, trace::Tracer& tracer) : m_id(id), m_tracer(tracer) {}

void SwitchNode::addPort(Link& link, int direction) {
    m_ports.push_back({&link, direction});
    link.attach(direction, *this);
}

void SwitchNode::setTable(const std::vector<SwitchRoute>& table) {
    m_table.clear();
    for (const SwitchRoute& route : table) {
        const auto port = std::ranges::find_if(m_ports, [&](const Port& p) { return trace::LinkEnd::of(p.link->id(), p.direction) == route.via; });
        assert(port != m_ports.end());
        m_table.push_back({route.address, static_cast<std::uint32_t>(port - m_ports.begin())});
    }
}

void SwitchNode::receive(FlightPtr flight, trace::LinkEnd in, Instant now) {
    if (!m_running) return drop(*flight, in, trace::DropReason::nodeDown, now);
    const auto place = std::ranges::lower_bound(m_table, flight->nextHop, {}, &Place::address);
    if (place == m_table.end() || place->address != flight->nextHop) return drop(*flight, in, trace::DropReason::noRoute, now);
    const Port& port = m_ports[place->port];
    if (flight->size > port.link->mtu()) return drop(*flight, in, trace::DropReason::tooBig, now);
    port.link->send(port.direction, std::move(flight), now);
}

void SwitchNode::stop(Instant now, trace::EventId cause) {
    m_running = false;
    for (const Port& port : m_ports) port.link->dropWaiting(port.direction, now, cause);
}

void SwitchNode::drop(const Flight& flight, trace::LinkEnd in, trace::DropReason reason, Instant now) {
    m_tracer.emit(now, flight.cause, m_id, flight.mail,
                  trace::PacketDropped{.packet = flight.id, .via = in, .size = static_cast<std::uint16_t>(flight.size), .reason = reason, .onLink = false, .queued = false});
}

}  // namespace mailtrek::net
