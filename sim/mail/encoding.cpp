// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailtrek::mail {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool isPlain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

struct Civil {
    int year, month, day;
};
// Days since 1970-01-01 to a date (Howard Hinnant's algorithm).
Civil civilFromDays(std::int64_t days) {
    days += 719468;
    const std::int64_t era = days / 146097;
    const std::int64_t doe = days - era * 146097;
    const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t mp = (5 * doy + 2) / 153;
    const int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
    const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
    return {static_cast<int>(yoe + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

}  // namespace

std::string base64(std::string_view octets) {
    std::string out;
    out.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, octets.size() - i);
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? static_cast<unsigned char>(octets[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k) out += k <= n ? kAlphabet[word >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

std::string base64Lines(std::string_view octets) {
    const std::string all = base64(octets);
    std::string out;
    out.reserve(all.size() + all.size() / 38 + 2);
    for (std::size_t i = 0; i < all.size(); i += 76) {
        out.append(all, i, 76);
        out += "\r\n";
    }
    return out;
}

std::optional<std::string> decodeBase64(std::string_view text) {
    static const std::array<std::int8_t, 256> kDigits = [] {
        std::array<std::int8_t, 256> digits;
        digits.fill(-1);
        for (std::size_t i = 0; i < kAlphabet.size(); ++i) digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
        return digits;
    }();
    std::string out;
    out.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t word = 0;
    int digits = 0, padding = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\r' || c == '\n' || c == '\t') continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const int digit = kDigits[static_cast<unsigned char>(c)];
        if (digit < 0 || padding > 0) return std::nullopt;
        word = word << 6 | static_cast<std::uint32_t>(digit);
        if (++digits == 4) {
            out += static_cast<char>(word >> 16 & 0xff);
            out += static_cast<char>(word >> 8 & 0xff);
            out += static_cast<char>(word & 0xff);
            digits = 0;
            word = 0;
        }
    }
    if (digits == 1 || padding > 2) return std::nullopt;
    if (digits == 2) out += static_cast<char>(word >> 4 & 0xff);
    if (digits == 3) {
        out += static_cast<char>(word >> 10 & 0xff);
        out += static_cast<char>(word >> 2 & 0xff);
    }
    return out;
}

std::string quotedPrintable(std::string_view text) {
    std::string out, line;
    const auto breakLine = [&](bool soft) {
        if (!soft && !line.empty() && (line.back() == ' ' || line.back() == '\t')) {  // RFC 2045 6.7 (3)
            const char last = line.back();
            line.pop_back();
            line += last == ' ' ? "=20" : "=09";
        }
        out += line + (soft ? "=\r\n" : "\r\n");
        line.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        if (c == '\n' || c == '\r') {
            breakLine(false);
            continue;
        }
        const bool plain = (c >= 0x20 && c < 0x7f && c != '=') || c == '\t';
        const std::string piece = plain ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
        if (line.size() + piece.size() > 73) breakLine(true);
        line += piece;
    }
    if (!line.empty()) breakLine(false);
    return out;
}

std::string decodeQuotedPrintable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            out += text[i];
            continue;
        }
        if (i + 2 < text.size() && text[i + 1] == '\r' && text[i + 2] == '\n') {
            i += 2;
            continue;
        }
        const int high = i + 1 < text.size() ? hexDigit(text[i + 1]) : -1, low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            out += '=';
            continue;
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string headerText(std::string_view text) {
    const bool keepsItsEnds = text.empty() || (text.front() != ' ' && text.back() != ' ');  // white space at the ends of a field is nobody's
    if (isPlain(text) && keepsItsEnds && text.size() < 900 && text.find("=?") == std::string_view::npos) return std::string(text);
    std::string out;
    while (!text.empty()) {  // words of 64 characters, so that "Subject: " and one make no more than 76 (RFC 2047 2), broken between characters of UTF-8
        std::size_t take = std::min<std::size_t>(text.size(), 39);
        while (take < text.size() && take > 1 && (static_cast<unsigned char>(text[take]) & 0xc0) == 0x80) --take;
        out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(text.substr(0, take)));
        text.remove_prefix(take);
    }
    return out;
}

std::string decodeHeaderText(std::string_view text) {
    std::string out;
    bool afterWord = false;
    while (!text.empty()) {
        const std::size_t begin = text.find("=?");
        const std::size_t charset = begin == std::string_view::npos ? begin : text.find('?', begin + 2);
        const std::size_t kind = charset == std::string_view::npos ? charset : text.find('?', charset + 1);
        const std::size_t end = kind == std::string_view::npos ? kind : text.find("?=", kind + 1);
        if (end == std::string_view::npos) {
            out += text;
            break;
        }
        const std::string_view between = text.substr(0, begin), body = text.substr(kind + 1, end - kind - 1), method = text.substr(charset + 1, kind - charset - 1);
        std::optional<std::string> word;
        if (sameIgnoringCase(method, "B")) word = decodeBase64(body);
        if (sameIgnoringCase(method, "Q") && body.find(' ') == std::string_view::npos) {
            std::string spaced(body);
            std::replace(spaced.begin(), spaced.end(), '_', ' ');
            word = decodeQuotedPrintable(spaced);
        }
        if (!word) {  // no encoded word after all: stays as it stands
            out += text.substr(0, begin + 2);
            text.remove_prefix(begin + 2);
            afterWord = false;
            continue;
        }
        if (!afterWord || between.find_first_not_of(" \t\r\n") != std::string_view::npos) out += between;
        out += *word;
        text.remove_prefix(end + 2);
        afterWord = true;
    }
    return out;
}

std::string dateText(Instant t) {
    constexpr std::array kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // 1970-01-01 was a Thursday
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::int64_t seconds = kSimEpochUnixSeconds + t.time_since_epoch().count() / 1'000'000'000;
    const std::int64_t days = seconds / 86400, rest = seconds % 86400;
    const Civil date = civilFromDays(days);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[static_cast<std::size_t>(days % 7)], date.day, kMonths[static_cast<std::size_t>(date.month - 1)], date.year,
                       rest / 3600, rest / 60 % 60, rest % 60);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

bool sameIgnoringCase(std::string_view a, std::string_view b) { return a.size() == b.size() && lower(a) == lower(b); }

}  // namespace mailtrek::mail
