// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario brought to life: links, machines, switches, their programs, and the timeline that acts on them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "sim/host/checks.h"
#include "sim/host/device.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/host/name_service.h"
#include "sim/host/outside.h"
#include "sim/host/router_service.h"
#include "sim/host/tap.h"
#include "sim/host/world.h"
#include "sim/net/link.h"
#include "sim/net/segments.h"
#include "sim/net/shortest_path.h"
#include "sim/net/spanning_tree.h"
#include "sim/net/switch_node.h"
#include "sim/scenario/addressing.h"
#include "sim/scenario/scenario.h"

namespace mailtrek::host {

class Network final : public Component, private RoutingWorld {
public:
    // `recording` may be null unless the sink records. The scenario must outlive the network.
    Network(const scenario::Scenario& scenario, trace::Sink sink, trace::Recording* recording);
    ~Network() override;

    // Reports the world as it is at the start. Before the first wake-up.
    void begin(trace::EventObserver* observer);

    World& world() { return m_world; }
    const World& world() const { return m_world; }
    // Nothing is left that keeps the run alive (scenario format, "When a run ends").
    bool quiet() const;
    // After every wake-up of the simulator: somebody sent something, so routers that rest go on with what they do all day.
    void stir() {
        if (!m_world.flights.stirred().empty()) stirParts();
    }

    // --- questions, for the snapshot ---
    const scenario::Scenario& scenario() const { return m_scenario; }
    const Machine* machine(NodeId id) const { return m_machines[id.index()].get(); }
    const net::SwitchNode* switchNode(NodeId id) const { return m_switches[id.index()].get(); }
    const MailServer* mailServer(NodeId id) const { return m_servers[id.index()]; }
    const Device* device(NodeId id) const { return m_devices[id.index()]; }  // null for all others
    const Checks* checks(NodeId id) const { return m_checks[id.index()]; }   // null for all others
    const net::Link& link(LinkId id) const { return *m_links[id.index()]; }
    const RouterService* router(NodeId id) const { return m_routers[id.index()]; }  // null for all others

    // --- programs outside, that take part while the run goes on ---
    // The scenario's timeline has one more entry that lies ahead.
    void timelineGrew(Instant at) { m_world.simulator.schedule(at, m_component, 0); }
    OutsideProgram& outside(NodeId device);
    // Packets are on their way, or somebody waits for an acknowledgment: time that nobody outside can shorten.
    bool underWay() const;

