// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kPatience = std::chrono::minutes{30};
constexpr std::size_t kMaxLine = 8192, kMaxLiteral = 65536, kMaxCommand = 131072;

// LIST patterns (6.3.8). The names here have no hierarchy, so that '*' and '%' take the same.
bool matches(std::string_view name, std::string_view pattern) {
    const auto wild = [&](std::size_t i) { return i < pattern.size() && (pattern[i] == '*' || pattern[i] == '%'); };
    while (wild(0) && wild(1)) pattern.remove_prefix(1);
    if (pattern.empty()) return name.empty();
    if (!wild(0)) return !name.empty() && name.front() == pattern.front() && matches(name.substr(1), pattern.substr(1));
    return matches(name, pattern.substr(1)) || (!name.empty() && matches(name.substr(1), pattern));
}

// {12} or {12+} at the end of a line.
std::optional<std::size_t> literalAtEnd(std::string_view line, bool& waits) {
    if (!line.ends_with('}')) return std::nullopt;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    std::string_view digits = line.substr(open + 1, line.size() - open - 2);
    waits = !digits.ends_with('+');
    if (!waits) digits.remove_suffix(1);
    std::size_t size = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    return digits.empty() || read.ptr != digits.data() + digits.size() ? std::nullopt : std::optional(size);
}

}  // namespace

void ImapServer::say(Out& out, std::string line) {
    std::string octets = line + "\r\n";
    out.pieces.push_back({std::move(line), std::move(octets)});
}

void ImapServer::done(Out& out, std::string_view tag, std::string_view result) { say(out, fmt::format("{} {}", tag, result)); }

ImapServerOutput ImapServer::onConnect(Instant now) {
    Out out;
    m_deadline = now + kPatience;
    say(out, fmt::format("* OK {} IMAP4rev1 Mailtrek", m_hostName));
    return out;
}

ImapServerOutput ImapServer::onTimeout(Instant now) {
    Out out;
    if (m_closed || now < m_deadline) return out;
    say(out, "* BYE Autologout; idle for too long");
    out.close = m_closed = true;
    return out;
}

ImapServerOutput ImapServer::onBytes(std::string_view octets, Instant now) {
    Out out;
    m_deadline = now + kPatience;
    m_reader.add(octets);
    while (!m_closed) {
        if (m_literal) {
            if (m_reader.rest().size() < *m_literal) break;
            m_pendingLine += imapQuoted(m_reader.rest().substr(0, *m_literal));
            m_reader.drop(*m_literal);
            m_literal.reset();
        }
        const auto line = m_reader.line(kMaxLine);
        if (!line) break;
        const bool tooLong = m_reader.tooLong() || m_pendingLine.size() + line->size() > kMaxCommand;
        m_pendingLine += *line;
        if (tooLong)
            refuse("command too long", out);
        else if (!literalFollows(out) && !m_closed)
            command(std::exchange(m_pendingLine, {}), out);
    }
    return out;
}

// "BAD" under the tag of the command that is coming in, if it has one, and the command is forgotten.
void ImapServer::refuse(std::string_view why, Out& out) {
    const std::string line = std::exchange(m_pendingLine, {});
    const std::string tag = line.substr(0, line.find(' '));
    done(out, isTag(tag) && tag.size() < 64 ? tag : "*", fmt::format("BAD {}", why));
}

// Whether the line so far ends with the announcement of a literal, {12}, or of one that waits for no answer, {12+} (RFC 7888).
bool ImapServer::literalFollows(Out& out) {
    bool waits = true;
    const auto literal = literalAtEnd(m_pendingLine, waits);
    if (!literal) return false;
    if (*literal > kMaxLiteral) {
        if (waits) {
            refuse("literal too large", out);
            return true;
        }
        say(out, "* BYE literal too large");  // it is on its way: nothing else can be understood any more
        out.close = m_closed = true;
        return true;
    }
    m_pendingLine.erase(m_pendingLine.rfind('{'));
    m_literal = *literal;
    if (waits) say(out, "+ go ahead");
    return true;
}

