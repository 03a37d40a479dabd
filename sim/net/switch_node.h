// SPDX-License-Identifier: GPL-3.0-or-later
// A switch: a learning bridge (IEEE 802.1D 7). Stores a frame, learns behind which port its sender is, and sends it out of the port behind which its destination is, or
// out of all others when it does not know. Does not touch the IP packet and sends no ICMP. Which ports are blocked against loops: spanning_tree.h.
#pragma once

#include <vector>

#include "sim/net/link.h"
#include "sim/net/receiver.h"
#include "sim/net/station_table.h"

namespace mailtrek::net {

class SwitchNode final : public Receiver {
public:
    SwitchNode(NodeId id, trace::Tracer& tracer, FlightPool& pool);

    // Sends on `link` in `direction`; attaches itself to that end. REQUIRES: the link is framed; links come in ascending order.
    void addPort(Link& link, int direction);

    NodeId id() const { return m_id; }
    bool running() const { return m_running; }
    std::vector<trace::LinkEnd> blockedPorts() const;
    void receive(FlightPtr flight, trace::LinkEnd in, Instant now) override;
    // A stopped switch drops everything; what waits in its queues is gone, and what it has learned.
    void stop(Instant now, trace::EventId cause);
    void start() { m_running = true; }
    // REQUIRES: `port` is one of its own.
    void setBlocked(trace::LinkEnd port, bool blocked, Instant now, trace::EventId cause);
    void linkDown(LinkId link) { m_table.forgetPort(portOf(link)); }
    void forgetStations() { m_table.clear(); }

private:
    struct Port {
        Link* link = nullptr;
        int direction = 0;
        bool blocked = false;
        trace::LinkEnd end() const { return trace::LinkEnd::of(link->id(), direction); }
    };
    std::uint32_t portOf(LinkId link) const;
    void learn(const Flight& flight, std::uint32_t from, Instant now);
    void flood(FlightPtr flight, std::uint32_t from, Instant now);
    void out(FlightPtr flight, const Port& port, Instant now) { port.link->send(port.direction, std::move(flight), now); }
    void drop(const Flight& flight, trace::DropReason reason, Instant now);

    NodeId m_id;
    trace::Tracer& m_tracer;
    FlightPool& m_pool;
    bool m_running = true;
    std::vector<Port> m_ports;  // ascending by link
    StationTable m_table;
};

}  // namespace mailtrek::net
