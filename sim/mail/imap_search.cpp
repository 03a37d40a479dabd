// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

constexpr int kMaxDepth = 20;

using Key = std::optional<SearchKey>;

bool contains(std::string_view haystack, const std::string& smallNeedle) { return lower(haystack).find(smallNeedle) != std::string::npos; }

SearchKey inHeader(std::string name, std::string needle) {
    return [name = std::move(name), needle = lower(needle)](const SearchPlace& p) {
        for (const auto& [field, value] : parse(headersOf(p.message.octets.text())).headers)
            if (sameIgnoringCase(field, name) && contains(decodeHeaderText(value), needle)) return true;
        return false;
    };
}

// Decoded parts, and for TEXT the header fields too.
SearchKey inBody(std::string needle, bool headersToo) {
    return [needle = lower(needle), headersToo](const SearchPlace& p) {
        const Message message = parse(p.message.octets.text());
        const bool inParts = std::any_of(message.parts.begin(), message.parts.end(), [&](const Part& part) { return contains(part.octets, needle); });
        return inParts || (headersToo && std::any_of(message.headers.begin(), message.headers.end(),
                                                     [&](const auto& h) { return contains(h.first + ": " + decodeHeaderText(h.second), needle); }));
    };
}

// Days as one number that grows with them, of "2-Mar-2026" or of "Mon, 02 Mar 2026 ..."; 0 when it is no date.
int dayNumber(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    if (const std::size_t comma = text.find(','); comma != std::string_view::npos) text.remove_prefix(comma + 1);
    std::array<std::string, 3> pieces;
    for (std::string& piece : pieces) {
        text.remove_prefix(std::min(text.find_first_not_of(" -"), text.size()));
        piece = lower(text.substr(0, text.find_first_of(" -")));
        text.remove_prefix(piece.size());
    }
    const auto month = std::find(kMonths.begin(), kMonths.end(), pieces[1]);
    int day = 0, year = 0;
    std::from_chars(pieces[0].data(), pieces[0].data() + pieces[0].size(), day);
    std::from_chars(pieces[2].data(), pieces[2].data() + pieces[2].size(), year);
    if (month == kMonths.end() || day < 1 || day > 31 || year < 1 || year > 9999) return 0;
    return year * 372 + static_cast<int>(month - kMonths.begin()) * 31 + day;
}

Key byDate(const std::string& key, std::string_view date) {
    const int wanted = dayNumber(date);
    if (wanted == 0) return std::nullopt;
    const bool sent = key.starts_with("sent");
    const std::string how = sent ? key.substr(4) : key;
    return [wanted, sent, how](const SearchPlace& p) {
        const int day = sent ? dayNumber(parse(headersOf(p.message.octets.text())).header("Date")) : dayNumber(dateText(p.message.storedAt));
        return day != 0 && (how == "before" ? day < wanted : how == "on" ? day == wanted : day >= wanted);
    };
}

Key bySize(bool larger, std::string_view digits) {
    std::uint32_t size = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return [larger, size](const SearchPlace& p) { return larger ? p.message.octets.size() > size : p.message.octets.size() < size; };
}

Key byFlag(const std::string& key) {
    static constexpr std::pair<std::string_view, std::uint8_t> kFlags[]{{"seen", kSeen}, {"answered", kAnswered}, {"flagged", kFlagged}, {"deleted", kDeleted}, {"draft", kDraft}};
    for (const auto& [name, bit] : kFlags) {
        if (key != name && key != "un" + std::string(name)) continue;
        return [bit = bit, wanted = key == name](const SearchPlace& p) { return ((p.message.flags & bit) != 0) == wanted; };
    }
    if (key == "all") return [](const SearchPlace&) { return true; };
    if (key == "recent") return [](const SearchPlace& p) { return p.recent; };
    if (key == "old") return [](const SearchPlace& p) { return !p.recent; };
    if (key == "new") return [](const SearchPlace& p) { return p.recent && (p.message.flags & kSeen) == 0; };
    return std::nullopt;
}

class Parser {
public:
    explicit Parser(const SearchNumbers& numbers) : m_numbers(numbers) {}

