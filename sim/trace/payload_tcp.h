// SPDX-License-Identifier: GPL-3.0-or-later
// What happens in TCP connections. Sequence numbers are relative to the initial one of their direction: the SYN is 0, the first octet of data is 1.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"
#include "sim/trace/enums.h"
#include "sim/trace/ids.h"

namespace mailtrek::trace {

struct ConnectionOpened {  // the client asked for it; event.node is the client
    static constexpr std::string_view kType = "connection-opened";
    ConnectionId connection;
    NodeId client;
    NodeId server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("client", client);
        f("server", server);
        f("client-port", clientPort);
        f("server-port", serverPort);
    }
};

struct TcpStateChanged {
    static constexpr std::string_view kType = "tcp-state";
    ConnectionId connection;
    Side side{};
    TcpState from{};
    TcpState to{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("from", from);
        f("to", to);
    }
};

struct SegmentFacts {
    ConnectionId connection;
    PacketId packet;
    std::uint32_t sequence = 0;        // relative
    std::uint32_t acknowledgment = 0;  // relative
    std::uint32_t number = 0;          // of the data segment, from 1, per direction; a retransmission keeps it; 0 without payload
    std::uint16_t length = 0;          // octets of payload
    std::uint16_t transmission = 1;    // 1 is the first time
    Side side{};                       // the sender
    std::uint8_t flags = 0;            // as in the 14th octet of the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16
    bool mailContent = false;          // carries octets of a message (after 354), not only commands
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("packet", packet);
        f("seq", sequence);
        f("ack", acknowledgment);
        f("number", number);
        f("length", length);
        f("transmission", transmission);
        f("flags", flags);
        f("content", mailContent);
    }
};

struct SegmentSent : SegmentFacts {
    static constexpr std::string_view kType = "segment-sent";
};

struct SegmentRetransmitted : SegmentFacts {
    static constexpr std::string_view kType = "segment-retransmitted";
    RetransmitReason reason{};
    template <class F>
    void fields(F&& f) const {
        SegmentFacts::fields(f);
        f("reason", reason);
    }
};

// A segment came up to TCP (event.node, `side` is the receiver).
struct SegmentReceived {
    static constexpr std::string_view kType = "segment-received";
    std::uint64_t inOrder = 0;  // octets delivered to the program side in order so far, this direction
    ConnectionId connection;
    PacketId packet;
    std::uint32_t acknowledgment = 0;  // relative
    std::uint16_t length = 0;
    Side side{};
    Arrival arrival{};
    bool duplicateAck = false;  // counted by the receiver as one (RFC 5681 2)
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("packet", packet);
        f("arrival", arrival);
        f("ack", acknowledgment);
        f("length", length);
        f("in-order", inOrder);
        f("duplicate-ack", duplicateAck);
    }
};

struct WindowChanged {
    static constexpr std::string_view kType = "window-changed";
    ConnectionId connection;
    std::uint32_t cwnd = 0;      // octets
    std::uint32_t ssthresh = 0;  // octets; all ones: not set yet
    std::uint32_t flight = 0;    // octets sent and not acknowledged
    std::uint32_t peerWindow = 0;
    Side side{};
    WindowReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("cwnd", cwnd);
        f("ssthresh", ssthresh);
        f("flight", flight);
        f("peer-window", peerWindow);
        f("reason", reason);
    }
};

struct RttMeasured {
    static constexpr std::string_view kType = "rtt-measured";
    ConnectionId connection;
    std::uint32_t sampleMicros = 0;
    std::uint32_t smoothedMicros = 0;
    std::uint32_t variationMicros = 0;
    std::uint32_t rtoMicros = 0;
    Side side{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("sample-us", sampleMicros);
        f("srtt-us", smoothedMicros);
        f("rttvar-us", variationMicros);
        f("rto-us", rtoMicros);
    }
};

struct TimerExpired {
    static constexpr std::string_view kType = "timer-expired";
    Duration waited{};  // how long the timer ran
    ConnectionId connection;
    std::uint32_t backoff = 0;  // doublings so far, this one included
    Side side{};
    TcpTimer timer{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("timer", timer);
        f("waited", waited);
        f("backoff", backoff);
    }
};

struct ConnectionEnded {
    static constexpr std::string_view kType = "connection-ended";
    ConnectionId connection;
    Side side{};
    CloseReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("reason", reason);
    }
};

}  // namespace mailtrek::trace
