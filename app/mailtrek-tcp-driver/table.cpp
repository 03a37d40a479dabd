// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-tcp-driver/table.h"

#include <algorithm>

namespace mailtrek::driver {
namespace {

constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
constexpr Duration kOnTheWire = std::chrono::nanoseconds{999};  // what is sent in one microsecond is seen in it

net::LinkConfig wireConfig() {
    net::LinkConfig config;
    config.id = LinkId{0};
    config.name = "wire";
    config.nodes = {NodeId{0}, NodeId{1}};
    for (net::LinkSettings& settings : config.settings) {
        settings.rate = BitRate{1'000'000'000'000'000};
        settings.delay = {};
        settings.queue.packets = net::QueueLimit::kUnlimited;
    }
    return config;
}

}  // namespace

Table::Table()
    : m_wire(wireConfig(), 1, m_world.simulator, m_world.tracer, m_world.flights), m_machine(m_world, NodeId{0}, "host", false, {}), m_component(m_world.simulator.add(this)) {
    const wire::Ipv4Prefix everywhere{{0}, 0}, here{{kLocal.value & 0xffffff00}, 24};
    m_machine.ip().addInterface(m_wire, 0, kLocal, here);
    m_wire.attach(1, *this);
    const trace::LinkEnd out = trace::LinkEnd::of(LinkId{0}, 0);
    m_machine.ip().setRoutes({{here, {}, {}, out, 0}, {everywhere, {}, {}, out, 1}});
}

void Table::runTo(Instant t) {
    m_world.simulator.run(t, kNoLimit);
    if (t <= now()) return;
    m_world.simulator.schedule(t, m_component, 0);
    m_world.simulator.run(t, kNoLimit);
}

void Table::arrive(std::span<const std::uint8_t> octets) {
    wire::ParsedPacket parsed = wire::parse(octets);
    net::FlightPtr flight = m_machine.ip().newFlight();
    flight->packet = std::move(parsed.packet);
    flight->damage = parsed.damage;
    flight->size = static_cast<std::uint32_t>(octets.size());
    flight->in = trace::LinkEnd::of(LinkId{0}, 1);
    flight->origin = NodeId{1};
    flight->id = m_world.tracer.packet(flight->packet, {}, NodeId{1});
    m_machine.ip().receive(std::move(flight), trace::LinkEnd::of(LinkId{0}, 1), now());
}

std::optional<Sent> Table::next(Instant t) {
    while (m_sent.empty() && m_world.simulator.nextAt() <= t + kOnTheWire) m_world.simulator.step();
    if (m_sent.empty()) {
        runTo(t);
        return std::nullopt;
    }
    Sent first = std::move(m_sent.front());
    if (first.at > t) return std::nullopt;
    m_sent.pop_front();
    return first;
}

void Table::receive(net::FlightPtr flight, trace::LinkEnd, Instant at) {
    const Instant sent{std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch())};
    m_sent.push_back({sent, wire::serialize(flight->packet)});
}

}  // namespace mailtrek::driver
