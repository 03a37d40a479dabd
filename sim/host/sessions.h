// SPDX-License-Identifier: GPL-3.0-or-later
// One client at a mail server's door: the SMTP or IMAP state machine, its socket, and what the recording hears of it.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sim/host/application.h"
#include "sim/host/gatekeeper.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/mta.h"
#include "sim/mail/smtp_server.h"
#include "sim/trace/enums.h"

namespace mailtrek::host {

class MailServer;

// What a session that readers use has of TLS.
struct TlsOffer {
    mail::StartTls startTls = mail::StartTls::off;
    bool ready = true;      // false: it has no certificate to show
    bool implicit = false;  // the port itself is TLS: the greeting waits for the handshake
    bool needed() const { return startTls == mail::StartTls::require; }
    bool offered() const { return startTls != mail::StartTls::off && !implicit; }
};
constexpr Duration kHandshakePatience = std::chrono::minutes{1};

class SmtpSession final : public mail::SmtpPolicy {
public:
    SmtpSession(MailServer& server, SocketId socket, const mail::SmtpServerOptions& options, wire::Ipv4Address client);
    void onConnect();
    void onBytes(std::string_view octets);
    void onSecured();
    void onTimer();
    Instant nextDeadline() const { return std::min(m_smtp.nextDeadline(), m_gate.nextDeadline()); }

    bool password(std::string_view user, std::string_view password) override;
    std::optional<mail::SmtpReply> sender(mail::SmtpRole role, std::string_view user, std::string_view address) override;
    mail::SmtpReply recipient(mail::SmtpRole role, const mail::Envelope& envelope, std::string_view address) override;
    std::optional<mail::SmtpReply> content(mail::SmtpRole role, const mail::Envelope& envelope, const mail::SmtpHello& hello, const Slice& message) override;

private:
    struct Brought {  // a letter that we have and do not answer for yet
        mail::Envelope envelope;
        mail::SmtpHello hello;
        Slice message;
        std::vector<mail::Mta::Accepted> recipients;
        MailId mail;
    };
    void carryOut(const mail::SmtpServerOutput& output);
    void decided(mail::SmtpReply verdict);
    mail::SmtpReply accept(const Brought& letter);
    std::vector<mail::Mta::Accepted> recipientsOf(const mail::Envelope& envelope) const;
    Slice stamped(const mail::Envelope& envelope, const mail::SmtpHello& hello, const Slice& message, const std::string& id);
    MailId mailNow() const;

    MailServer& m_server;
    SocketId m_socket;
    wire::Ipv4Address m_client;
    mail::SmtpRole m_role;
    Gatekeeper m_gate;
    mail::SmtpServer m_smtp;
    bool m_loggedIn = false;
    std::optional<Brought> m_brought;  // while the gate thinks about it
};

class ImapSession final : public mail::ImapEvents {
public:
    ImapSession(MailServer& server, SocketId socket, TlsOffer offer);
    void onConnect();
    void onBytes(std::string_view octets);
    void onSecured();
    void onTimer();
    Instant nextDeadline() const { return std::min(m_imap.nextDeadline(), m_handshakeBy); }

    // What is new in a mailbox, to a reader that waits in IDLE.
    void onMailboxChanged(const std::string& address);

    mail::Mailbox* login(std::string_view user, std::string_view password) override;
    MessageId keep(const Slice& message) override;
    void added(mail::Mailbox& box, const mail::StoredMessage& message, const std::string& folder) override;
    void flagsChanged(mail::Mailbox& box, const mail::StoredMessage& message) override;
    void expunged(mail::Mailbox& box, const mail::StoredMessage& message) override;
    void listed(mail::Mailbox& box, const mail::StoredMessage& message) override;
    void fetched(mail::Mailbox& box, const mail::StoredMessage& message) override;

private:
    void carryOut(const mail::ImapServerOutput& output, bool together = false);  // in one write

    MailServer& m_server;
    SocketId m_socket;
    bool m_greetsSecured;
    Instant m_handshakeBy = kNever;
    mail::ImapServer m_imap;
};

}  // namespace mailtrek::host
