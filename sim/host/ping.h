// SPDX-License-Identifier: GPL-3.0-or-later
// ping: sends ICMP echo requests at an interval, and tells of each whether and when it was answered.
#pragma once

#include <cstdint>
#include <map>

#include "sim/host/application.h"
#include "sim/trace/ids.h"

namespace mailtrek::host {

class Machine;

struct PingOptions {
    wire::Ipv4Address destination;
    std::uint16_t count = 4;
    Duration interval = std::chrono::seconds(1);
    Duration timeout = std::chrono::seconds(2);  // how long each waits for its answer
    std::uint32_t size = 56;                     // octets of data
};

class Ping : public Application {
public:
    Ping(Machine& machine, const PingOptions& options);
    // Sends the first one now. Its cause is that of the machine.
    void begin();

    void onEchoReply(const EchoReply& reply) override;
    void onIcmpError(const IcmpError& error) override;
    void onTimer() override;
    Instant nextDeadline() const override;
    void onStopped() override;
    std::size_t pending() const override { return m_running ? 1 : 0; }

private:
    void send();
    void endWhenDone();
    void answered(std::uint16_t sequence, wire::Ipv4Address from, PacketId packet, trace::ProbeReply reply);

    Machine& m_machine;
    PingOptions m_options;
    std::uint16_t m_identifier;
    Slice m_data;
    trace::EventId m_begun;  // the cause of every request
    std::uint16_t m_sent = 0, m_answered = 0;
    Instant m_nextAt = kNever;
    std::map<std::uint16_t, Instant> m_waiting;  // by sequence: when it was sent
    bool m_running = false;
};

// What an ICMP error means for a probe.
trace::ProbeReply probeReply(std::uint8_t type, std::uint8_t code);
// The alphabet again and again: easy to see in a capture.
Slice probeData(std::uint32_t size);

}  // namespace mailtrek::host
