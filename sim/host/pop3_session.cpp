// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/pop3_session.h"

#include <utility>

#include "sim/host/machine.h"
#include "sim/host/mail_server.h"

namespace mailtrek::host {

Pop3Session::Pop3Session(MailServer& server, SocketId socket, TlsOffer offer)
    : m_server(server),
      m_socket(socket),
      m_greetsSecured(offer.implicit),
      m_pop3({.hostName = server.mta().settings().hostName, .loginDisabled = offer.needed(), .startTls = offer.offered(), .tlsReady = offer.ready}, *this) {}

void Pop3Session::onConnect() {
    if (m_greetsSecured)
        m_handshakeBy = m_server.machine().now() + kHandshakePatience;
    else
        carryOut(m_pop3.onConnect(m_server.machine().now()));
}

void Pop3Session::onSecured() {
    m_handshakeBy = kNever;
    m_pop3.onSecured();
    if (std::exchange(m_greetsSecured, false)) onConnect();
}

void Pop3Session::onBytes(std::string_view octets) { carryOut(m_pop3.onBytes(octets, m_server.machine().now())); }

void Pop3Session::onTimer() {
    if (m_handshakeBy <= m_server.machine().now()) {
        m_handshakeBy = kNever;
        return m_server.machine().abort(m_socket);
    }
    if (nextDeadline() <= m_server.machine().now()) carryOut(m_pop3.onTimeout(m_server.machine().now()));
}

void Pop3Session::carryOut(const mail::Pop3ServerOutput& output) {
    Machine& machine = m_server.machine();
    const ConnectionId number = machine.connectionOf(m_socket);
    for (const mail::Pop3ServerOutput::Piece& piece : output.pieces) {
        machine.emitAndFollow(trace::AccessReply{number, machine.tracer().text(piece.line), trace::DialogueProtocol::pop3}, machine.world().connections.mailOf(number));
        machine.write(m_socket, Slice::copyOf(piece.octets), piece.octets.size() > piece.line.size() + 2, false);
    }
    if (output.startTls) {
        m_handshakeBy = machine.now() + kHandshakePatience;
        machine.startTls(m_socket, m_server.credentialsFor(m_socket), false);
    }
    if (output.close) machine.close(m_socket);
}

mail::Mailbox* Pop3Session::login(std::string_view user, std::string_view password) { return password == passwordOf(user) ? m_server.mta().mailbox(user) : nullptr; }

bool Pop3Session::lock(mail::Mailbox& box) { return m_server.lock(box); }

void Pop3Session::unlock(mail::Mailbox& box) { m_server.unlock(box); }

void Pop3Session::retrieved(mail::Mailbox&, const mail::StoredMessage& message, std::size_t number) {
    Machine& machine = m_server.machine();
    machine.world().connections[machine.connectionOf(m_socket)].fetched[static_cast<std::uint32_t>(number)] = {message.mail, message.recipient, message.uid, message.message,
                                                                                                               message.octets};
}

void Pop3Session::removed(mail::Mailbox& box, const mail::StoredMessage& message) {
    m_server.mailboxChanged(box);
    Machine& machine = m_server.machine();
    machine.emit(trace::MailboxRemoved{machine.tracer().text(box.address()), message.uid, message.octets.size()}, message.mail);
}

}  // namespace mailtrek::host
