// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/web_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/host/sessions.h"
#include "sim/host/signing.h"
#include "sim/kernel/dice.h"
#include "sim/mail/address.h"
#include "sim/mail/message.h"

namespace mailtrek::host {
namespace {

constexpr std::uint16_t kHttps = 443;

}  // namespace

// --- one browser ---------------------------------------------------------------------------------------------------------------

WebSession::WebSession(WebService& service, SocketId socket)
    : m_service(service), m_socket(socket), m_handshakeBy(service.machine().now() + kHandshakePatience), m_web(service.site(), *this) {}

void WebSession::onSecured() {
    m_handshakeBy = kNever;
    m_web.onConnect(m_service.machine().now());
}

void WebSession::onBytes(std::string_view octets) { carryOut(m_web.onBytes(octets, m_service.machine().now())); }

void WebSession::onTimer() {
    const Instant now = m_service.machine().now();
    if (m_handshakeBy <= now) {
        m_handshakeBy = kNever;
        return m_service.machine().abort(m_socket);
    }
    if (m_web.nextDeadline() <= now) carryOut(m_web.onTimeout(now));
}

void WebSession::carryOut(const web::WebServerOutput& output) {
    Machine& machine = m_service.machine();
    const ConnectionId number = machine.connectionOf(m_socket);
    for (const web::WebServerOutput::Piece& piece : output.pieces) {
        machine.emitAndFollow(trace::AccessReply{number, machine.tracer().text(piece.line), trace::DialogueProtocol::http}, machine.world().connections.mailOf(number));
        machine.write(m_socket, Slice::copyOf(piece.octets), piece.content, false);
    }
    if (output.close) machine.close(m_socket);
}

// The page has no passwords of its own: it knocks at the mailbox with what it was given.
mail::Mailbox* WebSession::login(std::string_view user, std::string_view password) {
    mail::Mailbox* box = password == passwordOf(user) ? m_service.server().mta().mailbox(user) : nullptr;
    Machine& machine = m_service.machine();
    const ConnectionId number = machine.connectionOf(m_socket);
    if (box != nullptr) machine.emitAndFollow(trace::PageOpened{number, machine.tracer().text(box->address())}, machine.world().connections.mailOf(number));
    return box;
}

mail::Mailbox* WebSession::mailbox(std::string_view address) { return m_service.server().mta().mailbox(address); }

std::string WebSession::secret() { return m_service.secret(); }

void WebSession::flagsChanged(mail::Mailbox& box, const mail::StoredMessage& message) {
    m_service.server().mailboxChanged(box);
    Machine& machine = m_service.machine();
    machine.emit(trace::FlagsChanged{machine.tracer().text(box.address()), message.uid, message.flags}, message.mail);
}

void WebSession::expunged(mail::Mailbox& box, const mail::StoredMessage& message) {
    m_service.server().mailboxChanged(box);
    Machine& machine = m_service.machine();
    machine.emit(trace::MailboxRemoved{machine.tracer().text(box.address()), message.uid, message.octets.size()}, message.mail);
}

void WebSession::shown(mail::Mailbox&, const mail::StoredMessage& message) {
    Machine& machine = m_service.machine();
    machine.world().connections[machine.connectionOf(m_socket)].fetched[message.uid] = {message.mail, message.recipient, message.uid, message.message, {}};
}

// As RFC 6409 wants it of a submission: from a user of ours, to anybody, within the limits.
std::optional<std::string> WebSession::submit(const std::string& account, const web::WrittenLetter& letter) {
    MailServer& server = m_service.server();
    std::vector<std::string> recipients;
    for (const auto* list : {&letter.to, &letter.cc})
        for (const std::string& one : *list)
            if (std::ranges::none_of(recipients, [&](const std::string& other) { return mail::sameAddress(one, other); })) recipients.push_back(one);
    const Slice message = composed(account, letter);
    if (message.size() > server.options().maxMessage) return "The message is too large.";
    for (const std::string& recipient : recipients)
        if (const mail::SmtpReply verdict = server.mta().checkRecipient(recipient, true, message.size(), {}); !verdict.good()) return verdict.text();
    accept(account, letter, recipients, message);
    return std::nullopt;
}

Slice WebSession::composed(const std::string& account, const web::WrittenLetter& letter) {
    MailServer& server = m_service.server();
    mail::Draft draft;
    draft.from = account;
    draft.to = letter.to;
    draft.cc = letter.cc;
    draft.subject = letter.subject;
    draft.text = letter.text;
    draft.messageId = fmt::format("<{}@{}>", server.newId(), server.mta().settings().hostName);
    draft.date = m_service.machine().now();
    return Slice::adopt(mail::compose(draft));
}

void WebSession::accept(const std::string& account, const web::WrittenLetter& letter, const std::vector<std::string>& recipients, const Slice& message) {
    MailServer& server = m_service.server();
    Machine& machine = m_service.machine();
    trace::Tracer& tracer = machine.tracer();
    const CauseScope scope(machine);
    const ConnectionId number = machine.connectionOf(m_socket);
    const MailId mail = machine.world().newLetter(fmt::format("{}-webmail", machine.name()));
    const auto count = static_cast<std::uint16_t>(recipients.size());
    machine.emitAndFollow(trace::MailComposed{tracer.text(account), tracer.text(fmt::format("{}", fmt::join(recipients, ", "))), tracer.text(letter.subject),
                                              tracer.message(message), message.size(), count, false},
                          mail);
    mail::ReceivedStamp stamp;
    const transport::Connection* connection = machine.tcp().connection(m_socket);
    stamp.fromAddress = connection != nullptr ? wire::toString(connection->endpoints().remote) : std::string("0.0.0.0");
    stamp.fromName = fmt::format("[{}]", stamp.fromAddress);
    stamp.by = server.mta().settings().hostName;
    stamp.with = "HTTPS";  // no SMTP was spoken; the word is an atom as RFC 5321 4.4 lets it be
    stamp.id = server.newId();
    if (count == 1) stamp.forAddress = recipients.front();
    stamp.at = machine.now();
    const Slice stamped = signedLetter(server, mail::withHeader(mail::receivedLine(stamp), message), account, mail);
    const MessageId kept = tracer.message(stamped);
    machine.emitAndFollow(trace::MailAccepted{number, machine.world().connections[number].client, kept, stamped.size(), count, 1, trace::Stage::submission}, mail);
    mail::Envelope envelope;
    envelope.from = account;
    std::vector<mail::Mta::Accepted> accepted;
    for (const std::string& recipient : recipients) {
        envelope.recipients.push_back({recipient, {}});
        envelope.utf8 |= mail::localPartNeedsUtf8(recipient);
        accepted.push_back({envelope.recipients.back(), mail, static_cast<std::uint16_t>(accepted.size())});
    }
    envelope.utf8 |= mail::localPartNeedsUtf8(account);
    server.mta().accept(envelope, accepted, stamped, kept, machine.now());
    machine.timersChanged();
}

// --- the door ------------------------------------------------------------------------------------------------------------------

WebService::WebService(Machine& machine, MailServer& server) : m_machine(machine), m_server(server), m_site(server.mta().settings().hostName) { m_machine.listen(kHttps, this); }

std::string WebService::secret() {
    ++m_secrets;
    const auto half = [this](std::uint64_t which) { return draw(m_machine.world().seed, Purpose::webSession, hashText(m_machine.name()), m_secrets, which); };
    const std::uint64_t first = half(0), second = half(1);
    return fmt::format("{:016x}{:016x}", first, second);
}

void WebService::onAccepted(std::uint16_t, SocketId socket) {
    if (m_machine.tcp().connection(socket) == nullptr) return;
    auto credentials = m_server.tls().credentials();
    if (credentials == nullptr) return m_machine.abort(socket);
    m_sessions.emplace(socket, std::make_unique<WebSession>(*this, socket));
    m_machine.startTls(socket, std::move(credentials), true);
}

void WebService::onSecured(SocketId socket) {
    if (const auto found = m_sessions.find(socket); found != m_sessions.end()) found->second->onSecured();
}

void WebService::onTlsFailed(SocketId socket, const tls::Failure&) { m_machine.close(socket); }

void WebService::onReadable(SocketId socket) {
    const std::string octets = m_machine.read(socket);
    if (const auto found = m_sessions.find(socket); found != m_sessions.end()) found->second->onBytes(octets);
    m_server.tellReaders();
}

void WebService::onPeerClosed(SocketId socket) { m_machine.close(socket); }

void WebService::onClosed(SocketId socket, trace::CloseReason) { m_sessions.erase(socket); }

void WebService::onTimer() {
    std::vector<SocketId> sockets;  // a session may end while it is called
    for (const auto& [socket, session] : m_sessions) sockets.push_back(socket);
    for (const SocketId socket : sockets)
        if (const auto found = m_sessions.find(socket); found != m_sessions.end()) found->second->onTimer();
}

Instant WebService::nextDeadline() const {
    Instant next = kNever;
    for (const auto& [socket, session] : m_sessions) next = std::min(next, session->nextDeadline());
    return next;
}

void WebService::onStopped() {
    m_sessions.clear();
    m_site.forgetSessions();
}

}  // namespace mailtrek::host
