// SPDX-License-Identifier: GPL-3.0-or-later
// The TCP of one host: sockets, listeners, who a segment belongs to (RFC 9293 3.10), initial sequence numbers (RFC 6528), ephemeral ports (RFC 6056).
// Sans-I/O: segments and the time go in, TcpOutput is called, nextDeadline() says when to be called again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/kernel/dice.h"

#include "sim/transport/connection.h"

namespace mailtrek::transport {

struct TcpStackOptions {
    TcpSettings settings;
    std::uint64_t seed = 1;
    std::uint64_t host = 0;  // tells hosts apart in the dice: hashText(node name)
};

class TcpStack {
public:
    TcpStack(TcpStackOptions options, TcpOutput& output) : m_options(std::move(options)), m_output(output) {}

    // --- the user's calls; a socket that is gone is ignored ---
    void listen(std::uint16_t port);
    // `localMss`: the MTU of the way out less 40. Sends the SYN at once; `opened` runs between: the socket exists and nothing has been sent.
    template <class F>
    SocketId connect(wire::Ipv4Address local, wire::Ipv4Address remote, std::uint16_t remotePort, std::uint32_t localMss, Instant now, F&& opened) {
        const SocketId socket = open({local, remote, ephemeralPort(remote, remotePort), remotePort}, trace::Side::client, localMss, now);
        opened(socket);
        m_connections.at(socket.value)->connect(now);
        settled(socket);
        return socket;
    }
    void write(SocketId socket, Slice octets, bool content, bool lastContent, Instant now);
    std::string read(SocketId socket, Instant now);
    void close(SocketId socket, Instant now);
    void abort(SocketId socket, Instant now);

    // --- inputs ---
    void onSegment(const wire::Packet& packet, PacketId id, std::uint32_t localMss, Instant now);
    // An ICMP error about a segment of ours. `hard`: port or protocol unreachable.
    void onUnreachable(const Endpoints& endpoints, bool hard, Instant now);
    void onTimer(Instant now);
    // Everything vanishes without a word (a crash). Listeners stay.
    void crash();

    // --- questions ---
    Instant nextDeadline();
    const Connection* connection(SocketId socket) const;
    std::size_t openSockets() const { return m_open; }   // neither closed nor in TIME-WAIT
    std::vector<const Connection*> connections() const;  // by socket

private:
    SocketId open(const Endpoints& endpoints, trace::Side side, std::uint32_t localMss, Instant now);
    std::uint16_t ephemeralPort(wire::Ipv4Address remote, std::uint16_t remotePort);
    std::uint32_t initialSequence(const Endpoints& endpoints, Instant now) const;
    Connection* find(SocketId socket);
    void settled(SocketId socket);  // after every call into a connection: deadline, count of open ones, removal
    void resetFor(const wire::Packet& packet);

    struct Hash {
        std::size_t operator()(const Endpoints& e) const { return combine(std::uint64_t{e.remote.value} << 32 | e.local.value, std::uint64_t{e.remotePort} << 16 | e.localPort); }
    };
    struct Due {
        Instant at;
        std::uint32_t socket;
        bool operator>(const Due& o) const { return at != o.at ? at > o.at : socket > o.socket; }
    };
    struct Slot {
        std::unique_ptr<Connection> connection;
        Instant scheduled = kNever;
        bool open = true;
        Connection* operator->() const { return connection.get(); }
    };

    TcpStackOptions m_options;
    TcpOutput& m_output;
    std::unordered_map<std::uint16_t, bool> m_listeners;
    std::map<std::uint32_t, Slot> m_connections;
    std::unordered_map<Endpoints, std::uint32_t, Hash> m_byEndpoints;
    std::map<std::pair<std::uint32_t, std::uint16_t>, std::uint32_t> m_timesConnected;  // per destination, for the dice
    std::priority_queue<Due, std::vector<Due>, std::greater<>> m_due;
    std::uint32_t m_nextSocket = 0;
    std::size_t m_open = 0;
};

}  // namespace mailtrek::transport
