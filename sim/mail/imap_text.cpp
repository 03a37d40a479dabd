// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "sim/mail/encoding.h"
#include "sim/mail/mailbox.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

constexpr std::pair<std::string_view, std::uint8_t> kFlags[]{{"\\Seen", kSeen}, {"\\Answered", kAnswered}, {"\\Flagged", kFlagged}, {"\\Deleted", kDeleted}, {"\\Draft", kDraft}};

void trim(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
}

// Up to the next comma that stands in no quotes, comment or angle brackets (RFC 5322 3.4).
std::string_view takeAddress(std::string_view& field) {
    bool quoted = false;
    int depth = 0;
    std::size_t end = 0;
    for (; end < field.size(); ++end) {
        const char c = field[end];
        if (c == '\\' && end + 1 < field.size())
            ++end;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '(' || c == ')'))
            depth = std::max(0, depth + (c == '(' ? 1 : -1));
        else if (!quoted && depth == 0 && c == ',')
            break;
    }
    std::string_view one = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    trim(one);
    return one;
}

std::string withoutQuotes(std::string_view name) {
    trim(name);
    if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
    std::string_view rest = name;
    return takeWord(rest);
}

std::string addressList(std::string_view field) {
    std::string out;
    while (!field.empty()) {
        std::string_view one = takeAddress(field);
        std::string name;
        if (const std::size_t open = one.rfind('<'); open != std::string_view::npos) {
            name = withoutQuotes(one.substr(0, open));
            one = one.substr(open + 1, one.find('>', open) - open - 1);
        }
        const std::size_t at = one.rfind('@');
        if (at == std::string_view::npos) continue;
        out += fmt::format("({} NIL {} {})", name.empty() ? "NIL" : imapString(name), imapString(one.substr(0, at)), imapString(one.substr(at + 1)));
    }
    return out.empty() ? "NIL" : "(" + out + ")";
}

// After an opening quote at the front: what it means, and it is taken away. False when it does not end.
bool takeQuoted(std::string_view& text, std::string& word) {
    std::size_t end = 1;
    for (; end < text.size() && text[end] != '"'; ++end) {
        if (text[end] == '\\' && end + 1 < text.size()) ++end;
        word += text[end];
    }
    const bool ends = end < text.size();
    text.remove_prefix(std::min(end + 1, text.size()));
    return ends;
}

// How long the word at the front is: brackets and parentheses with all that is in them; quotes hide both.
std::size_t wordLength(std::string_view text) {
    int depth = 0;
    for (std::size_t end = 0; end < text.size(); ++end) {
        const char c = text[end];
        if (c == '"') {
            for (++end; end < text.size() && text[end] != '"'; ++end)
                if (text[end] == '\\') ++end;
        } else if (c == '(' || c == '[') {
            ++depth;
        } else if (c == ')' || c == ']') {
            if (--depth == 0 && text.front() == '(') return end + 1;
        } else if (c == ' ' && depth <= 0) {
            return end;
        }
    }
    return text.size();
}

}  // namespace

std::optional<std::string> takeString(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    std::string word;
    if (text.front() == '"') return takeQuoted(text, word) ? std::optional(word) : std::nullopt;
    const std::size_t end = wordLength(text);
    word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

std::string takeWord(std::string_view& text) { return takeString(text).value_or(""); }

bool isTag(std::string_view text) {  // RFC 3501 9: ASTRING-CHAR but "+"
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && std::string_view("(){%*\"\\+").find(c) == std::string_view::npos; });
}

std::string imapQuoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string imapString(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    return plain ? imapQuoted(text) : fmt::format("{{{}}}\r\n{}", text.size(), text);
}

std::string flagList(std::uint8_t flags, bool recent) {
    std::string out = recent ? "\\Recent" : "";
    for (const auto& [name, bit] : kFlags)
        if ((flags & bit) != 0) out += (out.empty() ? "" : " ") + std::string(name);
    return "(" + out + ")";
}

