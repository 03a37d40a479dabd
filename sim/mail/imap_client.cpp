// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_client.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostResponse = 1 << 20, kMostLiteral = 256 << 20;

}  // namespace

ImapClient::Actions ImapClient::onConnected(Instant now) {
    m_deadline = now + 1min;
    return {};
}

void ImapClient::send(State state, std::string command, Instant now, Actions& out) {
    m_state = state;
    m_deadline = now + 5min;
    std::string line = fmt::format("A{:03} {}", ++m_tag, command);
    std::string shown = state == State::login ? fmt::format("A{:03} LOGIN {} ********", m_tag, imapQuoted(m_options.user)) : line;
    out.push_back(ImapSendLine{std::move(line), std::move(shown)});
}

void ImapClient::finish(bool good, std::string why, Actions& out) {
    if (std::exchange(m_told, true)) return;
    out.push_back(ImapFinished{good, std::move(why), good ? m_uids.size() : 0});
}

ImapClient::Actions ImapClient::onTimeout(Instant now) {
    Actions out;
    if (now < m_deadline || m_state == State::done) return out;
    if (m_state == State::idle) {
        endIdle(now, out);
        return out;
    }
    finish(false, "the server did not answer in time", out);
    m_state = State::done;
    m_deadline = kNever;
    out.push_back(ImapClose{});
    return out;
}

ImapClient::Actions ImapClient::onClosed(Instant) {
    Actions out;
    finish(false, "the connection was lost", out);
    m_state = State::done;
    m_deadline = kNever;
    return out;
}

ImapClient::Actions ImapClient::onBytes(std::string_view octets, Instant now) {
    Actions out;
    m_reader.add(octets);
    if (m_state != State::done && m_state != State::idle) m_deadline = now + 5min;
    while (m_state != State::done) {
        if (m_inLiteral) {
            if (m_reader.rest().size() < m_wanted) break;
            m_literal = m_reader.rest().substr(0, m_wanted);
            m_reader.drop(m_wanted);
            m_inLiteral = false;
        }
        const auto line = m_reader.line(65536);
        if (!line) break;
        m_line += *line;
        if (m_line.size() > kMostResponse) return tooMuch(out);
        if (m_line.ends_with('}')) {
            std::size_t size = 0;
            const std::size_t open = m_line.rfind('{');
            const bool literal =
                open != std::string::npos && std::from_chars(m_line.data() + open + 1, m_line.data() + m_line.size() - 1, size).ptr == m_line.data() + m_line.size() - 1;
            if (literal && size > kMostLiteral) return tooMuch(out);
            if (literal) {
                m_wanted = size;
                m_inLiteral = true;
                continue;
            }
        }
        const std::string whole = std::exchange(m_line, {});
        const std::string tag = fmt::format("A{:03} ", m_tag);
        if (whole.starts_with("* ")) onUntagged(std::string_view(whole).substr(2), out);
        if (whole.starts_with("* ") && syncs()) onUntaggedSync(std::string_view(whole).substr(2), now, out);
        if (whole.starts_with('+') && m_state == State::idleAsked) settled(now, out);
        if (m_state == State::greeting && whole.starts_with("* OK"))
            secureOrLogIn(now, out);
        else if (m_state != State::greeting && whole.starts_with(tag))
            onTagged(std::string_view(whole).substr(tag.size()), now, out);
    }
    return out;
}

// Nobody waits for a server that has no end.
ImapClient::Actions ImapClient::tooMuch(Actions& out) {
    finish(false, "the server says more than anybody can read", out);
    m_state = State::done;
    m_deadline = kNever;
    out.push_back(ImapClose{});
    return std::move(out);
}

// What the server can do is told by itself in its greeting, or when it is asked (RFC 3501 7.1, 7.2.1).
void ImapClient::readCapabilities(std::string_view words) { m_capabilities = " " + lower(words.substr(0, words.find(']'))) + " "; }

