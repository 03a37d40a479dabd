// SPDX-License-Identifier: GPL-3.0-or-later
// TLS between a program and its socket: the program writes and reads plain text as before.
#include "sim/host/machine.h"
#include "sim/kernel/dice.h"
#include "sim/tls/session.h"

namespace mailtrek::host {

std::uint64_t Machine::tlsDice(SocketId socket) const {
    const transport::Endpoints ends = m_tcp.connection(socket)->endpoints();
    return draw(m_world.seed, Purpose::tls, hashText(m_name), ends.remote.value, std::uint64_t{ends.remotePort} << 16 | ends.localPort, now().time_since_epoch().count());
}

void Machine::startTls(SocketId socket, const tls::ClientOptions& options, bool implicit) {
    if (m_tcp.connection(socket) == nullptr) return;
    begin(socket, tls::Session::client(options, tlsDice(socket)), options.serverName, implicit);
    carry(socket, m_tls.at(socket.value)->session.start(), false, false);
    settle();
}

void Machine::startTls(SocketId socket, std::shared_ptr<const tls::Credentials> credentials, bool implicit) {
    if (m_tcp.connection(socket) == nullptr) return;
    begin(socket, tls::Session::server(std::move(credentials), tlsDice(socket)), {}, implicit);
    if (m_tcp.readable(socket) > 0) readable(socket);  // the hello may be here already
    settle();
}

// Of the server's end: the program outside has TLS of its own, at the other.
Confidant* Machine::confidantOf(SocketId socket) const {
    const auto found = m_sockets.find(socket.value);
    return found == m_sockets.end() || found->second.side != trace::Side::server ? nullptr : m_world.connections[found->second.connection].confidant;
}

void Machine::begin(SocketId socket, tls::Session session, const std::string& name, bool implicit) {
    const Socket& known = socketFor(socket);
    tracer().seal(known.connection);
    emitAndFollow(trace::TlsStarted{known.connection, tracer().text(name), known.side, implicit}, m_world.connections.mailOf(known.connection));
    m_tls.insert_or_assign(socket.value, std::make_unique<TlsEnd>(TlsEnd{std::move(session), {}}));
}

// What the session wants the peer to have. Its segments come of the first record.
void Machine::carry(SocketId socket, const tls::Output& output, bool content, bool lastContent) {
    if (output.toPeer.empty()) return;
    const Socket& known = socketFor(socket);
    const CauseScope scope(*this);
    trace::EventId first;
    for (const tls::Record& record : output.records) {
        const trace::EventId event = emit(trace::TlsRecord{known.connection, record.size, known.side, record.kind}, m_world.connections.mailOf(known.connection));
        if (!first.valid()) first = event;
    }
    if (first.valid()) m_cause = first;
    m_tcp.write(socket, Slice::copyOf(output.toPeer), content, lastContent, now());
}

void Machine::writeSealed(SocketId socket, const Slice& octets, bool content, bool lastContent) {
    tls::Session& session = m_tls.at(socket.value)->session;
    if (Confidant* confidant = confidantOf(socket); confidant != nullptr && session.secured()) confidant->serverSaid(connectionOf(socket), octets.text(), m_cause);
    if (session.secured()) carry(socket, session.write(octets.text()), content, lastContent);  // in the middle of a handshake nothing can be said
}

// Octets have come: the session makes plain text of them, and the program hears what came of it.
void Machine::readSealed(SocketId socket, Application& program) {
    TlsEnd& end = *m_tls.at(socket.value);
    const tls::Output output = end.session.onOctets(m_tcp.read(socket, now(), ~std::size_t{0}));
    end.plain += output.plain;
    carry(socket, output, false, false);
    Socket& known = socketFor(socket);
    const MailId mail = m_world.connections.mailOf(known.connection);
    if (output.secured) {
        known.secured = true;
        const tls::Secured& s = *output.secured;
        emitAndFollow(trace::TlsSecured{known.connection, tracer().text(s.version), tracer().text(s.cipher), tracer().text(s.subject), known.side, s.verdict}, mail);
        program.onSecured(socket);
    }
    if (output.failure) {
        tellFailure(socket, *output.failure);
        program.onTlsFailed(socket, *output.failure);
    } else if (!output.plain.empty()) {
        if (Confidant* confidant = confidantOf(socket)) confidant->clientSaid(connectionOf(socket), output.plain, m_cause);
        program.onReadable(socket);
    }
}

void Machine::tellFailure(SocketId socket, const tls::Failure& failure) {
    const Socket& known = socketFor(socket);
    emitAndFollow(trace::TlsFailed{known.connection, tracer().text(failure.why), known.side, failure.told, failure.verdict}, m_world.connections.mailOf(known.connection));
}

// The peer's TCP is at its end. Without a goodbye of TLS something may have been cut off.
void Machine::endSealed(SocketId socket) {
    const tls::Output output = m_tls.at(socket.value)->session.onEnd();
    if (output.failure) tellFailure(socket, *output.failure);
}

void Machine::closeSealed(SocketId socket) { carry(socket, m_tls.at(socket.value)->session.close(), false, false); }

std::string Machine::takePlain(SocketId socket, std::size_t most) {
    std::string& plain = m_tls.at(socket.value)->plain;
    std::string taken = plain.substr(0, most);
    plain.erase(0, taken.size());
    return taken;
}

}  // namespace mailtrek::host
