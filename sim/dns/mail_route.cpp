// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/mail_route.h"

#include <algorithm>
#include <tuple>

#include "sim/kernel/dice.h"

namespace mailtrek::dns {
namespace {

std::vector<wire::Ipv4Address> addressesOf(const Name& host, const std::vector<ResourceRecord>& records) {
    std::vector<wire::Ipv4Address> addresses;
    for (const ResourceRecord& record : records) {
        if (const auto* a = std::get_if<ARecord>(&record.data); a && record.name == host) addresses.push_back(a->address);
    }
    return addresses;
}

std::vector<wire::Ipv4Address> allAddresses(const std::vector<ResourceRecord>& records) {
    std::vector<wire::Ipv4Address> addresses;
    for (const ResourceRecord& record : records) {
        if (const auto* a = std::get_if<ARecord>(&record.data)) addresses.push_back(a->address);
    }
    return addresses;
}

std::string failureText(const Answer& answer) {
    switch (answer.kind) {
        case AnswerKind::records: return "";
        case AnswerKind::noData: return "no data";
        case AnswerKind::noSuchName: return "NXDOMAIN";
        case AnswerKind::serverFailure: return rcodeName(answer.rcode);
        case AnswerKind::truncated: return "truncated answer";
        case AnswerKind::aliasLoop: return "loop of aliases";
    }
    return "";
}

}  // namespace

MailRoute::MailRoute(RouteOptions options) : m_options(std::move(options)) {}

std::vector<Question> MailRoute::start() { return {Question{m_options.domain, Type::mx}}; }

std::vector<Question> MailRoute::onAnswer(const Answer& answer) {
    switch (m_stage) {
        case Stage::mx: return onMx(answer);
        case Stage::implicitA: onImplicitA(answer); break;
        case Stage::targets: onTarget(answer.question, &answer); break;
        case Stage::done: break;
    }
    return {};
}

std::vector<Question> MailRoute::onTimedOut(const TimedOut& timedOut) {
    switch (m_stage) {
        case Stage::mx:
        case Stage::implicitA: end(RouteKind::temporaryFailure, "no answer from DNS"); break;
        case Stage::targets: onTarget(timedOut.question, nullptr); break;
        case Stage::done: break;
    }
    return {};
}

std::vector<Question> MailRoute::onMx(const Answer& answer) {
    switch (answer.kind) {
        case AnswerKind::records: break;
        case AnswerKind::noData:
            m_stage = Stage::implicitA;  // RFC 5321 5.1: as if it had an MX of preference 0 that points to itself
            return {Question{m_options.domain, Type::a}};
        case AnswerKind::noSuchName: return end(RouteKind::noSuchDomain, failureText(answer)), std::vector<Question>{};
        case AnswerKind::serverFailure:
        case AnswerKind::truncated:
        case AnswerKind::aliasLoop: return end(RouteKind::temporaryFailure, failureText(answer)), std::vector<Question>{};
    }
    for (const ResourceRecord& record : answer.records) {
        const auto* mx = std::get_if<MxRecord>(&record.data);
        if (mx && !mx->exchange.isRoot()) m_hosts.push_back({mx->preference, mx->exchange, {}});
    }
    if (m_hosts.empty()) return end(RouteKind::nullMx, "null MX"), std::vector<Question>{};  // RFC 7505 3
    sortHosts();
    dropOurselves();
    if (m_hosts.empty()) return end(RouteKind::ownNameIsBest, "this server is its best MX"), std::vector<Question>{};
    return askTargets(answer.additional);
}

std::vector<Question> MailRoute::askTargets(const std::vector<ResourceRecord>& additional) {
    m_stage = Stage::targets;
    std::vector<Question> questions;
    for (MailHost& host : m_hosts) {
        host.addresses = addressesOf(host.host, additional);
        if (!host.addresses.empty()) continue;
        m_unanswered.push_back(host.host);
        questions.push_back({host.host, Type::a});
    }
    if (questions.empty()) conclude();
    return questions;
}

void MailRoute::onImplicitA(const Answer& answer) {
    switch (answer.kind) {
        case AnswerKind::records:
            m_hosts = {{0, m_options.domain, allAddresses(answer.records)}};
            m_implicit = true;
            return conclude();
        case AnswerKind::noData: return end(RouteKind::noMailHost, "neither MX nor A");
        case AnswerKind::noSuchName: return end(RouteKind::noSuchDomain, failureText(answer));
        case AnswerKind::serverFailure:
        case AnswerKind::truncated:
        case AnswerKind::aliasLoop: return end(RouteKind::temporaryFailure, failureText(answer));
    }
}

// An alias as target is against RFC 5321 5.1 and RFC 2181 10.3, but its address is as good as any.
void MailRoute::onTarget(const Question& question, const Answer* answer) {
    if (std::erase(m_unanswered, question.name) == 0) return;
    const bool found = answer && answer->kind == AnswerKind::records;
    const bool final = answer && (found || answer->kind == AnswerKind::noData || answer->kind == AnswerKind::noSuchName);
    if (!final) m_temporary = true;
    const auto host = std::ranges::find(m_hosts, question.name, &MailHost::host);
    if (found && host != m_hosts.end()) host->addresses = allAddresses(answer->records);
    if (m_unanswered.empty()) conclude();
}

// Lower preference first; equals in the order of the dice (RFC 5321 5.1: spread the load). A host named twice keeps its better place.
void MailRoute::sortHosts() {
    const auto place = [this](const MailHost& h) { return std::tuple{h.preference, draw(m_options.seed, Purpose::mxOrder, h.host.hash(), m_options.lot)}; };
    std::ranges::stable_sort(m_hosts, {}, place);
    std::vector<MailHost> once;
    for (MailHost& host : m_hosts) {
        if (std::ranges::find(once, host.host, &MailHost::host) == once.end()) once.push_back(std::move(host));
    }
    m_hosts = std::move(once);
}

// RFC 5321 5.1: our own name and everything no better than it, or mail would circle.
void MailRoute::dropOurselves() {
    const auto isUs = [this](const MailHost& host) {
        return std::ranges::find(m_options.ownNames, host.host) != m_options.ownNames.end() ||
               std::ranges::find_first_of(host.addresses, m_options.ownAddresses) != host.addresses.end();
    };
    const auto us = std::ranges::find_if(m_hosts, isUs);
    if (us == m_hosts.end()) return;
    const std::uint16_t preference = us->preference;
    std::erase_if(m_hosts, [preference](const MailHost& host) { return host.preference >= preference; });
}

void MailRoute::conclude() {
    dropOurselves();
    if (m_hosts.empty()) return end(RouteKind::ownNameIsBest, "this server is its best MX");
    std::erase_if(m_hosts, [](const MailHost& host) { return host.addresses.empty(); });
    if (!m_hosts.empty()) return end(RouteKind::hosts, "");
    if (m_temporary) return end(RouteKind::temporaryFailure, "no answer from DNS for its mail servers");
    end(RouteKind::noMailHost, "its mail servers have no address");
}

void MailRoute::end(RouteKind kind, std::string detail) {
    m_stage = Stage::done;
    if (kind != RouteKind::hosts) m_hosts.clear();
    m_route = Route{kind, std::move(m_hosts), m_implicit, detail.empty() ? detail : m_options.domain.text() + ": " + detail};
}

}  // namespace mailtrek::dns