// Keywords are not kept here, so that they are passed over (RFC 3501 7.1, PERMANENTFLAGS); system flags that nobody knows are an error.
std::optional<std::uint8_t> parseFlags(std::string_view list) {
    trim(list);
    if (list.starts_with('(') != list.ends_with(')')) return std::nullopt;
    if (list.starts_with('(')) list = list.substr(1, list.size() - 2);
    std::uint8_t flags = 0;
    for (std::string word = takeWord(list); !word.empty(); word = takeWord(list)) {
        const auto* found = std::find_if(std::begin(kFlags), std::end(kFlags), [&](const auto& f) { return sameIgnoringCase(f.first, word); });
        if (found == std::end(kFlags) && (word.front() == '\\' || !isTag(word))) return std::nullopt;
        if (found != std::end(kFlags)) flags |= found->second;
    }
    return flags;
}

std::string internalDate(Instant t) {
    const std::string date = dateText(t);  // "Mon, 02 Mar 2026 10:00:00 +0000"
    return fmt::format("\"{}-{}-{} {}\"", date.substr(5, 2), date.substr(8, 3), date.substr(12, 4), date.substr(17));
}

std::optional<Instant> parseInternalDate(std::string_view text) {
    static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    static constexpr std::string_view kForm = "dd-mmm-dddd dd:dd:dd sdddd";
    if (text.size() != kForm.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9', blank = i == 0 && text[i] == ' ';
        const bool fits = kForm[i] == 'd' ? digit || blank : kForm[i] == 's' ? text[i] == '+' || text[i] == '-' : kForm[i] == 'm' || text[i] == kForm[i];
        if (!fits) return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] == ' ' ? 0 : text[i] - '0');
        return value;
    };
    const std::size_t month = kMonths.find(lower(text.substr(3, 3)));
    const int hour = number(12, 2), minute = number(15, 2), second = number(18, 2), zone = number(22, 2) * 60 + number(24, 2);
    if (month == std::string_view::npos || month % 3 != 0 || hour > 23 || minute > 59 || second > 60 || number(24, 2) > 59) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year(number(7, 4)), std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                          std::chrono::day(static_cast<unsigned>(number(0, 2)))};
    if (!day.ok() || day.year() < std::chrono::year(1970) || day.year() > std::chrono::year(2200)) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
    const std::int64_t unixSeconds = days * 86400 + hour * 3600 + minute * 60 + second - (text[21] == '-' ? -1 : 1) * zone * 60;
    if (unixSeconds < 0) return std::nullopt;
    return kStart + std::chrono::seconds(unixSeconds - kSimEpochUnixSeconds);
}

std::string envelope(std::string_view message) {
    const std::string_view headers = headersOf(message);
    const Message parsed = {parse(headers).headers, {}};
    const auto text = [&](std::string_view name) { return hasHeader(headers, name) ? imapString(parsed.header(name)) : "NIL"; };
    const auto list = [&](std::string_view name) { return addressList(parsed.header(name)); };
    const std::string from = list("From");
    const auto orFrom = [&](std::string_view name) {  // RFC 3501 7.4.2: absent or empty Sender and Reply-To stand for From
        const std::string own = list(name);
        return own == "NIL" ? from : own;
    };
    return fmt::format("({} {} {} {} {} {} {} {} {} {})", text("Date"), text("Subject"), from, orFrom("Sender"), orFrom("Reply-To"), list("To"), list("Cc"), list("Bcc"),
                       text("In-Reply-To"), text("Message-ID"));
}

std::uint32_t numberAfter(std::string_view line, std::string_view key) {
    const std::size_t at = line.find(key);
    std::uint32_t value = 0;
    if (at != std::string_view::npos) std::from_chars(line.data() + at + key.size(), line.data() + line.size(), value);
    return value;
}

}  // namespace mailtrek::mail
