// SPDX-License-Identifier: GPL-3.0-or-later
// A switch: joins its links into one segment. Stores a frame, then forwards it to the port behind which the interface of the next hop is; the table
// comes from the configuration (there are no MAC addresses here). Does not touch the IP packet and sends no ICMP.
#pragma once

#include <vector>

#include "sim/net/link.h"
#include "sim/net/receiver.h"
#include "sim/net/shortest_path.h"

namespace mailtrek::net {

class SwitchNode final : public Receiver {
public:
    SwitchNode(NodeId id, trace::Tracer& tracer);

    // Sends on `link` in `direction`; attaches itself to that end.
    void addPort(Link& link, int direction);
    // Ascending by address, as RoutePlan::switching has it. REQUIRES: `via` of each is a port of this switch.
    void setTable(const std::vector<SwitchRoute>& table);

    NodeId id() const { return m_id; }
    bool running() const { return m_running; }
    void receive(FlightPtr flight, trace::LinkEnd in, Instant now) override;
    // A stopped switch drops everything; what waits in its queues is gone.
    void stop(Instant now, trace::EventId cause);
    void start() { m_running = true; }

private:
    struct Port {
        Link* link = nullptr;
        int direction = 0;
    };
    struct Place {
        wire::Ipv4Address address;
        std::uint32_t port = 0;
    };
    void drop(const Flight& flight, trace::LinkEnd in, trace::DropReason reason, Instant now);

    NodeId m_id;
    trace::Tracer& m_tracer;
    bool m_running = true;
    std::vector<Port> m_ports;
    std::vector<Place> m_table;  // ascending by address
};

}  // namespace mailtrek::net
