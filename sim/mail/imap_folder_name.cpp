// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_folder_name.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr std::size_t kMostOctets = 255, kMostLevels = 20, kMostPattern = 1024;

bool plain(char c) { return c >= 0x20 && c < 0x7f; }

void appendUtf8(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    }
}

// The UTF-16 units of one shifted piece, as UTF-8. False: not well formed.
bool decodeShifted(std::string_view piece, std::string& out) {
    std::uint32_t bits = 0, high = 0;
    int held = 0;
    for (const char c : piece) {
        const std::size_t value = kAlphabet.find(c);
        if (value == std::string_view::npos) return false;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 16) continue;
        held -= 16;
        const std::uint32_t unit = bits >> held & 0xffff;
        bits &= (1u << held) - 1;
        const bool isHigh = unit >= 0xd800 && unit < 0xdc00, isLow = unit >= 0xdc00 && unit < 0xe000;
        if (isLow != (high != 0)) return false;
        if (isHigh)
            high = unit;
        else if (isLow)
            appendUtf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)), high = 0;
        else
            appendUtf8(out, unit);
    }
    return high == 0 && held < 6 && bits == 0;
}

void encodeShifted(std::string& out, const std::vector<std::uint16_t>& units) {
    out += '&';
    std::uint32_t bits = 0;
    int held = 0;
    for (const std::uint16_t unit : units) {
        bits = bits << 16 | unit;
        for (held += 16; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 0x3f];
        bits &= (1u << held) - 1;
    }
    if (held > 0) out += kAlphabet[bits << (6 - held) & 0x3f];
    out += '-';
}

// The character at the front of UTF-8, taken away; a broken octet stands for itself.
std::uint32_t takeCharacter(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::uint32_t c = size == 1 ? first : first & (0x7fu >> size);
    for (std::size_t i = 1; i < size && i < text.size(); ++i) c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
    text.remove_prefix(std::min(size, text.size()));
    return c;
}

}  // namespace

std::optional<std::string> fromModifiedUtf7(std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (!plain(name[at])) return std::nullopt;
        if (name[at] != '&') {
            out += name[at];
            continue;
        }
        const std::size_t end = name.find('-', at);
        if (end == std::string_view::npos) return std::nullopt;
        if (end == at + 1)
            out += '&';
        else if (!decodeShifted(name.substr(at + 1, end - at - 1), out))
            return std::nullopt;
        at = end;
    }
    return toModifiedUtf7(out) == name ? std::optional(out) : std::nullopt;  // one name has one spelling
}

std::string toModifiedUtf7(std::string_view utf8) {
    std::string out;
    std::vector<std::uint16_t> units;
    const auto flush = [&] {
        if (!units.empty()) encodeShifted(out, units);
        units.clear();
    };
    while (!utf8.empty()) {
        if (plain(utf8.front())) {
            flush();
            out += utf8.front() == '&' ? "&-" : std::string(1, utf8.front());
            utf8.remove_prefix(1);
            continue;
        }
        const std::uint32_t c = takeCharacter(utf8);
        if (c >= 0x10000) units.push_back(static_cast<std::uint16_t>(0xd800 + ((c - 0x10000) >> 10 & 0x3ff)));
        units.push_back(static_cast<std::uint16_t>(c >= 0x10000 ? 0xdc00 + (c & 0x3ff) : c));
    }
    flush();
    return out;
}

std::optional<std::string> folderName(std::string_view said) {
    if (said.empty() || said.size() > kMostOctets || said.front() == '/' || said.back() == '/' || said.find("//") != std::string_view::npos) return std::nullopt;
    if (said.find_first_of("%*") != std::string_view::npos || std::count(said.begin(), said.end(), '/') >= static_cast<std::ptrdiff_t>(kMostLevels)) return std::nullopt;
    const auto readable = fromModifiedUtf7(said);
    if (!readable || std::any_of(readable->begin(), readable->end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; })) return std::nullopt;
    const std::size_t slash = said.find('/');
    if (sameIgnoringCase(said.substr(0, slash), "INBOX")) return "INBOX" + std::string(slash == std::string_view::npos ? std::string_view{} : said.substr(slash));
    return std::string(said);
}

// `reached[i]`: the name so far is taken by the first i characters of the pattern.
bool folderMatches(std::string_view name, std::string_view pattern) {
    if (pattern.size() > kMostPattern) return false;
    const auto wild = [&](std::size_t i) { return pattern[i] == '*' || pattern[i] == '%'; };
    std::vector<bool> reached(pattern.size() + 1);
    reached[0] = true;
    for (std::size_t i = 0; i < pattern.size() && wild(i); ++i) reached[i + 1] = true;
    for (const char c : name) {
        std::vector<bool> next(pattern.size() + 1);
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (wild(i)) {
                next[i + 1] = next[i] || (reached[i + 1] && (pattern[i] == '*' || c != '/')) || next[i + 1];
                if (reached[i] && (pattern[i] == '*' || c != '/')) next[i + 1] = true;
            } else if (reached[i] && pattern[i] == c) {
                next[i + 1] = true;
            }
        }
        reached = std::move(next);
    }
    return reached[pattern.size()];
}

std::string imapName(std::string_view name) {
    const bool atom = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return plain(c) && std::string_view(" (){%*\"\\]").find(c) == std::string_view::npos; });
    return atom ? std::string(name) : imapQuoted(name);
}

}  // namespace mailtrek::mail
