// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/host/signing.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::host {

// --- SMTP ----------------------------------------------------------------------------------------------------------------------

SmtpSession::SmtpSession(MailServer& server, SocketId socket, const mail::SmtpServerOptions& options, wire::Ipv4Address client)
    : m_server(server),
      m_socket(socket),
      m_client(client),
      m_role(options.role),
      m_gate(server, client, [this](mail::SmtpReply verdict) { decided(std::move(verdict)); }),
      m_smtp(options, *this) {}

MailId SmtpSession::mailNow() const { return m_server.machine().world().connections.mailOf(m_server.machine().connectionOf(m_socket)); }

void SmtpSession::onConnect() { carryOut(m_smtp.onConnect(m_server.machine().now())); }

void SmtpSession::onBytes(std::string_view octets) { carryOut(m_smtp.onBytes(octets, m_server.machine().now())); }

void SmtpSession::onSecured() {
    m_loggedIn = false;
    carryOut(m_smtp.onSecured(m_server.machine().now()));
}

void SmtpSession::onTimer() {
    m_gate.onTimer();
    if (m_smtp.nextDeadline() <= m_server.machine().now()) carryOut(m_smtp.onTimeout(m_server.machine().now()));
}

void SmtpSession::carryOut(const mail::SmtpServerOutput& output) {
    Machine& machine = m_server.machine();
    const auto protocol = m_role == mail::SmtpRole::relay ? trace::DialogueProtocol::smtp : trace::DialogueProtocol::submission;
    for (const mail::SmtpReply& reply : output.replies) {
        machine.emitAndFollow(trace::SmtpReply{machine.connectionOf(m_socket), machine.tracer().text(reply.text()), static_cast<std::uint16_t>(reply.code), protocol}, mailNow());
        machine.write(m_socket, Slice::copyOf(reply.wire()));
    }
    if (output.startTls) machine.startTls(m_socket, m_server.credentialsFor(m_socket));
    if (output.close) machine.close(m_socket);
}

bool SmtpSession::password(std::string_view user, std::string_view password) {
    m_loggedIn = m_server.mta().serves(mail::domainOf(m_server.mta().accountOf(user))) && password == passwordOf(user);
    return m_loggedIn;
}

std::optional<mail::SmtpReply> SmtpSession::sender(mail::SmtpRole, std::string_view, std::string_view address) {
    return m_gate.sender(m_smtp.hello(), address, m_loggedIn, mailNow());
}

mail::SmtpReply SmtpSession::recipient(mail::SmtpRole, const mail::Envelope& envelope, std::string_view address) {
    const auto& trusted = m_server.options().relaysFor;
    const bool mayRelay = m_loggedIn || std::find(trusted.begin(), trusted.end(), m_client) != trusted.end();
    mail::SmtpReply verdict = m_server.mta().checkRecipient(address, mayRelay, envelope.size, mailNow());
    if (verdict.enhanced == "5.7.1") m_gate.relayDenied(address, mailNow());
    if (!verdict.good()) return verdict;
    return m_gate.recipient(envelope, address, m_loggedIn, mailNow()).value_or(std::move(verdict));
}

Slice SmtpSession::stamped(const mail::Envelope& envelope, const mail::SmtpHello& hello, const Slice& message, const std::string& id) {
    const mail::MtaSettings& settings = m_server.mta().settings();
    mail::ReceivedStamp stamp;
    stamp.fromName = hello.name;
    stamp.fromAddress = wire::toString(m_client);
    stamp.by = settings.hostName;
    stamp.with = envelope.utf8 ? "UTF8SMTP" : hello.extended || m_smtp.secured() ? "ESMTP" : "SMTP";  // RFC 6531 4.3, RFC 3848
    if (m_smtp.secured()) stamp.with += 'S';
    if (m_loggedIn) stamp.with += 'A';
    stamp.id = id;
    if (envelope.recipients.size() == 1) stamp.forAddress = envelope.recipients.front().address;
    stamp.at = m_server.machine().now();
    std::string lines = m_gate.headerLines() + mail::receivedLine(stamp);  // RFC 7208 9.1: above the Received of the same server
    if (m_role == mail::SmtpRole::submission) {                            // RFC 6409 8: what a submitted letter lacks is put in
        if (!mail::hasHeader(message.text(), "Date")) lines += "Date: " + mail::dateText(stamp.at) + "\r\n";
        if (!mail::hasHeader(message.text(), "Message-ID")) lines += fmt::format("Message-ID: <{}@{}>\r\n", id, settings.hostName);
    }
    const Slice letter = mail::withHeader(lines, m_gate.withoutForgeries(message));
    return m_loggedIn ? signedLetter(m_server, letter, envelope.from, mailNow()) : letter;
}