void ImapServer::command(std::string_view line, Out& out) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string tag(line.substr(0, space));
    std::string_view rest = line.substr(std::min(space + 1, line.size()));
    const std::string verb = lower(takeWord(rest));
    if (!isTag(tag) || verb.empty()) return done(out, isTag(tag) ? tag : "*", "BAD not a command");
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    static constexpr std::string_view kBare = " capability noop check logout expunge close ";
    if (kBare.find(" " + verb + " ") != std::string_view::npos && !rest.empty()) return done(out, tag, "BAD no arguments here");
    if (verb == "capability") {
        say(out, "* CAPABILITY IMAP4rev1 LITERAL+");
        return done(out, tag, "OK CAPABILITY completed");
    }
    if (verb == "noop") {
        if (m_selected) reportNew(out);
        return done(out, tag, "OK NOOP completed");
    }
    if (verb == "logout") {
        say(out, fmt::format("* BYE {} logging out", m_hostName));
        done(out, tag, "OK LOGOUT completed");
        out.close = m_closed = true;
        return;
    }
    if (verb == "login") return login(tag, rest, out);
    if (verb == "authenticate" || verb == "starttls") return done(out, tag, "NO not offered; use LOGIN");
    authenticated(tag, verb, rest, out);
}

void ImapServer::authenticated(std::string_view tag, const std::string& verb, std::string_view rest, Out& out) {
    static constexpr std::string_view kAny = " select examine list lsub status create delete rename subscribe unsubscribe append ";
    static constexpr std::string_view kSelected = " check fetch store search expunge close uid copy ";
    const std::string word = " " + verb + " ";
    const bool needsMailbox = kSelected.find(word) != std::string_view::npos;
    if (!needsMailbox && kAny.find(word) == std::string_view::npos) return done(out, tag, "BAD unknown command");
    if (m_box == nullptr) return done(out, tag, "BAD log in first");
    if (verb == "select") return select(tag, rest, false, out);
    if (verb == "examine") return select(tag, rest, true, out);
    if (verb == "list" || verb == "lsub") return list(tag, verb == "list" ? "LIST" : "LSUB", rest, out);
    if (verb == "status") return status(tag, rest, out);
    if (verb == "subscribe" && sameIgnoringCase(takeWord(rest), "INBOX")) return done(out, tag, "OK SUBSCRIBE completed");
    if (!needsMailbox) return done(out, tag, "NO there is only INBOX here");
    if (!m_selected) return done(out, tag, "BAD select a mailbox first");
    if (verb != "uid") return selected(tag, verb, rest, false, out);
    const std::string what = lower(takeWord(rest));
    if (what != "fetch" && what != "store" && what != "search" && what != "copy") return done(out, tag, "BAD UID goes with COPY, FETCH, STORE and SEARCH");
    selected(tag, what, rest, true, out);
}

void ImapServer::selected(std::string_view tag, std::string_view verb, std::string_view arguments, bool uid, Out& out) {
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    if (verb == "fetch") return fetch(tag, arguments, uid, out);
    if (verb == "store") return m_readOnly ? done(out, tag, "NO read-only") : store(tag, arguments, uid, out);
    if (verb == "search") return search(tag, arguments, uid, out);
    if (verb == "check") {
        reportNew(out);
        return done(out, tag, "OK CHECK completed");
    }
    if (verb == "expunge") {
        if (m_readOnly) return done(out, tag, "NO read-only");
        expunge(true, out);
        return done(out, tag, "OK EXPUNGE completed");
    }
    if (verb == "close") {
        if (!m_readOnly) expunge(false, out);
        m_selected = false;
        return done(out, tag, "OK CLOSE completed");
    }
    done(out, tag, "NO there is only INBOX here");
}

