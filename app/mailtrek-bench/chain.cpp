// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-bench/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/host/machine.h"
#include "sim/net/link.h"

namespace mailtrek::bench {
namespace {

constexpr std::uint16_t kPort = 25;
constexpr std::uint32_t kBlock = 1 << 20;
constexpr std::size_t kAnswer = 20;

wire::Ipv4Address address(std::uint32_t link, std::uint32_t end) { return {0x0a000000u + (link << 2) + 1 + end}; }
wire::Ipv4Prefix subnet(std::uint32_t link) { return {{0x0a000000u + (link << 2)}, 30}; }

// Swallows the stream and answers when it is complete.
class Server final : public host::Application {
public:
    Server(host::Machine& machine, std::uint64_t expected) : m_machine(machine), m_expected(expected) { m_machine.listen(kPort, this); }
    void onReadable(host::SocketId socket) override {
        const std::uint64_t before = m_got;
        m_got += m_machine.read(socket).size();
        if (before < m_expected && m_got >= m_expected) m_machine.write(socket, Slice::filled(kAnswer, 'o'));
    }
    void onPeerClosed(host::SocketId socket) override { m_machine.close(socket); }

private:
    host::Machine& m_machine;
    std::uint64_t m_expected;
    std::uint64_t m_got = 0;
};

class Client final : public host::Application {
public:
    Client(host::Machine& machine, wire::Ipv4Address server, std::uint64_t bytes) : m_machine(machine), m_server(server), m_left(bytes) {}
    void go() { m_machine.connect(m_server, kPort, this, {}); }
    void onEstablished(host::SocketId socket) override {
        const Slice block = Slice::filled(static_cast<std::uint32_t>(std::min<std::uint64_t>(m_left, kBlock)), 'x');
        for (; m_left > 0; m_left -= std::min<std::uint64_t>(m_left, kBlock))
            m_machine.write(socket, block.sub(0, static_cast<std::uint32_t>(std::min<std::uint64_t>(m_left, kBlock))));
    }
    void onReadable(host::SocketId socket) override {
        m_answer += m_machine.read(socket).size();
        if (m_answer < kAnswer) return;
        m_done = true;
        m_machine.close(socket);
    }
    void onClosed(host::SocketId, trace::CloseReason) override { m_over = true; }
    bool done() const { return m_done; }
    bool over() const { return m_done || m_over; }

private:
    host::Machine& m_machine;
    wire::Ipv4Address m_server;
    std::uint64_t m_left;
    std::size_t m_answer = 0;
    bool m_done = false, m_over = false;
};

class HopCounter final : public trace::EventObserver {
public:
    void onEvent(trace::EventId, const trace::Event& event) override { hops += std::holds_alternative<trace::PacketDelivered>(event.payload) ? 1 : 0; }
    std::uint64_t hops = 0;
};

}  // namespace

class Chain::Implementation {
public:
    explicit Implementation(const ChainOptions& options) : m_world(trace::Sink::none, nullptr, 1) {
        m_world.tracer.setObserver(&m_counter);
        const std::uint32_t nodes = options.routers + 2;
        transport::TcpSettings tcp;
        tcp.congestion = options.congestion == "cubic" ? transport::Congestion::cubic : options.congestion == "reno" ? transport::Congestion::reno : transport::Congestion::newreno;
        for (std::uint32_t i = 0; i + 1 < nodes; ++i) {
            net::LinkConfig config;
            config.id = LinkId{i};
            config.name = fmt::format("l{}", i);
            config.nodes = {NodeId{i}, NodeId{i + 1}};
            for (net::LinkSettings& settings : config.settings) {
                settings.queue.packets = 1000;
                if (i + 2 == nodes) settings.loss = {static_cast<std::uint32_t>(options.loss * 1e9)};
            }
            m_links.push_back(std::make_unique<net::Link>(config, 1, m_world.simulator, m_world.tracer, m_world.flights));
        }
        for (std::uint32_t i = 0; i < nodes; ++i) {
            m_machines.push_back(std::make_unique<host::Machine>(m_world, NodeId{i}, fmt::format("n{}", i), i > 0 && i + 1 < nodes, tcp));
            net::IpNode& ip = m_machines.back()->ip();
            if (i > 0) ip.addInterface(*m_links[i - 1], 1, address(i - 1, 1), subnet(i - 1));
            if (i + 1 < nodes) ip.addInterface(*m_links[i], 0, address(i, 0), subnet(i));
            std::vector<net::Route> routes;
            if (i > 0) routes.push_back({subnet(i - 1), {}, {}, trace::LinkEnd::of(LinkId{i - 1}, 1), 0});
            if (i + 1 < nodes) routes.push_back({subnet(i), {}, {}, trace::LinkEnd::of(LinkId{i}, 0), 0});
            if (i > 1) routes.push_back({subnet(0), NodeId{i - 1}, address(i - 1, 0), trace::LinkEnd::of(LinkId{i - 1}, 1), 1});
            if (i + 2 < nodes) routes.push_back({subnet(nodes - 2), NodeId{i + 1}, address(i, 1), trace::LinkEnd::of(LinkId{i}, 0), 1});
            ip.setRoutes(routes);
        }
        m_machines.back()->run<Server>(*m_machines.back(), options.bytes);
        m_client = &m_machines.front()->run<Client>(*m_machines.front(), address(nodes - 2, 1), options.bytes);
    }

    ChainResult run() {
        m_client->go();
        while (!m_client->over() && !m_world.simulator.empty()) m_world.simulator.step();
        return {m_client->done(), toSeconds(m_world.simulator.now()), m_world.simulator.dispatched(), m_counter.hops};
    }

private:
    host::World m_world;
    HopCounter m_counter;
    std::vector<std::unique_ptr<net::Link>> m_links;
    std::vector<std::unique_ptr<host::Machine>> m_machines;
    Client* m_client = nullptr;
};

Chain::Chain(const ChainOptions& options) : m(std::make_unique<Implementation>(options)) {}
Chain::~Chain() = default;
ChainResult Chain::run() { return m->run(); }

}  // namespace mailtrek::bench
