// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_folder_name.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kPatience = std::chrono::minutes{30};
constexpr std::size_t kMaxLine = 8192, kMaxLiteral = 65536, kMaxCommand = 131072;

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

bool isAmong(std::string_view words, std::string_view word) { return word.find(' ') == std::string_view::npos && words.find(fmt::format(" {} ", word)) != std::string_view::npos; }

}  // namespace

void ImapServer::say(Out& out, std::string line) {
    std::string octets = line + "\r\n";
    line.resize(std::min(line.find("\r\n"), line.size()));
    out.pieces.push_back({std::move(line), std::move(octets)});
}

void ImapServer::done(Out& out, std::string_view tag, std::string_view result) { say(out, fmt::format("{} {}", tag, result)); }

ImapServerOutput ImapServer::onConnect(Instant now) {
    Out out;
    m_deadline = now + kPatience;
    say(out, fmt::format("* OK [CAPABILITY {}] {} Mailtrek", capabilities(), m_options.hostName));
    return out;
}

ImapServerOutput ImapServer::onTimeout(Instant now) {
    Out out;
    if (m_closed || now < m_deadline) return out;
    say(out, "* BYE Autologout; idle for too long");
    out.close = m_closed = true;
    return out;
}

ImapServerOutput ImapServer::onMailboxChanged() {
    Out out;
    if (!m_closed && !m_idleTag.empty() && m_folder != 0) reportNew(out);
    return out;
}

void ImapServer::heard(Instant at) { m_deadline = std::max(m_deadline, at + kPatience); }

void ImapServer::onSecured() {
    m_secured = true;
    m_reader.clear();
    m_pendingLine.clear();
    m_authTag.clear();
}

ImapServerOutput ImapServer::onBytes(std::string_view octets, Instant now) {
    Out out;
    m_now = now;
    m_deadline = now + kPatience;
    m_reader.add(octets);
    while (!m_closed && !out.startTls) {
        if (m_literal) {
            if (m_reader.rest().size() < *m_literal) break;
            m_pendingLine += imapQuoted(m_reader.rest().substr(0, *m_literal));
            m_reader.drop(*m_literal);
            m_literal.reset();
            m_afterLiteral = true;
        }
        const auto text = m_reader.line(kMaxLine);
        if (!text) break;
        const bool literalLast = std::exchange(m_afterLiteral, false) && text->empty();
        const std::size_t most = kMaxCommand + (takesAppend() ? 2 * m_options.maxMessage : 0);
        const bool tooLong = m_reader.tooLong() || m_pendingLine.size() + text->size() > most;
        m_pendingLine += *text;
        if (tooLong)
            refuse("BAD command too long", out);
        else if (!literalFollows(out) && !m_closed)
            line(std::exchange(m_pendingLine, {}), literalLast, out);
    }
    return out;
}

// A whole command, or what one under way waits for.
void ImapServer::line(const std::string& text, bool literalLast, Out& out) {
    if (!m_authTag.empty()) return plain(std::exchange(m_authTag, {}), text, out);
    if (m_idleTag.empty()) return command(text, literalLast, out);
    const std::string tag = std::exchange(m_idleTag, {});
    if (m_folder != 0) reportNew(out);
    done(out, tag, sameIgnoringCase(text, "DONE") ? "OK IDLE completed" : "BAD DONE was expected");
}

// The result under the tag of the command that is coming in, if it has one, and the command is forgotten.
void ImapServer::refuse(std::string_view result, Out& out) {
    std::string line;
    line.swap(m_pendingLine);
    std::string tag = line.substr(0, line.find(' '));
    for (std::string* waiting : {&m_authTag, &m_idleTag})
        if (!waiting->empty()) tag = std::exchange(*waiting, {});
    done(out, isTag(tag) && tag.size() < 64 ? tag : "*", result);
}

// Of all commands, only APPEND brings a letter.
bool ImapServer::takesAppend() const {
    if (m_box == nullptr) return false;
    std::string_view start = std::string_view(m_pendingLine).substr(0, 128);
    start.remove_prefix(std::min(start.find(' '), start.size()));
    return lower(start.substr(0, 8)) == " append ";
}

// Whether the line so far ends with the announcement of a literal, {12}, or of one that waits for no answer, {12+} (RFC 7888).
bool ImapServer::literalFollows(Out& out) {
    bool waits = true;
    if (!m_authTag.empty() || !m_idleTag.empty()) return false;
    const auto literal = literalAtEnd(m_pendingLine, waits);
    if (!literal) return false;
    const bool append = takesAppend();
    if (*literal > (append ? m_options.maxMessage : kMaxLiteral)) {
        if (waits) {
            refuse(append ? "NO [TOOBIG] message too large" : "BAD literal too large", out);
            return true;
        }
        say(out, "* BYE literal too large");  // it is on its way: nothing else can be understood any more
        out.close = m_closed = true;
        return true;
    }
    if (append && waits && *literal > kMaxLiteral && m_box->roomFor(*literal) != Room::enough) {  // before it comes for nothing
        refuse("NO [OVERQUOTA] no room for it", out);
        return true;
    }
    m_pendingLine.erase(m_pendingLine.rfind('{'));
    m_literal = *literal;
    if (waits) say(out, "+ go ahead");
    return true;
}

