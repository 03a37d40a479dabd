// SPDX-License-Identifier: GPL-3.0-or-later
// Routers of one protocol on wires of 10 ms, without IP, links or a simulator: what one sends to a neighbour the other hears, or not.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/net/shortest_path.h"
#include "sim/routing/ospf_router.h"
#include "sim/routing/rip_router.h"

namespace mailtrek::routing::test {

using namespace std::chrono_literals;

struct Wire {
    std::uint32_t a = 0, b = 0;
    std::uint16_t cost = 1;
    bool up = true;
};

constexpr wire::Ipv4Address routerId(std::size_t router) { return {0x0a000001u + static_cast<std::uint32_t>(router)}; }
constexpr wire::Ipv4Address addressOn(std::size_t wire, int end) { return {0x0a010000u + static_cast<std::uint32_t>(wire) * 4 + 1 + static_cast<std::uint32_t>(end)}; }
constexpr wire::Ipv4Prefix prefixOf(std::size_t wire) { return {{0x0a010000u + static_cast<std::uint32_t>(wire) * 4}, 30}; }
constexpr wire::Ipv4Prefix loopback(std::size_t router) { return {routerId(router), 32}; }

// `Adapter` knows how to build a router and how to hand it a packet: see OspfAdapter and RipAdapter.
template <class Adapter>
class Wired {
public:
    using Router = typename Adapter::Router;

    Wired(std::size_t count, std::vector<Wire> given, const std::function<void(typename Adapter::Config&)>& adjust = {}) : wires(std::move(given)), running(count, true) {
        for (std::size_t i = 0; i < count; ++i) {
            typename Adapter::Config config;
            config.id = routerId(i);
            config.announced = {loopback(i)};
            m_ports.emplace_back();
            for (std::size_t w = 0; w < wires.size(); ++w) {
                for (const int end : {0, 1}) {
                    if ((end == 0 ? wires[w].a : wires[w].b) != i) continue;
                    m_ports[i].push_back({w, end});
                    config.interfaces.push_back(Adapter::interface(w, end, wires[w], routerId(end == 0 ? wires[w].b : wires[w].a)));
                }
            }
            if (adjust) adjust(config);
            routers.push_back(std::make_unique<Router>(std::move(config)));
        }
    }

    void start() {
        for (std::size_t i = 0; i < routers.size(); ++i) carry(i, routers[i]->start(now, 0));
    }
    void cut(std::size_t w) { carrier(w, false); }
    void restore(std::size_t w) { carrier(w, true); }
    // The router is gone without a word: its wires stay up.
    void crash(std::size_t i) {
        running[i] = false;
        routers[i]->stop();
    }
    void boot(std::size_t i) {
        running[i] = true;
        carry(i, routers[i]->start(now, 0));
    }

    void runFor(Duration time) {
        const Instant end = now + time;
        for (;;) {
            Instant next = m_onTheWay.empty() ? kNever : m_onTheWay.begin()->at;
            for (const auto& router : routers) next = std::min(next, router->nextDeadline());
            if (next > end) break;
            now = std::max(now, next);
            while (!m_onTheWay.empty() && m_onTheWay.begin()->at <= now) arrive();
            for (std::size_t i = 0; i < routers.size(); ++i)
                if (running[i] && routers[i]->nextDeadline() <= now) carry(i, routers[i]->onTimer(now));
            if (afterStep) afterStep();
        }
        now = end;
    }

    // The wire over which router `i` reaches the loopback of `to`, by its first way; none: -1.
    int wireTowards(std::size_t i, std::size_t to) const {
        for (const LearntRoute& route : routers[i]->routes())
            if (route.prefix == loopback(to)) return static_cast<int>(m_ports[i][route.hops.front().interface].first);
        return -1;
    }
    std::uint32_t costTo(std::size_t i, std::size_t to) const {
        for (const LearntRoute& route : routers[i]->routes())
            if (route.prefix == loopback(to)) return route.cost;
        return ~0u;
    }
    // Where a packet for `to` ends that starts at `from`: "2" arrived at 2 hops, "lost", "loop".
    std::string follow(std::size_t from, std::size_t to) const {
        std::size_t at = from;
        for (int hops = 0; hops < 64; ++hops) {
            if (at == to) return std::to_string(hops);
            const int w = wireTowards(at, to);
            if (w < 0 || !wires[static_cast<std::size_t>(w)].up) return "lost";
            const Wire& over = wires[static_cast<std::size_t>(w)];
            at = over.a == at ? over.b : over.a;
            if (!running[at]) return "lost";
        }
        return "loop";
    }