    void onWake(std::uint64_t what, Instant now) override;  // the timeline

private:
    struct Part;   // of the network (rest.cpp)
    struct Actor;  // carries out one kind of entry each (timeline.cpp)
    // network_build.cpp
    void makeLinks();
    void makeMachines();
    void connectLinks();
    void makePrograms();
    void makeMailServer(NodeId id, Machine& machine);
    bool readInBrowser(NodeId server) const;
    void makeDevice(NodeId id, Machine& machine);
    void makeChecks();
    wire::Ipv4Address addressTowards(NodeId from, NodeId to) const;
    // network_names.cpp
    ResolverService& makeResolver(Machine& machine);
    void makeNameServer(NodeId id, Machine& machine);
    dns::ZoneFacts zoneFacts(NodeId server) const;
    std::vector<wire::Ipv4Address> nameServers() const;
    dns::HostFact hostFact(NodeId id) const;
    std::vector<dns::Delegation> rootHints(NodeId self) const;
    // routing.cpp
    using Attachments = std::vector<std::vector<net::Attachment>>;
    net::Topology topology() const;
    void makeRouters();
    void makeRouter(NodeId id, const net::Topology& drawn, const Attachments& at);
    std::vector<net::Attachment> peersBehind(const net::Topology& topology, const Attachments& at, net::Attachment from, bool evenDown) const;
    std::vector<StaticNextHop> staticHops(NodeId router, const std::vector<scenario::StaticRoute>& routes) const;
    void converge(trace::EventId cause);
    void convergeLinkState();
    void convergeDistanceVector();
    void planHosts(trace::EventId cause);
    void spanSwitches(const net::Topology& now, trace::EventId cause);
    void linkChanged(LinkId link, trace::EventId event);
    void linkConfigured(LinkId link, trace::EventId event);
    void nodeChanged(NodeId node, trace::EventId event);
    void changed(Part& part, std::size_t place, trace::EventId event, bool concernsRouters);
    trace::EventId silencer(NodeId neighbour, LinkId link, Instant heardAt) const override;
    // rest.cpp
    struct Part {  // of the network: what links join, drawn or cut. What happens in one is no business of another
        std::vector<RouterService*> routers;
        Duration round{};  // in which every neighbour is heard; zero: nobody speaks a routing protocol
        Instant watchUntil = kStart, lastActivity = kStart, restSince = kStart;
        std::optional<Instant> lastEntry;  // of the timeline that was about it
        bool resting = false;
    };
    std::vector<std::uint32_t> numberParts() const;
    Part& partOf(NodeId node) { return m_parts[m_partOf[node.index()]]; }
    Part& partOf(LinkId link) { return partOf(m_scenario.links[link.index()].between[0]); }
    bool busy(const Part& part) const;
    bool routersBusy() const;
    bool mayRest(NodeId router) override;
    void stirParts();
    void wake(Part& part);
    void noteEntry(const scenario::Action& action);
    bool uneventful(NodeId node, Instant since) const;
    bool onlyIdleReaders() const;
    // roaming.cpp
    void findRoaming();
    bool roams(NodeId node) const { return m_roams[node.index()]; }
    void setNetworks(DeviceOptions& options, NodeId device, NodeId server) const;
    std::array<trace::LinkEnd, 2> networksOfEnds(LinkId link) const;
    void moveDevices(LinkId link, const std::array<trace::LinkEnd, 2>& before, trace::EventId cause);
    // timeline.cpp
    void act(std::size_t entry);
    void send(const scenario::Send& send, trace::EventId cause);
    void probe(const scenario::Probe& probe, trace::EventId cause);
    void person(const scenario::Person& person, trace::EventId cause);
    trace::EventId emit(trace::EventId cause, NodeId node, MailId mail, const trace::Payload& payload);

    const scenario::Scenario& m_scenario;
    scenario::Addresses m_addresses;
    trace::Recording* m_recording;
    World m_world;
    ComponentId m_component;
    std::vector<std::unique_ptr<Tap>> m_taps;
    std::vector<std::unique_ptr<net::Link>> m_links;
    std::vector<std::unique_ptr<Machine>> m_machines;          // by NodeId; null for switches
    std::vector<std::unique_ptr<net::SwitchNode>> m_switches;  // by NodeId; null for all others
    std::vector<MailServer*> m_servers;                        // by NodeId
    std::vector<Device*> m_devices;                            // by NodeId
    std::vector<Checks*> m_checks;                             // by NodeId; null for all others
    std::multimap<std::string, Checks*> m_checkers;            // by the address of the mailbox, in lower case
    std::vector<bool> m_roams;                                 // by NodeId: a device with several links
    std::vector<OutsideProgram*> m_outside;                    // by NodeId; null where none has been yet
    std::vector<NameService*> m_nameServices;                  // by NodeId
    net::RoutePlan m_plan;                                     // of hosts
    net::SpanningTree m_tree;                                  // of switches
    std::vector<RouterService*> m_routers;                     // by NodeId; null for all others
    std::vector<bool> m_spoken;                                // by LinkId: a routing protocol is spoken over it
    struct Change {
        Instant at;
        trace::EventId event;
    };
    std::vector<Change> m_lastChange;     // of nodes, then links
    std::vector<std::uint32_t> m_partOf;  // by NodeId
    std::vector<Part> m_parts;
    std::size_t m_nextEntry = 0;
    std::map<std::string, MailId> m_mailIds;
    std::vector<std::string> m_messageIds;  // by MailId; empty before it is written
    std::vector<std::string> m_mailNames;
};

}  // namespace mailtrek::host
