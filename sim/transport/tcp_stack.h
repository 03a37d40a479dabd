// SPDX-License-Identifier: GPL-3.0-or-later
// The TCP of one host: sockets, listeners, who a segment belongs to (RFC 9293 3.10), initial sequence numbers (RFC 6528), ephemeral ports (RFC 6056).
// Sans-I/O: segments and the time go in, TcpOutput is called, nextDeadline() says when to be called again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/kernel/dice.h"

#include "sim/transport/connection.h"

namespace mailtrek::transport {

struct ListenOptions {
    std::size_t backlog = ~std::size_t{0};  // connections that may wait for accept()
    std::optional<TcpSettings> settings;    // of the connections born here; without: the host's
};

struct ConnectOptions {
    std::uint16_t localPort = 0;  // 0: an ephemeral one
    std::optional<TcpSettings> settings;
};

struct TcpStackOptions {
    TcpSettings settings;
    std::uint64_t seed = 1;
    std::uint64_t host = 0;  // tells hosts apart in the dice: hashText(node name)
};

class TcpStack {
public:
    TcpStack(TcpStackOptions options, TcpOutput& output) : m_options(std::move(options)), m_output(output) {}

    // --- the user's calls; a socket that is gone is ignored ---
    void listen(std::uint16_t port, ListenOptions options = {}) { m_listeners[port] = {std::move(options), 0}; }
    // What waits there for accept() is reset.
    void unlisten(std::uint16_t port, Instant now);
    // The program took a connection that accepted() told of: it no longer counts against the backlog.
    void taken(SocketId socket);
    // `localMss`: the MTU of the way out less 40. Sends the SYN at once; `opened` runs between: the socket exists and nothing has been sent.
    // No socket when that very pair of ends is in use (TIME-WAIT included).
    template <class F>
    SocketId connect(wire::Ipv4Address local, wire::Ipv4Address remote, std::uint16_t remotePort, std::uint32_t localMss, Instant now, F&& opened,
                     const ConnectOptions& options = {}) {
        const Endpoints endpoints{local, remote, options.localPort > 0 ? options.localPort : ephemeralPort(remote, remotePort), remotePort};
        if (m_byEndpoints.contains(endpoints)) return {};
        const SocketId socket = open(endpoints, trace::Side::client, localMss, options.settings.value_or(m_options.settings), now);
        opened(socket);
        m_connections.at(socket.value)->connect(now);
        settled(socket);
        return socket;
    }
    void write(SocketId socket, Slice octets, bool content, bool lastContent, Instant now);
    std::string read(SocketId socket, Instant now, std::size_t most = ~std::size_t{0});
    // Any other call of the user, or a change of an option.
    template <class F>
    void with(SocketId socket, F&& call) {
        if (Connection* connection = find(socket)) {
            call(*connection);
            settled(socket);
        }
    }
    void close(SocketId socket, Instant now);
    void abort(SocketId socket, Instant now);
    // The local address is gone, and what stood on it with it; the peer hears nothing.
    void lose(wire::Ipv4Address local);
    void lose(SocketId socket);

    // --- inputs ---
    void onSegment(const wire::Packet& packet, PacketId id, std::uint32_t localMss, Instant now);
    // An ICMP error about a segment of ours. `hard`: port or protocol unreachable.
    void onUnreachable(const Endpoints& endpoints, bool hard, Instant now);
    // The way to `remote` takes segments of at most `mss` octets from now on: its connections follow (RFC 1191 6.2, 6.3).
    void setPathMss(wire::Ipv4Address remote, std::uint32_t mss, Instant now);
    void onTimer(Instant now);
    // Everything vanishes without a word (a crash). Listeners stay.
    void crash();

    // --- questions ---
    Instant nextDeadline();
    const Connection* connection(SocketId socket) const;
    // The connection that has sent this octet and waits for its acknowledgment, or none: an ICMP error about another octet is old or forged (RFC 5927 4.1).
    SocketId waitingFor(const Endpoints& endpoints, std::uint32_t sequence) const;
    std::size_t readable(SocketId socket) const;         // octets to read; of a connection that is gone, what was left
    std::size_t openSockets() const { return m_open; }   // neither closed nor in TIME-WAIT
    std::vector<const Connection*> connections() const;  // by socket

private:
    struct Listener {
        ListenOptions options;
        std::size_t waiting = 0;  // born here, and not yet taken
    };
    SocketId open(const Endpoints& endpoints, trace::Side side, std::uint32_t localMss, const TcpSettings& settings, Instant now);
    std::uint16_t ephemeralPort(wire::Ipv4Address remote, std::uint16_t remotePort);
    std::uint32_t initialSequence(const Endpoints& endpoints, Instant now) const;
    Connection* find(SocketId socket);
    void settled(SocketId socket);  // after every call into a connection: deadline, count of open ones, removal
    void leaveBacklog(std::uint16_t port);
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
        bool taken = false;  // by the program, if born of a listener
        Connection* operator->() const { return connection.get(); }
    };

    TcpStackOptions m_options;
    TcpOutput& m_output;
    std::unordered_map<std::uint16_t, Listener> m_listeners;
    std::map<std::uint32_t, std::string> m_unread;  // of connections that are gone
    std::map<std::uint32_t, Slot> m_connections;
    std::unordered_map<Endpoints, std::uint32_t, Hash> m_byEndpoints;
    std::map<std::pair<std::uint32_t, std::uint16_t>, std::uint32_t> m_timesConnected;  // per destination, for the dice
    std::priority_queue<Due, std::vector<Due>, std::greater<>> m_due;
    std::uint32_t m_nextSocket = 0;
    std::size_t m_open = 0;
};

}  // namespace mailtrek::transport
