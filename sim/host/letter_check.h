// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server finds out about a letter once it has it, before it answers for it: DKIM of its signatures, DMARC of its From. The DNS is asked for keys and policies.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/host/inquiry.h"
#include "sim/mail/authentication_results.h"
#include "sim/mail/smtp_server.h"

namespace mailtrek::host {

class MailServer;

class LetterCheck {
public:
    // `decided` is called with what begin() could not say at once. `spf`: what was found out about the envelope.
    LetterCheck(MailServer& server, NodeId client, Slice message, mail::SpfVerdict spf, MailId mail, std::function<void(mail::SmtpReply)> decided);

    // The reply to the content. Nothing: the DNS is asked.
    std::optional<mail::SmtpReply> begin();
    const mail::LetterVerdicts& verdicts() const { return m_verdicts; }  // once it is decided
    void onTimer();
    Instant nextDeadline() const { return m_inquiry ? m_until : kNever; }

private:
    std::optional<dns::Question> step(const mail::DnsFacts& facts);
    mail::SmtpReply conclude();
    mail::SmtpReply replyTo(const mail::DmarcVerdict& dmarc) const;
    void report(bool refuses);

    MailServer& m_server;
    NodeId m_client;
    Slice m_message;
    MailId m_mail;
    std::function<void(mail::SmtpReply)> m_decided;
    std::shared_ptr<Inquiry> m_inquiry;  // under way
    Instant m_until = kNever;
    mail::DmarcRequest m_request;
    mail::LetterVerdicts m_verdicts;
};

}  // namespace mailtrek::host
