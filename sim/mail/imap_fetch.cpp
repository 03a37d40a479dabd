// SPDX-License-Identifier: GPL-3.0-or-later
// FETCH, STORE and SEARCH, RFC 3501 6.4.4 to 6.4.6.
#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

struct BodySection {
    std::string label;  // "BODY[HEADER]"
    std::string octets;
    bool peek = false;
    bool whole = false;
};

std::string headerFields(std::string_view message, std::string_view names) {
    const Message parsed = parse(headersOf(message));
    const std::string wanted = " " + lower(names.substr(1, names.size() - 2)) + " ";
    std::string out;
    for (const auto& [name, value] : parsed.headers)
        if (wanted.find(" " + lower(name) + " ") != std::string::npos) out += fmt::format("{}: {}\r\n", name, value);
    return out + "\r\n";
}

// BODY[...]<0.100>, BODY.PEEK[...], RFC822, RFC822.HEADER, RFC822.TEXT.
std::optional<BodySection> bodySection(std::string item, const Slice& message) {
    BodySection section;
    const std::string small = lower(item);
    const std::string_view all = message.text();
    if (small == "rfc822") return BodySection{"RFC822", std::string(all), false, true};
    if (small == "rfc822.header") return BodySection{"RFC822.HEADER", std::string(headersOf(all)), true, false};
    if (small == "rfc822.text") return BodySection{"RFC822.TEXT", std::string(bodyOf(all)), false, false};
    section.peek = small.starts_with("body.peek[");
    if (!section.peek && !small.starts_with("body[")) return std::nullopt;
    const std::size_t open = item.find('['), close = item.find(']');
    if (close == std::string::npos) return std::nullopt;
    const std::string what = lower(std::string_view(item).substr(open + 1, close - open - 1));
    section.label = fmt::format("BODY[{}]", std::string_view(item).substr(open + 1, close - open - 1));
    if (what.empty())
        section.octets = std::string(all);
    else if (what == "header")
        section.octets = std::string(headersOf(all));
    else if (what == "text")
        section.octets = std::string(bodyOf(all));
    else if (what.starts_with("header.fields (") && what.ends_with(')'))
        section.octets = headerFields(all, std::string_view(what).substr(14));
    else
        return std::nullopt;
    section.whole = what.empty();
    const std::string_view partial = std::string_view(item).substr(close + 1);
    if (partial.empty()) return section;
    std::size_t from = 0, count = 0;
    const std::size_t dot = partial.find('.');
    if (!partial.starts_with('<') || !partial.ends_with('>') || dot == std::string_view::npos) return std::nullopt;
    if (std::from_chars(partial.data() + 1, partial.data() + dot, from).ptr != partial.data() + dot) return std::nullopt;
    if (std::from_chars(partial.data() + dot + 1, partial.data() + partial.size() - 1, count).ptr != partial.data() + partial.size() - 1) return std::nullopt;
    section.octets = from < section.octets.size() ? section.octets.substr(from, count) : std::string{};
    section.label += fmt::format("<{}>", from);
    section.whole = false;
    return section;
}

std::vector<std::string> fetchItems(std::string_view arguments) {
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    if (arguments.starts_with('(') && arguments.ends_with(')')) arguments = arguments.substr(1, arguments.size() - 2);
    std::vector<std::string> items;
    for (std::string word = takeWord(arguments); !word.empty(); word = takeWord(arguments)) {
        const std::string small = lower(word);
        if (small == "fast" || small == "all" || small == "full") items.insert(items.end(), {"FLAGS", "INTERNALDATE", "RFC822.SIZE"});
        if (small == "all" || small == "full") items.emplace_back("ENVELOPE");
        if (small != "fast" && small != "all" && small != "full") items.push_back(word);
    }
    return items;
}

}  // namespace

