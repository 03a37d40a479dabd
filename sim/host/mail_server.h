// SPDX-License-Identifier: GPL-3.0-or-later
// The programs of a mail server on one machine: SMTP on 25 and 587, IMAP on 143, POP3 on 110 (with TLS also 465, 993 and 995), and the queue runner, around one mail::Mta.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/dns/mail_route.h"
#include "sim/host/application.h"
#include "sim/host/resolver_service.h"
#include "sim/host/server_tls.h"
#include "sim/mail/greylist.h"
#include "sim/mail/mta.h"
#include "sim/mail/policy_settings.h"
#include "sim/mail/rate_limiter.h"
#include "sim/trace/ids.h"

namespace mailtrek::host {

class Machine;
class SmtpSession;
class ImapSession;
class Pop3Session;
class Delivery;

struct MailServerOptions {
    mail::MtaSettings mta;
    std::vector<mail::Mailbox> mailboxes;
    std::uint64_t maxMessage = 25'000'000;
    std::vector<wire::Ipv4Address> smarthost;  // its addresses; empty: none
    std::vector<wire::Ipv4Address> relaysFor;  // servers that hand all their mail to us
    std::vector<wire::Ipv4Address> backups;    // servers that keep our mail while we are away
    std::vector<wire::Ipv4Address> ownAddresses;
    mail::PolicySettings policy;
    std::string smarthostName;  // that its certificate should be made out to
    ServerTlsOptions tls;
};

// The password that every user of a scenario has: known to device and server, and readable for everybody on the way.
std::string passwordOf(std::string_view user);

class MailServer final : public Application, public mail::MtaEvents {
public:
    MailServer(Machine& machine, ResolverService& resolver, MailServerOptions options);
    ~MailServer() override;

    Machine& machine() { return m_machine; }
    mail::Mta& mta() { return m_mta; }
    const mail::Mta& mta() const { return m_mta; }
    const MailServerOptions& options() const { return m_options; }
    ResolverService& resolver() { return m_resolver; }
    mail::PolicySettings& policy() { return m_options.policy; }
    mail::Greylist& greylist() { return m_greylist; }
    mail::RateLimiter& rateLimiter() { return m_rateLimiter; }
    ServerTls& tls() { return m_tls; }
    void setStartTls(mail::StartTls startTls);
    // What is offered on this connection, and what is shown: a program outside is always offered it, and may do without.
    mail::StartTls startTlsFor(SocketId socket) const;
    std::shared_ptr<const tls::Credentials> credentialsFor(SocketId socket);
    // Reports the mailboxes, once, at the start.
    void announce();
    void setQuota(const std::string& address, std::optional<std::uint64_t> quota);
    std::string newId() override;

    // For the sessions: who connects, and what became of a job.
    void jobDone(mail::JobId id, const std::vector<std::optional<mail::Failure>>& results, const mail::NextHop& hop);
    SocketId connect(wire::Ipv4Address server, Delivery& delivery, MailId mail);

    // The exclusive lock that a POP3 session has on a mailbox (RFC 1939 3). False: another has it.
    bool lock(const mail::Mailbox& box) { return m_locked.insert(box.address()).second; }
    void unlock(const mail::Mailbox& box) { m_locked.erase(box.address()); }

    // Readers that wait in IDLE are told of it, once what is under way is done.
    void mailboxChanged(const mail::Mailbox& box);
    void tellReaders();

    // --- Application ---
    void onAccepted(std::uint16_t port, SocketId socket) override;
    void onEstablished(SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onSecured(SocketId socket) override;
    void onTlsFailed(SocketId socket, const tls::Failure& failure) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onTimer() override;
    Instant nextDeadline() const override;
    void onStopped() override;
    void onStarted() override;
    std::size_t pending() const override { return m_mta.queue().size(); }

    // --- MtaEvents ---
    MessageId keep(const Slice& message) override;
    Slice sealed(Slice notice, MailId mail) override;
    MailId composeNotice(const mail::QueueEntry& about, const std::string& subject, const Slice& message) override;
    void takenUp(const mail::QueueEntry& entry) override;
    void queued(const mail::QueueEntry& entry) override;
    void dequeued(const mail::QueueEntry& entry) override;
    void attemptStarted(const mail::QueueEntry& entry, const std::string& domain) override;
    void attemptFailed(const mail::QueueEntry& entry, const mail::Failure& failure) override;
    void stored(const mail::Mailbox& box, const mail::StoredMessage& message) override;
    void mailboxFull(const mail::Mailbox& box, std::uint32_t size, MailId mail) override;
    void noticeIssued(const mail::QueueEntry& about, trace::NoticeKind kind, const std::string& status, MailId notice) override;
    void discarded(const mail::QueueEntry& entry, const std::string& why) override;

private:
    void runQueue();
    void hear(SocketId socket, const std::string& octets);
    mail::SmtpServerOptions smtpOptions(std::uint16_t port, SocketId socket);
    bool isOutside(SocketId socket) const;

    Machine& m_machine;
    ResolverService& m_resolver;
    MailServerOptions m_options;
    mail::Mta m_mta;
    mail::Greylist m_greylist;  // on disk, like everything in m_mta
    mail::RateLimiter m_rateLimiter;
    ServerTls m_tls;
    std::map<SocketId, std::unique_ptr<SmtpSession>> m_smtp;
    std::map<SocketId, std::unique_ptr<ImapSession>> m_imap;
    std::set<std::string> m_changed;  // mailboxes
    std::set<std::string> m_locked;   // before the sessions that give their locks back
    std::map<SocketId, std::unique_ptr<Pop3Session>> m_pop3;
    std::map<mail::JobId, std::unique_ptr<Delivery>> m_deliveries;
    std::map<SocketId, Delivery*> m_outgoing;
    std::map<mail::EntryId, trace::EventId> m_causes;  // what put an entry where it is
    std::uint64_t m_ids = 0;
};

}  // namespace mailtrek::host
