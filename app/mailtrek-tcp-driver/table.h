// SPDX-License-Identifier: GPL-3.0-or-later
// One machine on a table, in virtual time, with a wire to a measuring instrument: what it sends is taken down, what it is to receive is put on the wire.
// Machine, IP and TCP are those of every simulation.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "sim/host/machine.h"
#include "sim/net/link.h"

namespace mailtrek::driver {

inline constexpr wire::Ipv4Address kLocal{0xc0a80001}, kRemote{0xc0000201};  // 192.168.0.1, 192.0.2.1
inline constexpr std::uint16_t kPort = 8080;                                 // on both sides

struct Sent {
    Instant at;
    std::string octets;
};

class Table final : public Component, public net::Receiver {
public:
    Table();

    host::Machine& machine() { return m_machine; }
    Instant now() const { return m_world.simulator.now(); }
    // Everything up to and at `t` happens. An earlier `t` than now is now.
    void runTo(Instant t);
    // An IPv4 packet reaches the machine now: any octets.
    void arrive(std::span<const std::uint8_t> octets);
    // The first packet sent at or before `t` that was not asked for yet.
    std::optional<Sent> next(Instant t);

private:
    void onWake(std::uint64_t, Instant) override {}
    void receive(net::FlightPtr flight, trace::LinkEnd in, Instant now) override;

    host::World m_world{trace::Sink::none, nullptr, 1};
    net::Link m_wire;
    host::Machine m_machine;
    ComponentId m_component;
    std::deque<Sent> m_sent;
};

}  // namespace mailtrek::driver
