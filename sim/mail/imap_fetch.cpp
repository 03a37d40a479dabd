// SPDX-License-Identifier: GPL-3.0-or-later
// FETCH, RFC 3501 6.4.5 and 7.4.2.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_section.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {

enum class FetchKind : std::uint8_t { uid, flags, size, internalDate, envelope, body, bodyStructure, section };

struct FetchItem {
    FetchKind kind{};
    Section section{};
};

namespace {

std::optional<FetchItem> parseItem(const std::string& word) {
    static constexpr std::pair<std::string_view, FetchKind> kPlain[]{
        {"uid", FetchKind::uid},           {"flags", FetchKind::flags}, {"rfc822.size", FetchKind::size},           {"internaldate", FetchKind::internalDate},
        {"envelope", FetchKind::envelope}, {"body", FetchKind::body},   {"bodystructure", FetchKind::bodyStructure}};
    for (const auto& [name, kind] : kPlain)
        if (sameIgnoringCase(name, word)) return FetchItem{kind, {}};
    auto section = parseSection(word);
    return section ? std::optional(FetchItem{FetchKind::section, std::move(*section)}) : std::nullopt;
}

// The macros stand alone or among others. Empty: an item is unknown.
std::vector<FetchItem> fetchItems(std::string_view arguments) {
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    if (arguments.starts_with('(') && arguments.ends_with(')')) arguments = arguments.substr(1, arguments.size() - 2);
    std::vector<FetchItem> items;
    for (std::string word = takeWord(arguments); !word.empty(); word = takeWord(arguments)) {
        const std::string small = lower(word);
        const bool macro = small == "fast" || small == "all" || small == "full";
        if (macro) items.insert(items.end(), {{FetchKind::flags, {}}, {FetchKind::internalDate, {}}, {FetchKind::size, {}}});
        if (small == "all" || small == "full") items.push_back({FetchKind::envelope, {}});
        if (small == "full") items.push_back({FetchKind::body, {}});
        if (macro) continue;
        auto item = parseItem(word);
        if (!item) return {};
        items.push_back(std::move(*item));
    }
    return items;
}

bool needsTree(const FetchItem& item) {
    return item.kind == FetchKind::body || item.kind == FetchKind::bodyStructure || (item.kind == FetchKind::section && !item.section.number.empty());
}

}  // namespace

void ImapServer::fetchOne(std::size_t place, StoredMessage& message, const std::vector<FetchItem>& items, Out& out) {
    std::string first = fmt::format("* {} FETCH (", place + 1), octets = first;
    const auto add = [&](const std::string& text, std::string_view literal = {}) {
        const char* gap = octets.back() == '(' && first.back() == '(' ? "" : " ";
        octets += gap + text + std::string(literal);
        first += gap + text.substr(0, text.find("\r\n"));
    };
    const auto has = [&](auto&& what) { return std::any_of(items.begin(), items.end(), what); };
    const bool seen = has([](const FetchItem& i) { return i.kind == FetchKind::section && !i.section.peek; });
    const bool whole = has([](const FetchItem& i) { return i.kind == FetchKind::section && i.section.isWhole(); });
    const bool marks = seen && !m_readOnly && (message.flags & kSeen) == 0;
    const std::string_view letter = message.octets.text();
    std::optional<MimePart> tree;
    if (has(needsTree)) tree = mimeTree(letter);
    if (marks) message.flags |= kSeen;
    for (const FetchItem& item : items) {
        switch (item.kind) {
            case FetchKind::uid: add(fmt::format("UID {}", message.uid)); break;
            case FetchKind::flags: add("FLAGS " + flagsOf(message)); break;
            case FetchKind::size: add(fmt::format("RFC822.SIZE {}", letter.size())); break;
            case FetchKind::internalDate: add("INTERNALDATE " + internalDate(message.storedAt)); break;
            case FetchKind::envelope: add("ENVELOPE " + envelope(letter)); break;
            case FetchKind::body: add("BODY " + bodyStructure(*tree, false)); break;
            case FetchKind::bodyStructure: add("BODYSTRUCTURE " + bodyStructure(*tree, true)); break;
            case FetchKind::section: {
                const auto found = sectionOctets(item.section, letter, tree ? &*tree : nullptr);
                if (found)
                    add(fmt::format("{} {{{}}}", item.section.label, found->size()), "\r\n" + *found);
                else
                    add(item.section.label + " NIL");
            }
        }
    }
    if (marks && !has([](const FetchItem& i) { return i.kind == FetchKind::flags; })) add("FLAGS " + flagsOf(message));
    m_view[place].flags = message.flags;
    out.pieces.push_back({first + ")", octets + ")\r\n"});
    if (marks) m_events.flagsChanged(*m_box, message);
    if (has([](const FetchItem& i) { return i.kind == FetchKind::envelope; })) m_events.listed(*m_box, message);
    if (whole) m_events.fetched(*m_box, message);
}

void ImapServer::fetch(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    const auto places = numbers(takeWord(arguments), uid);
    std::vector<FetchItem> items = fetchItems(arguments);
    if (!places || items.empty()) return done(out, tag, "BAD FETCH set (items)");
    const bool asksUid = std::any_of(items.begin(), items.end(), [](const FetchItem& item) { return item.kind == FetchKind::uid; });
    if (uid && !asksUid) items.insert(items.begin(), {FetchKind::uid, {}});  // 6.4.8
    for (const std::size_t place : *places)
        if (StoredMessage* message = at(place)) fetchOne(place, *message, items, out);
    done(out, tag, "OK FETCH completed");
}

}  // namespace mailtrek::mail
