// SPDX-License-Identifier: GPL-3.0-or-later
// What IP and ICMP do beyond carrying packets: fragments, errors, path MTU, and the programs ping and traceroute.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"
#include "sim/trace/enums_network.h"
#include "sim/trace/ids.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::trace {

// event.node cut the packet for a link with a smaller MTU: it ends here, and its pieces, numbered first, first + 1, ..., go on (RFC 791 3.2).
struct PacketFragmented {
    static constexpr std::string_view kType = "packet-fragmented";
    PacketId packet;
    PacketId first;
    std::uint16_t pieces = 0;
    std::uint16_t mtu = 0;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("first", first);
        f("pieces", pieces);
        f("mtu", mtu);
    }
};

// event.node has all pieces of a datagram and joins them: they end here, and `packet` goes up (RFC 791 3.2).
struct PacketReassembled {
    static constexpr std::string_view kType = "packet-reassembled";
    PacketId packet;
    std::uint16_t pieces = 0;
    std::uint16_t size = 0;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("pieces", pieces);
        f("size", size);
    }
};

// A queue marked the packet instead of dropping it: ECN CE from here on (RFC 3168 5).
struct PacketMarked {
    static constexpr std::string_view kType = "packet-marked";
    PacketId packet;
    LinkEnd via;
    QueueModel queue{};
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("model", queue);
    }
};

// event.node got an ICMP error about something that it had sent.
struct IcmpReceived {
    static constexpr std::string_view kType = "icmp-received";
    PacketId packet;
    ConnectionId connection;  // that it speaks of; none for UDP and ICMP
    NodeId from;
    std::uint16_t mtu = 0;  // of the next hop, with 3/4; 0: an old router that does not tell
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    IcmpEffect effect{};
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("connection", connection);
        f("from", from);
        f("icmp-type", type);
        f("icmp-code", code);
        f("mtu", mtu);
        f("effect", effect);
    }
};

// event.node sends no packet larger than `mtu` to the destination any more, or tries larger ones again.
struct PathMtuChanged {
    static constexpr std::string_view kType = "path-mtu-changed";
    wire::Ipv4Prefix destination;
    std::uint32_t mtu = 0;
    std::uint32_t before = 0;
    MtuReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("destination", destination);
        f("mtu", mtu);
        f("before", before);
        f("reason", reason);
    }
};

// ping or traceroute sent one packet.
struct ProbeSent {
    static constexpr std::string_view kType = "probe-sent";
    PacketId packet;
    wire::Ipv4Prefix destination;
    std::uint16_t sequence = 0;  // from 1
    std::uint16_t size = 0;      // octets of the datagram
    std::uint8_t ttl = 0;
    Program program{};
    template <class F>
    void fields(F&& f) const {
        f("program", program);
        f("packet", packet);
        f("destination", destination);
        f("sequence", sequence);
        f("size", size);
        f("ttl", ttl);
    }
};

// Something came back to a probe. Of traceroute it is one hop of the way: hop `ttl` is `from`.
struct ProbeAnswered {
    static constexpr std::string_view kType = "probe-answered";
    Duration roundTrip{};
    PacketId packet;  // the answer
    wire::Ipv4Prefix from;
    std::uint16_t sequence = 0;
    std::uint8_t ttl = 0;  // of the probe when it was sent
    ProbeReply reply{};
    Program program{};
    template <class F>
    void fields(F&& f) const {
        f("program", program);
        f("packet", packet);
        f("from", from);
        f("sequence", sequence);
        f("ttl", ttl);
        f("reply", reply);
        f("round-trip", roundTrip);
    }
};

// Nothing came back in time.
struct ProbeLost {
    static constexpr std::string_view kType = "probe-lost";
    Duration waited{};
    wire::Ipv4Prefix destination;
    std::uint16_t sequence = 0;
    std::uint8_t ttl = 0;
    Program program{};
    template <class F>
    void fields(F&& f) const {
        f("program", program);
        f("destination", destination);
        f("sequence", sequence);
        f("ttl", ttl);
        f("waited", waited);
    }
};

// The program is done.
struct ProbeEnded {
    static constexpr std::string_view kType = "probe-ended";
    wire::Ipv4Prefix destination;
    std::uint16_t sent = 0;
    std::uint16_t answered = 0;  // of ping: echo replies; of traceroute: whatever came back
    std::uint8_t hops = 0;       // of traceroute: how far the destination is; 0: it was not reached
    Program program{};
    template <class F>
    void fields(F&& f) const {
        f("program", program);
        f("destination", destination);
        f("sent", sent);
        f("answered", answered);
        f("hops", hops);
    }
};

}  // namespace mailtrek::trace
