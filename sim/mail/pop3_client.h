// SPDX-License-Identifier: GPL-3.0-or-later
// The reader's side of one POP3 session, RFC 1939: protects the connection if it can (STLS, RFC 2595), logs in, asks which letters there are (STAT, UIDL), fetches those it does
// not have yet, has all of them deleted when it is told to, and says goodbye. Letters are known by their unique ids; a letter that was fetched but could not be deleted the last
// time is deleted without fetching it again.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/line_reader.h"
#include "sim/mail/tls_wish.h"

namespace mailtrek::mail {

struct Pop3ClientOptions {
    std::string user, password;
    bool deletes = false;         // takes letters away from the server
    std::set<std::string> known;  // unique ids of what was fetched before
    TlsWish tls = TlsWish::never;
    bool implicit = false;  // the port itself is TLS (995): secured before the greeting
};

struct Pop3SendLine {
    std::string line, shown;  // a password is not shown
};
struct Pop3Letter {  // the whole of a letter is here
    std::size_t number = 0;
    std::string uniqueId;
    std::string octets;
};
struct Pop3Finished {
    bool good = false;
    std::string why;           // when not good
    bool mayTryAgain = false;  // it may be otherwise in a minute
};
struct Pop3StartTls {};  // the server is ready: the host begins the handshake
struct Pop3Close {};
using Pop3ClientAction = std::variant<Pop3SendLine, Pop3StartTls, Pop3Letter, Pop3Finished, Pop3Close>;

class Pop3Client {
public:
    explicit Pop3Client(Pop3ClientOptions options) : m_options(std::move(options)) {}

    using Actions = std::vector<Pop3ClientAction>;
    Actions onConnected(Instant now);
    Actions onBytes(std::string_view octets, Instant now);
    // The handshake that Pop3StartTls asked for is complete.
    Actions onSecured(Instant now);
    Actions onTimeout(Instant now);
    Actions onClosed(Instant now);
    Instant nextDeadline() const { return m_deadline; }
    TlsTrouble tlsTrouble() const { return m_trouble; }  // why nobody logged in

private:
    enum class State : std::uint8_t { greeting, capa, stls, handshake, user, pass, stat, uidl, retr, dele, quit, done };
    struct Listed {
        std::size_t number = 0;
        std::string uniqueId;
    };
    void send(State state, std::string line, Instant now, Actions& out);
    void onStatus(std::string_view line, Instant now, Actions& out);
    void onGood(std::string_view text, Instant now, Actions& out);
    void onLine(std::string line, Instant now, Actions& out);
    void secureOrLogIn(Instant now, Actions& out);
    void onListed(Instant now, Actions& out);
    void next(Instant now, Actions& out);
    void fail(std::string why, bool mayTryAgain, Instant now, Actions& out);
    void finish(Actions& out);
    void end(Actions& out);

    Pop3ClientOptions m_options;
    LineReader m_reader;
    State m_state = State::greeting;
    Instant m_deadline = kNever;
    bool m_inLines = false;  // of a multi-line response
    std::size_t m_count = 0;
    std::vector<Listed> m_listed, m_wanted, m_doomed;  // all; to fetch; to delete
    std::size_t m_fetched = 0, m_deleted = 0;
    std::string m_letter;
    Pop3Finished m_outcome{true, {}, false};
    bool m_told = false;
    bool m_offersTls = false;
    TlsTrouble m_trouble = TlsTrouble::none;
};

}  // namespace mailtrek::mail
