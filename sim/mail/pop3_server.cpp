// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/pop3_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/pop3_text.h"
#include "sim/mail/sasl_plain.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kPatience = std::chrono::minutes{10};            // RFC 1939 3
constexpr std::size_t kMaxCommand = 253, kMaxSaslResponse = 12288;  // RFC 2449 4: 255 octets with the line end; RFC 5034 4
constexpr unsigned kMaxErrors = 50;

std::optional<std::size_t> wholeNumber(std::string_view text) {
    std::size_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() ? std::nullopt : std::optional(value);
}

std::string uniqueId(const StoredMessage& message) { return fmt::format("{:08x}.{:08x}", kInbox, message.uid); }

}  // namespace

Pop3Server::~Pop3Server() { leave(); }

void Pop3Server::leave() {
    if (m_box != nullptr) m_events.unlock(*std::exchange(m_box, nullptr));
    m_entries.clear();
}

void Pop3Server::good(Out& out, std::string_view text) {
    std::string line = fmt::format("+OK {}", text);
    out.pieces.push_back({line, line + "\r\n"});
}

void Pop3Server::bad(Out& out, std::string_view text) {
    std::string line = fmt::format("-ERR {}", text);
    out.pieces.push_back({line, line + "\r\n"});
    if (++m_errors < kMaxErrors) return;
    out.close = m_closed = true;
    leave();
}

void Pop3Server::many(Out& out, std::string_view status, std::string_view stuffed) {
    std::string line = fmt::format("+OK {}", status);
    out.pieces.push_back({line, fmt::format("{}\r\n{}", line, stuffed)});
}

Pop3ServerOutput Pop3Server::onConnect(Instant now) {
    Out out;
    m_deadline = now + kPatience;
    good(out, fmt::format("{} POP3 Mailtrek", m_options.hostName));
    return out;
}

Pop3ServerOutput Pop3Server::onTimeout(Instant now) {
    Out out;
    if (m_closed || now < m_deadline) return out;
    leave();  // never the UPDATE state
    out.close = m_closed = true;
    return out;
}

void Pop3Server::onSecured() {
    m_reader.clear();
    m_user.reset();
    m_secured = true;
}

Pop3ServerOutput Pop3Server::onBytes(std::string_view octets, Instant now) {
    Out out;
    m_deadline = now + kPatience;
    m_reader.add(octets);
    while (!m_closed && !out.startTls) {
        const auto line = m_reader.line(m_inAuth ? kMaxSaslResponse : kMaxCommand);
        if (!line) break;
        if (m_reader.tooLong()) {
            m_inAuth = false;
            m_user.reset();
            bad(out, "line too long");
        } else if (std::exchange(m_inAuth, false)) {
            const auto credentials = parsePlain(*line);
            if (*line == "*")
                bad(out, "cancelled");
            else if (!credentials)
                bad(out, "not a PLAIN response");
            else
                logIn(credentials->user, credentials->password, out);
        } else {
            command(*line, out);
        }
    }
    return out;
}

void Pop3Server::command(std::string_view line, Out& out) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string verb = lower(line.substr(0, space));
    const std::string_view argument = line.substr(std::min(space + 1, line.size()));
    static constexpr std::string_view kBare = " stat noop rset quit capa stls ";
    if (!verb.empty() && kBare.find(" " + verb + " ") != std::string_view::npos && !argument.empty()) return bad(out, "no arguments here");
    if (verb == "quit") return quit(out);
    if (verb == "capa") return capabilities(out);
    if (m_box == nullptr ? authorization(verb, argument, out) : transaction(verb, argument, out)) return;
    static constexpr std::string_view kKnown = " user pass apop auth stls stat list retr dele noop rset top uidl ";
    const bool known = !verb.empty() && kKnown.find(" " + verb + " ") != std::string_view::npos;
    bad(out, !known ? "unknown command" : m_box == nullptr ? "log in first" : "already logged in");
}

void Pop3Server::capabilities(Out& out) {
    std::string list = "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n";
    if (!m_options.loginDisabled || m_secured) list += "USER\r\nSASL PLAIN\r\n";
    if (m_options.startTls && !m_secured) list += "STLS\r\n";
    many(out, "what this server can do", list + "EXPIRE NEVER\r\nIMPLEMENTATION Mailtrek\r\n.\r\n");
}

// USER, PASS, AUTH, STLS. False: not a command of this state.
bool Pop3Server::authorization(const std::string& verb, std::string_view argument, Out& out) {
    const auto user = std::exchange(m_user, std::nullopt);
    const bool disabled = m_options.loginDisabled && !m_secured;
    if (disabled && (verb == "user" || verb == "pass" || verb == "auth")) {
        bad(out, "[AUTH] encrypt the connection first");
    } else if (verb == "user") {
        if (argument.empty()) return bad(out, "USER name"), true;
        m_user = argument;  // whether there is such a user is not told before the password (13)
        good(out, "password?");
    } else if (verb == "pass") {
        if (!user) return bad(out, "USER first"), true;
        logIn(*user, argument, out);  // blanks belong to the password (7)
    } else if (verb == "apop") {
        bad(out, "APOP is not offered");
    } else if (verb == "auth") {
        auth(argument, out);
    } else if (verb == "stls" && m_options.startTls) {
        if (m_secured) return bad(out, "encrypted already"), true;
        if (!m_options.tlsReady) return bad(out, "TLS is not available"), true;
        good(out, "begin TLS");
        out.startTls = true;
    } else {
        return false;
    }
    return true;
}

