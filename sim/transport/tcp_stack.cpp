// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/transport/tcp_stack.h"

#include "sim/kernel/dice.h"

namespace mailtrek::transport {

void TcpStack::unlisten(std::uint16_t port, Instant now) {
    if (m_listeners.erase(port) == 0) return;
    std::vector<SocketId> orphans;
    for (const auto& [id, slot] : m_connections)
        if (slot->passive() && slot->endpoints().localPort == port && !slot.taken) orphans.push_back(SocketId{id});
    for (const SocketId socket : orphans) abort(socket, now);
}

void TcpStack::taken(SocketId socket) {
    const auto found = m_connections.find(socket.value);
    if (found == m_connections.end() || found->second.taken) return;
    found->second.taken = true;
    leaveBacklog(found->second->endpoints().localPort);
}

void TcpStack::leaveBacklog(std::uint16_t port) {
    const auto listener = m_listeners.find(port);
    if (listener != m_listeners.end() && listener->second.waiting > 0) --listener->second.waiting;
}

SocketId TcpStack::open(const Endpoints& endpoints, trace::Side side, std::uint32_t localMss, const TcpSettings& settings, Instant now) {
    const SocketId socket{m_nextSocket++};
    Slot slot;
    slot.connection = std::make_unique<Connection>(socket, endpoints, side, initialSequence(endpoints, now), localMss, settings, m_output);
    m_connections.emplace(socket.value, std::move(slot));
    m_byEndpoints[endpoints] = socket.value;
    ++m_open;
    return socket;
}

std::uint16_t TcpStack::ephemeralPort(wire::Ipv4Address remote, std::uint16_t remotePort) {
    const std::uint32_t nth = m_timesConnected[{remote.value, remotePort}]++;
    for (std::uint32_t attempt = 0;; ++attempt) {  // 49152 to 65535 (RFC 6335 6)
        const std::uint64_t drawn = draw(m_options.seed, Purpose::port, m_options.host, remote.value, remotePort, nth, attempt);
        const auto port = static_cast<std::uint16_t>(49152 + below(drawn, 16384));
        bool taken = m_listeners.contains(port);
        for (const auto& [id, slot] : m_connections)
            taken |= slot->endpoints().localPort == port && slot->endpoints().remote == remote && slot->endpoints().remotePort == remotePort;
        if (!taken || attempt > 65536) return port;
    }
}

// RFC 6528 3: a clock of 4 microseconds plus a secret function of the connection.
std::uint32_t TcpStack::initialSequence(const Endpoints& endpoints, Instant now) const {
    const std::uint64_t secret = draw(m_options.seed, Purpose::isn, m_options.host, endpoints.local.value, endpoints.localPort, endpoints.remote.value, endpoints.remotePort);
    return static_cast<std::uint32_t>(secret) + static_cast<std::uint32_t>(now.time_since_epoch().count() / 4000);
}

Connection* TcpStack::find(SocketId socket) {
    const auto found = m_connections.find(socket.value);
    return found == m_connections.end() ? nullptr : found->second.connection.get();
}

const Connection* TcpStack::connection(SocketId socket) const {
    const auto found = m_connections.find(socket.value);
    return found == m_connections.end() ? nullptr : found->second.connection.get();
}

std::vector<const Connection*> TcpStack::connections() const {
    std::vector<const Connection*> all;
    for (const auto& [id, slot] : m_connections) all.push_back(slot.connection.get());
    return all;
}

void TcpStack::settled(SocketId socket) {
    const auto found = m_connections.find(socket.value);
    if (found == m_connections.end()) return;
    Slot& slot = found->second;
    const trace::TcpState state = slot->state();
    if (slot.open && (state == trace::TcpState::closed || state == trace::TcpState::timeWait)) {
        slot.open = false;
        --m_open;
    }
    if (state == trace::TcpState::closed) {
        const auto at = m_byEndpoints.find(slot->endpoints());
        if (at != m_byEndpoints.end() && at->second == socket.value) m_byEndpoints.erase(at);
        if (slot->passive() && !slot.taken) leaveBacklog(slot->endpoints().localPort);
        if (std::string rest = slot->takeRest(); !rest.empty()) m_unread.emplace(socket.value, std::move(rest));
        m_connections.erase(found);
        return;
    }
    const Instant deadline = slot->nextDeadline();
    if (deadline < slot.scheduled) {
        slot.scheduled = deadline;
        m_due.push({deadline, socket.value});
    }
}

void TcpStack::write(SocketId socket, Slice octets, bool content, bool lastContent, Instant now) {
    if (Connection* connection = find(socket)) {
        connection->write(std::move(octets), content, lastContent, now);
        settled(socket);
    }
}

std::string TcpStack::read(SocketId socket, Instant now, std::size_t most) {
    if (Connection* connection = find(socket)) {
        std::string octets = connection->read(most, now);
        settled(socket);
        return octets;
    }
    const auto rest = m_unread.find(socket.value);
    if (rest == m_unread.end()) return {};
    std::string octets = rest->second.substr(0, most);
    rest->second.erase(0, octets.size());
    if (rest->second.empty()) m_unread.erase(rest);
    return octets;
}

std::size_t TcpStack::readable(SocketId socket) const {
    if (const Connection* open = connection(socket)) return open->readableOctets();
    const auto rest = m_unread.find(socket.value);
    return rest == m_unread.end() ? 0 : rest->second.size();
}

void TcpStack::close(SocketId socket, Instant now) {
    m_unread.erase(socket.value);
    if (Connection* connection = find(socket)) {
        connection->close(now);
        settled(socket);
    }
}

void TcpStack::abort(SocketId socket, Instant now) {
    if (Connection* connection = find(socket)) {
        connection->abort(now);
        settled(socket);
    }
}

void TcpStack::lose(SocketId socket) {
    if (Connection* connection = find(socket)) {
        connection->lose();
        settled(socket);
    }
}

void TcpStack::lose(wire::Ipv4Address local) {
    std::vector<SocketId> lost;
    for (const auto& [id, slot] : m_connections)
        if (slot->endpoints().local == local) lost.push_back(SocketId{id});
    for (const SocketId socket : lost) lose(socket);
}

void TcpStack::onSegment(const wire::Packet& packet, PacketId id, std::uint32_t localMss, Instant now) {
    const wire::TcpHeader& header = *packet.tcp();
    const Endpoints endpoints{packet.ip.destination, packet.ip.source, header.destinationPort, header.sourcePort};
    const auto found = m_byEndpoints.find(endpoints);
    if (found != m_byEndpoints.end()) {
        const SocketId socket{found->second};
        Connection* connection = find(socket);
        const bool reborn = connection->renewedBy(header) && m_listeners.contains(endpoints.localPort);
        if (!reborn) {
            connection->onSegment(header, packet.payload, id, packet.ip.ecn == wire::Ecn::congestion, now);
            settled(socket);
            return;
        }
        connection->forget();  // a new SYN ends TIME-WAIT
        settled(socket);
    }
    if (header.flags.rst) return;
    const auto listener = m_listeners.find(endpoints.localPort);
    if (listener == m_listeners.end() || header.flags.ack) return resetFor(packet);
    if (!header.flags.syn) return;                                            // RFC 9293 3.10.7.2, fourth
    if (listener->second.waiting > listener->second.options.backlog) return;  // the peer asks again
    const SocketId socket = open(endpoints, trace::Side::server, localMss, listener->second.options.settings.value_or(m_options.settings), now);
    ++listener->second.waiting;
    find(socket)->onSyn(header, id, now);
    settled(socket);
}

// RFC 9293 3.10.7.1: a segment for no connection.
void TcpStack::resetFor(const wire::Packet& packet) {
    const wire::TcpHeader& header = *packet.tcp();
    if (header.flags.rst) return;
    Outgoing out;
    out.local = packet.ip.destination;
    out.remote = packet.ip.source;
    out.header.sourcePort = header.destinationPort;
    out.header.destinationPort = header.sourcePort;
    out.header.flags.rst = true;
    if (header.flags.ack) {
        out.header.sequence = header.acknowledgment;
    } else {
        out.header.flags.ack = true;
        out.header.acknowledgment = header.sequence + packet.payload.size() + (header.flags.syn ? 1u : 0) + (header.flags.fin ? 1u : 0);
    }
    out.facts.flags = static_cast<std::uint8_t>(4 | (out.header.flags.ack ? 16 : 0));
    out.fateNumber = std::uint64_t{5} << 60 | out.header.sequence;
    m_output.transmit(out);
}

void TcpStack::onUnreachable(const Endpoints& endpoints, bool hard, Instant now) {
    const auto found = m_byEndpoints.find(endpoints);
    if (found != m_byEndpoints.end()) with(SocketId{found->second}, [&](Connection& connection) { connection.onUnreachable(hard, now); });
}

Instant TcpStack::nextDeadline() {
    while (!m_due.empty()) {
        const Due due = m_due.top();
        const auto found = m_connections.find(due.socket);
        if (found != m_connections.end() && found->second.scheduled == due.at) {
            const Instant actual = found->second->nextDeadline();
            if (actual == due.at) return due.at;
            found->second.scheduled = kNever;  // it moved: later, or away
            m_due.pop();
            settled(SocketId{due.socket});
            continue;
        }
        m_due.pop();
    }
    return kNever;
}

void TcpStack::onTimer(Instant now) {
    while (nextDeadline() <= now) {
        const SocketId socket{m_due.top().socket};
        m_due.pop();
        m_connections.at(socket.value).scheduled = kNever;
        find(socket)->onTimer(now);
        settled(socket);
    }
}

void TcpStack::crash() {
    m_connections.clear();
    m_byEndpoints.clear();
    m_unread.clear();
    for (auto& [port, listener] : m_listeners) listener.waiting = 0;
    m_due = {};
    m_open = 0;
}

}  // namespace mailtrek::transport
