// SPDX-License-Identifier: GPL-3.0-or-later
// What happens on segments with switches: who asks whom for an address, what switches learn, and where frames spread.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/trace/enums_network.h"
#include "sim/trace/ids.h"
#include "sim/wire/ipv4_address.h"
#include "sim/wire/mac_address.h"

namespace mailtrek::trace {

// event.node asks which MAC address `target` has (RFC 826).
struct ArpAsked {
    static constexpr std::string_view kType = "arp-asked";
    PacketId packet;
    LinkEnd via;
    wire::Ipv4Prefix target;
    std::uint8_t attempt = 1;
    bool poll = false;  // only the station that had it is asked whether it is still there (RFC 1122 2.3.2.1)
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("target", target);
        f("attempt", attempt);
        f("poll", poll);
    }
};

// event.node, which was asked for, says its MAC address.
struct ArpAnswered {
    static constexpr std::string_view kType = "arp-answered";
    PacketId packet;
    LinkEnd via;
    wire::Ipv4Prefix asker;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("asker", asker);
    }
};

// event.node notes in its ARP cache that `address` is at `station`, and sends what waited for it.
struct ArpLearned {
    static constexpr std::string_view kType = "arp-learned";
    LinkEnd via;
    wire::Ipv4Prefix address;
    NodeId neighbour;
    wire::MacAddress station;
    std::uint16_t released = 0;  // packets that waited
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("address", address);
        f("station", station);
        f("neighbour", neighbour);
        f("released", released);
    }
};

// The packet waits in event.node until the MAC address of `target` is known.
struct PacketWaits {
    static constexpr std::string_view kType = "packet-waits";
    PacketId packet;
    LinkEnd via;
    wire::Ipv4Prefix target;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("target", target);
    }
};

// Nobody answered: event.node forgets what it knew of `target`, and what waited for it is dropped.
struct ArpFailed {
    static constexpr std::string_view kType = "arp-failed";
    LinkEnd via;
    wire::Ipv4Prefix target;
    std::uint16_t dropped = 0;
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("target", target);
        f("dropped", dropped);
    }
};

// The switch event.node has seen a frame of `station` come in by the port towards `via`: what is meant for it goes out there from now on (802.1D 7.8).
struct StationLearned {
    static constexpr std::string_view kType = "station-learned";
    LinkEnd via;
    NodeId neighbour;
    wire::MacAddress station;
    bool moved = false;  // from another port
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("station", station);
        f("neighbour", neighbour);
        f("moved", moved);
    }
};

// The switch event.node sends the frame out of several ports: `packet` out of the first, its copies, numbered first, first + 1, ..., out of the others.
struct FrameFlooded {
    static constexpr std::string_view kType = "frame-flooded";
    PacketId packet;
    PacketId first;
    std::uint32_t copies = 0;
    FloodReason reason{};
    wire::MacAddress destination;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("first", first);
        f("copies", copies);
        f("reason", reason);
        f("destination", destination);
    }
};

// The switch event.node blocks this port, so that frames do not run in circles, or opens it again (802.1D 8, spanning tree).
struct PortChanged {
    static constexpr std::string_view kType = "port-changed";
    LinkEnd via;
    bool blocked = false;
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("blocked", blocked);
    }
};

}  // namespace mailtrek::trace
