// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kPatience = std::chrono::minutes{30};
constexpr std::size_t kMaxLiteral = 65536;

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
        if (m_literal > 0) {
            if (m_reader.rest().size() < m_literal) break;
            m_pendingLine += imapQuoted(m_reader.rest().substr(0, m_literal));
            m_reader.drop(m_literal);
            m_literal = 0;
        }
        const auto line = m_reader.line(8192);
        if (!line) break;
        m_pendingLine += *line;
        bool waits = true;
        const auto literal = literalAtEnd(m_pendingLine, waits);
        if (literal && *literal > kMaxLiteral) {
            done(out, "*", "BAD literal too large");
            out.close = m_closed = true;
            break;
        }
        if (literal && *literal > 0) {
            m_pendingLine.erase(m_pendingLine.rfind('{'));
            m_literal = *literal;
            if (waits) say(out, "+ go ahead");
            continue;
        }
        const std::string whole = std::exchange(m_pendingLine, {});
        command(whole, out);
    }
    return out;
}

void ImapServer::command(std::string_view line, Out& out) {
    std::string_view rest = line;
    const std::string tag = takeWord(rest);
    std::string verb = lower(takeWord(rest));
    if (tag.empty() || verb.empty() || tag.find_first_of("+*(){}\"\\") != std::string::npos) return done(out, "*", "BAD not a command");
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (verb == "capability") {
        say(out, "* CAPABILITY IMAP4rev1");
        return done(out, tag, "OK CAPABILITY completed");
    }
    if (verb == "noop" || verb == "check") {
        if (m_selected) reportNew(out);
        return done(out, tag, fmt::format("OK {} completed", verb == "noop" ? "NOOP" : "CHECK"));
    }
    if (verb == "logout") {
        say(out, fmt::format("* BYE {} logging out", m_hostName));
        done(out, tag, "OK LOGOUT completed");
        out.close = m_closed = true;
        return;
    }
    if (verb == "login") return login(tag, rest, out);
    if (verb == "authenticate" || verb == "starttls") return done(out, tag, "NO not offered; use LOGIN");
    static constexpr std::string_view kKnown = " select examine list lsub status fetch store search expunge close uid create delete rename subscribe unsubscribe append copy ";
    if (kKnown.find(" " + verb + " ") == std::string_view::npos) return done(out, tag, "BAD unknown command");
    if (m_box == nullptr) return done(out, tag, "BAD log in first");
    if (verb == "select") return select(tag, rest, false, out);
    if (verb == "examine") return select(tag, rest, true, out);
    if (verb == "list" || verb == "lsub") return list(tag, rest, out);
    if (verb == "status") return status(tag, rest, out);
    if (!m_selected) return done(out, tag, "BAD select a mailbox first");
    if (verb != "uid") return selected(tag, verb, rest, false, out);
    verb = lower(takeWord(rest));
    if (verb != "fetch" && verb != "store" && verb != "search") return done(out, tag, "BAD UID goes with FETCH, STORE and SEARCH");
    selected(tag, verb, rest, true, out);
}

void ImapServer::selected(std::string_view tag, std::string_view verb, std::string_view arguments, bool uid, Out& out) {
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    if (verb == "fetch") return fetch(tag, arguments, uid, out);
    if (verb == "store") return m_readOnly ? done(out, tag, "NO read-only") : store(tag, arguments, uid, out);
    if (verb == "search") return search(tag, arguments, uid, out);
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
    const std::string user = takeWord(arguments), password = takeWord(arguments);
    if (m_box != nullptr) return done(out, tag, "BAD already logged in");
    m_box = m_events.login(user, password);
    done(out, tag, m_box != nullptr ? "OK LOGIN completed" : "NO [AUTHENTICATIONFAILED] LOGIN failed");
}

