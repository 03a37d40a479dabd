// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/mail_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/host/delivery.h"
#include "sim/host/machine.h"
#include "sim/host/pop3_session.h"
#include "sim/host/sessions.h"
#include "sim/host/signing.h"
#include "sim/kernel/dice.h"
#include "sim/mail/address.h"
#include "sim/mail/message.h"

namespace mailtrek::host {
namespace {

constexpr std::uint16_t kSmtp = 25, kSubmission = 587, kSubmissions = 465, kImap = 143, kImaps = 993, kPop3 = 110, kPop3s = 995;

}  // namespace

std::string passwordOf(std::string_view user) { return mail::localPartOf(user); }

MailServer::MailServer(Machine& machine, ResolverService& resolver, MailServerOptions options)
    : m_machine(machine), m_resolver(resolver), m_options(std::move(options)), m_mta(m_options.mta, m_options.mailboxes, *this), m_tls(m_options.tls) {
    for (const std::uint16_t port : {kSmtp, kSubmission, kImap, kPop3}) m_machine.listen(port, this);
    setStartTls(m_options.tls.startTls);
}

MailServer::~MailServer() = default;

// The ports that are TLS from the first octet (RFC 8314 3) are open as long as it has any.
void MailServer::setStartTls(mail::StartTls startTls) {
    const bool before = m_machine.listens(kSubmissions), after = startTls != mail::StartTls::off;
    m_tls.setStartTls(startTls);
    for (const std::uint16_t port : {kSubmissions, kImaps, kPop3s}) {
        if (after && !before) m_machine.listen(port, this);
        if (before && !after) m_machine.unlisten(port);
    }
}

bool MailServer::isOutside(SocketId socket) const {
    const ConnectionId number = m_machine.connectionOf(socket);
    return number.valid() && m_machine.world().connections[number].confidant != nullptr;
}

mail::StartTls MailServer::startTlsFor(SocketId socket) const { return isOutside(socket) ? mail::StartTls::offer : m_tls.startTls(); }

std::shared_ptr<const tls::Credentials> MailServer::credentialsFor(SocketId socket) { return isOutside(socket) ? m_tls.credentialsForOutside() : m_tls.credentials(); }

mail::SmtpServerOptions MailServer::smtpOptions(std::uint16_t port, SocketId socket) {
    mail::SmtpServerOptions options{port == kSmtp ? mail::SmtpRole::relay : mail::SmtpRole::submission, m_mta.settings().hostName, m_options.maxMessage, m_options.policy.smtpUtf8,
                                    m_options.policy.dsn};
    options.startTls = startTlsFor(socket);
    options.tlsReady = options.startTls == mail::StartTls::off || credentialsFor(socket) != nullptr;
    options.implicit = port == kSubmissions;
    return options;
}

void MailServer::announce() {
    for (const auto& [address, box] : m_mta.mailboxes()) m_machine.emit(trace::MailboxOpened{box.quota().value_or(0), m_machine.tracer().text(box.address())}, {});
}

void MailServer::setQuota(const std::string& address, std::optional<std::uint64_t> quota) {
    if (mail::Mailbox* box = m_mta.mailbox(address)) {
        box->setQuota(quota);
        m_machine.emit(trace::MailboxOpened{quota.value_or(0), m_machine.tracer().text(box->address())}, {});
    }
}

std::string MailServer::newId() { return fmt::format("{:012X}", draw(m_machine.world().seed, Purpose::messageId, hashText(m_machine.name()), ++m_ids) >> 16); }

SocketId MailServer::connect(wire::Ipv4Address server, Delivery& delivery, MailId mail) {
    std::erase_if(m_outgoing, [&](const auto& earlier) { return earlier.second == &delivery; });  // what an earlier host still has to say is nobody's business
    const SocketId socket = m_machine.connect(server, kSmtp, this, mail);
    m_outgoing[socket] = &delivery;
    return socket;
}

void MailServer::runQueue() {
    const CauseScope before(m_machine);
    for (mail::Job& job : m_mta.takeDue(m_machine.now())) {
        const CauseScope scope(m_machine);
        if (const auto cause = m_causes.find(job.entries.front()); cause != m_causes.end()) m_machine.setCause(cause->second);
        auto delivery = std::make_unique<Delivery>(*this, job);
        Delivery& running = *delivery;
        m_deliveries.emplace(job.id, std::move(delivery));
        running.start();
    }
}

void MailServer::jobDone(mail::JobId id, const std::vector<std::optional<mail::Failure>>& results, const mail::NextHop& hop) {
    const auto found = m_deliveries.find(id);
    m_mta.finish(found->second->job(), results, m_machine.now(), hop);
    m_machine.timersChanged();
}

// --- Application -----------------------------------------------------------------------------------------------------------------

void MailServer::onAccepted(std::uint16_t port, SocketId socket) {
    const transport::Connection* connection = m_machine.tcp().connection(socket);
    if (connection == nullptr) return;
    const bool implicit = port == kSubmissions || port == kImaps || port == kPop3s;
    const mail::StartTls startTls = startTlsFor(socket);
    const TlsOffer offer{startTls, startTls == mail::StartTls::off || credentialsFor(socket) != nullptr, implicit};
    if (implicit && !offer.ready) return m_machine.abort(socket);
    if (port == kImap || port == kImaps)
        m_imap.emplace(socket, std::make_unique<ImapSession>(*this, socket, offer)).first->second->onConnect();
    else if (port == kPop3 || port == kPop3s)
        m_pop3.emplace(socket, std::make_unique<Pop3Session>(*this, socket, offer)).first->second->onConnect();
    else
        m_smtp.emplace(socket, std::make_unique<SmtpSession>(*this, socket, smtpOptions(port, socket), connection->endpoints().remote)).first->second->onConnect();
    if (implicit) m_machine.startTls(socket, credentialsFor(socket), true);
}

void MailServer::onSecured(SocketId socket) {
    if (const auto found = m_smtp.find(socket); found != m_smtp.end()) return found->second->onSecured();
    if (const auto found = m_imap.find(socket); found != m_imap.end()) return found->second->onSecured();
    if (const auto found = m_pop3.find(socket); found != m_pop3.end()) return found->second->onSecured();
    if (const auto found = m_outgoing.find(socket); found != m_outgoing.end()) found->second->onSecured();
}

void MailServer::onTlsFailed(SocketId socket, const tls::Failure& failure) {
    const auto found = m_outgoing.find(socket);
    if (found == m_outgoing.end()) return m_machine.close(socket);
    found->second->onTlsFailed(failure);
}

void MailServer::onEstablished(SocketId socket) {
    if (const auto found = m_outgoing.find(socket); found != m_outgoing.end()) found->second->onEstablished();
}

void MailServer::onReadable(SocketId socket) {
    hear(socket, m_machine.read(socket));
    tellReaders();
}

void MailServer::tellReaders() {
    for (const std::string& address : std::exchange(m_changed, {})) {
        const CauseScope scope(m_machine);
        for (const auto& [socket, session] : m_imap) session->onMailboxChanged(address);
    }
}

void MailServer::mailboxChanged(const mail::Mailbox& box) {
    m_changed.insert(box.address());
    m_machine.world().onMailboxChanged(box.address());
}

void MailServer::hear(SocketId socket, const std::string& octets) {
    if (const auto found = m_smtp.find(socket); found != m_smtp.end()) return found->second->onBytes(octets);
    if (const auto found = m_imap.find(socket); found != m_imap.end()) return found->second->onBytes(octets);
    if (const auto found = m_pop3.find(socket); found != m_pop3.end()) return found->second->onBytes(octets);
    if (const auto found = m_outgoing.find(socket); found != m_outgoing.end()) found->second->onReadable(octets);
}

void MailServer::onPeerClosed(SocketId socket) { m_machine.close(socket); }

void MailServer::onClosed(SocketId socket, trace::CloseReason reason) {
    m_smtp.erase(socket);
    m_imap.erase(socket);
    m_pop3.erase(socket);
    const auto found = m_outgoing.find(socket);
    if (found == m_outgoing.end()) return;
    Delivery* delivery = found->second;
    m_outgoing.erase(found);
    delivery->onClosed(reason);
    if (!delivery->over()) return;
    const auto done = m_deliveries.find(delivery->job().id);
    if (done != m_deliveries.end()) m_deliveries.erase(done);
}

Instant MailServer::nextDeadline() const {
    Instant next = m_mta.nextDeadline();
    for (const auto& [socket, session] : m_smtp) next = std::min(next, session->nextDeadline());
    for (const auto& [socket, session] : m_imap) next = std::min(next, session->nextDeadline());
    for (const auto& [socket, session] : m_pop3) next = std::min(next, session->nextDeadline());
    for (const auto& [id, delivery] : m_deliveries) next = std::min(next, delivery->nextDeadline());
    return next;
}

void MailServer::onTimer() {
    const auto each = [&](auto& sessions) {
        std::vector<SocketId> sockets;  // a session may end while it is called
        for (const auto& [socket, session] : sessions) sockets.push_back(socket);
        for (const SocketId socket : sockets)
            if (const auto found = sessions.find(socket); found != sessions.end()) found->second->onTimer();
    };
    each(m_smtp);
    each(m_imap);
    each(m_pop3);
    each(m_outgoing);
    if (m_mta.nextDeadline() <= m_machine.now()) runQueue();
    std::erase_if(m_deliveries, [](const auto& d) { return d.second->over(); });
    tellReaders();
}

void MailServer::onStopped() {
    m_smtp.clear();
    m_imap.clear();
    m_pop3.clear();
    m_outgoing.clear();
    m_deliveries.clear();
    m_rateLimiter = {};
    m_mta.restart(m_machine.now());  // what was under way waits in the queue on disk
}

void MailServer::onStarted() { m_machine.timersChanged(); }

// --- MtaEvents -------------------------------------------------------------------------------------------------------------------

MessageId MailServer::keep(const Slice& message) { return m_machine.tracer().message(message); }

Slice MailServer::sealed(Slice notice, MailId mail) { return signedLetter(*this, notice, "", mail); }

MailId MailServer::composeNotice(const mail::QueueEntry& about, const std::string& subject, const Slice& message) {
    const MailId notice = m_machine.world().newNotice(about.mail);
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emitAndFollow(trace::MailComposed{tracer.text(""), tracer.text(about.from), tracer.text(subject), tracer.message(message), message.size(), 1, true}, notice);
    return notice;
}

void MailServer::takenUp(const mail::QueueEntry& entry) {
    if (const auto cause = m_causes.find(entry.id); cause != m_causes.end()) m_machine.setCause(cause->second);
}

void MailServer::queued(const mail::QueueEntry& entry) {
    m_causes[entry.id] =
        m_machine.emit(trace::MailQueued{entry.nextTry, m_machine.tracer().text(entry.recipient.address), entry.messageId, entry.recipientIndex, entry.attempts}, entry.mail);
}

void MailServer::dequeued(const mail::QueueEntry& entry) {
    m_causes.erase(entry.id);
    m_machine.emit(trace::MailDequeued{m_machine.tracer().text(entry.recipient.address), entry.messageId, entry.recipientIndex}, entry.mail);
}

void MailServer::attemptStarted(const mail::QueueEntry& entry, const std::string& domain) {
    const CauseScope scope(m_machine);
    if (const auto cause = m_causes.find(entry.id); cause != m_causes.end()) m_machine.setCause(cause->second);
    trace::Tracer& tracer = m_machine.tracer();
    m_causes[entry.id] = m_machine.emit(trace::AttemptStarted{tracer.text(entry.recipient.address), tracer.text(domain), entry.recipientIndex, entry.attempts}, entry.mail);
}

void MailServer::attemptFailed(const mail::QueueEntry& entry, const mail::Failure& failure) {
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emitAndFollow(trace::AttemptFailed{tracer.text(entry.recipient.address), tracer.text(failure.detail), entry.recipientIndex, entry.attempts,
                                                 static_cast<std::uint16_t>(failure.code), failure.kind, failure.permanent},
                            entry.mail);
}

void MailServer::stored(const mail::Mailbox& box, const mail::StoredMessage& message) {
    const auto hops = static_cast<std::uint16_t>(mail::receivedCount(message.octets.text()));
    m_machine.emit(trace::MailStored{m_machine.tracer().text(box.address()), message.message, message.octets.size(), message.uid, message.recipient, hops}, message.mail);
    m_machine.world().onStored(box.address());
    mailboxChanged(box);
}

void MailServer::mailboxFull(const mail::Mailbox& box, std::uint32_t size, MailId mail) {
    m_machine.emitAndFollow(trace::MailboxFull{box.quota().value_or(0), box.used(), m_machine.tracer().text(box.address()), size}, mail);
}

void MailServer::noticeIssued(const mail::QueueEntry& about, trace::NoticeKind kind, const std::string& status, MailId notice) {
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emit(trace::NoticeIssued{notice, tracer.text(about.from), tracer.text(status), about.recipientIndex, kind}, about.mail);
}

void MailServer::discarded(const mail::QueueEntry& entry, const std::string& why) {
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emit(trace::MailDiscarded{tracer.text(entry.recipient.address), tracer.text(why), entry.recipientIndex}, entry.mail);
}

}  // namespace mailtrek::host