void Pop3Server::auth(std::string_view argument, Out& out) {
    const std::size_t space = std::min(argument.find(' '), argument.size());
    const std::string_view mechanism = argument.substr(0, space), initial = argument.substr(std::min(space + 1, argument.size()));
    if (!sameIgnoringCase(mechanism, "PLAIN")) return bad(out, "only PLAIN is offered");
    if (initial.empty()) {
        m_inAuth = true;
        out.pieces.push_back({"+ ", "+ \r\n"});
        return;
    }
    const auto credentials = parsePlain(initial == "=" ? std::string_view{} : initial);
    if (!credentials) return bad(out, "not a PLAIN response");
    logIn(credentials->user, credentials->password, out);
}

void Pop3Server::logIn(std::string_view user, std::string_view password, Out& out) {
    Mailbox* box = m_events.login(user, password);
    if (box == nullptr) return bad(out, "[AUTH] wrong user or password");
    if (!m_events.lock(*box)) return bad(out, "[IN-USE] another session has this mailbox open");
    m_box = box;
    for (const StoredMessage& message : box->messages())
        if (message.folder == kInbox) m_entries.push_back({message, pop3Size(message.octets.text()), false});
    good(out, fmt::format("mailbox open, {} message{}", m_entries.size(), m_entries.size() == 1 ? "" : "s"));
}

bool Pop3Server::transaction(const std::string& verb, std::string_view argument, Out& out) {
    if (verb == "stat")
        stat(out);
    else if (verb == "list" || verb == "uidl")
        list(argument, verb == "uidl", out);
    else if (verb == "retr")
        retrieve(argument, out);
    else if (verb == "top")
        top(argument, out);
    else if (verb == "dele")
        remove(argument, out);
    else if (verb == "rset")
        reset(out);
    else if (verb == "noop")
        good(out, "still here");
    else
        return false;
    return true;
}

void Pop3Server::stat(Out& out) {
    std::size_t count = 0, octets = 0;
    for (const Entry& one : m_entries) {
        count += one.deleted ? 0 : 1;
        octets += one.deleted ? 0 : one.size;
    }
    good(out, fmt::format("{} {}", count, octets));
}

// The letter of that number, unless it is marked as deleted (5).
Pop3Server::Entry* Pop3Server::entry(std::string_view number, Out& out) {
    const auto value = wholeNumber(number);
    if (!value || *value == 0) {
        bad(out, "a message number?");
        return nullptr;
    }
    if (*value > m_entries.size() || m_entries[*value - 1].deleted) {
        bad(out, "no such message");
        return nullptr;
    }
    return &m_entries[*value - 1];
}

void Pop3Server::list(std::string_view argument, bool uids, Out& out) {
    const auto row = [&](const Entry& one) {
        const auto number = static_cast<std::size_t>(&one - m_entries.data()) + 1;
        return uids ? fmt::format("{} {}", number, uniqueId(one.message)) : fmt::format("{} {}", number, one.size);
    };
    if (!argument.empty()) {
        if (const Entry* one = entry(argument, out)) good(out, row(*one));
        return;
    }
    std::string rows;
    std::size_t count = 0;
    for (const Entry& one : m_entries) {
        if (one.deleted) continue;
        rows += row(one) + "\r\n";
        ++count;
    }
    many(out, fmt::format("{} message{}", count, count == 1 ? "" : "s"), rows + ".\r\n");
}

void Pop3Server::retrieve(std::string_view argument, Out& out) {
    const Entry* one = entry(argument, out);
    if (one == nullptr) return;
    many(out, fmt::format("{} octets", one->size), pop3Stuffed(one->message.octets.text()));
    m_events.retrieved(*m_box, one->message, static_cast<std::size_t>(one - m_entries.data()) + 1);
}

void Pop3Server::top(std::string_view argument, Out& out) {
    const std::size_t space = argument.find(' ');
    const auto lines = space == std::string_view::npos ? std::nullopt : wholeNumber(argument.substr(space + 1));
    if (!lines) return bad(out, "TOP message lines");
    if (const Entry* one = entry(argument.substr(0, space), out)) many(out, "the top of it", pop3Stuffed(pop3Top(one->message.octets.text(), *lines)));
}

void Pop3Server::remove(std::string_view argument, Out& out) {
    Entry* one = entry(argument, out);
    if (one == nullptr) return;
    one->deleted = true;
    good(out, fmt::format("message {} will be deleted", one - m_entries.data() + 1));
}

void Pop3Server::reset(Out& out) {
    for (Entry& one : m_entries) one.deleted = false;
    good(out, fmt::format("{} message{}", m_entries.size(), m_entries.size() == 1 ? "" : "s"));
}

// The UPDATE state (6).
void Pop3Server::quit(Out& out) {
    std::size_t left = 0;
    for (const Entry& one : m_entries) {
        const StoredMessage* found = m_box->message(one.message.uid);
        if (found == nullptr || found->folder != kInbox) continue;  // an IMAP session was quicker
        if (!one.deleted) {
            ++left;
            continue;
        }
        m_events.removed(*m_box, *found);
        m_box->remove(one.message.uid);
    }
    good(out, m_box == nullptr ? fmt::format("{} bye", m_options.hostName) : fmt::format("{} bye ({} left)", m_options.hostName, left));
    leave();
    out.close = m_closed = true;
}

}  // namespace mailtrek::mail
