// SPDX-License-Identifier: GPL-3.0-or-later
// What a TCP asks of the world around it. It calls these while it is being called; the host answers at once or takes a note for later.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/trace/payload.h"
#include "sim/wire/headers.h"

namespace mailtrek::transport {

using SocketId = Id<struct SocketTag>;

struct Outgoing {
    SocketId socket;  // none: the stack answers for no connection (a reset)
    wire::Ipv4Address local;
    wire::Ipv4Address remote;
    wire::TcpHeader header;
    Slice payload;
    trace::SegmentFacts facts;                      // packet and connection are the host's to fill in
    std::uint64_t fateNumber = 0;                   // what the dice are thrown for: the same whatever happens to other packets
    std::uint32_t mailSegment = 0;                  // number among the segments with message content, from 1; 0: carries none
    wire::Ecn ecn = wire::Ecn::notCapable;          // for the IP header
    bool lastContent = false;                       // carries the last octet of a message
    std::optional<trace::RetransmitReason> reason;  // set: sent again
};

class TcpOutput {
public:
    virtual ~TcpOutput() = default;
    virtual void transmit(const Outgoing& segment) = 0;
    // A fact for the recording, before what it brings about: TimerExpired before the retransmission, SegmentReceived before the reaction. `connection` fields are the host's to
    // fill in.
    virtual void note(SocketId socket, const trace::Payload& fact) = 0;

    virtual void accepted(std::uint16_t port, SocketId socket) = 0;  // the handshake from outside is complete
    virtual void established(SocketId socket) = 0;                   // ours is
    virtual void readable(SocketId socket) = 0;
    virtual void writable(SocketId) {}  // the peer acknowledged octets: a program that was kept from writing may go on
    virtual void peerClosed(SocketId socket) = 0;
    // The user is done with the socket: orderly, or because of what `reason` says. It may linger in TIME-WAIT.
    virtual void closed(SocketId socket, trace::CloseReason reason) = 0;
};

}  // namespace mailtrek::transport
