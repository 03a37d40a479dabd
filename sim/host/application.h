// SPDX-License-Identifier: GPL-3.0-or-later
// A program that runs on a machine and uses its sockets: a name server, a mail server, a mail reader. It is called back; it never waits.
#pragma once

#include <cstdint>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/net/icmp.h"
#include "sim/tls/session.h"
#include "sim/trace/enums.h"
#include "sim/transport/tcp_stack.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::host {

using transport::SocketId;

struct Datagram {
    wire::Ipv4Address from;
    std::uint16_t fromPort = 0;
    std::uint16_t toPort = 0;
    PacketId packet;
    MailId mail;  // the letter that the asker serves
    Slice payload;
    trace::LinkEnd in;  // the link that it came by
};

// Something that came by ICMP for a program: the answer to an echo request of its, or an error about a datagram of its (RFC 1122 4.1.3.3).
struct EchoReply {
    wire::Ipv4Address from;
    std::uint16_t sequence = 0;
    PacketId packet;
    Slice data;
};
struct IcmpError {
    wire::Ipv4Address from;
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    PacketId packet;
    net::QuotedPacket about;
};

class Application {
public:
    virtual ~Application() = default;

    // --- TCP ---
    virtual void onAccepted(std::uint16_t /*port*/, SocketId) {}
    virtual void onEstablished(SocketId) {}
    virtual void onReadable(SocketId) {}
    virtual void onWritable(SocketId) {}    // room for more octets, where a program limits its send buffer
    virtual void onPeerClosed(SocketId) {}  // the peer will send no more
    virtual void onClosed(SocketId, trace::CloseReason) {}

    // --- TLS, once Machine::startTls was called ---
    virtual void onSecured(SocketId) {}
    virtual void onTlsFailed(SocketId, const tls::Failure&) {}  // the connection is of no use any more

    // --- UDP ---
    virtual void onDatagram(const Datagram&) {}

    // --- a protocol of its own above IP; the ports are 0. False: the octets make no sense ---
    virtual bool onProtocol(const Datagram&) { return true; }

    // --- ICMP ---
    virtual void onEchoReply(const EchoReply&) {}
    virtual void onIcmpError(const IcmpError&) {}

    // --- time: called at or after nextDeadline() ---
    virtual void onTimer() {}
    virtual Instant nextDeadline() const { return kNever; }

    // --- the machine itself ---
    virtual void onStopped() {}  // a crash: what is not on disk is gone, sockets too
    virtual void onStarted() {}
    virtual void onOnline(bool /*online*/) {}
    virtual void onNetworkChanged() {}  // of a device with several links: another of them is in use, or none

    // Things under way that keep the run alive: letters in the queue, actions of a person, questions asked.
    virtual std::size_t pending() const { return 0; }
};

}  // namespace mailtrek::host