void ImapServer::fetch(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    const auto places = numbers(takeWord(arguments), uid);
    std::vector<std::string> items = fetchItems(arguments);
    if (!places || items.empty()) return done(out, tag, "BAD FETCH set (items)");
    if (uid) items.insert(items.begin(), "UID");
    for (const std::size_t place : *places) {
        StoredMessage* message = at(place);
        if (message == nullptr) continue;
        std::string first = fmt::format("* {} FETCH (", place + 1), octets = first;
        bool seen = false, whole = false, hadUid = false, hadFlags = false;
        const auto add = [&](const std::string& text) {
            const char* gap = octets.back() == '(' ? "" : " ";
            octets += gap + text;
            first += gap + text;
        };
        for (const std::string& item : items) {
            const std::string small = lower(item);
            if (small == "uid") {
                if (!std::exchange(hadUid, true)) add(fmt::format("UID {}", message->uid));
            } else if (small == "flags") {
                hadFlags = true;
                add("FLAGS " + flagList(message->flags));
            } else if (small == "rfc822.size") {
                add(fmt::format("RFC822.SIZE {}", message->octets.size()));
            } else if (small == "internaldate") {
                add("INTERNALDATE " + internalDate(message->storedAt));
            } else if (small == "envelope") {
                add("ENVELOPE " + envelope(message->octets.text()));
            } else if (const auto section = bodySection(item, message->octets)) {
                add(fmt::format("{} {{{}}}", section->label, section->octets.size()));
                octets += "\r\n" + section->octets;
                seen |= !section->peek;
                whole |= section->whole;
            } else {
                return done(out, tag, fmt::format("BAD unknown item {}", item.substr(0, 60)));
            }
        }
        const bool marks = seen && !m_readOnly && (message->flags & kSeen) == 0;
        if (marks) {
            message->flags |= kSeen;
            if (!hadFlags) add("FLAGS " + flagList(message->flags));
        }
        out.pieces.push_back({first + ")", octets + ")\r\n"});
        if (marks) m_events.flagsChanged(*m_box, *message);
        if (whole) m_events.fetched(*m_box, *message);
    }
    done(out, tag, "OK FETCH completed");
}

void ImapServer::store(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    const auto places = numbers(takeWord(arguments), uid);
    std::string how = lower(takeWord(arguments));
    const bool silent = how.ends_with(".silent");
    if (silent) how.resize(how.size() - 7);
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    const auto flags = parseFlags(arguments);
    if (!places || !flags || (how != "flags" && how != "+flags" && how != "-flags")) return done(out, tag, "BAD STORE set [+-]FLAGS (flags)");
    for (const std::size_t place : *places) {
        StoredMessage* message = at(place);
        if (message == nullptr) continue;
        const std::uint8_t before = message->flags;
        if (how == "flags") message->flags = *flags;
        if (how == "+flags") message->flags |= *flags;
        if (how == "-flags") message->flags &= static_cast<std::uint8_t>(~*flags);
        if (message->flags != before) m_events.flagsChanged(*m_box, *message);
        if (!silent)
            say(out, uid ? fmt::format("* {} FETCH (UID {} FLAGS {})", place + 1, message->uid, flagList(message->flags))
                         : fmt::format("* {} FETCH (FLAGS {})", place + 1, flagList(message->flags)));
    }
    done(out, tag, "OK STORE completed");
}

void ImapServer::search(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    std::vector<bool> match(m_view.size(), true);
    const auto restrict = [&](auto fits) {
        for (std::size_t place = 0; place < match.size(); ++place) {
            StoredMessage* message = at(place);
            match[place] = match[place] && message != nullptr && fits(*message);
        }
    };
    for (std::string key = lower(takeWord(arguments)); !key.empty(); key = lower(takeWord(arguments))) {
        static constexpr std::pair<std::string_view, std::uint8_t> kKeys[]{
            {"seen", kSeen}, {"answered", kAnswered}, {"flagged", kFlagged}, {"deleted", kDeleted}, {"draft", kDraft}};
        bool known = key == "all";
        for (const auto& [name, bit] : kKeys) {
            if (key != name && key != "un" + std::string(name)) continue;
            known = true;
            const bool wanted = key == name;
            restrict([&](const StoredMessage& m) { return ((m.flags & bit) != 0) == wanted; });
        }
        if (key == "subject" || key == "from" || key == "to" || key == "text" || key == "body" || key == "header") {
            known = true;
            const std::string field = key == "header" ? takeWord(arguments) : key;
            const std::string needle = lower(takeWord(arguments));
            restrict([&](const StoredMessage& m) {
                if (key == "text" || key == "body") return lower(key == "text" ? m.octets.text() : bodyOf(m.octets.text())).find(needle) != std::string::npos;
                return lower(decodeHeaderText(parse(headersOf(m.octets.text())).header(field))).find(needle) != std::string::npos;
            });
        }
        if (key == "uid" || (!known && key.find_first_not_of("0123456789:,*") == std::string::npos)) {
            known = true;
            const auto places = numbers(key == "uid" ? takeWord(arguments) : key, key == "uid");
            if (!places) return done(out, tag, "BAD SEARCH set");
            std::vector<bool> in(match.size());
            for (const std::size_t place : *places) in[place] = true;
            for (std::size_t place = 0; place < match.size(); ++place) match[place] = match[place] && in[place];
        }
        if (!known) return done(out, tag, fmt::format("BAD search key {}", key.substr(0, 40)));
    }
    std::string found = "* SEARCH";
    for (std::size_t place = 0; place < match.size(); ++place)
        if (match[place]) found += fmt::format(" {}", uid ? m_view[place] : static_cast<std::uint32_t>(place + 1));
    say(out, found);
    done(out, tag, "OK SEARCH completed");
}

}  // namespace mailtrek::mail
