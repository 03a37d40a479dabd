// SPDX-License-Identifier: GPL-3.0-or-later
// The routing of one router: a link-state or a distance-vector protocol or none, routes by hand, own segments; from these the table that IP forwards by.
// In the order of preference: own segments, routes by hand, what others tell.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "sim/host/application.h"
#include "sim/host/machine.h"
#include "sim/net/shortest_path.h"
#include "sim/routing/ospf_router.h"
#include "sim/routing/rip_router.h"

namespace mailtrek::host {

struct RouterPort {  // beside the interfaces of the protocol, in the same order
    trace::LinkEnd via;
    wire::Ipv4Address address;
    wire::Ipv4Prefix prefix;
    bool up = true;
};

struct StaticNextHop {
    wire::Ipv4Prefix prefix;
    NodeId via;
    wire::Ipv4Address gateway;
    std::size_t port = 0;
    std::uint32_t cost = 1;
};

// What the network knows and a router does not.
class RoutingWorld {
public:
    virtual ~RoutingWorld() = default;
    // A router is about to do what it does all day. True: nothing but that happens in its part of the network, and all routers there have been put to rest.
    virtual bool mayRest(NodeId router) = 0;
    // The event that made the neighbour fall silent since `heardAt`: it crashed, or the link loses what it says; none when that is not known.
    virtual trace::EventId silencer(NodeId neighbour, LinkId link, Instant heardAt) const = 0;
};

class RouterService final : public Application {
public:
    using Protocol = std::variant<std::monostate, routing::OspfRouter, routing::RipRouter>;

    RouterService(Machine& machine, RoutingWorld& world, std::vector<RouterPort> ports, Protocol protocol);

    const std::vector<RouterPort>& ports() const { return m_ports; }
    routing::OspfRouter* linkState() { return std::get_if<routing::OspfRouter>(&m_protocol); }
    const routing::OspfRouter* linkState() const { return std::get_if<routing::OspfRouter>(&m_protocol); }
    routing::RipRouter* distanceVector() { return std::get_if<routing::RipRouter>(&m_protocol); }
    bool settled() const;

    // --- what the timeline does ---
    void carrier(LinkId link, bool up, trace::EventId cause);
    void setStatics(std::vector<StaticNextHop> statics, trace::EventId cause);
    // The protocol knows nothing any more, and its ports are up as told. It is given a new state from outside.
    void forget(const std::function<bool(LinkId)>& up);
    // It has one: the table as it follows from that, and the neighbours.
    void reloaded(trace::EventId cause);

    // --- passing over what happens all day ---
    void rest() { m_resting = true; }
    void resume();

    bool onProtocol(const Datagram& datagram) override;
    void onDatagram(const Datagram& datagram) override;
    void onTimer() override;
    Instant nextDeadline() const override;
    void onStopped() override;
    void onStarted() override;

private:
    std::optional<std::uint32_t> portBehind(trace::LinkEnd in) const;
    template <class Actions>
    void carryOut(Actions actions);
    void carryOut(const routing::SendOspf& send);
    void carryOut(const routing::SendRip& send);
    void carryOut(const routing::AdjacencyMoved& moved);
    void carryOut(const routing::LsaMoved& moved);
    void carryOut(const routing::PeerSilent& silent);
    void carryOut(const routing::TableComputed& computed);
    void launch(std::uint32_t port, wire::Ipv4Address to, std::uint8_t protocol, std::uint16_t udpPort, const std::string& octets, std::uint16_t entries, trace::RouteSource source,
                trace::UpdateReason reason);
    void follow(trace::EventId event);
    void rebuild();
    void addLearnt(std::map<wire::Ipv4Prefix, std::vector<net::Route>>& table) const;
    void tellAdjacencies();

    Machine& m_machine;
    RoutingWorld& m_world;
    std::vector<RouterPort> m_ports;
    Protocol m_protocol;
    std::vector<StaticNextHop> m_statics;
    std::vector<net::Route> m_table;
    std::map<std::pair<trace::LinkEnd, NodeId>, trace::AdjacencyState> m_adjacencies;  // as reported
    std::map<routing::Tag, trace::EventId> m_became;                                   // the latest event that a tag brought about, until a table has been computed from it
    routing::Tag m_tag = routing::kNoTag;
    bool m_resting = false;
};

}  // namespace mailtrek::host
