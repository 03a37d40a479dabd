// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/spf.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/spf_record.h"

namespace mailtrek::mail {
namespace {

using trace::CheckResult;

constexpr int kMostLookups = 10, kMostVoids = 2;  // RFC 7208 4.6.4
constexpr std::size_t kMostNamesOfMx = 10;        // 4.6.4
constexpr int kMostDepth = 2 * kMostLookups;      // of records within records; the lookups end it sooner

// An open question ends the evaluation, up to the top, by way of an empty optional.
class Evaluation {
public:
    Evaluation(const SpfRequest& request, const DnsFacts& facts) : m_request(request), m_facts(facts) {
        m_macros.client = request.client;
        m_macros.helo = request.helo;
        m_macros.sender = request.sender.empty() ? "postmaster@" + request.helo : request.sender;
        m_macros.localPart = localPartOf(m_macros.sender);
        if (m_macros.localPart.empty()) m_macros.localPart = "postmaster";  // 4.3
        m_macros.senderDomain = domainOf(m_macros.sender);
    }
    const std::string& domain() const { return m_macros.senderDomain; }
    std::optional<SpfVerdict> checkHost(const std::string& domain, int depth = 0);
    std::optional<dns::Question> open;

private:
    std::optional<bool> matches(const SpfDirective& directive, const std::string& domain, int depth);
    std::optional<bool> included(const std::string& target, int depth);
    std::optional<bool> hasAddress(const std::string& name, std::uint8_t prefix, bool countsVoid);
    std::optional<bool> mxMatches(const std::string& name, std::uint8_t prefix);
    std::optional<SpfVerdict> redirected(const SpfRecord& record, const std::string& domain, int depth);
    const DnsFact* ask(const std::string& name, dns::Type type);
    bool countVoid(const DnsFact& fact);
    bool countLookup() { return ++m_lookups <= kMostLookups || fail(CheckResult::permerror, "more than 10 DNS lookups"); }
    bool fail(CheckResult how, std::string why) {
        m_error = {how, "", "", std::move(why)};
        return false;
    }
    std::optional<SpfVerdict> errorOrOpen() const { return m_error; }

