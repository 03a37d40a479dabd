// SPDX-License-Identifier: GPL-3.0-or-later
// The IP layer of a node (RFC 791, RFC 1122, RFC 1812): interfaces, forwarding table, local delivery, ICMP. A router forwards; a host does not,
// however many links it has.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/kernel/simulator.h"
#include "sim/net/arp_table.h"
#include "sim/net/flight.h"
#include "sim/net/forwarding_table.h"
#include "sim/net/fragments.h"
#include "sim/net/icmp.h"
#include "sim/net/link.h"
#include "sim/net/receiver.h"
#include "sim/net/shortest_path.h"
#include "sim/trace/tracer.h"

namespace mailtrek::net {

// What stands above IP. Gets TCP, UDP and ICMP packets that are undamaged, whole, and meant for this node; echo requests are answered before.
class IpUser {
public:
    virtual ~IpUser() = default;
    virtual void onPacket(FlightPtr flight, Instant now) = 0;
};

enum class SendResult : std::uint8_t {
    sent,     // handed to the link (which may refuse it: the queue is full, it is cut) or to this node itself
    noRoute,  // dropped; the sender may report "unreachable"
    tooBig,   // dropped: more than the MTU of the link and must not be fragmented; mtuTowards() tells what would fit
    down      // dropped: the node is stopped or offline
};

class IpNode final : public Component, public Receiver {
public:
    IpNode(NodeId id, bool forwards, Simulator& simulator, trace::Tracer& tracer, FlightPool& pool);

    // --- wiring ---
    // Sends on `link` in `direction`; attaches itself to that end. The order is the order of preference for source addresses.
    void addInterface(Link& link, int direction, wire::Ipv4Address address, wire::Ipv4Prefix prefix);
    // One more address of its own: the loopback of a router. The first of all addresses is the primary one.
    void addAddress(wire::Ipv4Address address);
    void setUser(IpUser* user) { m_user = user; }
    void setIcmp(IcmpMode mode) { m_icmp = mode; }
    // The first so many packets with message content that it forwards get two neighbouring words of their payload swapped. `dice`: the beginning of the draws.
    void setMemoryFault(std::uint32_t packets, std::uint64_t dice) { m_faults = packets, m_faultDice = dice; }
    // Packets to this link-local group (224.0.0.0/24, RFC 5771 4) come up here.
    void joinGroup(wire::Ipv4Address group);
    // Replaces all routes. Neighbours in the list with the same prefix are alternatives: a hash of the flow chooses among them. REQUIRES: `via` of each is an
    // interface of this node.
    void setRoutes(const std::vector<Route>& routes);
    // What has the address of an interface as its source leaves over that interface, along its own way out (RFC 1122 3.3.4.2, the strong model): a host with several networks.
    void setWays(const std::vector<Route>& ways);

    // --- questions ---
    NodeId id() const { return m_id; }
    bool forwards() const { return m_forwards; }
    bool running() const { return m_running; }
    bool online() const { return m_online; }
    wire::Ipv4Address primaryAddress() const { return m_addresses.empty() ? wire::Ipv4Address{} : m_addresses.front(); }
    bool isOwn(wire::Ipv4Address address) const;
    bool linked() const;                                  // a link is up
    bool onSegment(wire::Ipv4Address destination) const;  // it is beside this node, on a link that is up
    // Address and MTU with which packets to `destination` leave; nothing without a route.
    std::optional<wire::Ipv4Address> sourceTowards(wire::Ipv4Address destination) const;
    std::optional<std::uint32_t> mtuTowards(wire::Ipv4Address destination) const;
    const std::vector<Route>& routes() const { return m_routes; }
    IcmpMode icmp() const { return m_icmp; }
    std::vector<PacketId> waiting() const;  // for an answer to ARP

    // --- sending ---
    // 1. newFlight, fill in packet.ip.destination, transport, payload, mail, connection, fate.
    // 2. prepare: source address unless set, protocol, identification unless set, DF on TCP, size, dice of datagrams; the packet gets its id.
    // 3. emit what needs the id (SegmentSent, DnsQuery), set flight->cause to that event.
    // 4. transmit.
    FlightPtr newFlight(FlightKind kind = FlightKind::foreground) { return m_pool.acquire(m_part, kind); }
    void setPart(std::uint32_t part) { m_part = part; }  // of the network (FlightPool)
    PacketId prepare(Flight& flight);
    SendResult transmit(FlightPtr flight, Instant now);
    // Past the table, straight to a neighbour or group on the segment behind `via`. REQUIRES: `via` is an interface of this node, the source address is set.
    SendResult transmitOn(FlightPtr flight, trace::LinkEnd via, Instant now);
    SendResult send(FlightPtr flight, Instant now) {  // 2 and 4 at once
        prepare(*flight);
        return transmit(std::move(flight), now);
    }

    // --- for what stands above: a packet that came up and finds nobody ---
    // Drops it and, unless it is TCP, tells the sender (ICMP 3/3, or 3/2 for a protocol that nobody speaks).
    void refuse(FlightPtr flight, Instant now);
    void drop(FlightPtr flight, trace::DropReason reason, Instant now);

