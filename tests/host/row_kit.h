// SPDX-License-Identifier: GPL-3.0-or-later
// Three machines in a row, client - router - server, with programs that send and swallow a stream; everything recorded.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "sim/host/machine.h"
#include "sim/host/resolver_service.h"
#include "sim/net/link.h"

namespace mailtrek::host {

using namespace std::chrono_literals;

inline constexpr std::uint16_t kPort = 25;

class Sink final : public Application {
public:
    explicit Sink(Machine& machine) : m_machine(machine) { m_machine.listen(kPort, this); }
    void onReadable(SocketId socket) override { got += m_machine.read(socket); }
    void onPeerClosed(SocketId socket) override { m_machine.close(socket); }
    std::string got;

private:
    Machine& m_machine;
};

class Source final : public Application {
public:
    Source(Machine& machine, std::string octets) : m_machine(machine), m_octets(std::move(octets)) {}
    SocketId connect(wire::Ipv4Address server, std::uint16_t port = kPort) { return socket = m_machine.connect(server, port, this, {}); }
    void onEstablished(SocketId id) override {
        m_machine.write(id, Slice::copyOf(m_octets));
        m_machine.close(id);
    }
    void onClosed(SocketId, trace::CloseReason reason) override { ended = reason; }
    SocketId socket;
    std::optional<trace::CloseReason> ended;

private:
    Machine& m_machine;
    std::string m_octets;
};

class Row {
public:
    Row() : world(trace::Sink::record, &recording, 1) {
        for (std::uint32_t l = 0; l < 2; ++l) {
            net::LinkConfig config;
            config.id = LinkId{l};
            config.name = l == 0 ? "near" : "far";
            config.nodes = {NodeId{l}, NodeId{l + 1}};
            for (net::LinkSettings& settings : config.settings) {
                settings.rate = BitRate::megabits(10);
                settings.delay = 10ms;
                settings.queue.packets = 1000;
            }
            links.push_back(std::make_unique<net::Link>(config, 1, world.simulator, world.tracer, world.flights));
        }
        for (std::uint32_t i = 0; i < 3; ++i)
            machines.push_back(std::make_unique<Machine>(world, NodeId{i}, std::string(1, static_cast<char>('a' + i)), i == 1, transport::TcpSettings{}));
        for (std::uint32_t l = 0; l < 2; ++l)
            for (int end : {0, 1}) machines[l + static_cast<std::uint32_t>(end)]->ip().addInterface(*links[l], end, address(l, end), {{subnet(l)}, 30});
        client().ip().setRoutes({{{{subnet(0)}, 30}, {}, {}, trace::LinkEnd::of(LinkId{0}, 0), 0}, {{}, NodeId{1}, address(0, 1), trace::LinkEnd::of(LinkId{0}, 0), 1}});
        router().ip().setRoutes({{{{subnet(0)}, 30}, {}, {}, trace::LinkEnd::of(LinkId{0}, 1), 0}, {{{subnet(1)}, 30}, {}, {}, trace::LinkEnd::of(LinkId{1}, 0), 0}});
        server().ip().setRoutes({{{{subnet(1)}, 30}, {}, {}, trace::LinkEnd::of(LinkId{1}, 1), 0}, {{}, NodeId{1}, address(1, 0), trace::LinkEnd::of(LinkId{1}, 1), 1}});
    }

    static constexpr std::uint32_t subnet(std::uint32_t link) { return 10u << 24 | link << 8; }
    static constexpr wire::Ipv4Address address(std::uint32_t link, int end) { return {subnet(link) + 1 + static_cast<std::uint32_t>(end)}; }
    static constexpr wire::Ipv4Address kClient{10u << 24 | 1}, kServer{10u << 24 | 1u << 8 | 2};
    Machine& client() { return *machines[0]; }
    Machine& router() { return *machines[1]; }
    Machine& server() { return *machines[2]; }

    void run(Duration until) { world.simulator.run(kStart + until, ~0ull); }

    template <class E>
    std::vector<E> all() const {
        std::vector<E> found;
        for (std::uint64_t i = 0; i < recording.size(); ++i)
            if (const E* e = std::get_if<E>(&recording.event({i}).payload)) found.push_back(*e);
        return found;
    }
    template <class E>
    std::vector<Instant> timesOf() const {
        std::vector<Instant> times;
        for (std::uint64_t i = 0; i < recording.size(); ++i)
            if (std::holds_alternative<E>(recording.event({i}).payload)) times.push_back(recording.event({i}).at);
        return times;
    }

    // An ICMP error from the router about a segment that the client sent, or could have sent.
    void error(net::IcmpError what, const wire::Packet& about) {
        net::FlightPtr flight = router().ip().newFlight();
        flight->packet = net::icmpError(about, what);
        router().ip().send(std::move(flight), world.simulator.now());
    }
    // The last segment that the client sent to the server.
    wire::Packet lastSegment() const {
        const auto sent = all<trace::SegmentSent>();
        for (auto s = sent.rbegin(); s != sent.rend(); ++s)
            if (s->side == trace::Side::client) return recording.store().packet(s->packet).packet;
        return {};
    }

    trace::Recording recording;
    World world;
    std::vector<std::unique_ptr<net::Link>> links;
    std::vector<std::unique_ptr<Machine>> machines;
};

}  // namespace mailtrek::host
