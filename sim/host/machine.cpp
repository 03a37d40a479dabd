// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/machine.h"

#include <algorithm>
#include <utility>

#include "sim/kernel/dice.h"

namespace mailtrek::host {
namespace {

constexpr std::uint32_t kHeaders = 40;  // IP and TCP without options

}  // namespace

Machine::Machine(World& world, NodeId id, std::string name, bool forwards, const transport::TcpSettings& tcp)
    : m_world(world), m_id(id), m_name(std::move(name)), m_ip(id, forwards, world.simulator, world.tracer, world.flights), m_tcp({tcp, world.seed, hashText(m_name)}, *this) {
    m_component = world.simulator.add(this);
    m_ip.setUser(this);
}

NodeId Machine::nodeAt(wire::Ipv4Address address) const {
    const auto found = m_world.nodeByAddress.find(address.value);
    return found == m_world.nodeByAddress.end() ? NodeId{} : found->second;
}

std::size_t Machine::pending() const {
    std::size_t count = 0;
    for (const auto& program : m_programs) count += program->pending();
    return count;
}

std::uint32_t Machine::mtuTowards(wire::Ipv4Address peer) const { return m_paths.towards(peer, m_ip.mtuTowards(peer).value_or(576)); }
std::uint32_t Machine::mssTowards(wire::Ipv4Address peer) const { return mtuTowards(peer) - kHeaders; }

// --- TCP ---------------------------------------------------------------------------------------------------------------------

void Machine::listen(std::uint16_t port, Application* program, transport::ListenOptions options) {
    m_listeners[port] = program;
    m_tcp.listen(port, std::move(options));
}

void Machine::unlisten(std::uint16_t port) {
    m_tcp.unlisten(port, now());
    m_listeners.erase(port);
    settle();
}

SocketId Machine::connect(wire::Ipv4Address server, std::uint16_t port, Application* program, MailId mail, const transport::ConnectOptions& options, bool background) {
    const wire::Ipv4Address local = m_ip.sourceTowards(server).value_or(m_ip.primaryAddress());
    const auto opened = [&](SocketId id) {
        Connection connection;
        connection.client = m_id;
        connection.server = nodeAt(server);
        connection.clientPort = m_tcp.connection(id)->endpoints().localPort;
        connection.serverPort = port;
        connection.mail = mail;
        const ConnectionId number = m_world.connections.open(connection);
        m_world.connections[number].sockets[0] = id;
        if (background) m_world.connections.setBackground(number, true);
        m_sockets[id.value] = {number, trace::Side::client, program, {}};
        m_cause = emit(trace::ConnectionOpened{number, m_id, connection.server, connection.clientPort, port}, mail);
    };
    const SocketId socket = m_tcp.connect(local, server, port, mssTowards(server), now(), opened, options);
    settle();
    return socket;
}

void Machine::write(SocketId socket, Slice octets, bool content, bool lastContent) {
    if (sealed(socket))
        writeSealed(socket, octets, content, lastContent);
    else
        m_tcp.write(socket, std::move(octets), content, lastContent, now());
    settle();
}

std::string Machine::read(SocketId socket, std::size_t most) {
    std::string octets = sealed(socket) ? takePlain(socket, most) : m_tcp.read(socket, now(), most);
    settle();
    return octets;
}

void Machine::close(SocketId socket) {
    if (sealed(socket)) closeSealed(socket);
    m_tcp.close(socket, now());
    settle();
}

void Machine::abort(SocketId socket) {
    m_tcp.abort(socket, now());
    settle();
}

void Machine::lose(SocketId socket) {
    m_tcp.lose(socket);
    settle();
}

ConnectionId Machine::connectionOf(SocketId socket) const {
    const auto found = m_sockets.find(socket.value);
    return found == m_sockets.end() ? ConnectionId{} : found->second.connection;
}

bool Machine::moved(SocketId socket, std::uint64_t& acknowledged) const {
    const transport::Connection* connection = m_tcp.connection(socket);
    const std::uint64_t now = connection == nullptr ? 0 : connection->info().acknowledged;
    return now > std::exchange(acknowledged, now);
}

Machine::Socket& Machine::socketFor(SocketId id) {
    const auto [place, isNew] = m_sockets.try_emplace(id.value);
    if (isNew) place->second = {m_incoming, trace::Side::server, nullptr, m_cause};  // born of the SYN in hand
    return place->second;
}

void Machine::transmit(const transport::Outgoing& segment) {
    const ConnectionId connection = segment.socket.valid() ? socketFor(segment.socket).connection : m_incoming;
    net::FlightPtr flight = m_ip.newFlight(m_world.connections.inBackground(connection) ? net::FlightKind::background : net::FlightKind::foreground);
    flight->packet.ip.source = segment.local;
    flight->packet.ip.destination = segment.remote;
    flight->packet.ip.ecn = segment.ecn;
    flight->packet.transport = segment.header;
    if (segment.header.options.sackCount > 1) fitOptions(std::get<wire::TcpHeader>(flight->packet.transport), segment.remote);
    flight->packet.payload = segment.payload;
    flight->connection = connection;
    flight->mail = m_world.connections.mailOf(connection);
    flight->fate.flow = net::flowHash(segment.local, segment.header.sourcePort, segment.remote, segment.header.destinationPort, wire::Protocol::tcp);
    flight->fate.number = segment.fateNumber;
    flight->fate.transmission = segment.facts.transmission;
    flight->fate.dataSegment = segment.facts.number;
    flight->fate.mailSegment = segment.mailSegment;
    flight->fate.lastContent = segment.lastContent;
    flight->fate.firstTransmission = !segment.reason;
    const PacketId packet = m_ip.prepare(*flight);
    Socket* socket = segment.socket.valid() ? &socketFor(segment.socket) : nullptr;
    trace::EventId cause = m_cause.valid() || socket == nullptr ? m_cause : socket->last;
    if (connection.valid()) {
        const CauseScope scope(*this);
        m_cause = cause;
        trace::SegmentFacts facts = segment.facts;
        facts.connection = connection;
        facts.packet = packet;
        if (socket == nullptr && m_world.connections[connection].client != m_id) facts.side = trace::Side::server;
        if (segment.reason) {
            trace::SegmentRetransmitted again;
            static_cast<trace::SegmentFacts&>(again) = facts;
            again.reason = *segment.reason;
            cause = emit(again, flight->mail);
        } else {
            trace::SegmentSent sent;
            static_cast<trace::SegmentFacts&>(sent) = facts;
            cause = emit(sent, flight->mail);
        }
        if (socket != nullptr) socket->last = cause;
    }
    flight->cause = cause;
    const std::uint32_t size = flight->size;
    const wire::Ipv4Address peer = segment.remote;
    if (m_ip.transmit(std::move(flight), now()) == net::SendResult::tooBig)  // the way begins with another link now
        m_later.emplace_back([this, peer, size] { lowerPathMtu(peer, m_ip.mtuTowards(peer).value_or(size), size); });
}

void Machine::note(SocketId id, const trace::Payload& fact) {
    Socket& socket = socketFor(id);
    trace::Payload payload = fact;
    std::visit(
        [&](auto& one) {
            if constexpr (requires { one.connection = socket.connection; }) one.connection = socket.connection;
        },
        payload);
    if (!socket.connection.valid()) return;
    const bool leads = std::holds_alternative<trace::SegmentReceived>(payload) || std::holds_alternative<trace::TimerExpired>(payload);
    const trace::EventId before = m_cause;
    if (!m_cause.valid()) m_cause = socket.last;
    const trace::EventId event = emit(payload, m_world.connections.mailOf(socket.connection));
    m_cause = leads ? event : before;
    if (leads) socket.last = event;
}

void Machine::later(SocketId id, std::function<void(Application&)> call) {
    m_later.emplace_back([this, id, call = std::move(call)] {
        const auto found = m_sockets.find(id.value);
        if (found != m_sockets.end() && found->second.program != nullptr) call(*found->second.program);
    });
}

void Machine::accepted(std::uint16_t port, SocketId socket) {
    Socket& known = socketFor(socket);
    if (known.connection.valid()) m_world.connections[known.connection].sockets[1] = socket;
    const auto listener = m_listeners.find(port);
    known.program = listener != m_listeners.end() ? listener->second : nullptr;
    later(socket, [port, socket](Application& program) { program.onAccepted(port, socket); });
}

void Machine::established(SocketId socket) {
    later(socket, [socket](Application& program) { program.onEstablished(socket); });
}

void Machine::readable(SocketId socket) {
    later(socket, [this, socket](Application& program) { sealed(socket) ? readSealed(socket, program) : program.onReadable(socket); });
}

void Machine::writable(SocketId socket) {
    later(socket, [socket](Application& program) { program.onWritable(socket); });
}

void Machine::peerClosed(SocketId socket) {
    later(socket, [this, socket](Application& program) {
        if (sealed(socket)) endSealed(socket);
        program.onPeerClosed(socket);
    });
}

void Machine::closed(SocketId socket, trace::CloseReason reason) {
    later(socket, [this, socket, reason](Application& program) {
        program.onClosed(socket, reason);
        m_tls.erase(socket.value);
    });
}

void Machine::settle() {
    if (m_settling) return;
    m_settling = true;
    while (!m_later.empty()) {
        const auto call = std::move(m_later.front());
        m_later.pop_front();
        const CauseScope scope(*this);
        call();
    }
    m_settling = false;
    const std::size_t open = m_tcp.openSockets();
    m_world.openSockets += open - m_openCounted;
    m_openCounted = open;
    timersChanged();
}

// --- IP and UDP ----------------------------------------------------------------------------------------------------------------

void Machine::onPacket(net::FlightPtr flight, Instant at) {
    const CauseScope scope(*this);
    m_cause = flight->cause;
    if (flight->packet.tcp() != nullptr) {
        m_incoming = flight->connection;
        m_tcp.onSegment(flight->packet, flight->id, mssTowards(flight->packet.ip.source), at);
        settle();
        m_incoming = {};
        return;
    }
    if (const wire::UdpHeader* udp = flight->packet.udp()) {
        const auto bound = m_udp.find(udp->destinationPort);
        if (bound == m_udp.end()) return m_ip.refuse(std::move(flight), at);
        bound->second->onDatagram({flight->packet.ip.source, udp->sourcePort, udp->destinationPort, flight->id, flight->mail, flight->packet.payload, flight->in});
        settle();
        return;
    }
    if (flight->packet.icmp() != nullptr) return onIcmp(*flight);
    if (const auto bound = m_protocols.find(flight->packet.ip.protocol); bound != m_protocols.end()) {
        const bool understood = bound->second->onProtocol({flight->packet.ip.source, 0, 0, flight->id, flight->mail, flight->packet.payload, flight->in});
        settle();
        if (!understood) m_ip.drop(std::move(flight), trace::DropReason::malformed, at);
        return;
    }
    m_ip.refuse(std::move(flight), at);
}

PreparedDatagram Machine::makeDatagram(std::uint16_t from, wire::Ipv4Address to, std::uint16_t toPort, Slice payload, MailId mail, std::uint8_t ttl) {
    PreparedDatagram datagram{m_ip.newFlight()};
    datagram.flight->packet.ip.destination = to;
    datagram.flight->packet.ip.ttl = ttl;
    datagram.flight->packet.transport = wire::UdpHeader{from, toPort};
    datagram.flight->packet.payload = std::move(payload);
    datagram.flight->mail = mail;
    m_ip.prepare(*datagram.flight);
    return datagram;
}

void Machine::launch(PreparedDatagram datagram) {
    datagram.flight->cause = m_cause;
    m_ip.transmit(std::move(datagram.flight), now());
}

std::vector<Machine::TcpSide> Machine::tcpSides() const {
    std::vector<TcpSide> sides;
    for (const auto& [id, socket] : m_sockets)
        if (const transport::Connection* connection = m_tcp.connection(SocketId{id})) sides.push_back({socket.connection, socket.side, connection->info(), socket.secured});
    return sides;
}

// --- time, trace, state ----------------------------------------------------------------------------------------------------------

PreparedDatagram Machine::makeNeighbourly(const Neighbourly& to, Slice payload) {
    PreparedDatagram datagram{m_ip.newFlight(net::FlightKind::background)};
    net::Flight& flight = *datagram.flight;
    flight.packet.ip.source = to.from;
    flight.packet.ip.destination = to.to;
    flight.packet.ip.protocol = to.protocol;
    flight.packet.ip.ttl = 1;    // RFC 2328 A.1: it never passes a router
    flight.packet.ip.dscp = 48;  // internetwork control, CS6 (RFC 4594 3.1)
    if (to.port != 0) flight.packet.transport = wire::UdpHeader{to.port, to.port};
    // Dice by what is said and when: they do not depend on how many hellos were passed over before.
    flight.fate.flow = net::flowHash(to.from, to.port, to.to, to.port, static_cast<wire::Protocol>(to.protocol));
    flight.fate.number = combine(static_cast<std::uint64_t>(now().time_since_epoch().count()), hashText(payload.text()));
    flight.packet.payload = std::move(payload);
    m_ip.prepare(flight);
    return datagram;
}

void Machine::launchOn(PreparedDatagram datagram, trace::LinkEnd via) {
    datagram.flight->cause = m_cause;
    m_ip.transmitOn(std::move(datagram.flight), via, now());
}

trace::EventId Machine::emit(const trace::Payload& payload, MailId mail) { return m_world.tracer.emit(now(), m_cause, m_id, mail, payload); }

void Machine::timersChanged() {
    if (m_settling) return;
    Instant next = std::min(m_tcp.nextDeadline(), m_paths.nextDeadline());
    for (const auto& program : m_programs) next = std::min(next, program->nextDeadline());
    if (next == kNever || !m_ip.running()) return;
    next = std::max(next, now());
    if (next >= m_wakeAt) return;
    m_wakeAt = next;
    m_world.simulator.schedule(next, m_component, 0);
}

void Machine::onWake(std::uint64_t, Instant at) {
    if (at < m_wakeAt || !m_ip.running()) return;  // of an earlier plan, or of an earlier life
    m_wakeAt = kNever;
    m_cause = {};
    m_tcp.onTimer(at);
    settle();
    if (m_paths.nextDeadline() <= at) tryLargerPackets();
    for (const auto& program : m_programs) {
        m_cause = {};
        if (program->nextDeadline() <= at) program->onTimer();
        settle();
    }
    m_cause = {};
    timersChanged();
}

trace::EventId Machine::stop(trace::EventId cause) {
    const CauseScope scope(*this);
    m_cause = cause;
    const trace::EventId event = emit(trace::NodeChanged{trace::NodeChange::stopped}, {});
    m_cause = event;
    for (const auto& [id, socket] : m_sockets) {
        const transport::Connection* connection = m_tcp.connection(SocketId{id});
        if (connection == nullptr || !socket.connection.valid()) continue;
        const MailId mail = m_world.connections.mailOf(socket.connection);
        emit(trace::TcpStateChanged{socket.connection, socket.side, connection->state(), trace::TcpState::closed}, mail);
        emit(trace::ConnectionEnded{socket.connection, socket.side, trace::CloseReason::hostCrashed}, mail);
    }
    m_ip.stop(now(), event);
    m_tcp.crash();
    m_sockets.clear();
    m_tls.clear();
    m_later.clear();
    m_paths.clear();
    for (const auto& program : m_programs) program->onStopped();
    m_wakeAt = kNever;
    settle();
    return event;
}

trace::EventId Machine::start(trace::EventId cause) {
    const CauseScope scope(*this);
    m_cause = cause;
    const trace::EventId event = emit(trace::NodeChanged{trace::NodeChange::started}, {});
    m_cause = event;
    m_ip.start();
    for (const auto& program : m_programs) program->onStarted();
    settle();
    return event;
}

void Machine::setOnline(bool online, trace::EventId cause) {
    if (m_ip.online() == online) return;
    const CauseScope scope(*this);
    m_cause = cause;
    m_cause = emit(trace::NodeChanged{online ? trace::NodeChange::online : trace::NodeChange::offline}, {});
    m_ip.setOnline(online, now(), m_cause);
    for (const auto& program : m_programs) program->onOnline(online);
    settle();
}

void Machine::changeNetwork(trace::LinkEnd before, trace::LinkEnd after, std::optional<wire::Ipv4Address> lost, trace::EventId cause) {
    const CauseScope scope(*this);
    m_cause = cause;
    if (before != after) m_cause = emit(trace::DeviceMoved{before, after, lost.has_value()}, {});
    if (lost) m_tcp.lose(*lost);
    settle();
    if (before != after)
        for (const auto& program : m_programs) program->onNetworkChanged();
    settle();
}

}  // namespace mailtrek::host
