// SPDX-License-Identifier: GPL-3.0-or-later
// The reader's side of one IMAP session, RFC 3501: protects the connection if it can (STARTTLS, 6.2.1), logs in, lists INBOX, fetches (or deletes) what the person wants, logs out.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/line_reader.h"
#include "sim/mail/tls_wish.h"

namespace mailtrek::mail {

enum class ImapTask : std::uint8_t { read, remove, empty };

struct ImapClientOptions {
    std::string user, password;
    ImapTask task = ImapTask::read;
    std::string messageId;           // of the one letter that is meant; empty: all there is
    std::set<std::uint32_t> skip{};  // uids that are not meant
    TlsWish tls = TlsWish::never;
    bool implicit = false;  // the port itself is TLS (993): secured before the greeting
};

struct ImapSendLine {
    std::string line, shown;  // a password is not shown
};
struct ImapRead {  // the whole of a letter is here
    std::uint32_t uid = 0;
    std::string octets;
};
struct ImapFinished {
    bool good = false;
    std::string why;          // when not good
    std::size_t letters = 0;  // read or deleted
};
struct ImapStartTls {};  // the server is ready: the host begins the handshake
struct ImapClose {};
using ImapClientAction = std::variant<ImapSendLine, ImapStartTls, ImapRead, ImapFinished, ImapClose>;

class ImapClient {
public:
    explicit ImapClient(ImapClientOptions options) : m_options(std::move(options)) {}

    using Actions = std::vector<ImapClientAction>;
    Actions onConnected(Instant now);
    Actions onBytes(std::string_view octets, Instant now);
    // The handshake that ImapStartTls asked for is complete.
    Actions onSecured(Instant now);
    Actions onTimeout(Instant now);
    Actions onClosed(Instant now);
    Instant nextDeadline() const { return m_deadline; }
    TlsTrouble tlsTrouble() const { return m_trouble; }  // why nobody logged in

private:
    enum class State : std::uint8_t { greeting, capability, startTls, handshake, login, select, list, fetch, store, expunge, logout, done };
    void send(State state, std::string command, Instant now, Actions& out);
    void onUntagged(std::string_view line, Actions& out);
    void onTagged(std::string_view result, Instant now, Actions& out);
    void readCapabilities(std::string_view words);
    void secureOrLogIn(Instant now, Actions& out);
    void logIn(Instant now, Actions& out);
    void act(Instant now, Actions& out);
    void finish(bool good, std::string why, Actions& out);

    ImapClientOptions m_options;
    LineReader m_reader;
    State m_state = State::greeting;
    Instant m_deadline = kNever;
    unsigned m_tag = 0;
    std::string m_line;     // a response whose literal is still coming
    std::string m_literal;  // octets of the last literal
    std::size_t m_wanted = 0;
    bool m_inLiteral = false;
    std::vector<std::uint32_t> m_uids;  // what is meant
    std::size_t m_next = 0;
    bool m_told = false;
    std::optional<std::string> m_capabilities;  // in lower case, with a blank at both ends
    TlsTrouble m_trouble = TlsTrouble::none;
};

}  // namespace mailtrek::mail
