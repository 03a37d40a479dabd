// SPDX-License-Identifier: GPL-3.0-or-later
// FETCH and STORE, RFC 3501 6.4.5 and 6.4.6. Not offered: BODY, BODYSTRUCTURE and parts by number; they are answered BAD.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
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

bool wholeNumber(std::string_view text, std::uint32_t& value) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

// The header lines of these names (or of all others), octet by octet as they stand, and an empty line.
std::string headerFields(std::string_view message, std::string_view names, bool others) {
    std::vector<std::string> wanted;
    std::string_view list = names.substr(1, names.size() - 2);
    for (std::string name = takeWord(list); !name.empty(); name = takeWord(list)) wanted.push_back(lower(name));
    std::string out;
    bool taking = false;
    std::string_view block = headersOf(message);
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string_view line = block.substr(0, end == std::string_view::npos ? end : end + 2);
        block.remove_prefix(line.size());
        if (line == "\r\n") break;
        if (line.front() != ' ' && line.front() != '\t') {
            const std::string name = lower(line.substr(0, line.find(':')));
            taking = (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) != others;
        }
        if (taking) out += line;
    }
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
    const bool printable = std::all_of(item.begin(), item.end(), [](char c) { return c >= 0x20 && c < 0x7f; });  // it comes back as a label
    if (close == std::string::npos || !printable) return std::nullopt;
    const std::string what = lower(std::string_view(item).substr(open + 1, close - open - 1));
    section.label = fmt::format("BODY[{}]", std::string_view(item).substr(open + 1, close - open - 1));
    if (what.empty())
        section.octets = std::string(all);
    else if (what == "header")
        section.octets = std::string(headersOf(all));
    else if (what == "text")
        section.octets = std::string(bodyOf(all));
    else if (what.starts_with("header.fields (") && what.ends_with(')'))
        section.octets = headerFields(all, std::string_view(what).substr(14), false);
    else if (what.starts_with("header.fields.not (") && what.ends_with(')'))
        section.octets = headerFields(all, std::string_view(what).substr(18), true);
    else
        return std::nullopt;
    section.whole = what.empty();
    const std::string_view partial = std::string_view(item).substr(close + 1);
    if (partial.empty()) return section;
    std::uint32_t from = 0, count = 0;
    const std::size_t dot = partial.find('.');
    if (!partial.starts_with('<') || !partial.ends_with('>') || dot == std::string_view::npos) return std::nullopt;
    if (!wholeNumber(partial.substr(1, dot - 1), from) || !wholeNumber(partial.substr(dot + 1, partial.size() - dot - 2), count) || count == 0) return std::nullopt;
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
        if (small == "full") return {};  // BODY is not offered
        if (small == "fast" || small == "all") items.insert(items.end(), {"FLAGS", "INTERNALDATE", "RFC822.SIZE"});
        if (small == "all") items.emplace_back("ENVELOPE");
        if (small != "fast" && small != "all") items.push_back(word);
    }
    return items;
}

}  // namespace

// One FETCH response. REQUIRES: every item is known.
void ImapServer::fetchOne(std::size_t place, StoredMessage& message, const std::vector<std::string>& items, Out& out) {
    std::string first = fmt::format("* {} FETCH (", place + 1), octets = first;
    const auto add = [&](const std::string& text, std::string_view literal = {}) {
        const char* gap = octets.back() == '(' && first.back() == '(' ? "" : " ";
        octets += gap + text + std::string(literal);
        first += gap + text.substr(0, text.find("\r\n"));
    };
    std::vector<std::optional<BodySection>> sections;
    bool seen = false, whole = false, hasFlags = false;
    for (const std::string& item : items) {
        sections.push_back(bodySection(item, message.octets));
        seen |= sections.back() && !sections.back()->peek;
        whole |= sections.back() && sections.back()->whole;
        hasFlags |= sameIgnoringCase(item, "flags");
    }
    const bool marks = seen && !m_readOnly && (message.flags & kSeen) == 0;
    if (marks) message.flags |= kSeen;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string small = lower(items[i]);
        if (sections[i])
            add(fmt::format("{} {{{}}}", sections[i]->label, sections[i]->octets.size()), "\r\n" + sections[i]->octets);
        else if (small == "uid")
            add(fmt::format("UID {}", message.uid));
        else if (small == "flags")
            add("FLAGS " + flagsOf(message));
        else if (small == "rfc822.size")
            add(fmt::format("RFC822.SIZE {}", message.octets.size()));
        else if (small == "internaldate")
            add("INTERNALDATE " + internalDate(message.storedAt));
        else
            add("ENVELOPE " + envelope(message.octets.text()));
    }
    if (marks && !hasFlags) add("FLAGS " + flagsOf(message));
    out.pieces.push_back({first + ")", octets + ")\r\n"});
    if (marks) m_events.flagsChanged(*m_box, message);
    if (whole) m_events.fetched(*m_box, message);
}

void ImapServer::fetch(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    const auto places = numbers(takeWord(arguments), uid);
    std::vector<std::string> items = fetchItems(arguments);
    if (!places || items.empty()) return done(out, tag, "BAD FETCH set (items)");
    const auto isKnown = [](const std::string& item) {
        static constexpr std::string_view kPlain[]{"uid", "flags", "rfc822.size", "internaldate", "envelope"};
        return std::find(std::begin(kPlain), std::end(kPlain), lower(item)) != std::end(kPlain) || bodySection(item, Slice{});
    };
    if (!std::all_of(items.begin(), items.end(), isKnown)) return done(out, tag, "BAD unknown item");
    if (uid && std::none_of(items.begin(), items.end(), [](const std::string& item) { return sameIgnoringCase(item, "uid"); })) items.insert(items.begin(), "UID");  // 6.4.8
    for (const std::size_t place : *places)
        if (StoredMessage* message = at(place)) fetchOne(place, *message, items, out);
    done(out, tag, "OK FETCH completed");
}

void ImapServer::store(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    const auto places = numbers(takeWord(arguments), uid);
    std::string how = lower(takeWord(arguments));
    const bool silent = how.ends_with(".silent");
    if (silent) how.resize(how.size() - 7);
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    const auto flags = parseFlags(arguments);
    if (!places || arguments.empty() || !flags || (how != "flags" && how != "+flags" && how != "-flags")) return done(out, tag, "BAD STORE set [+-]FLAGS (flags)");
    for (const std::size_t place : *places) {
        StoredMessage* message = at(place);
        if (message == nullptr) continue;
        const std::uint8_t before = message->flags;
        if (how == "flags") message->flags = *flags;
        if (how == "+flags") message->flags |= *flags;
        if (how == "-flags") message->flags &= static_cast<std::uint8_t>(~*flags);
        if (message->flags != before) m_events.flagsChanged(*m_box, *message);
        if (!silent)
            say(out,
                uid ? fmt::format("* {} FETCH (UID {} FLAGS {})", place + 1, message->uid, flagsOf(*message)) : fmt::format("* {} FETCH (FLAGS {})", place + 1, flagsOf(*message)));
    }
    done(out, tag, "OK STORE completed");
}

}  // namespace mailtrek::mail
