// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/pop3_client.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kGreetingPatience = std::chrono::minutes{1}, kPatience = std::chrono::minutes{5};
constexpr std::size_t kMaxLine = 1 << 20;
constexpr std::size_t kMaxListed = 1'000'000;

}  // namespace

Pop3Client::Actions Pop3Client::onConnected(Instant now) {
    m_deadline = now + kGreetingPatience;
    return {};
}

void Pop3Client::send(State state, std::string line, Instant now, Actions& out) {
    m_state = state;
    m_deadline = now + kPatience;
    std::string shown = state == State::pass ? "PASS ********" : line;
    out.push_back(Pop3SendLine{std::move(line), std::move(shown)});
}

void Pop3Client::finish(Actions& out) {
    if (!std::exchange(m_told, true)) out.push_back(m_outcome);
}

void Pop3Client::end(Actions& out) {
    finish(out);
    m_state = State::done;
    m_deadline = kNever;
}

// Goodbye all the same: without it the lock on the mailbox lasts (RFC 1939 3).
void Pop3Client::fail(std::string why, bool mayTryAgain, Instant now, Actions& out) {
    m_outcome = {false, std::move(why), mayTryAgain};
    send(State::quit, "QUIT", now, out);
}

Pop3Client::Actions Pop3Client::onTimeout(Instant now) {
    Actions out;
    if (now < m_deadline || m_state == State::done) return out;
    if (m_state != State::quit) m_outcome = {false, "the server did not answer in time", true};
    end(out);
    out.push_back(Pop3Close{});
    return out;
}

// After QUIT everything is here; whether the server deleted what it was told to, the next session will see.
Pop3Client::Actions Pop3Client::onClosed(Instant) {
    Actions out;
    if (m_state == State::done) return out;
    if (m_state != State::quit) m_outcome = {false, "the connection was lost", true};
    end(out);
    return out;
}

Pop3Client::Actions Pop3Client::onBytes(std::string_view octets, Instant now) {
    Actions out;
    if (m_state == State::done) return out;
    m_reader.add(octets);
    m_deadline = now + kPatience;
    while (m_state != State::done) {
        auto line = m_reader.line(kMaxLine);
        if (!line) break;
        if (m_reader.tooLong()) {
            m_outcome = {false, "a line of the server's is too long", false};
            end(out);
            out.push_back(Pop3Close{});
        } else if (m_inLines) {
            onLine(std::move(*line), now, out);
        } else {
            onStatus(*line, now, out);
        }
    }
    return out;
}

void Pop3Client::onStatus(std::string_view line, Instant now, Actions& out) {
    if (line.starts_with("+OK")) return onGood(line.substr(line.starts_with("+OK ") ? 4 : 3), now, out);
    switch (m_state) {
        case State::capa: return secureOrLogIn(now, out);  // a server older than RFC 2449
        case State::stls:
            if (m_options.tls == TlsWish::whenever) return send(State::user, "USER " + m_options.user, now, out);
            m_trouble = TlsTrouble::refused;
            return fail(std::string(line), true, now, out);
        case State::uidl:  // an optional command (7): without it all are taken for new, which only somebody who deletes can afford
            if (!m_options.deletes) return fail("the server gives letters no unique ids: " + std::string(line), false, now, out);
            for (std::size_t number = 1; number <= m_count; ++number) m_listed.push_back({number, {}});
            return onListed(now, out);
        case State::quit:
            end(out);
            out.push_back(Pop3Close{});
            return;
        case State::retr: {  // gone in between, or unreadable: the others are fetched nevertheless, and what is not here is not deleted there
            const std::size_t number = m_wanted[m_fetched++].number;
            std::erase_if(m_doomed, [number](const Listed& one) { return one.number == number; });
            return next(now, out);
        }
        case State::dele: ++m_deleted; return next(now, out);
        case State::greeting:
        case State::handshake:
        case State::user:
        case State::pass:
        case State::stat:
        case State::done: break;
    }
    const bool passes =
        line.find("[IN-USE]") != std::string_view::npos || line.find("[LOGIN-DELAY]") != std::string_view::npos || line.find("[SYS/TEMP]") != std::string_view::npos;
    fail(std::string(line), passes, now, out);  // RFC 2449 8.1, RFC 3206
}