std::optional<mail::SmtpReply> SmtpSession::content(mail::SmtpRole, const mail::Envelope& envelope, const mail::SmtpHello& hello, const Slice& message) {
    if (mail::receivedCount(message.text()) >= m_server.mta().settings().hopLimit) return mail::reply(554, "5.4.6", "Too many hops");
    Brought letter{envelope, hello, message, recipientsOf(envelope), mailNow()};
    const auto verdict = m_gate.content(message, m_loggedIn, letter.mail);
    if (!verdict) m_brought = std::move(letter);
    return verdict && verdict->good() ? accept(letter) : verdict;
}

void SmtpSession::decided(mail::SmtpReply verdict) {
    const auto letter = std::exchange(m_brought, std::nullopt);
    if (letter && verdict.good()) verdict = accept(*letter);
    carryOut(m_smtp.onDecided(std::move(verdict), m_server.machine().now()));
}

// Whose letter it is for each of them: those accepted are some of those asked for, in the same order.
std::vector<mail::Mta::Accepted> SmtpSession::recipientsOf(const mail::Envelope& envelope) const {
    const Connection& facts = m_server.machine().world().connections[m_server.machine().connectionOf(m_socket)];
    std::vector<mail::Mta::Accepted> recipients;
    auto known = facts.recipients.begin();
    for (const mail::EnvelopeRecipient& recipient : envelope.recipients) {
        known = std::find_if(known, facts.recipients.end(), [&](const TransactionRecipient& asked) { return mail::sameAddress(asked.address, recipient.address); });
        if (known == facts.recipients.end()) {
            recipients.push_back({recipient, facts.mail, 0});
            continue;
        }
        recipients.push_back({recipient, known->mail, known->index});
        ++known;
    }
    return recipients;
}

mail::SmtpReply SmtpSession::accept(const Brought& brought) {
    Machine& machine = m_server.machine();
    const ConnectionId number = machine.connectionOf(m_socket);
    const std::string id = m_server.newId();
    const Slice letter = stamped(brought.envelope, brought.hello, brought.message, id);
    const MessageId kept = machine.tracer().message(letter);
    machine.emitAndFollow(
        trace::MailAccepted{number, machine.world().connections[number].client, kept, letter.size(), static_cast<std::uint16_t>(brought.recipients.size()),
                            static_cast<std::uint16_t>(mail::receivedCount(letter.text())), m_role == mail::SmtpRole::submission ? trace::Stage::submission : trace::Stage::relay},
        brought.mail);
    {
        const CauseScope scope(machine);
        m_server.mta().accept(brought.envelope, brought.recipients, letter, kept, machine.now(), m_gate.quarantines());
    }
    return mail::reply(250, "2.0.0", fmt::format("Ok: queued as {}", id));
}

// --- IMAP ----------------------------------------------------------------------------------------------------------------------

ImapSession::ImapSession(MailServer& server, SocketId socket, TlsOffer offer)
    : m_server(server),
      m_socket(socket),
      m_greetsSecured(offer.implicit),
      m_imap({.hostName = server.mta().settings().hostName,
              .maxMessage = server.options().maxMessage,
              .loginDisabled = offer.needed(),
              .startTls = offer.offered(),
              .tlsReady = offer.ready},
             *this) {}

void ImapSession::onConnect() {
    if (m_greetsSecured)
        m_handshakeBy = m_server.machine().now() + kHandshakePatience;
    else
        carryOut(m_imap.onConnect(m_server.machine().now()));
}

