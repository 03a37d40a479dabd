// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/http_fields.h"

#include <algorithm>
#include <cstdint>

#include "sim/mail/encoding.h"

namespace mailtrek::web {
namespace {

bool isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// VCHAR, obs-text, space and tab (RFC 9110 5.5).
bool isValueCharacter(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

}  // namespace

bool isToken(std::string_view text) { return !text.empty() && std::ranges::all_of(text, isTokenCharacter); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view untilAny(std::string_view& text, std::string_view marks) {
    const std::size_t end = std::min(text.find_first_of(marks), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

std::optional<std::pair<std::string, std::string>> Fields::parseLine(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) return std::nullopt;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!std::ranges::all_of(value, isValueCharacter)) return std::nullopt;
    return std::pair{std::string(line.substr(0, colon)), std::string(value)};
}

std::size_t Fields::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(m_lines, [&](const auto& line) { return mail::sameIgnoringCase(line.first, name); }));
}

std::string Fields::value(std::string_view name) const {
    const auto found = std::ranges::find_if(m_lines, [&](const auto& line) { return mail::sameIgnoringCase(line.first, name); });
    return found == m_lines.end() ? std::string{} : found->second;
}

std::vector<std::string> Fields::values(std::string_view name) const {
    std::vector<std::string> all;
    for (const auto& [key, value] : m_lines)
        if (mail::sameIgnoringCase(key, name)) all.push_back(value);
    return all;
}

std::vector<std::string> Fields::list(std::string_view name) const {
    std::vector<std::string> all;
    for (const std::string& line : values(name))
        for (std::string_view rest = line; !rest.empty();)
            if (const std::string_view member = trimmed(untilAny(rest, ",")); !member.empty()) all.push_back(mail::lower(member));
    return all;
}

std::string Fields::wire() const {
    std::string out;
    for (const auto& [name, value] : m_lines) out += name + ": " + value + "\r\n";
    return out;
}

std::optional<std::uint64_t> contentLength(const Fields& fields) {
    const std::vector<std::string> said = fields.list("Content-Length");
    if (said.empty() || said.front().size() > 18) return std::nullopt;
    std::uint64_t length = 0;
    for (const char c : said.front()) {
        if (c < '0' || c > '9') return std::nullopt;
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (std::ranges::any_of(said, [&](const std::string& other) { return other != said.front(); })) return std::nullopt;
    return length;
}

}  // namespace mailtrek::web
