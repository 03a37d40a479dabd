// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/delivery.h"

#include <fmt/format.h>

#include "sim/host/machine.h"
#include "sim/host/mail_server.h"

namespace mailtrek::host {

using mail::Failure;
using trace::FailureKind;

Delivery::Delivery(MailServer& server, mail::Job job) : m_server(server), m_job(std::move(job)), m_results(m_job.entries.size()) {}

void Delivery::start() {
    const MailServerOptions& options = m_server.options();
    if (m_server.mta().settings().hasSmarthost) {
        for (const wire::Ipv4Address address : options.smarthost) m_tries.push_back({address, wire::toString(address), options.smarthostName});
        m_lastFailure = {FailureKind::unreachable, 0, "4.4.1", "the smarthost has no address", "", false};
        return tryNext();
    }
    const auto domain = dns::Name::parse(m_job.domain);
    if (!domain) return failAll({FailureKind::noSuchDomain, 0, "5.1.2", fmt::format("'{}' is no domain name", m_job.domain), "", true});
    dns::RouteOptions route;
    route.domain = *domain;
    route.seed = m_server.machine().world().seed;
    route.lot = m_job.mail.value * 1000ull + m_job.id;
    if (const auto own = dns::Name::parse(m_server.mta().settings().hostName)) route.ownNames.push_back(*own);
    route.ownAddresses = options.ownAddresses;
    m_route.emplace(route);
    ask(m_route->start());
}

void Delivery::ask(const std::vector<dns::Question>& questions) {
    if (m_route->route()) return onRoute(*m_route->route());
    for (const dns::Question& question : questions) {
        m_server.resolver().ask(question.name, question.type, m_job.mail, [this](const ResolverService::Reply& reply) {
            if (m_route->route()) return;
            const auto* answer = std::get_if<dns::Answer>(&reply);
            ask(answer != nullptr ? m_route->onAnswer(*answer) : m_route->onTimedOut(std::get<dns::TimedOut>(reply)));
        });
    }
}

void Delivery::onRoute(const dns::Route& route) {
    switch (route.kind) {
        case dns::RouteKind::hosts: break;
        case dns::RouteKind::noSuchDomain: return failAll({FailureKind::noSuchDomain, 0, "5.1.2", route.detail, "", true});
        case dns::RouteKind::nullMx: return failAll({FailureKind::nullMx, 0, "5.1.10", route.detail, "", true});
        case dns::RouteKind::noMailHost: return failAll({FailureKind::noMx, 0, "5.4.4", route.detail, "", true});
        case dns::RouteKind::ownNameIsBest: return failAll({FailureKind::tooManyHops, 0, "5.4.6", route.detail, "", true});
        case dns::RouteKind::temporaryFailure: return failAll({FailureKind::dnsFailed, 0, "4.4.3", route.detail, "", false});
    }
    for (const dns::MailHost& host : route.hosts)
        for (const wire::Ipv4Address address : host.addresses) m_tries.push_back({address, host.host.text(), host.host.text()});
    m_lastFailure = {FailureKind::noMx, 0, "4.4.4", "no host to try", "", false};
    tryNext();
}

void Delivery::tryNext() {
    if (m_tries.empty()) return failAll(m_lastFailure);
    m_present = m_tries.front();
    m_tries.pop_front();
    m_connected = m_begun = m_secured = false;
    m_client.reset();
    m_acknowledged = 0;
    m_socket = m_server.connect(m_present.address, *this, m_job.mail);
}

void Delivery::makeTransactions() {
    constexpr std::size_t kMostRecipients = 100;  // RFC 5321 4.5.3.1.8
    std::deque<mail::SmtpTransaction> transactions;
    m_groups.clear();
    m_group = 0;
    const auto& queue = m_server.mta().queue();
    for (std::size_t i = 0; i < m_job.entries.size(); ++i) {
        const mail::QueueEntry& entry = queue.at(m_job.entries[i]);
        std::size_t place = m_groups.size();
        for (std::size_t g = 0; g < m_groups.size(); ++g) {
            const mail::QueueEntry& first = queue.at(m_job.entries[m_groups[g].front()]);
            const bool tells = (first.recipient.dsn.notify == mail::DsnNotify::never) == (entry.recipient.dsn.notify == mail::DsnNotify::never);
            if (tells && first.mail == entry.mail && first.from == entry.from && first.message.data() == entry.message.data() && m_groups[g].size() < kMostRecipients) place = g;
        }
        if (place == m_groups.size()) {
            m_groups.emplace_back();
            transactions.push_back({{entry.from, {}, entry.ret, entry.envelopeId, 0}, entry.message});
        }
        m_groups[place].push_back(i);
        transactions[place].envelope.recipients.push_back(entry.recipient);
    }
    mail::SmtpClientOptions options{m_server.mta().settings().hostName, "", ""};
    options.tls = m_present.inTheClear ? mail::TlsWish::never : mail::TlsWish::whenever;
    m_client.emplace(std::move(options), std::move(transactions));
}

void Delivery::onEstablished() {
    m_connected = true;
    makeTransactions();
    carryOut(m_client->onConnected(m_server.machine().now()));
}

void Delivery::onReadable(std::string_view octets) {
    if (m_client) carryOut(m_client->onBytes(octets, m_server.machine().now()));
}

void Delivery::onSecured() {
    m_secured = true;
    if (m_client) carryOut(m_client->onSecured(m_server.machine().now()));
}

// A handshake that fails: better in the clear than not at all, so once more without (RFC 7435 3). Later on it is as if the connection were lost: what was sent may have arrived.
void Delivery::onTlsFailed(const tls::Failure& failure) {
    Machine& machine = m_server.machine();
    if (m_reported) return machine.close(m_socket);
    if (m_secured && m_client) return carryOut(m_client->onTlsFailed("TLS: " + failure.why, machine.now()));
    const SocketId failed = m_socket;
    m_present.inTheClear = true;
    m_tries.push_front(m_present);
    tryNext();
    machine.close(failed);
}

void Delivery::onTimer() {
    Machine& machine = m_server.machine();
    if (m_client && m_client->nextDeadline() <= machine.now()) carryOut(m_client->onTimeout(machine.now(), machine.moved(m_socket, m_acknowledged)));
}

void Delivery::onClosed(trace::CloseReason reason) {
    if (!m_connected) {
        const bool refused = reason == trace::CloseReason::refused;
        const bool unreachable = reason == trace::CloseReason::unreachable;
        m_lastFailure = {refused       ? FailureKind::connectRefused
                         : unreachable ? FailureKind::unreachable
                                       : FailureKind::connectTimedOut,
                         0,
                         "4.4.1",
                         fmt::format("connect to {} [{}]: {}", m_present.host, wire::toString(m_present.address),
                                     refused       ? "connection refused"
                                     : unreachable ? "host unreachable"
                                                   : "timed out"),
                         "",
                         false};
        return tryNext();
    }
    if (m_client) carryOut(m_client->onClosed(m_server.machine().now()));
    m_over = m_reported;
}

Failure Delivery::failureOf(const mail::HeardReply& heard) const {
    if (heard.code == 0) return {FailureKind::connectionLost, 0, "4.4.2", heard.text, m_present.host, false};
    const std::string status = !heard.enhanced.empty() ? heard.enhanced : heard.permanent() ? "5.0.0" : "4.0.0";
    return {heard.permanent() ? FailureKind::permanentReply : FailureKind::transientReply, heard.code, status, heard.text, m_present.host, heard.permanent(), heard.text};
}

void Delivery::carryOut(const mail::SmtpClient::Actions& actions) {
    Machine& machine = m_server.machine();
    Connection* facts = nullptr;
    const ConnectionId number = machine.connectionOf(m_socket);
    if (number.valid()) facts = &machine.world().connections[number];
    const MailId mail = facts != nullptr ? facts->mail : m_job.mail;
    for (const mail::SmtpClientAction& action : actions) {
        if (std::holds_alternative<mail::SmtpBegin>(action) && facts != nullptr) {
            m_begun = true;
            facts->recipients.clear();
            for (const std::size_t place : m_groups[m_group]) {
                const mail::QueueEntry& entry = m_server.mta().queue().at(m_job.entries[place]);
                facts->mail = entry.mail;
                facts->recipients.push_back({entry.recipient.address, entry.mail, entry.recipientIndex});
            }
        }
        if (const auto* line = std::get_if<mail::SmtpSendLine>(&action)) {
            machine.emitAndFollow(trace::SmtpCommand{number, machine.tracer().text(line->shown), trace::DialogueProtocol::smtp}, facts != nullptr ? facts->mail : mail);
            machine.write(m_socket, Slice::copyOf(line->line + "\r\n"));
        }
        if (const auto* content = std::get_if<mail::SmtpSendContent>(&action)) {
            const mail::QueueEntry& entry = m_server.mta().queue().at(m_job.entries[m_groups[m_group].front()]);
            machine.emitAndFollow(trace::SmtpContent{number, entry.messageId, content->stuffed.size(), trace::DialogueProtocol::smtp}, facts != nullptr ? facts->mail : mail);
            machine.moved(m_socket, m_acknowledged);  // what is acknowledged from here on is content
            machine.write(m_socket, content->stuffed, true, true);
        }
        if (std::holds_alternative<mail::SmtpStartTls>(action)) machine.startTls(m_socket, tls::ClientOptions{m_present.name, false, calendarSeconds(machine.now())});
        if (const auto* outcome = std::get_if<mail::SmtpOutcome>(&action)) {
            const bool turnedAway = !m_begun && !outcome->recipients.front().permanent() && !m_tries.empty();
            if (turnedAway) {  // the next host may be in better shape (RFC 5321 5.1)
                m_lastFailure = failureOf(outcome->recipients.front());
                takeLeave(actions, number);
                return tryNext();
            }
            take(*outcome);
        }
        if (std::holds_alternative<mail::SmtpClose>(action)) machine.close(m_socket);
    }
}

// The channel is not closed without a QUIT (RFC 5321 4.1.1.10); its 221 is not waited for, the letters are in a hurry.
void Delivery::takeLeave(const mail::SmtpClient::Actions& actions, ConnectionId number) {
    Machine& machine = m_server.machine();
    for (const mail::SmtpClientAction& action : actions) {
        const auto* line = std::get_if<mail::SmtpSendLine>(&action);
        if (line == nullptr) continue;
        machine.emitAndFollow(trace::SmtpCommand{number, machine.tracer().text(line->shown), trace::DialogueProtocol::smtp}, m_job.mail);
        machine.write(m_socket, Slice::copyOf(line->line + "\r\n"));
    }
    machine.close(m_socket);
}

void Delivery::take(const mail::SmtpOutcome& outcome) {
    const std::vector<std::size_t>& group = m_groups[m_group++];
    for (std::size_t i = 0; i < group.size(); ++i)
        if (!outcome.recipients[i].good()) m_results[group[i]] = failureOf(outcome.recipients[i]);
    if (m_group == m_groups.size()) report();
}

void Delivery::failAll(const Failure& failure) {
    for (std::optional<Failure>& result : m_results) result = failure;
    m_over = true;
    report();
}

void Delivery::report() {
    if (std::exchange(m_reported, true)) return;
    m_server.jobDone(m_job.id, m_results, {m_present.host, !m_client || m_client->offersDsn()});
}

}  // namespace mailtrek::host
