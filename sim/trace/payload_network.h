// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to packets, links, nodes and routes.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"
#include "sim/kernel/units.h"
#include "sim/trace/enums.h"
#include "sim/trace/enums_network.h"
#include "sim/trace/ids.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::trace {

// A packet was handed to a link (event.node is the sender). Its last octet leaves at `start` + transmission time, and would
// arrive at `arrival`; whether it does, a later PacketDelivered or PacketDropped tells.
struct PacketSent {
    static constexpr std::string_view kType = "packet-sent";
    Instant start;    // the first octet goes onto the wire; event.at .. start is time in the queue
    Instant arrival;  // the last octet reaches the other end
    PacketId packet;
    LinkEnd via;
    std::uint16_t size = 0;       // octets on the line: of the datagram, and of the frame around it where there is one
    std::uint8_t ttl = 0;         // as sent here; 0 of ARP, which has none
    bool congestionMark = false;  // ECN CE set when it left
    FrameId frame{};              // its Ethernet header on a segment with a switch; elsewhere there is none
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("size", size);
        f("ttl", ttl);
        f("start", start);
        f("arrival", arrival);
        f("ce", congestionMark);
        f("frame", frame);
    }
};

// The settings of the link changed, or a packet in front was taken away, while this one waited for the line: these are its new times.
struct PacketReplanned {
    static constexpr std::string_view kType = "packet-replanned";
    Instant start;
    Instant arrival;
    PacketId packet;
    LinkEnd via;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("start", start);
        f("arrival", arrival);
    }
};

// It reached the other end intact (event.node is the receiver).
struct PacketDelivered {
    static constexpr std::string_view kType = "packet-delivered";
    PacketId packet;
    LinkEnd via;
    std::uint16_t size = 0;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("size", size);
    }
};

// It ends here. `via` is the link that carried or refused it, or the one it came in by when a node discards it.
struct PacketDropped {
    static constexpr std::string_view kType = "packet-dropped";
    PacketId packet;
    LinkEnd via;
    std::uint16_t size = 0;
    DropReason reason{};
    bool onLink = false;  // true: a link lost it (it had been sent, or its queue refused it); false: a node discarded it
    bool queued = false;  // with onLink: it had been accepted by the link (a PacketSent exists)
    bool told = false;    // the node that discarded it sends an ICMP error about it
    FrameId frame{};      // with onLink: as in PacketSent
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("size", size);
        f("reason", reason);
        f("on-link", onLink);
        f("queued", queued);
        f("told", told);
        f("frame", frame);
    }
};

// The link flipped one bit: from here on `damaged` travels in the place of `packet`. Counted as neither sent nor dropped.
// Without a link, event.node swapped two neighbouring 16-bit words of it in its memory, which no checksum of the internet can see.
struct PacketCorrupted {
    static constexpr std::string_view kType = "packet-corrupted";
    PacketId packet;
    PacketId damaged;
    LinkEnd via;
    std::uint32_t bit = 0;  // from the first bit of the IP header (or of the ARP packet); of the first word swapped, its first
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("damaged", damaged);
        f("link", via);
        f("bit", bit);
    }
};

// The link made a second copy, which travels as a packet of its own (a PacketSent follows for it).
struct PacketDuplicated {
    static constexpr std::string_view kType = "packet-duplicated";
    PacketId packet;
    PacketId copy;
    LinkEnd via;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("copy", copy);
        f("link", via);
    }
};

struct LinkChanged {
    static constexpr std::string_view kType = "link-changed";
    LinkId link;
    LinkChange change{};
    template <class F>
    void fields(F&& f) const {
        f("link", link);
        f("change", change);
    }
};

// One direction of a link has these settings from now on (all directions report once at the start).
struct LinkConfigured {
    static constexpr std::string_view kType = "link-configured";
    BitRate rate;
    Duration delay{};
    LinkEnd via;
    Share loss;  // of bursty loss the long-run share
    std::uint32_t queuePackets = 0;
    std::uint16_t mtu = 0;
    QueueModel queue{};
    bool bursty = false;
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("rate", rate);
        f("delay", delay);
        f("loss", loss);
        f("queue", queuePackets);
        f("model", queue);
        f("bursty", bursty);
        f("mtu", mtu);
    }
};

struct NodeChanged {
    static constexpr std::string_view kType = "node-changed";
    NodeChange change{};
    template <class F>
    void fields(F&& f) const {
        f("change", change);
    }
};

// A device with several links goes over to another of them, with another address. An end that is not valid: it has no network.
struct DeviceMoved {
    static constexpr std::string_view kType = "device-moved";
    LinkEnd from;
    LinkEnd to;
    bool lost = false;  // `from` is cut: the connections over it are gone
    template <class F>
    void fields(F&& f) const {
        f("from", from.valid() ? from.link() : LinkId{});
        f("to", to.valid() ? to.link() : LinkId{});
        f("lost", lost);
    }
};

// event.node now reaches `destination` through `link` (none: no longer at all, or no longer by this alternative).
struct RouteChanged {
    static constexpr std::string_view kType = "route-changed";
    wire::Ipv4Prefix destination;
    NodeId nextHop;
    LinkEnd via;
    std::uint32_t cost = 0;
    RouteSource source{};
    std::uint8_t alternative = 0;  // 0 is the route; 1 and more are others of the same cost, among which a hash of the flow chooses
    template <class F>
    void fields(F&& f) const {
        f("destination", destination);
        f("next-hop", nextHop);
        f("link", via);
        f("cost", cost);
        f("source", source);
        f("alternative", alternative);
    }
};

// What event.node knows of a router beside it (RFC 2328 10).
struct AdjacencyChanged {
    static constexpr std::string_view kType = "adjacency-changed";
    LinkEnd via;
    NodeId neighbour;
    AdjacencyState from{};
    AdjacencyState to{};
    AdjacencyReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("neighbour", neighbour);
        f("from", from);
        f("to", to);
        f("reason", reason);
    }
};

// A link-state advertisement in the database of event.node: what the router `origin` says of its links (RFC 2328 12).
struct LsaChanged {
    static constexpr std::string_view kType = "lsa-changed";
    NodeId origin;
    std::uint32_t sequence = 0;  // as on the wire: the first is 0x80000001
    std::uint16_t links = 0;
    LsaChange change{};
    LsaReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("origin", origin);
        f("sequence", sequence);
        f("links", links);
        f("change", change);
        f("reason", reason);
    }
};

// A message with routes or advertisements leaves event.node (hellos, descriptions, requests of a database and acknowledgments are packets only).
struct RoutingUpdateSent {
    static constexpr std::string_view kType = "routing-update-sent";
    PacketId packet;
    LinkEnd via;
    std::uint16_t entries = 0;  // advertisements or routes in it
    RouteSource protocol{};
    UpdateReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("entries", entries);
        f("protocol", protocol);
        f("reason", reason);
    }
};

// A timeline entry of the scenario (or an intervention) took effect.
struct TimelineApplied {
    static constexpr std::string_view kType = "timeline-applied";
    std::uint32_t entry = 0;  // place in the timeline, from 0
    TextId kind;              // the key of the entry: "cut", "send", ...
    template <class F>
    void fields(F&& f) const {
        f("entry", entry);
        f("kind", kind);
    }
};

}  // namespace mailtrek::trace
