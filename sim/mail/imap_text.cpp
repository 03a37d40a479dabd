// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/mailbox.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

constexpr std::pair<std::string_view, std::uint8_t> kFlags[]{{"\\Seen", kSeen}, {"\\Answered", kAnswered}, {"\\Flagged", kFlagged}, {"\\Deleted", kDeleted}, {"\\Draft", kDraft}};

std::string addressList(std::string_view field) {
    std::string out;
    while (!field.empty()) {
        const std::size_t comma = field.find(',');
        std::string_view one = field.substr(0, comma);
        field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (one.find('@') == std::string_view::npos) continue;
        std::string name;
        if (const std::size_t open = one.find('<'); open != std::string_view::npos) {
            name = std::string(one.substr(0, open));
            while (!name.empty() && (name.back() == ' ' || name.back() == '"')) name.pop_back();
            if (name.starts_with('"')) name.erase(0, 1);
            one = one.substr(open + 1, one.find('>', open) - open - 1);
        }
        out += fmt::format("({} NIL {} {})", imapQuoted(name), imapQuoted(localPartOf(one)), imapQuoted(domainOf(one)));
    }
    return out.empty() ? "NIL" : "(" + out + ")";
}

}  // namespace

std::string takeWord(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (text.empty()) return {};
    std::size_t end = 0;
    std::string word;
    if (text.front() == '"') {
        for (end = 1; end < text.size() && text[end] != '"'; ++end) {
            if (text[end] == '\\' && end + 1 < text.size()) ++end;
            word += text[end];
        }
        text.remove_prefix(std::min(end + 1, text.size()));
        return word;
    }
    if (text.front() == '(') {
        int depth = 0;
        for (; end < text.size(); ++end) {
            depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
            if (depth == 0) break;
        }
        end = std::min(end + 1, text.size());
    } else {
        int bracket = 0;  // BODY[HEADER.FIELDS (A B)] is one word
        for (; end < text.size() && (text[end] != ' ' || bracket > 0); ++end) bracket += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
    }
    word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

std::string imapQuoted(std::string_view text) {
    if (text.empty()) return "NIL";
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\r' || c == '\n') continue;
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string flagList(std::uint8_t flags) {
    std::string out;
    for (const auto& [name, bit] : kFlags)
        if ((flags & bit) != 0) out += (out.empty() ? "" : " ") + std::string(name);
    return "(" + out + ")";
}

std::optional<std::uint8_t> parseFlags(std::string_view list) {
    if (list.starts_with('(') && list.ends_with(')')) list = list.substr(1, list.size() - 2);
    std::uint8_t flags = 0;
    for (std::string word = takeWord(list); !word.empty(); word = takeWord(list)) {
        const auto* found = std::find_if(std::begin(kFlags), std::end(kFlags), [&](const auto& f) { return sameIgnoringCase(f.first, word); });
        if (found == std::end(kFlags)) return std::nullopt;
        flags |= found->second;
    }
    return flags;
}

std::string internalDate(Instant t) {
    const std::string date = dateText(t);  // "Mon, 02 Mar 2026 10:00:00 +0000"
    return fmt::format("\"{}-{}-{} {}\"", date.substr(5, 2), date.substr(8, 3), date.substr(12, 4), date.substr(17));
}

std::string envelope(std::string_view message) {
    const Message parsed = {parse(headersOf(message)).headers, {}};
    const std::string from = addressList(parsed.header("From"));
    return fmt::format("({} {} {} {} {} {} {} NIL {} {})", imapQuoted(parsed.header("Date")), imapQuoted(parsed.header("Subject")), from, from, from,
                       addressList(parsed.header("To")), addressList(parsed.header("Cc")), imapQuoted(parsed.header("In-Reply-To")), imapQuoted(parsed.header("Message-ID")));
}

}  // namespace mailtrek::mail
