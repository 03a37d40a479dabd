// SPDX-License-Identifier: GPL-3.0-or-later
// A small network for tests: nodes and links as listed, addresses by rule, routes planned, everything recorded.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "sim/net/ip_node.h"
#include "sim/net/link.h"
#include "sim/net/shortest_path.h"
#include "sim/net/spanning_tree.h"
#include "sim/net/switch_node.h"
#include "sim/trace/tracer.h"

namespace mailtrek::net {

using namespace std::chrono_literals;

struct Received {
    wire::Packet packet;
    PacketId id;
    Instant at;
};

class Inbox : public IpUser {
public:
    void onPacket(FlightPtr flight, Instant now) override { packets.push_back({flight->packet, flight->id, now}); }
    std::vector<Received> packets;
};

struct LinkSpec {
    std::uint32_t first = 0, second = 0;
    LinkSettings forward{}, backward{};
    std::uint32_t mtu = 1500;
    std::vector<LinkRule> rules{};  // of direction 0
    std::uint32_t cost = 1;
};

inline LinkSettings line(BitRate rate, Duration delay) {
    LinkSettings settings;
    settings.rate = rate;
    settings.delay = delay;
    return settings;
}

// Link l has the subnet 10.x.y.0/30 with x.y = l; its first end is .1, its second .2. Switched segments take the subnet of the lowest link of the switch.
class Net {
public:
    Net(std::vector<NodeRole> roles, std::vector<LinkSpec> specs, std::uint64_t seed = 7, trace::Sink sink = trace::Sink::record) : tracer(sink, &recording) {
        topology.nodes.resize(roles.size());
        for (std::size_t i = 0; i < roles.size(); ++i) topology.nodes[i].role = roles[i];
        for (std::uint32_t l = 0; l < specs.size(); ++l) addLink(l, specs[l], seed);
        for (std::uint32_t i = 0; i < roles.size(); ++i) addNode(i);
        for (std::uint32_t l = 0; l < specs.size(); ++l) attach(l);
        route();
    }

    void route() {
        const RoutePlan plan = planRoutes(topology);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i]) nodes[i]->setRoutes(plan.routes[i]);
        }
        const SpanningTree tree = spanningTree(topology, attachments(topology));
        for (std::uint32_t l = 0; l < links.size(); ++l)
            for (const int end : {0, 1}) {
                const trace::LinkEnd port = trace::LinkEnd::of(LinkId{l}, end);
                const auto& bridge = switches[topology.links[l].ends[static_cast<std::size_t>(end)].node.index()];
                if (bridge) bridge->setBlocked(port, std::ranges::find(tree.blocked, port) != tree.blocked.end(), simulator.now(), {});
            }
    }

    wire::Ipv4Address address(std::uint32_t link, std::uint32_t end) const { return topology.links[link].ends[end].address; }

    // A UDP datagram of `size` octets in all, sent by node `from`.
    PacketId udp(std::uint32_t from, wire::Ipv4Address to, std::uint32_t size, std::uint8_t ttl = 64, bool dontFragment = false) {
        FlightPtr flight = nodes[from]->newFlight();
        flight->packet.ip.destination = to;
        flight->packet.ip.ttl = ttl;
        flight->packet.ip.dontFragment = dontFragment;
        flight->packet.transport = wire::UdpHeader{1000, 2000};
        flight->packet.payload = Slice::filled(size - 28, 'u');
        const PacketId id = nodes[from]->prepare(*flight);
        lastResult = nodes[from]->transmit(std::move(flight), simulator.now());
        return id;
    }
    // A TCP segment with the number `dataSegment` and payload so that it has `size` octets in all.
    PacketId tcp(std::uint32_t from, wire::Ipv4Address to, std::uint32_t size, FateKey fate = {}, ConnectionId connection = ConnectionId{0}) {
        FlightPtr flight = nodes[from]->newFlight();
        flight->packet.ip.destination = to;
        wire::TcpHeader header;
        header.sourcePort = 49152;
        header.destinationPort = 25;
        header.flags.ack = true;
        header.sequence = fate.dataSegment * 1000;
        flight->packet.transport = header;
        flight->packet.payload = Slice::filled(size - 40, 't');
        flight->connection = connection;
        flight->fate = fate;
        const PacketId id = nodes[from]->prepare(*flight);
        lastResult = nodes[from]->transmit(std::move(flight), simulator.now());
        return id;
    }

    void run() { simulator.run(kNever - 1ns, ~0ull); }
    void runUntil(Duration t) {
        simulator.run(kStart + t, ~0ull);
        if (simulator.now() < kStart + t) {  // let the clock stand at t
            struct Nothing final : Component {
                void onWake(std::uint64_t, Instant) override {}
            };
            if (!clock) {
                clock = std::make_unique<Nothing>();
                clockId = simulator.add(clock.get());
            }
            simulator.schedule(kStart + t, clockId, 0);
            simulator.run(kStart + t, ~0ull);
        }
    }

    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (std::uint64_t i = 0; i < recording.size(); ++i)
            if (const T* payload = std::get_if<T>(&recording.event({i}).payload)) found.push_back(*payload);
        return found;
    }
    template <class T>
    std::vector<trace::EventId> idsOf() const {
        std::vector<trace::EventId> found;
        for (std::uint64_t i = 0; i < recording.size(); ++i)
            if (std::holds_alternative<T>(recording.event({i}).payload)) found.push_back({i});
        return found;
    }
    std::vector<trace::DropReason> drops() const {
        std::vector<trace::DropReason> reasons;
        for (const auto& drop : all<trace::PacketDropped>()) reasons.push_back(drop.reason);
        return reasons;
    }
    const trace::Event& event(trace::EventId id) const { return recording.event(id); }

    trace::Recording recording;
    trace::Tracer tracer;
    Simulator simulator;
    FlightPool pool;
    Topology topology;
    std::vector<std::unique_ptr<Link>> links;
    std::vector<std::unique_ptr<IpNode>> nodes;
    std::vector<std::unique_ptr<SwitchNode>> switches;
    std::vector<std::unique_ptr<Inbox>> inboxes;
    SendResult lastResult = SendResult::sent;