void ImapSession::onSecured() {
    m_handshakeBy = kNever;
    m_imap.onSecured();
    if (std::exchange(m_greetsSecured, false)) onConnect();
}

void ImapSession::onBytes(std::string_view octets) { carryOut(m_imap.onBytes(octets, m_server.machine().now())); }

void ImapSession::onTimer() {
    if (m_handshakeBy <= m_server.machine().now()) {
        m_handshakeBy = kNever;
        return m_server.machine().abort(m_socket);
    }
    if (const ConnectionId number = m_server.machine().connectionOf(m_socket); number.valid()) m_imap.heard(m_server.machine().world().connections[number].renewed);
    if (nextDeadline() <= m_server.machine().now()) carryOut(m_imap.onTimeout(m_server.machine().now()));
}

void ImapSession::carryOut(const mail::ImapServerOutput& output, bool together) {
    Machine& machine = m_server.machine();
    const ConnectionId number = machine.connectionOf(m_socket);
    std::string all;
    for (const mail::ImapServerOutput::Piece& piece : output.pieces) {
        machine.emitAndFollow(trace::AccessReply{number, machine.tracer().text(piece.line), trace::DialogueProtocol::imap}, machine.world().connections.mailOf(number));
        if (together)
            all += piece.octets;
        else
            machine.write(m_socket, Slice::copyOf(piece.octets), piece.octets.size() > piece.line.size() + 2, false);
    }
    if (!all.empty()) machine.write(m_socket, Slice::adopt(std::move(all)));
    if (output.startTls) {
        m_handshakeBy = machine.now() + kHandshakePatience;
        machine.startTls(m_socket, m_server.credentialsFor(m_socket), false);
    }
    if (output.close) machine.close(m_socket);
}

mail::Mailbox* ImapSession::login(std::string_view user, std::string_view password) { return password == passwordOf(user) ? m_server.mta().mailbox(user) : nullptr; }

void ImapSession::onMailboxChanged(const std::string& address) {
    if (m_imap.box() == nullptr || m_imap.box()->address() != address) return;
    const mail::ImapServerOutput news = m_imap.onMailboxChanged();
    Machine& machine = m_server.machine();
    Connections& connections = machine.world().connections;
    const ConnectionId number = machine.connectionOf(m_socket);
    const bool idle = connections.inBackground(number);
    if (!news.pieces.empty() && idle) connections.setBackground(number, false);  // somebody is to hear of it
    carryOut(news, idle);
}

MessageId ImapSession::keep(const Slice& message) { return m_server.machine().tracer().message(message); }

void ImapSession::added(mail::Mailbox& box, const mail::StoredMessage& message, const std::string& folder) {
    m_server.mailboxChanged(box);
    trace::Tracer& tracer = m_server.machine().tracer();
    m_server.machine().emit(trace::MailboxAdded{tracer.text(box.address()), tracer.text(folder), message.message, message.octets.size(), message.uid, message.flags}, message.mail);
}

void ImapSession::flagsChanged(mail::Mailbox& box, const mail::StoredMessage& message) {
    m_server.mailboxChanged(box);
    Machine& machine = m_server.machine();
    machine.emit(trace::FlagsChanged{machine.tracer().text(box.address()), message.uid, message.flags}, message.mail);
}

void ImapSession::expunged(mail::Mailbox& box, const mail::StoredMessage& message) {
    m_server.mailboxChanged(box);
    Machine& machine = m_server.machine();
    machine.emit(trace::MailboxRemoved{machine.tracer().text(box.address()), message.uid, message.octets.size()}, message.mail);
}

void ImapSession::listed(mail::Mailbox& box, const mail::StoredMessage& message) { fetched(box, message); }

void ImapSession::fetched(mail::Mailbox&, const mail::StoredMessage& message) {
    Machine& machine = m_server.machine();
    machine.world().connections[machine.connectionOf(m_socket)].fetched[message.uid] = {message.mail, message.recipient, message.uid, message.message, {}};
}

}  // namespace mailtrek::host