    // --- inputs ---
    void receive(FlightPtr flight, trace::LinkEnd in, Instant now) override;
    void onWake(std::uint64_t what, Instant now) override;
    // A stopped node and an offline one drop everything; what waits in their queues is gone (cause: the event NodeChanged).
    void stop(Instant now, trace::EventId cause);
    void start() { m_running = true; }
    void setOnline(bool online, Instant now, trace::EventId cause);

private:
    struct Interface {
        Link* link = nullptr;
        int direction = 0;
        wire::Ipv4Address address;
        wire::Ipv4Prefix prefix;
        wire::MacAddress mac;
        std::unique_ptr<ArpTable> arp;  // on a segment with switches; elsewhere null
        trace::LinkEnd end() const { return trace::LinkEnd::of(link->id(), direction); }
    };
    struct Hop {  // a route, ready to use
        std::uint32_t interface = 0;
        wire::Ipv4Address gateway;  // 0: the destination itself
        std::uint32_t ways = 1;     // this one and the alternatives that stand behind it
    };
    static constexpr std::uint32_t kLocal = 0xfffffffeu;    // in the table: this node itself
    static constexpr std::uint32_t kRefused = 0xfffffffdu;  // in the table: stands for nobody, or for many

    static constexpr std::uint64_t kWake = 0, kArpWake = 1;  // what onWake is called with

    void rebuild();
    std::uint32_t findInterface(trace::LinkEnd via) const;
    std::uint16_t nextIdentification(const wire::Ipv4Header& ip);
    const Hop* hop(std::uint32_t found) const { return found < m_hops.size() ? &m_hops[found] : nullptr; }
    // The way of this packet: of several, the same for all packets of a flow.
    const Hop* hop(std::uint32_t found, const wire::Packet& packet) const {
        const Hop* first = hop(found);
        return first == nullptr || first->ways == 1 ? first : &choose(*first, packet);
    }
    const Hop& choose(const Hop& first, const wire::Packet& packet) const;
    const Hop* wayOf(wire::Ipv4Address source, wire::Ipv4Address destination, const Hop* usual) const;
    void armReassembly();
    void deliver(FlightPtr flight, Instant now);
    void up(FlightPtr flight, Instant now);
    void collect(FlightPtr fragment, Instant now);
    void forward(FlightPtr flight, std::uint32_t found, Instant now);
    void swapWords(Flight& flight, Instant now);
    void out(FlightPtr flight, const Hop& hop, Instant now);
    void outInFragments(FlightPtr flight, const Hop& hop, Instant now);
    // ip_arp.cpp
    void outFramed(FlightPtr flight, Interface& interface, wire::Ipv4Address next, Instant now);
    void ask(Interface& interface, const ArpTable::Question& question, const ArpTable::Asker& asker, Instant now);
    void prepareArp(Flight& flight, Instant now);
    bool accepts(const Interface& interface, wire::MacAddress to) const;
    void receiveFramed(FlightPtr flight, trace::LinkEnd in, Instant now);
    void onArp(const Flight& flight, Interface& interface, Instant now);
    void answer(const Flight& request, Interface& interface, Instant now);
    void onArpTimer(Instant now);
    void giveUp(Interface& interface, ArpTable::Expired expired, Instant now);
    void armArp();
    void receiveDatagram(FlightPtr flight, Instant now);
    bool connected(wire::Ipv4Address address) const;  // to a network of its own
    trace::EventId dropped(const Flight& flight, trace::DropReason reason, bool told, Instant now);
    void dropAndReport(FlightPtr flight, trace::DropReason reason, IcmpError error, Instant now);
    void respond(wire::Packet packet, MailId mail, trace::EventId cause, Instant now);
    void goDown(Instant now, trace::EventId cause);

    NodeId m_id;
    bool m_forwards;
    bool m_running = true;
    bool m_online = true;
    IcmpMode m_icmp = IcmpMode::on;
    std::uint32_t m_faults = 0;  // still to come
    std::uint64_t m_faultDice = 0;
    Simulator& m_simulator;
    trace::Tracer& m_tracer;
    FlightPool& m_pool;
    std::uint32_t m_part = 0;
    ComponentId m_component;
    IpUser* m_user = nullptr;
    std::vector<Interface> m_interfaces;
    std::vector<wire::Ipv4Address> m_addresses;
    std::vector<wire::Ipv4Address> m_groups;
    std::vector<Route> m_routes;
    std::vector<Hop> m_hops;                                             // beside m_routes
    std::vector<Hop> m_ways;                                             // by interface, of a host that keeps to the strong model; empty: the table decides alone
    ForwardingTable m_table;                                             // values: index into m_hops, kLocal, kRefused
    std::unordered_map<std::uint64_t, std::uint16_t> m_identifications;  // last one given, by addresses and protocol; never walked through
    IcmpLimiter m_limiter;
    Reassembly m_reassembly;
    Instant m_reassemblyWake = kNever;
    Instant m_arpWake = kNever;
    std::vector<FlightPtr> m_loopback;  // sent to itself; comes up at the next wake-up
};

}  // namespace mailtrek::net
