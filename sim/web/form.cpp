// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/form.h"

#include <algorithm>

#include "sim/web/http_fields.h"

namespace mailtrek::web {
namespace {

constexpr std::size_t kMostFields = 100;

int hexDigit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

std::string encoded(std::string_view text, std::string_view plain) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || plain.find(c) != std::string_view::npos)
            out += c;
        else
            out += {'%', kDigits[octet >> 4], kDigits[octet & 15]};
    }
    return out;
}

// A space is a plus (WHATWG URL 5.2).
std::string formEncoded(std::string_view text) {
    std::string out = encoded(text, "*-._ ");
    std::ranges::replace(out, ' ', '+');
    return out;
}

}  // namespace

std::string Form::value(std::string_view name) const {
    const auto found = std::ranges::find_if(m_fields, [&](const auto& field) { return field.first == name; });
    return found == m_fields.end() ? std::string{} : found->second;
}

std::string Form::wire() const {
    std::string out;
    for (const auto& [name, value] : m_fields) out += (out.empty() ? "" : "&") + formEncoded(name) + "=" + formEncoded(value);
    return out;
}

std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += plusIsSpace && text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1, low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string percentEncoded(std::string_view text) { return encoded(text, "-._~"); }

std::optional<Form> parseForm(std::string_view text) {
    Form form;
    while (!text.empty()) {
        std::string_view one = untilAny(text, "&");
        if (one.empty()) continue;
        auto name = percentDecoded(untilAny(one, "="), true), value = percentDecoded(one, true);
        if (!name || !value || form.fields().size() >= kMostFields) return std::nullopt;
        form.add(std::move(*name), std::move(*value));
    }
    return form;
}

std::map<std::string, std::string> parseCookies(std::string_view field) {
    std::map<std::string, std::string> cookies;
    while (!field.empty()) {
        std::string_view one = trimmed(untilAny(field, ";"));
        if (one.find('=') == std::string_view::npos) continue;
        std::string name(trimmed(untilAny(one, "=")));
        std::string_view value = trimmed(one);
        if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
        cookies.emplace(std::move(name), std::string(value));
    }
    return cookies;
}

}  // namespace mailtrek::web
