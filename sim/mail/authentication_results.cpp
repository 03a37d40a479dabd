// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/authentication_results.h"

#include <fmt/format.h>

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

}  // namespace

std::string authenticationResultsLine(const SpfRequest& request, const SpfVerdict& spf) {
    const bool byHello = request.sender.empty();
    return fmt::format("{}: {};\r\n\tspf={} smtp.{}={}\r\n", kName, request.receiver, trace::name(spf.result), byHello ? "helo" : "mailfrom",
                       pvalue(byHello ? request.helo : request.sender));
}

Slice withoutResultsOf(std::string_view host, const Slice& message) {
    const std::string_view headers = headersOf(message.text());
    std::string kept;
    for (std::size_t at = 0; at < headers.size();) {
        std::size_t end = headers.find("\r\n", at);
        while (end != std::string_view::npos && end + 2 < headers.size() && (headers[end + 2] == ' ' || headers[end + 2] == '\t')) end = headers.find("\r\n", end + 2);
        const std::size_t next = end == std::string_view::npos ? headers.size() : end + 2;
        if (!speaksFor(host, headers.substr(at, next - at))) kept += headers.substr(at, next - at);
        at = next;
    }
    if (kept.size() == headers.size()) return message;
    return Slice::adopt(kept + std::string(message.text().substr(headers.size())));
}

}  // namespace mailtrek::mail