void ImapServer::command(std::string_view line, bool literalLast, Out& out) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string tag(line.substr(0, space));
    std::string_view rest = line.substr(std::min(space + 1, line.size()));
    const std::string verb = lower(takeWord(rest));
    if (!isTag(tag) || verb.empty()) return done(out, isTag(tag) ? tag : "*", "BAD not a command");
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    static constexpr std::string_view kBare = " capability noop check logout expunge close unselect idle namespace starttls ";
    if (isAmong(kBare, verb) && !rest.empty()) return done(out, tag, "BAD no arguments here");
    if (!inAnyState(tag, verb, rest, out)) authenticated(tag, verb, rest, literalLast, out);
}

bool ImapServer::inAnyState(std::string_view tag, std::string_view verb, std::string_view rest, Out& out) {
    if (verb == "capability") {
        say(out, "* CAPABILITY " + capabilities());
        done(out, tag, "OK CAPABILITY completed");
    } else if (verb == "noop") {
        if (m_folder != 0) reportNew(out);
        done(out, tag, "OK NOOP completed");
    } else if (verb == "logout") {
        say(out, fmt::format("* BYE {} logging out", m_options.hostName));
        done(out, tag, "OK LOGOUT completed");
        out.close = m_closed = true;
    } else if (verb == "login") {
        login(tag, rest, out);
    } else if (verb == "authenticate") {
        authenticate(tag, rest, out);
    } else if (verb == "starttls") {
        startTls(tag, out);
    } else if (verb == "id") {
        identify(tag, rest, out);
    } else {
        return false;
    }
    return true;
}

void ImapServer::authenticated(std::string_view tag, const std::string& verb, std::string_view rest, bool literalLast, Out& out) {
    static constexpr std::string_view kAny = " select examine list lsub status create delete rename subscribe unsubscribe append idle namespace getquota getquotaroot setquota ";
    static constexpr std::string_view kSelected = " check fetch store search expunge close unselect uid copy move ";
    const bool needsFolder = isAmong(kSelected, verb);
    if (!needsFolder && !isAmong(kAny, verb)) return done(out, tag, "BAD unknown command");
    if (m_box == nullptr) return done(out, tag, "BAD log in first");
    if (verb == "append") return append(tag, rest, literalLast, out);
    if (verb == "idle") return idle(tag, out);
    if (onFolders(tag, verb, rest, out)) return;
    if (m_folder == 0) return done(out, tag, "BAD select a mailbox first");
    if (verb != "uid") return selected(tag, verb, rest, false, out);
    const std::string what = lower(takeWord(rest));
    if (!isAmong(" fetch store search copy move expunge ", what)) return done(out, tag, "BAD UID goes with COPY, EXPUNGE, FETCH, MOVE, SEARCH and STORE");
    selected(tag, what, rest, true, out);
}

bool ImapServer::onFolders(std::string_view tag, std::string_view verb, std::string_view rest, Out& out) {
    if (verb == "select" || verb == "examine")
        select(tag, rest, verb == "examine", out);
    else if (verb == "list")
        list(tag, rest, out);
    else if (verb == "lsub")
        lsub(tag, rest, out);
    else if (verb == "status")
        status(tag, rest, out);
    else if (verb == "create")
        create(tag, rest, out);
    else if (verb == "delete")
        erase(tag, rest, out);
    else if (verb == "rename")
        rename(tag, rest, out);
    else if (verb == "subscribe" || verb == "unsubscribe")
        subscribe(tag, rest, verb == "subscribe", out);
    else if (verb == "getquota" || verb == "getquotaroot")
        quotaRoot(tag, rest, verb == "getquotaroot", out);
    else if (verb == "setquota")
        done(out, tag, "NO [NOPERM] the owner of the server sets quotas");
    else if (verb == "namespace") {
        say(out, "* NAMESPACE ((\"\" \"/\")) NIL NIL");
        done(out, tag, "OK NAMESPACE completed");
    } else
        return false;
    return true;
}

void ImapServer::selected(std::string_view tag, std::string_view verb, std::string_view arguments, bool uid, Out& out) {
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    if (m_readOnly && isAmong(" store expunge move ", verb)) return done(out, tag, "NO [READ-ONLY] it was opened with EXAMINE");
    if (verb == "fetch") return fetch(tag, arguments, uid, out);
    if (verb == "store") return store(tag, arguments, uid, out);
    if (verb == "search") return search(tag, arguments, uid, out);
    if (verb == "copy" || verb == "move") return copy(tag, arguments, uid, verb == "move", out);
    if (verb == "expunge" && uid) return uidExpunge(tag, arguments, out);
    if (verb == "check") reportNew(out);
    if (verb == "expunge") expunge(nullptr, true, out);
    if (verb == "close" || verb == "unselect") close(verb == "close" && !m_readOnly, out);
    std::string name(verb);
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    done(out, tag, fmt::format("OK {} completed", name));
}

}  // namespace mailtrek::mail
