// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/letter_check.h"

#include <fmt/format.h>

#include "sim/dns/idna.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/kernel/dice.h"
#include "sim/mail/author.h"
#include "sim/mail/message.h"

namespace mailtrek::host {

using mail::DmarcPolicy;
using trace::CheckResult;

LetterCheck::LetterCheck(MailServer& server, NodeId client, Slice message, mail::SpfVerdict spf, MailId mail, std::function<void(mail::SmtpReply)> decided)
    : m_server(server), m_client(client), m_message(std::move(message)), m_mail(mail), m_decided(std::move(decided)) {
    m_request.author = mail::authorDomain(m_message.text());
    m_request.spf = std::move(spf);
}

std::optional<mail::SmtpReply> LetterCheck::begin() {
    m_until = m_server.machine().now() + kDnsPatience;
    m_inquiry = std::make_shared<Inquiry>(
        m_server.resolver(), m_mail, [this](const mail::DnsFacts& facts) { return step(facts); },
        [this] {
            const auto ended = std::move(m_inquiry);
            const auto decided = m_decided;  // the next letter may be behind this one already: then this check is gone before the call comes back
            decided(conclude());
        });
    const auto inquiry = m_inquiry;
    if (!inquiry->begin()) {
        m_server.machine().timersChanged();
        return std::nullopt;
    }
    m_inquiry.reset();
    return conclude();
}

std::optional<dns::Question> LetterCheck::step(const mail::DnsFacts& facts) {
    const auto signatures = mail::dkimSignatures(m_message.text());
    while (m_request.dkim.size() < signatures.size()) {  // what is decided stays
        auto outcome = mail::checkDkim(m_message.text(), signatures[m_request.dkim.size()], facts, m_server.machine().now());
        if (auto* question = std::get_if<dns::Question>(&outcome)) return *question;
        m_request.dkim.push_back(std::get<mail::DkimVerdict>(std::move(outcome)));
    }
    auto outcome = mail::checkDmarc(m_request, facts);
    if (auto* question = std::get_if<dns::Question>(&outcome)) return *question;
    m_verdicts.dmarc = std::get<mail::DmarcVerdict>(std::move(outcome));
    return std::nullopt;
}

mail::SmtpReply LetterCheck::conclude() {
    m_verdicts.dkim = m_request.dkim;
    const mail::DmarcVerdict& dmarc = m_verdicts.dmarc;
    Machine& machine = m_server.machine();
    const bool obeys = m_server.policy().dmarc == mail::CheckMode::reject;
    const std::uint64_t dice =
        draw(machine.world().seed, Purpose::dmarcSample, hashText(machine.name()), hashText(mail::parse(mail::headersOf(m_message.text())).header("Message-ID")));
    if (obeys) m_verdicts.done = mail::disposition(dmarc, below(dice, 100) < dmarc.percent);
    mail::SmtpReply reply = obeys ? replyTo(dmarc) : mail::reply(250, "2.0.0", "Ok");
    report(!reply.good());
    return reply;
}

// RFC 7489 10.3, 6.6.1 and 6.6.3.
mail::SmtpReply LetterCheck::replyTo(const mail::DmarcVerdict& dmarc) const {
    if (dmarc.domain.empty()) return mail::reply(550, "5.7.1", "DMARC: From does not name one domain");
    const std::string domain = dns::domainToAscii(dmarc.domain).value_or(dmarc.domain);
    const bool wantsNothing = dmarc.hasPolicy && dmarc.policy == DmarcPolicy::none;
    if (dmarc.result == CheckResult::temperror && !wantsNothing) return mail::reply(451, "4.4.3", fmt::format("DMARC: the DNS gives no answer for now about {}", domain));
    if (m_verdicts.done == DmarcPolicy::reject) return mail::reply(550, "5.7.1", fmt::format("Email rejected per DMARC policy for {}", domain));
    return mail::reply(250, "2.0.0", "Ok");
}

void LetterCheck::report(bool refuses) {
    Machine& machine = m_server.machine();
    const auto emit = [&](trace::SenderCheck check, CheckResult result, const std::string& domain, const std::string& detail, bool refused) {
        machine.emitAndFollow(trace::SenderChecked{m_client, machine.tracer().text(domain), machine.tracer().text(detail), check, result, refused}, m_mail);
    };
    const mail::DmarcVerdict& dmarc = m_verdicts.dmarc;
    for (const mail::DkimVerdict& one : m_verdicts.dkim)
        emit(trace::SenderCheck::dkim, one.result, one.domain.empty() ? dmarc.domain : one.domain, one.problem.empty() ? one.selector : one.problem, false);
    if (m_verdicts.dkim.empty()) emit(trace::SenderCheck::dkim, CheckResult::none, dmarc.domain, "", false);
    emit(trace::SenderCheck::dmarc, dmarc.result, dmarc.domain, dmarc.detail, refuses);
    if (m_verdicts.done == DmarcPolicy::quarantine) machine.emitAndFollow(trace::PolicyApplied{kNever, m_client, {}, trace::Policy::quarantined}, m_mail);
}

void LetterCheck::onTimer() {
    if (!m_inquiry || m_until > m_server.machine().now()) return;
    const auto inquiry = m_inquiry;
    inquiry->giveUp();
}

}  // namespace mailtrek::host
