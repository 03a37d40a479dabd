// SPDX-License-Identifier: GPL-3.0-or-later
// traceroute (Van Jacobson): UDP probes to a port where nobody listens, with TTL 1, 2, 3, ...: the router at which the TTL runs out says so, and so names itself; the
// destination answers that its port is closed.
#pragma once

#include <cstdint>

#include "sim/host/application.h"
#include "sim/trace/ids.h"

namespace mailtrek::host {

class Machine;

struct TracerouteOptions {
    wire::Ipv4Address destination;
    std::uint16_t count = 1;  // probes for each hop, one after the other
    std::uint8_t maxHops = 30;
    Duration timeout = std::chrono::seconds(2);
    std::uint32_t size = 32;  // octets of data
};

class Traceroute : public Application {
public:
    static constexpr std::uint16_t kFirstPort = 33434;

    Traceroute(Machine& machine, const TracerouteOptions& options);
    void begin();

    void onIcmpError(const IcmpError& error) override;
    void onTimer() override;
    Instant nextDeadline() const override { return m_running ? m_sentAt + m_options.timeout : kNever; }
    void onStopped() override { m_running = false; }
    std::size_t pending() const override { return m_running ? 1 : 0; }

private:
    void send();
    void next();

    Machine& m_machine;
    TracerouteOptions m_options;
    std::uint16_t m_port;
    trace::EventId m_begun;
    std::uint16_t m_sent = 0, m_answered = 0;
    Instant m_sentAt = kNever;
    std::uint8_t m_hop = 1;
    bool m_running = false;
    bool m_reached = false, m_blocked = false;  // the destination answered; somebody said that there is no way on
};

}  // namespace mailtrek::host