private:
    void addLink(std::uint32_t l, const LinkSpec& spec, std::uint64_t seed) {
        LinkConfig config;
        config.id = LinkId{l};
        config.name = "link-" + std::to_string(l);
        config.nodes = {NodeId{spec.first}, NodeId{spec.second}};
        config.mtu = spec.mtu;
        config.framed = switched(spec);
        config.settings = {spec.forward, spec.backward};
        config.rules[0] = spec.rules;
        links.push_back(std::make_unique<Link>(config, seed, simulator, tracer, pool));
        const std::uint32_t subnet = 10u << 24 | segmentOf(l, spec) << 8;
        TopologyLink link;
        const std::uint8_t length = switched(spec) ? 24 : 30;
        for (std::uint32_t end = 0; end < 2; ++end) {
            const std::uint32_t host = switched(spec) ? 1 + l * 2 + end : 1 + end;
            link.ends[end] = {NodeId{end == 0 ? spec.first : spec.second}, {subnet | host}, {{subnet}, length}};
        }
        link.cost = spec.cost;
        topology.links.push_back(link);
    }
    bool isSwitch(std::uint32_t node) const { return topology.nodes[node].role == NodeRole::switchNode; }
    bool switched(const LinkSpec& spec) const { return isSwitch(spec.first) || isSwitch(spec.second); }
    std::uint32_t segmentOf(std::uint32_t l, const LinkSpec& spec) {
        if (!switched(spec)) return l;
        if (m_segment == ~0u) m_segment = l;  // all switches of a test are one segment
        return m_segment;
    }
    void addNode(std::uint32_t i) {
        const bool isIp = !isSwitch(i);
        nodes.push_back(isIp ? std::make_unique<IpNode>(NodeId{i}, topology.nodes[i].role == NodeRole::router, simulator, tracer, pool) : nullptr);
        switches.push_back(isIp ? nullptr : std::make_unique<SwitchNode>(NodeId{i}, tracer, pool));
        inboxes.push_back(std::make_unique<Inbox>());
        if (topology.nodes[i].role == NodeRole::host) nodes[i]->setUser(inboxes[i].get());
    }
    void attach(std::uint32_t l) {
        for (std::uint32_t end = 0; end < 2; ++end) {
            const TopologyEnd& e = topology.links[l].ends[end];
            const int direction = static_cast<int>(end);
            if (nodes[e.node.index()])
                nodes[e.node.index()]->addInterface(*links[l], direction, e.address, e.prefix);
            else
                switches[e.node.index()]->addPort(*links[l], direction);
        }
    }
    std::uint32_t m_segment = ~0u;
    std::unique_ptr<Component> clock;
    ComponentId clockId;
};

// host 0 -- host 1
inline Net pair(LinkSettings forward, LinkSettings backward = {}, std::vector<LinkRule> rules = {}, std::uint64_t seed = 7) {
    return Net({NodeRole::host, NodeRole::host}, {{0, 1, forward, backward, 1500, std::move(rules)}}, seed);
}

}  // namespace mailtrek::net
