// SPDX-License-Identifier: GPL-3.0-or-later
// A node with an IP layer, TCP and programs on top: device, server or router. The only place where state machines meet sockets, timers and the trace.
// Programs are called back after the stack has finished what it was doing, never in the middle of it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/host/application.h"
#include "sim/host/world.h"
#include "sim/net/ip_node.h"
#include "sim/net/path_mtu.h"
#include "sim/tls/session.h"
#include "sim/transport/tcp_stack.h"

namespace mailtrek::host {

// A datagram with its packet id, so that an event can name it before it is sent.
struct PreparedDatagram {
    net::FlightPtr flight;
    PacketId packet() const { return flight->id; }
};

class Machine final : public Component, public net::IpUser, public transport::TcpOutput {
public:
    Machine(World& world, NodeId id, std::string name, bool forwards, const transport::TcpSettings& tcp);

    NodeId id() const { return m_id; }
    const std::string& name() const { return m_name; }
    net::IpNode& ip() { return m_ip; }
    const net::IpNode& ip() const { return m_ip; }
    const transport::TcpStack& tcp() const { return m_tcp; }
    World& world() { return m_world; }
    trace::Tracer& tracer() { return m_world.tracer; }
    Instant now() const { return m_world.simulator.now(); }
    NodeId nodeAt(wire::Ipv4Address address) const;

    // --- programs ---
    template <class T, class... Args>
    T& run(Args&&... args) {
        auto program = std::make_unique<T>(std::forward<Args>(args)...);
        T& result = *program;
        m_programs.push_back(std::move(program));
        return result;
    }
    const std::vector<std::unique_ptr<Application>>& programs() const { return m_programs; }
    std::size_t pending() const;
    // A program's deadline may have moved.
    void timersChanged();

    // --- TCP ---
    void listen(std::uint16_t port, Application* program, transport::ListenOptions options = {});
    void unlisten(std::uint16_t port);
    bool listens(std::uint16_t port) const { return m_listeners.contains(port); }
    // A program that limits its backlog says when it takes a connection.
    void take(SocketId socket) { m_tcp.taken(socket); }
    SocketId connect(wire::Ipv4Address server, std::uint16_t port, Application* program, MailId mail, const transport::ConnectOptions& options = {}, bool background = false);
    void write(SocketId socket, Slice octets, bool content = false, bool lastContent = false);
    std::string read(SocketId socket, std::size_t most = ~std::size_t{0});
    // Half close, options: what a program does with a socket beside the calls above.
    template <class F>
    void with(SocketId socket, F&& call) {
        m_tcp.with(socket, std::forward<F>(call));
        settle();
    }
    void close(SocketId socket);
    void abort(SocketId socket);
    // Without a word to the peer: there is no network to say it over.
    void lose(SocketId socket);
    ConnectionId connectionOf(SocketId socket) const;
    // Has the peer acknowledged octets beyond the `acknowledged` of the last look? Brings the latter up to date.
    bool moved(SocketId socket, std::uint64_t& acknowledged) const;
    struct TcpSide {
        ConnectionId connection;
        trace::Side side{};
        transport::TcpInfo info;
        bool secured = false;
    };
    std::vector<TcpSide> tcpSides() const;

    // --- TLS (machine_tls.cpp): from here on write() and read() carry plain text, and close() takes leave. onSecured() or onTlsFailed() follows ---
    void startTls(SocketId socket, const tls::ClientOptions& options, bool implicit = false);
    void startTls(SocketId socket, std::shared_ptr<const tls::Credentials> credentials, bool implicit = false);

    // --- UDP ---
    void bindUdp(std::uint16_t port, Application* program) { m_udp[port] = program; }
    PreparedDatagram makeDatagram(std::uint16_t from, wire::Ipv4Address to, std::uint16_t toPort, Slice payload, MailId mail, std::uint8_t ttl = 64);
    void launch(PreparedDatagram datagram);

    // --- routing protocols: past the table, to a neighbour or a group of them. With `protocol` UDP, the ports are those of `port` ---
    void bindProtocol(std::uint8_t protocol, Application* program) { m_protocols[protocol] = program; }
    struct Neighbourly {
        trace::LinkEnd via;
        wire::Ipv4Address from;  // the address of the interface
        wire::Ipv4Address to;
        std::uint8_t protocol = 0;
        std::uint16_t port = 0;  // of both ends, with UDP
    };
    PreparedDatagram makeNeighbourly(const Neighbourly& to, Slice payload);
    void launchOn(PreparedDatagram datagram, trace::LinkEnd via);

    // --- ICMP echo: replies come to the program by the identifier that it got ---
    std::uint16_t bindEcho(Application* program);
    PreparedDatagram makeEcho(std::uint16_t identifier, wire::Ipv4Address to, std::uint16_t sequence, Slice data);
    // A port or identifier for one more program that probes, from 0.
    std::uint16_t nextProbe() { return m_probes++; }