void ImapServer::select(std::string_view tag, std::string_view arguments, bool readOnly, Out& out) {
    m_selected = false;
    if (!sameIgnoringCase(takeWord(arguments), "INBOX")) return done(out, tag, "NO there is only INBOX here");
    m_view.clear();
    std::size_t firstUnseen = 0;
    for (const StoredMessage& message : m_box->messages()) {
        m_view.push_back(message.uid);
        if (firstUnseen == 0 && (message.flags & kSeen) == 0) firstUnseen = m_view.size();
    }
    m_selected = true;
    m_readOnly = readOnly;
    say(out, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
    say(out, fmt::format("* {} EXISTS", m_view.size()));
    say(out, "* 0 RECENT");
    if (firstUnseen > 0) say(out, fmt::format("* OK [UNSEEN {}] first unseen", firstUnseen));
    say(out, readOnly ? "* OK [PERMANENTFLAGS ()] none" : "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)] kept");
    say(out, fmt::format("* OK [UIDNEXT {}] next", m_box->nextUid()));
    say(out, "* OK [UIDVALIDITY 1] valid");
    done(out, tag, readOnly ? "OK [READ-ONLY] EXAMINE completed" : "OK [READ-WRITE] SELECT completed");
}

void ImapServer::list(std::string_view tag, std::string_view arguments, Out& out) {
    const std::string reference = takeWord(arguments), pattern = takeWord(arguments);
    if (pattern.empty())
        say(out, "* LIST (\\Noselect) \"/\" \"\"");
    else if (pattern == "*" || pattern == "%" || sameIgnoringCase(pattern, "INBOX"))
        say(out, "* LIST (\\Noinferiors) \"/\" INBOX");
    done(out, tag, "OK LIST completed");
}

void ImapServer::status(std::string_view tag, std::string_view arguments, Out& out) {
    if (!sameIgnoringCase(takeWord(arguments), "INBOX")) return done(out, tag, "NO there is only INBOX here");
    std::size_t unseen = 0;
    for (const StoredMessage& message : m_box->messages()) unseen += (message.flags & kSeen) == 0 ? 1 : 0;
    say(out, fmt::format("* STATUS INBOX (MESSAGES {} RECENT 0 UIDNEXT {} UIDVALIDITY 1 UNSEEN {})", m_box->messages().size(), m_box->nextUid(), unseen));
    done(out, tag, "OK STATUS completed");
}

void ImapServer::expunge(bool tell, Out& out) {
    for (std::size_t place = 0; place < m_view.size();) {
        StoredMessage* message = at(place);
        if (message == nullptr || (message->flags & kDeleted) != 0) {
            if (message != nullptr) {
                m_events.expunged(*m_box, *message);
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
        m_view.erase(m_view.begin() + static_cast<std::ptrdiff_t>(place));
        say(out, fmt::format("* {} EXPUNGE", place + 1));
    }
    const std::size_t before = m_view.size();
    for (const StoredMessage& message : m_box->messages())
        if (m_view.empty() || message.uid > m_view.back()) m_view.push_back(message.uid);
    if (m_view.size() != before) say(out, fmt::format("* {} EXISTS", m_view.size()));
}

StoredMessage* ImapServer::at(std::size_t place) {
    for (StoredMessage& message : m_box->messages())
        if (message.uid == m_view[place]) return &message;
    return nullptr;
}

std::optional<std::vector<std::size_t>> ImapServer::numbers(std::string_view set, bool uid) const {
    std::vector<bool> chosen(m_view.size());
    const std::uint32_t largest = m_view.empty() ? 0 : uid ? m_view.back() : static_cast<std::uint32_t>(m_view.size());
    const auto number = [&](std::string_view text) -> std::optional<std::uint32_t> {
        std::uint32_t value = 0;
        if (text == "*") return largest;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        return text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || value == 0 ? std::nullopt : std::optional(value);
    };
    while (!set.empty()) {
        const std::size_t comma = set.find(',');
        const std::string_view one = set.substr(0, comma);
        set.remove_prefix(comma == std::string_view::npos ? set.size() : comma + 1);
        const std::size_t colon = one.find(':');
        auto first = number(one.substr(0, colon)), last = colon == std::string_view::npos ? first : number(one.substr(colon + 1));
        if (!first || !last) return std::nullopt;
        if (*first > *last) std::swap(first, last);
        for (std::size_t place = 0; place < m_view.size(); ++place) {
            const std::uint32_t value = uid ? m_view[place] : static_cast<std::uint32_t>(place + 1);
            if (value >= *first && value <= *last) chosen[place] = true;
        }
    }
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < chosen.size(); ++place)
        if (chosen[place]) places.push_back(place);
    return places;
}

}  // namespace mailtrek::mail