    const SpfRequest& m_request;
    const DnsFacts& m_facts;
    SpfMacros m_macros;
    int m_lookups = 0, m_voids = 0;
    std::optional<SpfVerdict> m_error;
};

// Nothing: not known yet, or the name is none and has no records.
const DnsFact* Evaluation::ask(const std::string& name, dns::Type type) {
    static const DnsFact kNowhere{Finding::noSuchName, {}};
    const auto parsed = dns::Name::parse(name);
    if (!parsed) return &kNowhere;
    const DnsFact* fact = m_facts.find(*parsed, type);
    if (fact == nullptr) open = dns::Question{*parsed, type};
    return fact;
}

// False: it was one too many.
bool Evaluation::countVoid(const DnsFact& fact) {
    const bool isVoid = fact.finding == Finding::noData || fact.finding == Finding::noSuchName;
    return !isVoid || ++m_voids <= kMostVoids || fail(CheckResult::permerror, "more than 2 void lookups");
}

std::optional<SpfVerdict> Evaluation::checkHost(const std::string& domain, int depth) {
    m_macros.domain = domain;
    if (!isMailDomain(domain) || domain.starts_with('[') || domain.find('.') == std::string::npos) return SpfVerdict{CheckResult::none, domain, "default", ""};  // 4.3
    const DnsFact* txt = ask(domain, dns::Type::txt);
    if (txt == nullptr) return std::nullopt;
    if (txt->finding == Finding::failed) return SpfVerdict{CheckResult::temperror, domain, "default", fmt::format("no answer about {}", domain)};
    std::vector<std::string> records;
    for (const dns::ResourceRecord& record : txt->records) {
        const auto* data = std::get_if<dns::TxtRecord>(&record.data);
        std::string text;
        if (data != nullptr)
            for (const std::string& part : data->strings) text += part;  // 3.3: joined without spaces
        if (isSpfRecord(text)) records.push_back(std::move(text));
    }
    if (records.empty()) return SpfVerdict{CheckResult::none, domain, "default", ""};
    if (records.size() > 1) return SpfVerdict{CheckResult::permerror, domain, "default", fmt::format("{} has more than one SPF record", domain)};
    const auto record = parseSpfRecord(records.front());
    if (!record) return SpfVerdict{CheckResult::permerror, domain, "default", record.error().message};
    for (const SpfDirective& directive : record->directives) {
        const auto match = matches(directive, domain, depth);
        if (!match) {
            if (m_error) m_error->domain = domain;
            return errorOrOpen();
        }
        static constexpr CheckResult kResults[] = {CheckResult::pass, CheckResult::fail, CheckResult::softfail, CheckResult::neutral};  // by SpfQualifier
        if (*match) return SpfVerdict{kResults[static_cast<std::size_t>(directive.qualifier)], domain, directive.text, ""};
    }
    if (!record->redirect.empty()) return redirected(*record, domain, depth);
    return SpfVerdict{CheckResult::neutral, domain, "default", ""};  // 4.7
}

std::optional<SpfVerdict> Evaluation::redirected(const SpfRecord& record, const std::string& domain, int depth) {
    const std::string target = expandMacros(record.redirect, m_macros);
    if (depth >= kMostDepth || !countLookup()) return m_error ? m_error : SpfVerdict{CheckResult::permerror, domain, "redirect", "records within records without an end"};
    auto verdict = checkHost(target, depth + 1);
    if (verdict && verdict->result == CheckResult::none) return SpfVerdict{CheckResult::permerror, domain, "redirect", fmt::format("{} has no SPF record", target)};  // 6.1
    return verdict;
}

// 5.2: the verdict about another domain, of which only `pass` is a match.
std::optional<bool> Evaluation::included(const std::string& target, int depth) {
    if (depth >= kMostDepth) {
        fail(CheckResult::permerror, "records within records without an end");
        return std::nullopt;
    }
    const std::string domain = m_macros.domain;
    const auto verdict = checkHost(target, depth + 1);
    m_macros.domain = domain;
    if (!verdict || m_error) return std::nullopt;
    switch (verdict->result) {
        case CheckResult::pass: return true;
        case CheckResult::fail:
        case CheckResult::softfail:
        case CheckResult::neutral: return false;
        case CheckResult::temperror:
        case CheckResult::permerror: fail(verdict->result, verdict->problem); return std::nullopt;
        case CheckResult::none: fail(CheckResult::permerror, fmt::format("{} has no SPF record", target)); return std::nullopt;
    }
    return std::nullopt;
}

std::optional<bool> Evaluation::matches(const SpfDirective& directive, const std::string& domain, int depth) {
    const std::string target = directive.domain.empty() ? domain : expandMacros(directive.domain, m_macros);
    switch (directive.mechanism) {
        case SpfMechanism::all: return true;
        case SpfMechanism::ip4: return directive.network.contains(m_request.client);
        case SpfMechanism::ip6: return false;
        case SpfMechanism::ptr: return countLookup() ? std::optional(false) : std::nullopt;
        case SpfMechanism::include: return countLookup() ? included(target, depth) : std::nullopt;
        case SpfMechanism::a: return countLookup() ? hasAddress(target, directive.prefix, true) : std::nullopt;
        case SpfMechanism::exists: return countLookup() ? hasAddress(target, 0, true) : std::nullopt;  // 5.7: whatever the address is
        case SpfMechanism::mx: return countLookup() ? mxMatches(target, directive.prefix) : std::nullopt;
    }
    return false;
}

std::optional<bool> Evaluation::hasAddress(const std::string& name, std::uint8_t prefix, bool countsVoid) {
    const DnsFact* fact = ask(name, dns::Type::a);
    if (fact == nullptr) return std::nullopt;
    if (fact->finding == Finding::failed) {
        fail(CheckResult::temperror, fmt::format("no answer about {}", name));
        return std::nullopt;
    }
    if (countsVoid && !countVoid(*fact)) return std::nullopt;
    for (const dns::ResourceRecord& record : fact->records) {
        const auto* data = std::get_if<dns::ARecord>(&record.data);
        const wire::Ipv4Prefix shape{{}, prefix};
        if (data != nullptr && (data->address.value & shape.mask()) == (m_request.client.value & shape.mask())) return true;
    }
    return false;
}

std::optional<bool> Evaluation::mxMatches(const std::string& name, std::uint8_t prefix) {
    const DnsFact* fact = ask(name, dns::Type::mx);
    if (fact == nullptr) return std::nullopt;
    if (fact->finding == Finding::failed) fail(CheckResult::temperror, fmt::format("no answer about {}", name));
    if (fact->finding == Finding::failed || !countVoid(*fact)) return std::nullopt;
    if (fact->records.size() > kMostNamesOfMx) {
        fail(CheckResult::permerror, fmt::format("{} has more than 10 MX records", name));
        return std::nullopt;
    }
    for (const dns::ResourceRecord& record : fact->records) {
        const auto* data = std::get_if<dns::MxRecord>(&record.data);
        if (data == nullptr || data->exchange.isRoot()) continue;  // a null MX has no address (RFC 7505)
        const auto match = hasAddress(data->exchange.text(), prefix, false);
        if (!match || *match) return match;
    }
    return false;
}

std::string comment(const SpfRequest& request, const SpfVerdict& verdict) {
    const std::string who = request.sender.empty() ? "postmaster@" + request.helo : request.sender, client = wire::toString(request.client);
    switch (verdict.result) {
        case CheckResult::none: return fmt::format("no SPF record of the domain of {}", who);
        case CheckResult::neutral: return fmt::format("{} is neither permitted nor denied by the domain of {}", client, who);
        case CheckResult::pass: return fmt::format("domain of {} designates {} as permitted sender", who, client);
        case CheckResult::fail: return fmt::format("domain of {} does not designate {} as permitted sender", who, client);
        case CheckResult::softfail: return fmt::format("domain of {} rather does not designate {} as permitted sender", who, client);
        case CheckResult::temperror:
        case CheckResult::permerror: return fmt::format("error in processing: {}", verdict.problem);
    }
    return {};
}

// Comments hold no brackets or backslashes, quoted strings no quotes: what senders choose gets no say in the form of the line.
std::string harmless(std::string_view text, std::string_view bad) {
    std::string out;
    for (const char c : text) out += c < 0x20 || c == 0x7f || bad.find(c) != std::string_view::npos ? '?' : c;
    return out.substr(0, 300);
}

}  // namespace

std::variant<SpfVerdict, dns::Question> checkSpf(const SpfRequest& request, const DnsFacts& facts) {
    Evaluation evaluation(request, facts);
    auto verdict = evaluation.checkHost(evaluation.domain());
    if (!verdict) return *evaluation.open;
    verdict->domain = evaluation.domain();
    return *verdict;
}

std::string receivedSpfLine(const SpfRequest& request, const SpfVerdict& verdict) {
    return fmt::format("Received-SPF: {} ({}: {})\r\n\tclient-ip={};\r\n\tenvelope-from=\"{}\"; helo={};\r\n\treceiver={}; identity={}; mechanism=\"{}\"\r\n",
                       trace::name(verdict.result), request.receiver, harmless(comment(request, verdict), "()\\"), wire::toString(request.client), harmless(request.sender, "\"\\"),
                       request.helo, request.receiver, request.sender.empty() ? "helo" : "mailfrom", harmless(verdict.mechanism, "\"\\"));
}

}  // namespace mailtrek::mail
