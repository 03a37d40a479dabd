// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_parameters.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

// Calls `each` with every KEYWORD=value; false ends with a problem.
bool forEach(std::string_view text, std::string& problem, const std::function<bool(const std::string& key, std::string_view value)>& each) {
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        const std::string_view one = text.substr(0, space);
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        if (one.empty()) continue;
        const std::size_t equals = one.find('=');
        const std::string key = lower(one.substr(0, equals));
        if (!each(key, equals == std::string_view::npos ? std::string_view{} : one.substr(equals + 1))) {
            if (problem.empty()) problem = fmt::format("Parameter not recognized: {}", one.substr(0, 60));
            return false;
        }
    }
    return true;
}

}  // namespace

std::string xtextDecode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '+' && i + 2 < text.size() && std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string xtextEncode(std::string_view text) {
    std::string out;
    for (const char c : text) out += c > 0x20 && c < 0x7f && c != '+' && c != '=' ? std::string(1, c) : fmt::format("+{:02X}", static_cast<unsigned char>(c));
    return out;
}

std::optional<MailParameters> mailParameters(std::string_view text, std::string& problem) {
    MailParameters parameters;
    const bool good = forEach(text, problem, [&](const std::string& key, std::string_view value) {
        if (key == "size") return std::from_chars(value.data(), value.data() + value.size(), parameters.size).ptr == value.data() + value.size() && !value.empty();
        if (key == "body") return sameIgnoringCase(value, "7BIT") || sameIgnoringCase(value, "8BITMIME");
        if (key == "ret") {
            parameters.headersOnly = sameIgnoringCase(value, "HDRS");
            return parameters.headersOnly || sameIgnoringCase(value, "FULL");
        }
        if (key == "envid") parameters.envelopeId = xtextDecode(value);
        return key == "envid" && value.size() <= 100;
    });
    return good ? std::optional(parameters) : std::nullopt;
}

std::optional<DsnWish> recipientParameters(std::string_view text, std::string& problem) {
    DsnWish wish;
    const bool good = forEach(text, problem, [&](const std::string& key, std::string_view value) {
        if (key == "orcpt") {
            wish.originalRecipient = xtextDecode(value);
            return value.find(';') != std::string_view::npos && value.size() <= 500;
        }
        if (key != "notify" || value.empty()) return false;
        wish.onFailure = false;
        const std::string all = "," + lower(value) + ",";
        wish.never = all == ",never,";
        wish.onSuccess = all.find(",success,") != std::string::npos;
        wish.onFailure = all.find(",failure,") != std::string::npos;
        return wish.never || wish.onSuccess || wish.onFailure || all.find(",delay,") != std::string::npos;
    });
    return good ? std::optional(wish) : std::nullopt;
}

}  // namespace mailtrek::mail
