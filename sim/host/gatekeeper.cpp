// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/gatekeeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/mail/address.h"
#include "sim/mail/authentication_results.h"

namespace mailtrek::host {
namespace {

std::int64_t wholeSeconds(Duration d) { return (d + std::chrono::seconds{1} - Duration{1}) / std::chrono::seconds{1}; }

}  // namespace

Gatekeeper::Gatekeeper(MailServer& server, wire::Ipv4Address client, std::function<void(mail::SmtpReply)> decided)
    : m_server(server), m_client(client), m_decided(std::move(decided)) {}

bool Gatekeeper::trusted() const {
    const MailServerOptions& options = m_server.options();
    const auto among = [this](const std::vector<wire::Ipv4Address>& addresses) { return std::ranges::find(addresses, m_client) != addresses.end(); };
    return among(options.relaysFor) || among(options.backups);
}

NodeId Gatekeeper::clientNode() const { return m_server.machine().nodeAt(m_client); }

std::optional<mail::SmtpReply> Gatekeeper::tooMany(MailId mail) {
    const auto& limit = m_server.policy().rateLimit;
    Machine& machine = m_server.machine();
    if (!limit || m_server.rateLimiter().allows(m_client, *limit, machine.now())) return std::nullopt;
    machine.emitAndFollow(trace::PolicyApplied{m_server.rateLimiter().allowedAt(m_client, *limit, machine.now()), clientNode(), {}, trace::Policy::rateLimited}, mail);
    return mail::reply(450, "4.7.1", fmt::format("Too much mail from [{}]", wire::toString(m_client)));
}

std::optional<mail::SmtpReply> Gatekeeper::sender(const mail::SmtpHello& hello, std::string_view address, bool loggedIn, MailId mail) {
    m_spf.reset();
    m_inquiry.reset();
    m_letter.reset();
    const mail::SmtpReply ok = mail::reply(250, "2.1.0", "Ok");
    if (trusted()) return ok;
    if (auto refusal = tooMany(mail)) return refusal;
    const bool checks = m_server.policy().spf != mail::CheckMode::off || m_server.policy().dmarc != mail::CheckMode::off;  // DMARC builds on SPF
    if (loggedIn || !checks) return ok;
    m_request = {m_client, std::string(address), hello.name, m_server.mta().settings().hostName};
    m_until = m_server.machine().now() + kDnsPatience;
    m_inquiry = std::make_shared<Inquiry>(
        m_server.resolver(), mail,
        [this](const mail::DnsFacts& facts) -> std::optional<dns::Question> {
            auto outcome = mail::checkSpf(m_request, facts);
            if (auto* question = std::get_if<dns::Question>(&outcome)) return *question;
            m_spf = std::get<mail::SpfVerdict>(outcome);
            return std::nullopt;
        },
        [this, mail] {
            const auto ended = std::move(m_inquiry);
            m_decided(spfReply(mail));
        });
    const auto inquiry = m_inquiry;
    if (!inquiry->begin()) {
        m_server.machine().timersChanged();
        return std::nullopt;
    }
    m_inquiry.reset();
    return spfReply(mail);
}

// RFC 7208 8, with the codes of RFC 7372 3.2.
mail::SmtpReply Gatekeeper::spfReply(MailId mail) {
    using trace::CheckResult;
    const bool strict = m_server.policy().spf == mail::CheckMode::reject;
    mail::SmtpReply reply = mail::reply(250, "2.1.0", "Ok");
    const std::string who = m_request.sender.empty() ? m_request.helo : m_request.sender;
    if (strict && m_spf->result == CheckResult::fail)
        reply = mail::reply(550, "5.7.23", fmt::format("SPF: the domain of <{}> does not let [{}] send for it", who, wire::toString(m_client)));
    if (strict && m_spf->result == CheckResult::temperror) reply = mail::reply(451, "4.7.24", "SPF: the DNS gives no answer for now");
    if (strict && m_spf->result == CheckResult::permerror) reply = mail::reply(550, "5.7.24", fmt::format("SPF: the record of the domain of <{}> cannot be used", who));
    Machine& machine = m_server.machine();
    const std::string& detail = m_spf->problem.empty() ? m_spf->mechanism : m_spf->problem;
    machine.emitAndFollow(
        trace::SenderChecked{clientNode(), machine.tracer().text(m_spf->domain), machine.tracer().text(detail), trace::SenderCheck::spf, m_spf->result, !reply.good()}, mail);
    return reply;
}

std::optional<mail::SmtpReply> Gatekeeper::recipient(const mail::Envelope& envelope, std::string_view address, bool loggedIn, MailId mail) {
    const Duration delay = m_server.policy().greylist;
    if (delay <= Duration::zero() || loggedIn || trusted()) return std::nullopt;
    Machine& machine = m_server.machine();
    const auto answer = m_server.greylist().check(m_client, envelope.from, address, delay, machine.now());
    const auto note = [&](trace::Policy policy) { machine.emitAndFollow(trace::PolicyApplied{answer.until, clientNode(), machine.tracer().text(address), policy}, mail); };
    switch (answer.verdict) {
        case mail::Greylist::Verdict::known: return std::nullopt;
        case mail::Greylist::Verdict::passedNow: note(trace::Policy::greylistOver); return std::nullopt;
        case mail::Greylist::Verdict::wait: break;
    }
    note(trace::Policy::greylisted);
    return mail::reply(451, "4.7.1", fmt::format("<{}> Greylisted, please come again in {} seconds", address, wholeSeconds(answer.until - machine.now())));
}

std::optional<mail::SmtpReply> Gatekeeper::content(const Slice& message, bool loggedIn, MailId mail) {
    m_letter.reset();
    if (loggedIn || trusted() || !m_spf || m_server.policy().dmarc == mail::CheckMode::off) return mail::reply(250, "2.0.0", "Ok");
    m_letter.emplace(m_server, clientNode(), message, *m_spf, mail, m_decided);
    return m_letter->begin();
}

void Gatekeeper::relayDenied(std::string_view address, MailId mail) {
    Machine& machine = m_server.machine();
    machine.emitAndFollow(trace::PolicyApplied{kNever, clientNode(), machine.tracer().text(address), trace::Policy::relayDenied}, mail);
}

std::string Gatekeeper::headerLines() const {
    if (!m_spf) return {};
    return mail::receivedSpfLine(m_request, *m_spf) + mail::authenticationResultsLine(m_request, *m_spf, m_letter ? &m_letter->verdicts() : nullptr);
}

Slice Gatekeeper::withoutForgeries(const Slice& message) const { return m_spf ? mail::withoutResultsOf(m_server.mta().settings().hostName, message) : message; }

bool Gatekeeper::quarantines() const { return m_letter && m_letter->verdicts().done == mail::DmarcPolicy::quarantine; }

void Gatekeeper::onTimer() {
    if (m_letter) m_letter->onTimer();
    if (!m_inquiry || m_until > m_server.machine().now()) return;
    const auto inquiry = m_inquiry;
    inquiry->giveUp();
}

}  // namespace mailtrek::host