    // --- trace: what is emitted has the present cause; to follow is to become the cause of what comes next ---
    trace::EventId emit(const trace::Payload& payload, MailId mail);
    trace::EventId emitAndFollow(const trace::Payload& payload, MailId mail) { return m_cause = emit(payload, mail); }
    trace::EventId cause() const { return m_cause; }
    void setCause(trace::EventId cause) { m_cause = cause; }

    // --- what the timeline does ---
    // REQUIRES: it is running. A crash; gives the event.
    trace::EventId stop(trace::EventId cause);
    // REQUIRES: it is not running.
    trace::EventId start(trace::EventId cause);
    void setOnline(bool online, trace::EventId cause);
    // A device with several links: one of them, where it has the address `lost`, was cut, or works again (no `lost`). `before` and `after`: the one in use.
    void changeNetwork(trace::LinkEnd before, trace::LinkEnd after, std::optional<wire::Ipv4Address> lost, trace::EventId cause);

    void onWake(std::uint64_t what, Instant now) override;

private:
    struct Socket {
        ConnectionId connection;
        trace::Side side{};
        Application* program = nullptr;
        trace::EventId last;  // the last event of it: the cause when nothing else is
        bool secured = false;
    };
    struct TlsEnd {
        tls::Session session;
        std::string plain;  // not yet read by the program
    };

    void onPacket(net::FlightPtr flight, Instant now) override;
    // machine_icmp.cpp
    void onIcmp(const net::Flight& flight);
    void onErrorAboutTcp(const net::Flight& flight, const net::QuotedPacket& quoted);
    void onErrorAboutProgram(const net::Flight& flight, const net::QuotedPacket& quoted);
    void noteIcmp(const net::Flight& flight, trace::IcmpEffect effect, ConnectionId connection);
    void lowerPathMtu(wire::Ipv4Address destination, std::uint32_t told, std::uint32_t length);
    void setPathMtu(wire::Ipv4Address destination, std::uint32_t mtu, std::uint32_t before, trace::MtuReason reason);
    void tryLargerPackets();
    void fitOptions(wire::TcpHeader& header, wire::Ipv4Address peer) const;
    std::uint32_t mtuTowards(wire::Ipv4Address peer) const;
    void transmit(const transport::Outgoing& segment) override;
    void note(SocketId socket, const trace::Payload& fact) override;
    void accepted(std::uint16_t port, SocketId socket) override;
    void established(SocketId socket) override;
    void readable(SocketId socket) override;
    void writable(SocketId socket) override;
    void peerClosed(SocketId socket) override;
    void closed(SocketId socket, trace::CloseReason reason) override;

    // machine_tls.cpp
    bool sealed(SocketId socket) const { return m_tls.contains(socket.value); }
    std::uint64_t tlsDice(SocketId socket) const;
    void begin(SocketId socket, tls::Session session, const std::string& name, bool implicit);
    void carry(SocketId socket, const tls::Output& output, bool content, bool lastContent);
    void writeSealed(SocketId socket, const Slice& octets, bool content, bool lastContent);
    void readSealed(SocketId socket, Application& program);
    void endSealed(SocketId socket);
    void closeSealed(SocketId socket);
    void tellFailure(SocketId socket, const tls::Failure& failure);
    std::string takePlain(SocketId socket, std::size_t most);

    Socket& socketFor(SocketId id);
    Confidant* confidantOf(SocketId socket) const;
    void later(SocketId socket, std::function<void(Application&)> call);
    void settle();  // after every call into the stack: programs hear, counts and timers are brought up to date
    std::uint32_t mssTowards(wire::Ipv4Address peer) const;

    World& m_world;
    NodeId m_id;
    std::string m_name;
    net::IpNode m_ip;
    transport::TcpStack m_tcp;
    ComponentId m_component;
    std::vector<std::unique_ptr<Application>> m_programs;
    std::map<std::uint16_t, Application*> m_listeners;
    std::map<std::uint16_t, Application*> m_udp;
    std::map<std::uint8_t, Application*> m_protocols;
    std::map<std::uint32_t, Socket> m_sockets;
    std::map<std::uint32_t, std::unique_ptr<TlsEnd>> m_tls;  // by socket
    std::map<std::uint16_t, Application*> m_echo;            // by identifier
    std::uint16_t m_probes = 0;
    net::PathMtus m_paths;
    std::deque<std::function<void()>> m_later;
    bool m_settling = false;
    std::size_t m_openCounted = 0;
    trace::EventId m_cause;
    ConnectionId m_incoming;  // of the segment in hand
    Instant m_wakeAt = kNever;
};

// Puts the cause back when it goes.
class CauseScope {
public:
    explicit CauseScope(Machine& machine) : m_machine(machine), m_before(machine.cause()) {}
    ~CauseScope() { m_machine.setCause(m_before); }
    CauseScope(const CauseScope&) = delete;
    CauseScope& operator=(const CauseScope&) = delete;

private:
    Machine& m_machine;
    trace::EventId m_before;
};

}  // namespace mailtrek::host
