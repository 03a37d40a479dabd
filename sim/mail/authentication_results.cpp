// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/authentication_results.h"

#include <fmt/format.h>

#include "sim/dns/idna.h"
#include "sim/mail/dkim_canonical.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

constexpr std::string_view kName = "Authentication-Results";

// A value that is no token goes in quotes (RFC 8601 2.2, RFC 2045 5.1).
std::string pvalue(std::string_view text) {
    if (!text.empty() && text.find_first_of(" \t()<>,;:\\\"/[]?=") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return out + "\"";
}

bool speaksFor(std::string_view host, std::string_view field) {
    if (!sameIgnoringCase(field.substr(0, kName.size()), kName)) return false;
    std::string_view rest = field.substr(kName.size());
    const std::size_t colon = rest.find_first_not_of(" \t");
    if (colon == std::string_view::npos || rest[colon] != ':') return false;
    rest.remove_prefix(colon + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    return sameIgnoringCase(rest.substr(0, rest.find_first_of(" \t\r\n;")), host);
}

std::string domainValue(const std::string& domain) { return pvalue(dns::domainToAscii(domain).value_or(domain)); }

// Comments and reasons hold what senders chose: no brackets, quotes or line ends of theirs.
std::string harmless(std::string_view text) {
    std::string out;
    for (const char c : text) out += c < 0x20 || c == 0x7f || c == '(' || c == ')' || c == '\\' || c == '"' ? '?' : c;
    return out.substr(0, 200);
}

std::string dkimResult(const DkimVerdict& verdict) {
    std::string out = fmt::format("dkim={} (modelled signature)", trace::name(verdict.result));
    if (!verdict.problem.empty()) out += fmt::format("\r\n\treason=\"{}\"", harmless(verdict.problem));
    if (!verdict.domain.empty()) out += fmt::format("\r\n\theader.d={} header.s={}", domainValue(verdict.domain), pvalue(verdict.selector));
    return out;
}

std::string dmarcResult(const LetterVerdicts& letter) {
    std::string out = fmt::format("dmarc={}", trace::name(letter.dmarc.result));
    if (letter.dmarc.result == trace::CheckResult::fail) out += fmt::format(" (p={} dis={})", name(letter.dmarc.policy), name(letter.done));
    return letter.dmarc.domain.empty() ? out : out + " header.from=" + domainValue(letter.dmarc.domain);
}

}  // namespace

std::string authenticationResultsLine(const SpfRequest& request, const SpfVerdict& spf, const LetterVerdicts* letter) {
    const bool byHello = request.sender.empty();
    std::string out = fmt::format("{}: {};\r\n\tspf={} smtp.{}={}", kName, request.receiver, trace::name(spf.result), byHello ? "helo" : "mailfrom",
                                  pvalue(byHello ? request.helo : request.sender));
    if (letter == nullptr) return out + "\r\n";
    for (const DkimVerdict& verdict : letter->dkim) out += ";\r\n\t" + dkimResult(verdict);
    if (letter->dkim.empty()) out += ";\r\n\tdkim=none";
    return out + ";\r\n\t" + dmarcResult(*letter) + "\r\n";
}

Slice withoutResultsOf(std::string_view host, const Slice& message) {
    const std::string_view headers = headersOf(message.text());
    std::string kept;
    std::size_t fields = 0;
    for (const std::string_view field : rawFields(headers)) {
        fields += field.size();
        if (!speaksFor(host, field)) kept += field;
    }
    if (kept.size() == fields) return message;
    return Slice::adopt(kept + std::string(message.text().substr(fields)));
}

}  // namespace mailtrek::mail
