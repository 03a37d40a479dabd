// SPDX-License-Identifier: GPL-3.0-or-later
// The policies of a mail server as they meet one client: rate limit, SPF, greylisting and DMARC, in this order, and what is written on a letter that came through.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/host/inquiry.h"
#include "sim/host/letter_check.h"
#include "sim/mail/smtp_server.h"
#include "sim/mail/spf.h"

namespace mailtrek::host {

class MailServer;

class Gatekeeper {
public:
    // `decided` is called with what sender() or content() could not say at once.
    Gatekeeper(MailServer& server, wire::Ipv4Address client, std::function<void(mail::SmtpReply)> decided);

    // MAIL FROM. Nothing: the DNS is asked.
    std::optional<mail::SmtpReply> sender(const mail::SmtpHello& hello, std::string_view address, bool loggedIn, MailId mail);
    // RCPT TO, after everything else about the recipient was found good.
    std::optional<mail::SmtpReply> recipient(const mail::Envelope& envelope, std::string_view address, bool loggedIn, MailId mail);
    // The whole letter, before we answer for it. Nothing: the DNS is asked.
    std::optional<mail::SmtpReply> content(const Slice& message, bool loggedIn, MailId mail);
    bool quarantines() const;  // the letter: its domain asks for it
    void relayDenied(std::string_view address, MailId mail);
    // Header lines that say what was checked.
    std::string headerLines() const;
    // Header lines of that name, and in our name, say what we have not said (RFC 8601 5).
    Slice withoutForgeries(const Slice& message) const;

    void onTimer();
    Instant nextDeadline() const { return std::min(m_inquiry ? m_until : kNever, m_letter ? m_letter->nextDeadline() : kNever); }

private:
    bool trusted() const;  // our own: servers that hand us all their mail, and those that keep ours while we are away
    std::optional<mail::SmtpReply> tooMany(MailId mail);
    mail::SmtpReply spfReply(MailId mail);
    NodeId clientNode() const;

    MailServer& m_server;
    wire::Ipv4Address m_client;
    std::function<void(mail::SmtpReply)> m_decided;
    std::shared_ptr<Inquiry> m_inquiry;  // under way
    Instant m_until = kNever;
    mail::SpfRequest m_request;
    std::optional<mail::SpfVerdict> m_spf;  // of the transaction
    std::optional<LetterCheck> m_letter;    // of its content
};

}  // namespace mailtrek::host