void ImapClient::secureOrLogIn(Instant now, Actions& out) {
    if (m_options.tls == TlsWish::never || m_options.implicit) return logIn(now, out);
    if (!m_capabilities) return send(State::capability, "CAPABILITY", now, out);
    if (m_capabilities->find(" starttls ") != std::string::npos) return send(State::startTls, "STARTTLS", now, out);
    if (m_options.tls != TlsWish::always) return logIn(now, out);
    m_trouble = TlsTrouble::notOffered;
    finish(false, "the server offers no STARTTLS", out);
    send(State::logout, "LOGOUT", now, out);
}

void ImapClient::logIn(Instant now, Actions& out) { send(State::login, fmt::format("LOGIN {} {}", imapQuoted(m_options.user), imapQuoted(m_options.password)), now, out); }

ImapClient::Actions ImapClient::onSecured(Instant now) {
    Actions out;
    if (syncs()) m_capabilities.reset();  // what was said in the clear counts no more (RFC 3501 6.2.1)
    if (m_state == State::handshake) logIn(now, out);
    return out;
}

void ImapClient::onUntagged(std::string_view line, Actions& out) {
    if (line.starts_with("OK [CAPABILITY ")) readCapabilities(line.substr(15));
    if (line.starts_with("CAPABILITY ")) readCapabilities(line.substr(11));
    if (m_state == State::list && line.find(" FETCH (") != std::string_view::npos) {
        const bool meant = m_options.messageId.empty() || line.find(imapQuoted(m_options.messageId)) != std::string_view::npos;
        const std::uint32_t uid = numberAfter(line, "UID ");
        if (meant && uid != 0 && !m_options.skip.contains(uid)) m_uids.push_back(uid);
    }
    const bool isLetter = m_state == State::fetch && line.find("BODY[] ") != std::string_view::npos && numberAfter(line, "UID ") == m_uids[m_next];  // what was asked for
    if (isLetter) out.push_back(ImapRead{m_uids[m_next], std::exchange(m_literal, {})});
}

void ImapClient::onTagged(std::string_view result, Instant now, Actions& out) {
    if (!result.starts_with("OK") && m_state != State::logout) {
        if (m_state == State::startTls) {
            if (m_options.tls == TlsWish::whenever) return logIn(now, out);
            m_trouble = TlsTrouble::refused;
        }
        finish(false, std::string(result), out);
        return send(State::logout, "LOGOUT", now, out);
    }
    switch (m_state) {
        case State::greeting:
        case State::handshake:
        case State::done: return;
        case State::capability:
            if (!m_capabilities) m_capabilities = "";
            if (m_inStep) return wait(now, out);
            return secureOrLogIn(now, out);
        case State::startTls:
            m_state = State::handshake;
            m_reader.clear();  // what stands behind the OK in the clear may be anybody's
            out.push_back(ImapStartTls{});
            return;
        case State::login: return send(State::select, "SELECT INBOX", now, out);
        case State::newLetters:
        case State::oldLetters:
        case State::idleAsked:
        case State::idle:
        case State::idleEnding: return onTaggedSync(now, out);
        case State::select:
            if (syncs()) return selected(now, out);
            return send(State::list, "UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)", now, out);
        case State::list: return act(now, out);
        case State::fetch: ++m_next; return act(now, out);
        case State::store: return send(State::expunge, "EXPUNGE", now, out);
        case State::expunge: finish(true, {}, out); return send(State::logout, "LOGOUT", now, out);
        case State::logout:
            m_state = State::done;
            m_deadline = kNever;
            out.push_back(ImapClose{});
            return;
    }
}

void ImapClient::act(Instant now, Actions& out) {
    if (m_uids.empty() && !m_options.messageId.empty()) {
        finish(false, "the letter is not in the mailbox", out);
        return send(State::logout, "LOGOUT", now, out);
    }
    if (m_options.task == ImapTask::read && m_next < m_uids.size()) return send(State::fetch, fmt::format("UID FETCH {} (BODY[])", m_uids[m_next]), now, out);
    if (m_options.task != ImapTask::read && !m_uids.empty()) {
        std::string set;
        for (const std::uint32_t uid : m_uids) set += fmt::format("{}{}", set.empty() ? "" : ",", uid);
        return send(State::store, fmt::format("UID STORE {} +FLAGS (\\Deleted)", set), now, out);
    }
    finish(true, {}, out);
    send(State::logout, "LOGOUT", now, out);
}

}  // namespace mailtrek::mail
