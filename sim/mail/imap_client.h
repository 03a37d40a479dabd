// SPDX-License-Identifier: GPL-3.0-or-later
// The reader's side of one IMAP session, RFC 3501: protects the connection if it can (STARTTLS, 6.2.1), logs in, lists INBOX, fetches (or deletes) what the person wants, logs out.
// Without a person it learns what is new in INBOX (RFC 4549 3) and logs out, or stays and is told (IDLE, RFC 2177): imap_client_sync.cpp.
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
#include "sim/trace/enums.h"

namespace mailtrek::mail {

enum class ImapTask : std::uint8_t {
    read,
    remove,
    empty,
    check,  // learns what is new
    watch   // and stays to be told
};

struct ImapLetter {  // in INBOX, as the client knows it
    std::uint32_t uid = 0;
    bool read = false;
};

struct ImapClientOptions {
    std::string user, password;
    ImapTask task = ImapTask::read;
    std::string messageId;           // of the one letter that is meant; empty: all there is
    std::set<std::uint32_t> skip{};  // uids that are not meant
    TlsWish tls = TlsWish::never;
    bool implicit = false;  // the port itself is TLS (993): secured before the greeting
    // Of check and watch: what was known before, ascending by uid, and of which UIDVALIDITY.
    std::vector<ImapLetter> known{};
    std::uint32_t validity = 0;
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
struct ImapKnown {  // something is new about a letter; of check and watch
    std::uint32_t uid = 0;
    trace::KnownAs as{};
    bool told = false;  // by the server, unasked
};
struct ImapIdling {};    // all is known, and the server will tell
struct ImapStartTls {};  // the server is ready: the host begins the handshake
struct ImapClose {};
using ImapClientAction = std::variant<ImapSendLine, ImapStartTls, ImapRead, ImapKnown, ImapIdling, ImapFinished, ImapClose>;

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
    bool inStep() const { return m_inStep; }             // all is known
    bool idling() const { return m_state == State::idle; }
    std::uint32_t validity() const { return m_validity; }  // of INBOX, once it is open
    // REQUIRES: idling(). Time went by in which IDLE was renewed without anything to see.
    void renewedInPassing(Instant now);

private:
    enum class State : std::uint8_t {
        greeting,
        capability,
        startTls,
        handshake,
        login,
        select,
        list,
        fetch,
        store,
        expunge,
        newLetters,
        oldLetters,
        idleAsked,
        idle,
        idleEnding,
        logout,
        done
    };
    void send(State state, std::string command, Instant now, Actions& out);
    void onUntagged(std::string_view line, Actions& out);
    void onTagged(std::string_view result, Instant now, Actions& out);
    void readCapabilities(std::string_view words);
    void secureOrLogIn(Instant now, Actions& out);
    void logIn(Instant now, Actions& out);
    void act(Instant now, Actions& out);
    Actions tooMuch(Actions& out);
    void finish(bool good, std::string why, Actions& out);
    // imap_client_sync.cpp
    bool syncs() const { return m_options.task == ImapTask::check || m_options.task == ImapTask::watch; }
    void onUntaggedSync(std::string_view line, Instant now, Actions& out);
    void onNumbered(std::uint32_t number, std::string_view what, Instant now, Actions& out);
    bool newCame() const;
    void heardOf(std::uint32_t uid, bool read, Actions& out);
    void tell(const ImapLetter& letter, trace::KnownAs as, Actions& out);
    void selected(Instant now, Actions& out);
    void onTaggedSync(Instant now, Actions& out);
    void settled(Instant now, Actions& out);
    void askForNew(Instant now, Actions& out);
    void askForOld(Instant now, Actions& out);
    void forgetGone(Actions& out);
    void wait(Instant now, Actions& out);
    void endIdle(Instant now, Actions& out);

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
    std::size_t m_exists = 0;                                   // letters in INBOX, as the server said last
    std::uint32_t m_validity = 0, m_nextUid = 0, m_oldest = 0;  // m_oldest: the last uid that was known before the session
    std::set<std::uint32_t> m_stillThere;                       // of those known before
    std::size_t m_askedAt = 0;                                  // m_exists when new letters were asked for
    std::vector<std::uint32_t> m_places;                        // uids by the places of the server; 0: not shown yet
    bool m_inStep = false;                                      // all is known
    bool m_unasked = false;                                     // what comes now was brought about by what the server told
};

}  // namespace mailtrek::mail
