// SPDX-License-Identifier: GPL-3.0-or-later
// One reader at a mail server's POP3 door: the state machine, its socket, and what the recording hears of it.
#pragma once

#include <string>

#include "sim/host/application.h"
#include "sim/host/sessions.h"
#include "sim/mail/pop3_server.h"

namespace mailtrek::host {

class MailServer;

class Pop3Session final : public mail::Pop3Events {
public:
    Pop3Session(MailServer& server, SocketId socket, TlsOffer offer);
    void onConnect();
    void onBytes(std::string_view octets);
    void onSecured();
    void onTimer();
    Instant nextDeadline() const { return std::min(m_pop3.nextDeadline(), m_handshakeBy); }

    mail::Mailbox* login(std::string_view user, std::string_view password) override;
    bool lock(mail::Mailbox& box) override;
    void unlock(mail::Mailbox& box) override;
    void retrieved(mail::Mailbox& box, const mail::StoredMessage& message, std::size_t number) override;
    void removed(mail::Mailbox& box, const mail::StoredMessage& message) override;

private:
    void carryOut(const mail::Pop3ServerOutput& output);

    MailServer& m_server;
    SocketId m_socket;
    bool m_greetsSecured;
    Instant m_handshakeBy = kNever;
    mail::Pop3Server m_pop3;
};

}  // namespace mailtrek::host
