// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <vector>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

enum class Seen : std::uint8_t { fine, badValue, unknown };

// Calls `each` with every KEYWORD=value, the keyword in lower case; false ends with a problem.
bool forEach(std::string_view text, ParameterProblem& problem, const std::function<Seen(const std::string& key, std::string_view value)>& each) {
    std::vector<std::string> before;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        const std::string_view one = text.substr(0, space);
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        if (one.empty()) continue;
        const std::size_t equals = one.find('=');
        const std::string key = lower(one.substr(0, equals));
        Seen seen = each(key, equals == std::string_view::npos ? std::string_view{} : one.substr(equals + 1));
        if (seen == Seen::fine && std::find(before.begin(), before.end(), key) != before.end()) seen = Seen::badValue;
        before.push_back(key);
        if (seen == Seen::fine) continue;
        problem = seen == Seen::unknown ? ParameterProblem{555, fmt::format("Parameter not recognized: {}", one.substr(0, 60))}
                                        : ParameterProblem{501, fmt::format("Bad parameter: {}", one.substr(0, 60))};
        return false;
    }
    return true;
}

Seen fineIf(bool fine) { return fine ? Seen::fine : Seen::badValue; }

// Digits, as many as you like: what does not fit is as large as can be.
bool readSize(std::string_view value, std::uint64_t& size) {
    if (value.empty() || value.size() > 20 || value.find_first_not_of("0123456789") != std::string_view::npos) return false;  // RFC 1870 4: 1 to 20 digits
    if (std::from_chars(value.data(), value.data() + value.size(), size).ec != std::errc{}) size = std::numeric_limits<std::uint64_t>::max();
    return true;
}

bool readNotify(std::string_view value, DsnWish& wish) {
    wish.notify = DsnNotify::listed;
    wish.onFailure = false;
    if (sameIgnoringCase(value, "NEVER")) {
        wish.notify = DsnNotify::never;
        return true;
    }
    for (;;) {
        const std::size_t comma = value.find(',');
        const std::string word = lower(value.substr(0, comma));
        if (word == "success")
            wish.onSuccess = true;
        else if (word == "failure")
            wish.onFailure = true;
        else if (word == "delay")
            wish.onDelay = true;
        else
            return false;  // NEVER stands alone (RFC 3461 4.1)
        if (comma == std::string_view::npos) return true;
        value.remove_prefix(comma + 1);
    }
}

}  // namespace

std::optional<std::string> xtextDecode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] <= 0x20 || text[i] >= 0x7f || text[i] == '=') return std::nullopt;
        if (text[i] != '+') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        unsigned value = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        if (digits.find_first_not_of("0123456789ABCDEF") != std::string_view::npos) return std::nullopt;  // upper case only
        std::from_chars(digits.data(), digits.data() + 2, value, 16);
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

std::string xtextEncode(std::string_view text) {
    std::string out;
    for (const char c : text) out += c > 0x20 && c < 0x7f && c != '+' && c != '=' ? std::string(1, c) : fmt::format("+{:02X}", static_cast<unsigned char>(c));
    return out;
}

std::optional<MailParameters> mailParameters(std::string_view text, ParameterProblem& problem) {
    MailParameters parameters;
    const bool good = forEach(text, problem, [&](const std::string& key, std::string_view value) {
        if (key == "size") return fineIf(readSize(value, parameters.size));
        if (key == "body") return fineIf(sameIgnoringCase(value, "7BIT") || sameIgnoringCase(value, "8BITMIME"));
        if (key == "smtputf8") {
            parameters.utf8 = true;
            return fineIf(value.empty());
        }
        if (key == "ret") {
            parameters.ret = sameIgnoringCase(value, "HDRS") ? DsnReturn::headers : DsnReturn::full;
            return fineIf(parameters.ret == DsnReturn::headers || sameIgnoringCase(value, "FULL"));
        }
        if (key != "envid") return Seen::unknown;
        const auto id = xtextDecode(value);
        parameters.envelopeId = id.value_or("");
        const bool printable = std::all_of(parameters.envelopeId.begin(), parameters.envelopeId.end(), [](char c) { return c >= 0x20 && c < 0x7f; });  // RFC 3461 4.4
        return fineIf(id && !id->empty() && value.size() <= 100 && printable);
    });
    return good ? std::optional(parameters) : std::nullopt;
}

std::optional<DsnWish> recipientParameters(std::string_view text, ParameterProblem& problem) {
    DsnWish wish;
    const bool good = forEach(text, problem, [&](const std::string& key, std::string_view value) {
        if (key == "notify") return fineIf(readNotify(value, wish));
        if (key != "orcpt") return Seen::unknown;
        const std::size_t semicolon = value.find(';');
        if (semicolon == std::string_view::npos || semicolon == 0 || value.size() > 500) return Seen::badValue;
        const auto address = xtextDecode(value.substr(semicolon + 1));
        if (!address || address->empty() || std::any_of(address->begin(), address->end(), [](char c) { return c < 0x20 || c == 0x7f; })) return Seen::badValue;
        wish.originalRecipient = std::string(value.substr(0, semicolon + 1)) + *address;
        return Seen::fine;
    });
    return good ? std::optional(wish) : std::nullopt;
}

std::string dsnMailParameters(const Envelope& envelope) {
    std::string out;
    if (envelope.ret != DsnReturn::unsaid) out += envelope.ret == DsnReturn::headers ? " RET=HDRS" : " RET=FULL";
    if (!envelope.id.empty()) out += " ENVID=" + xtextEncode(envelope.id);
    return out;
}

std::string dsnRecipientParameters(const DsnWish& wish) {
    std::string out;
    if (wish.notify == DsnNotify::never) out += " NOTIFY=NEVER";
    if (wish.notify == DsnNotify::listed) {
        std::string list;
        for (const auto& [wanted, word] : {std::pair{wish.onSuccess, "SUCCESS"}, std::pair{wish.onFailure, "FAILURE"}, std::pair{wish.onDelay, "DELAY"}})
            if (wanted) list += (list.empty() ? "" : ",") + std::string(word);
        out += " NOTIFY=" + list;
    }
    if (!wish.originalRecipient.empty()) {
        const std::size_t semicolon = wish.originalRecipient.find(';') + 1;
        out += " ORCPT=" + wish.originalRecipient.substr(0, semicolon) + xtextEncode(std::string_view(wish.originalRecipient).substr(semicolon));
    }
    return out;
}

}  // namespace mailtrek::mail
