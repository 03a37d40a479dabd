// SPDX-License-Identifier: GPL-3.0-or-later
// A link between two nodes: per direction a queue, a line with a rate, a delay, and what can go wrong on it.
// The queue is virtual: when a packet enters, the instant at which the line is free for it is known, and so is its arrival. One wake-up
// of the kernel per packet and hop. CoDel judges a packet when its turn comes: there each packet that waits has one wake-up more, and when one is dropped those behind it
// move up. A packet's dice are its own (kernel/dice.h), so what befalls one leaves the others alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/simulator.h"
#include "sim/net/burst_process.h"
#include "sim/net/codel.h"
#include "sim/net/flight.h"
#include "sim/net/link_listener.h"
#include "sim/net/link_settings.h"
#include "sim/net/receiver.h"
#include "sim/net/red.h"
#include "sim/net/travel_ring.h"
#include "sim/trace/tracer.h"
#include "sim/trace/view.h"
#include "sim/wire/ethernet.h"

namespace mailtrek::net {

struct LinkConfig {
    LinkId id;
    std::string name;  // goes into the dice
    std::array<NodeId, 2> nodes;
    std::uint32_t mtu = 1500;
    bool framed = false;                   // of a segment with switches: packets travel in Ethernet frames
    std::array<LinkSettings, 2> settings;  // by direction: 0 goes from nodes[0] to nodes[1]
    std::array<std::vector<LinkRule>, 2> rules;
};

class Link final : public Component {
public:
    Link(LinkConfig config, std::uint64_t seed, Simulator& simulator, trace::Tracer& tracer, FlightPool& pool);

    // Who receives at nodes[end]. REQUIRES: both ends are attached before anything is sent.
    void attach(int end, Receiver& receiver) { m_ends[1 - end].receiver = &receiver; }
    // Hears every packet that arrives at the other end. May be null; must outlive the link.
    void setListener(LinkListener* listener) { m_listener = listener; }
    // Reports the settings of both directions, once, at the start.
    void announce(Instant now, trace::EventId cause);

    // --- questions ---
    LinkId id() const { return m_config.id; }
    const std::string& name() const { return m_config.name; }
    NodeId node(int end) const { return m_config.nodes[end]; }
    std::uint32_t mtu() const { return m_config.mtu; }
    bool framed() const { return m_config.framed; }
    bool up() const { return m_up; }
    const LinkSettings& settings(int direction) const { return m_ends[direction].settings; }
    // Packets waiting for the line at `now`; the one being transmitted does not count.
    std::uint64_t waiting(int direction, Instant now);
    std::uint64_t waitingBytes(int direction, Instant now);
    // Packets queued or on the wire.
    std::uint64_t carried(int direction) const { return m_ends[direction].travelling.live(); }
    // The same value as folding this link's events gives.
    trace::LinkView view() const;

    // --- inputs ---
    // REQUIRES: flight->size is set and at most mtu(); flight->cause is what made its node send it; on a framed link, flight->to and from are set.
    void send(int direction, FlightPtr flight, Instant now);
    // Everything the link carries is dropped at once. No effect when already cut (or up). Gives the event (LinkChanged, LinkConfigured), or `cause` without one.
    trace::EventId cut(Instant now, trace::EventId cause);
    trace::EventId restore(Instant now, trace::EventId cause);
    // New settings of one direction. Packets that have not yet started are planned anew, in the same order; what is on the wire goes on.
    trace::EventId configure(int direction, const LinkSettings& settings, Instant now, trace::EventId cause);
    // What is sent from now on is at most this large; what the link carries goes on.
    trace::EventId setMtu(std::uint32_t mtu, Instant now, trace::EventId cause);
    // Loses a packet: at once if the link carries it, otherwise when it comes.
    void remove(int direction, Removal removal, Instant now, trace::EventId cause);
    // The sending node crashed or went offline: what waits in its queue is gone.
    void dropWaiting(int direction, Instant now, trace::EventId cause);

    void onWake(std::uint64_t what, Instant now) override;

private:
    struct PendingRemoval {
        Removal removal;
        trace::EventId cause;
    };
    struct End {  // one direction
        LinkSettings settings;
        Receiver* receiver = nullptr;
        TravelRing travelling;
        Instant busyUntil = kStart;           // the line is free from here on
        Instant lastArrival = kStart;         // no packet arrives before the one in front of it
        std::uint64_t entered = 0;            // packets accepted; neither copies made here nor those of routing protocols count
        std::array<std::uint64_t, 7> dice{};  // the beginning of each draw, by Purpose - 1
        std::vector<PendingRemoval> removals;
        std::optional<BurstProcess> bursts;
        std::optional<Red> red;
        CoDel codel;
        std::uint64_t redDice = 0;  // the beginning of RED's draws
        std::uint64_t head = 0;     // no packet with a smaller number waits for its turn
        Instant turnAt = kNever;    // the wake-up for the packet at the head of a CoDel queue
    };

    static constexpr std::uint64_t kTurn = ~std::uint64_t{0} >> 1;
    static constexpr std::uint64_t wakeCode(std::uint64_t number, int direction) { return number << 1 | static_cast<std::uint64_t>(direction); }
    std::uint64_t die(const End& end, Purpose purpose, const Flight& flight) const { return combine(end.dice[static_cast<std::size_t>(purpose) - 1], flight.fate.packetHash); }
    std::uint32_t lineSize(const Flight& flight) const { return m_config.framed ? wire::frameSize(flight.size) : flight.size; }
    std::uint16_t toldSize(const Flight& flight) const { return static_cast<std::uint16_t>(std::min(lineSize(flight), 65535u)); }
    trace::FrameId frameOf(const Flight& flight) const { return m_config.framed ? m_tracer.frame({flight.to, flight.from, wire::etherTypeOf(flight.packet)}) : trace::FrameId{}; }
    bool full(End& end, const Flight& flight, Instant now);
    void enter(int direction, FlightPtr flight, std::uint64_t ordinal, Instant now);
    void duplicate(int direction, const Flight& original, Instant now);
    void applyRules(int direction, Travel& travel) const;
    void applyRemovals(End& end, Travel& travel);
    void prepare(int direction, bool sameQueue);  // the models that the settings name
    void throwDice(End& end, Travel& travel) const;
    void plan(End& end, Travel& travel, Instant now) const;
    // link_queue.cpp
    bool refusedEarly(int direction, Flight& flight, Instant now);
    void mark(int direction, Flight& flight, Instant now);
    void onTurn(int direction, Instant now);
    void awaitTurn(int direction, Instant now);
    Travel* headOfQueue(End& end);
    void replan(int direction, std::uint64_t from, Instant now, trace::EventId cause);
    void rewind(End& end, std::uint64_t firstWaiting);
    void deliver(int direction, FlightPtr flight, bool corrupted, Instant now);
    void corrupt(int direction, Flight& flight, Instant now);
    trace::EventId drop(int direction, const Flight& flight, trace::DropReason reason, bool queued, Instant now, trace::EventId cause);
    trace::EventId reportSettings(int direction, Instant now, trace::EventId cause);
    trace::LinkEnd endId(int direction) const { return trace::LinkEnd::of(m_config.id, direction); }

    LinkConfig m_config;
    Simulator& m_simulator;
    trace::Tracer& m_tracer;
    FlightPool& m_pool;
    ComponentId m_component;
    std::array<End, 2> m_ends;
    bool m_up = true;
    LinkListener* m_listener = nullptr;
};

}  // namespace mailtrek::net