void ImapServer::login(std::string_view tag, std::string_view arguments, Out& out) {
    const auto user = takeString(arguments), password = takeString(arguments);
    if (!user || !password || takeString(arguments)) return done(out, tag, "BAD LOGIN user password");
    if (m_box != nullptr) return done(out, tag, "BAD already logged in");
    m_box = m_events.login(*user, *password);
    done(out, tag, m_box != nullptr ? "OK LOGIN completed" : "NO [AUTHENTICATIONFAILED] LOGIN failed");
}

void ImapServer::select(std::string_view tag, std::string_view arguments, bool readOnly, Out& out) {
    const auto name = takeString(arguments);
    if (!name || takeString(arguments)) return done(out, tag, "BAD which mailbox?");
    m_selected = false;  // even when this fails (6.3.1)
    if (!sameIgnoringCase(*name, "INBOX")) return done(out, tag, "NO there is only INBOX here");
    m_view.clear();
    m_recent.clear();
    std::size_t firstUnseen = 0;
    for (const StoredMessage& message : m_box->messages()) {
        notice(message);
        if (firstUnseen == 0 && (message.flags & kSeen) == 0) firstUnseen = m_view.size();
    }
    m_selected = true;
    m_readOnly = readOnly;
    if (!readOnly) m_box->toldOfAll();
    say(out, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
    say(out, fmt::format("* {} EXISTS", m_view.size()));
    say(out, fmt::format("* {} RECENT", m_recent.size()));
    if (firstUnseen > 0) say(out, fmt::format("* OK [UNSEEN {}] first unseen", firstUnseen));
    say(out, readOnly ? "* OK [PERMANENTFLAGS ()] none" : "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)] kept");
    say(out, fmt::format("* OK [UIDNEXT {}] next", m_box->nextUid()));
    say(out, "* OK [UIDVALIDITY 1] valid");
    done(out, tag, readOnly ? "OK [READ-ONLY] EXAMINE completed" : "OK [READ-WRITE] SELECT completed");
}

void ImapServer::list(std::string_view tag, std::string_view verb, std::string_view arguments, Out& out) {
    const auto reference = takeString(arguments), pattern = takeString(arguments);
    if (!reference || !pattern || takeString(arguments)) return done(out, tag, fmt::format("BAD {} reference pattern", verb));
    if (pattern->empty() && verb == "LIST")
        say(out, "* LIST (\\Noselect) \"/\" \"\"");
    else if (!pattern->empty() && matches("inbox", lower(*reference + *pattern)))
        say(out, fmt::format("* {} (\\Noinferiors) \"/\" INBOX", verb));
    done(out, tag, fmt::format("OK {} completed", verb));
}

void ImapServer::status(std::string_view tag, std::string_view arguments, Out& out) {
    const auto name = takeString(arguments);
    std::string items = takeWord(arguments);
    if (!name || items.size() < 3 || items.front() != '(' || items.back() != ')') return done(out, tag, "BAD STATUS mailbox (items)");
    if (!sameIgnoringCase(*name, "INBOX")) return done(out, tag, "NO there is only INBOX here");
    std::size_t unseen = 0, recent = 0;
    for (const StoredMessage& message : m_box->messages()) {
        unseen += (message.flags & kSeen) == 0 ? 1 : 0;
        recent += message.uid >= m_box->firstRecent() ? 1 : 0;
    }
    const std::pair<std::string_view, std::size_t> known[]{
        {"MESSAGES", m_box->messages().size()}, {"RECENT", recent}, {"UIDNEXT", m_box->nextUid()}, {"UIDVALIDITY", 1}, {"UNSEEN", unseen}};
    std::string found;
    std::string_view rest = std::string_view(items).substr(1, items.size() - 2);
    for (std::string item = takeWord(rest); !item.empty(); item = takeWord(rest)) {
        const auto* one = std::find_if(std::begin(known), std::end(known), [&](const auto& k) { return sameIgnoringCase(k.first, item); });
        if (one == std::end(known)) return done(out, tag, "BAD unknown item");
        found += fmt::format("{}{} {}", found.empty() ? "" : " ", one->first, one->second);
    }
    say(out, fmt::format("* STATUS INBOX ({})", found));
    done(out, tag, "OK STATUS completed");
}

void ImapServer::expunge(bool tell, Out& out) {
    for (std::size_t place = 0; place < m_view.size();) {
        StoredMessage* message = at(place);
        if (message == nullptr || (message->flags & kDeleted) != 0) {
            if (message != nullptr) {
                m_events.expunged(*m_box, *message);
                m_recent.erase(message->uid);
                m_box->remove(message->uid);
            }
            m_view.erase(m_view.begin() + static_cast<std::ptrdiff_t>(place));
            if (tell) say(out, fmt::format("* {} EXPUNGE", place + 1));
            continue;
        }
        ++place;
    }
}

// What came or went since; never during FETCH, STORE or SEARCH (5.5, 7.4.1).
void ImapServer::reportNew(Out& out) {
    for (std::size_t place = 0; place < m_view.size();) {
        if (at(place) != nullptr) {
            ++place;
            continue;
        }
        m_recent.erase(m_view[place]);
        m_view.erase(m_view.begin() + static_cast<std::ptrdiff_t>(place));
        say(out, fmt::format("* {} EXPUNGE", place + 1));
    }
    const std::size_t before = m_view.size();
    for (const StoredMessage& message : m_box->messages())
        if (m_view.empty() || message.uid > m_view.back()) notice(message);
    if (!m_readOnly) m_box->toldOfAll();
    if (m_view.size() == before) return;
    say(out, fmt::format("* {} EXISTS", m_view.size()));
    say(out, fmt::format("* {} RECENT", m_recent.size()));
}

void ImapServer::notice(const StoredMessage& message) {
    m_view.push_back(message.uid);
    if (message.uid >= m_box->firstRecent()) m_recent.insert(message.uid);
}

std::string ImapServer::flagsOf(const StoredMessage& message) const { return flagList(message.flags, m_recent.contains(message.uid)); }

StoredMessage* ImapServer::at(std::size_t place) {
    auto& messages = m_box->messages();  // in order of their uids
    const auto found = std::lower_bound(messages.begin(), messages.end(), m_view[place], [](const StoredMessage& m, std::uint32_t uid) { return m.uid < uid; });
    return found != messages.end() && found->uid == m_view[place] ? &*found : nullptr;
}

// Nothing when the set is badly written, or names a sequence number that is not there ("*" in an empty mailbox included; RFC 3501 9, seq-number). Unknown uids
// are passed over (6.4.8).
std::optional<std::vector<std::size_t>> ImapServer::numbers(std::string_view set, bool uid) const {
    std::vector<bool> chosen(m_view.size());
    const std::uint32_t largest = m_view.empty() ? 0 : uid ? m_view.back() : static_cast<std::uint32_t>(m_view.size());
    const auto number = [&](std::string_view text) -> std::optional<std::uint32_t> {
        std::uint32_t value = 0;
        if (text == "*") return uid || largest > 0 ? std::optional(largest) : std::nullopt;
        if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{} || value == 0) return std::nullopt;
        return uid || value <= largest ? std::optional(value) : std::nullopt;
    };
    for (;;) {
        const std::size_t comma = set.find(',');
        const std::string_view one = set.substr(0, comma);
        const std::size_t colon = one.find(':');
        auto first = number(one.substr(0, colon)), last = colon == std::string_view::npos ? first : number(one.substr(colon + 1));
        if (!first || !last) return std::nullopt;
        if (*first > *last) std::swap(first, last);
        for (std::size_t place = 0; place < m_view.size(); ++place) {
            const std::uint32_t value = uid ? m_view[place] : static_cast<std::uint32_t>(place + 1);
            if (value >= *first && value <= *last) chosen[place] = true;
        }
        if (comma == std::string_view::npos) break;
        set.remove_prefix(comma + 1);
    }
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < chosen.size(); ++place)
        if (chosen[place]) places.push_back(place);
    return places;
}

}  // namespace mailtrek::mail