    std::vector<Wire> wires;
    std::vector<bool> running;
    std::vector<std::unique_ptr<Router>> routers;
    Instant now = kStart;
    std::uint64_t sent = 0;
    std::function<bool(std::size_t wire, int end, const typename Adapter::Send&)> loses;  // sent at that end
    std::function<void(std::size_t router, const typename Adapter::Send&)> onSend;
    std::function<void(std::size_t router, const typename Adapter::Action&)> onAction;
    std::function<void()> afterStep;

private:
    struct Travelling {
        Instant at;
        std::uint64_t order = 0;
        std::size_t wire = 0;
        int end = 0;  // where it was sent
        std::string octets;
        bool operator<(const Travelling& o) const { return std::tuple(at, order) < std::tuple(o.at, o.order); }
    };

    void carrier(std::size_t w, bool up) {
        wires[w].up = up;
        if (!up) std::erase_if(m_onTheWay, [w](const Travelling& t) { return t.wire == w; });
        for (std::size_t i = 0; i < routers.size(); ++i)
            for (std::uint32_t port = 0; port < m_ports[i].size(); ++port)
                if (m_ports[i][port].first == w) carry(i, routers[i]->onCarrier(port, up, now, 0));
    }

    template <class Actions>
    void carry(std::size_t router, Actions actions) {
        for (const auto& action : actions) {
            if (onAction) onAction(router, action);
            const auto* send = std::get_if<typename Adapter::Send>(&action.what);
            if (send == nullptr) continue;
            const auto [w, end] = m_ports[router][send->interface];
            ++sent;
            if (onSend) onSend(router, *send);
            if (!wires[w].up || (loses && loses(w, end, *send))) continue;
            m_onTheWay.insert({now + 10ms, m_order++, w, end, send->octets});
        }
    }

    void arrive() {
        const Travelling t = *m_onTheWay.begin();
        m_onTheWay.erase(m_onTheWay.begin());
        const std::size_t to = t.end == 0 ? wires[t.wire].b : wires[t.wire].a;
        if (!running[to]) return;
        for (std::uint32_t port = 0; port < m_ports[to].size(); ++port)
            if (m_ports[to][port] == std::pair(t.wire, 1 - t.end)) carry(to, Adapter::hand(*routers[to], port, addressOn(t.wire, t.end), t.octets, now));
    }

    std::vector<std::vector<std::pair<std::size_t, int>>> m_ports;  // wire and end, by router and interface
    std::set<Travelling> m_onTheWay;
    std::uint64_t m_order = 0;
};

struct OspfAdapter {
    using Router = OspfRouter;
    using Config = OspfConfig;
    using Send = SendOspf;
    using Action = OspfAction;
    static OspfInterface interface(std::size_t w, int end, const Wire& wire, RouterId peer) {
        return {addressOn(w, end), prefixOf(w), 1500, wire.cost, true, true, wire.up, {{peer, addressOn(w, 1 - end), wire.cost}}};
    }
    static OspfActions hand(OspfRouter& router, std::uint32_t port, wire::Ipv4Address from, const std::string& octets, Instant now) {
        const auto packet = parseOspf(octets);
        return packet ? router.onPacket(port, from, *packet, now, 0) : OspfActions{};
    }
};

struct RipAdapter {
    using Router = RipRouter;
    using Config = RipConfig;
    using Send = SendRip;
    using Action = RipAction;
    static RipInterface interface(std::size_t w, int end, const Wire& wire, RouterId) {
        return {addressOn(w, end), prefixOf(w), 1500, wire.cost, true, true, wire.up, {{addressOn(w, 1 - end), wire.cost}}};
    }
    static RipActions hand(RipRouter& router, std::uint32_t port, wire::Ipv4Address from, const std::string& octets, Instant now) {
        const auto message = parseRip(octets);
        return message ? router.onMessage(port, from, kRipPort, *message, now, 0) : RipActions{};
    }
};

using WiredOspf = Wired<OspfAdapter>;
using WiredRip = Wired<RipAdapter>;

// The wires as the central planner knows them.
inline net::Topology topologyOf(const std::vector<Wire>& wires, const std::vector<bool>& running) {
    net::Topology topology;
    for (std::size_t i = 0; i < running.size(); ++i)
        topology.nodes.push_back({.role = net::NodeRole::router, .up = running[i], .learns = true, .announced = {loopback(i)}, .statics = {}});
    for (std::size_t w = 0; w < wires.size(); ++w)
        topology.links.push_back(
            {{net::TopologyEnd{NodeId{wires[w].a}, addressOn(w, 0), prefixOf(w)}, net::TopologyEnd{NodeId{wires[w].b}, addressOn(w, 1), prefixOf(w)}}, wires[w].cost, wires[w].up});
    return topology;
}

}  // namespace mailtrek::routing::test