// REQUIRES: it is known what the server can do.
void Pop3Client::secureOrLogIn(Instant now, Actions& out) {
    if (m_offersTls) return send(State::stls, "STLS", now, out);
    if (m_options.tls != TlsWish::always) return send(State::user, "USER " + m_options.user, now, out);
    m_trouble = TlsTrouble::notOffered;
    fail("the server offers no STLS", true, now, out);
}

Pop3Client::Actions Pop3Client::onSecured(Instant now) {
    Actions out;
    if (m_state == State::handshake) send(State::user, "USER " + m_options.user, now, out);
    return out;
}

void Pop3Client::onGood(std::string_view text, Instant now, Actions& out) {
    switch (m_state) {
        case State::greeting:
            if (m_options.tls == TlsWish::never || m_options.implicit) return send(State::user, "USER " + m_options.user, now, out);
            return send(State::capa, "CAPA", now, out);
        case State::stls:
            m_state = State::handshake;
            m_reader.clear();  // what stands behind the +OK in the clear may be anybody's
            out.push_back(Pop3StartTls{});
            return;
        case State::handshake: return;
        case State::user: return send(State::pass, "PASS " + m_options.password, now, out);
        case State::pass: return send(State::stat, "STAT", now, out);
        case State::stat:
            std::from_chars(text.data(), text.data() + text.size(), m_count);
            if (m_count == 0) return send(State::quit, "QUIT", now, out);
            if (m_count > kMaxListed) return fail("more letters than anybody can read", false, now, out);
            return send(State::uidl, "UIDL", now, out);
        case State::capa:
        case State::uidl:
        case State::retr: m_inLines = true; return;
        case State::dele: ++m_deleted; return next(now, out);
        case State::quit:
            end(out);
            out.push_back(Pop3Close{});
            return;
        case State::done: return;
    }
}

// A line of a multi-line response; one that begins with a dot has lost it, and a dot alone is the end (3).
void Pop3Client::onLine(std::string line, Instant now, Actions& out) {
    if (line == ".") {
        m_inLines = false;
        if (m_state == State::capa) return secureOrLogIn(now, out);
        if (m_state == State::uidl) return onListed(now, out);
        const Listed& one = m_wanted[m_fetched++];
        out.push_back(Pop3Letter{one.number, one.uniqueId, std::exchange(m_letter, {})});
        return next(now, out);
    }
    if (line.starts_with('.')) line.erase(0, 1);
    if (m_state == State::capa) {
        m_offersTls |= sameIgnoringCase(line, "STLS");
        return;
    }
    if (m_state == State::retr) {
        m_letter += line + "\r\n";
        return;
    }
    Listed one;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), one.number);
    const std::size_t space = line.find(' ');
    if (read.ec != std::errc{} || one.number == 0 || space == std::string::npos || m_listed.size() >= kMaxListed) return;
    one.uniqueId = line.substr(space + 1);
    m_listed.push_back(std::move(one));
}

void Pop3Client::onListed(Instant now, Actions& out) {
    for (const Listed& one : m_listed)
        if (one.uniqueId.empty() || !m_options.known.contains(one.uniqueId)) m_wanted.push_back(one);
    if (m_options.deletes) m_doomed = m_listed;
    next(now, out);
}

void Pop3Client::next(Instant now, Actions& out) {
    if (m_fetched < m_wanted.size()) return send(State::retr, fmt::format("RETR {}", m_wanted[m_fetched].number), now, out);
    if (m_deleted < m_doomed.size()) return send(State::dele, fmt::format("DELE {}", m_doomed[m_deleted].number), now, out);
    send(State::quit, "QUIT", now, out);
}

}  // namespace mailtrek::mail