    Key all(std::string_view text, int depth) {
        std::vector<SearchKey> keys;
        for (text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); !text.empty(); text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()))) {
            Key key = one(text, depth);
            if (!key) return std::nullopt;
            keys.push_back(std::move(*key));
        }
        if (keys.empty()) return std::nullopt;
        return [keys = std::move(keys)](const SearchPlace& p) { return std::all_of(keys.begin(), keys.end(), [&](const SearchKey& key) { return key(p); }); };
    }

private:
    Key one(std::string_view& text, int depth) {
        if (depth > kMaxDepth) return std::nullopt;
        const std::string word = takeWord(text), key = lower(word);
        if (key.starts_with('(')) return key.ends_with(')') ? all(std::string_view(word).substr(1, word.size() - 2), depth + 1) : std::nullopt;
        if (key == "not") {
            const Key inner = one(text, depth + 1);
            if (!inner) return std::nullopt;
            return [inner = *inner](const SearchPlace& p) { return !inner(p); };
        }
        if (key == "or") {
            const Key a = one(text, depth + 1), b = a ? one(text, depth + 1) : std::nullopt;
            if (!a || !b) return std::nullopt;
            return [a = *a, b = *b](const SearchPlace& p) { return a(p) || b(p); };
        }
        if (Key flag = byFlag(key)) return flag;
        if (key == "uid" || key.find_first_not_of("0123456789:,*") == std::string::npos) return inSet(key == "uid" ? takeWord(text) : key, key == "uid");
        return withArgument(key, text);
    }

    Key withArgument(const std::string& key, std::string_view& text) {
        const auto first = takeString(text);
        if (!first) return std::nullopt;
        if (key == "subject" || key == "from" || key == "to" || key == "cc" || key == "bcc") return inHeader(key, *first);
        if (key == "header") {
            const auto needle = takeString(text);
            return needle ? Key(inHeader(*first, *needle)) : std::nullopt;
        }
        if (key == "text" || key == "body") return inBody(*first, key == "text");
        if (key == "larger" || key == "smaller") return bySize(key == "larger", *first);
        if (key == "before" || key == "on" || key == "since" || key == "sentbefore" || key == "senton" || key == "sentsince") return byDate(key, *first);
        // No keywords are kept.
        if (key == "keyword" || key == "unkeyword") return [absent = key == "unkeyword"](const SearchPlace&) { return absent; };
        return std::nullopt;
    }

    Key inSet(std::string_view set, bool uid) {
        const auto places = m_numbers(set, uid);
        if (!places) return std::nullopt;
        return [places = *places](const SearchPlace& p) { return std::binary_search(places.begin(), places.end(), p.place); };
    }

    const SearchNumbers& m_numbers;
};

}  // namespace

std::optional<SearchKey> parseSearch(std::string_view text, const SearchNumbers& numbers, bool& badCharset) {
    std::string_view rest = text;
    if (sameIgnoringCase(takeWord(rest), "charset")) {
        const std::string charset = takeWord(rest);
        badCharset = !sameIgnoringCase(charset, "US-ASCII") && !sameIgnoringCase(charset, "UTF-8");
        if (badCharset) return std::nullopt;
        text = rest;
    }
    return Parser(numbers).all(text, 0);
}

void ImapServer::search(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    bool badCharset = false;
    const auto key = parseSearch(
        arguments, [this](std::string_view set, bool byUid) { return numbers(set, byUid); }, badCharset);
    if (badCharset) return done(out, tag, "NO [BADCHARSET (US-ASCII UTF-8)] unknown charset");
    if (!key) return done(out, tag, "BAD SEARCH keys");
    std::string found = "* SEARCH";
    for (std::size_t place = 0; place < m_view.size(); ++place) {
        const StoredMessage* message = at(place);
        if (message != nullptr && (*key)({place, *message, m_recent.contains(message->uid)}))
            found += fmt::format(" {}", uid ? m_view[place].uid : static_cast<std::uint32_t>(place + 1));
    }
    say(out, found);
    done(out, tag, "OK SEARCH completed");
}

}  // namespace mailtrek::mail
