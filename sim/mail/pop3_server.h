// SPDX-License-Identifier: GPL-3.0-or-later
// The server side of one POP3 session, RFC 1939, with CAPA and PIPELINING (RFC 2449), TOP, UIDL, response codes (RFC 2449 8, RFC 3206) and AUTH PLAIN (RFC 5034).
// Its maildrop is the INBOX as it was when the user logged in; DELE takes effect at QUIT only. Not offered: APOP; STLS (RFC 2595) where the options do not say so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/line_reader.h"
#include "sim/mail/mailbox.h"

namespace mailtrek::mail {

// What the mailbox's owner has to know of, and to decide.
class Pop3Events {
public:
    virtual ~Pop3Events() = default;
    // The mailbox of this user when the password is right, else null.
    virtual Mailbox* login(std::string_view user, std::string_view password) = 0;
    // The exclusive lock of RFC 1939 4. False: another session has it.
    virtual bool lock(Mailbox& box) = 0;
    virtual void unlock(Mailbox& box) = 0;
    virtual void retrieved(Mailbox& box, const StoredMessage& message, std::size_t number) = 0;  // RETR of the whole
    virtual void removed(Mailbox& box, const StoredMessage& message) = 0;                        // about to go
};

struct Pop3ServerOptions {
    std::string hostName;
    bool loginDisabled = false;  // nobody logs in before the connection is encrypted
    bool startTls = false;       // STLS is offered; the host carries it out when the output says so
    bool tlsReady = true;        // false: it has no certificate to show
};

struct Pop3ServerOutput {
    struct Piece {
        std::string line;  // a response for the recording: its status line
        std::string octets;
    };
    std::vector<Piece> pieces;
    bool startTls = false;  // after the pieces
    bool close = false;     // after the pieces
};

class Pop3Server {
public:
    Pop3Server(Pop3ServerOptions options, Pop3Events& events) : m_options(std::move(options)), m_events(events) {}
    ~Pop3Server();  // a session that ends without QUIT deletes nothing, and gives its lock back
    Pop3Server(const Pop3Server&) = delete;
    Pop3Server& operator=(const Pop3Server&) = delete;

    Pop3ServerOutput onConnect(Instant now);
    Pop3ServerOutput onBytes(std::string_view octets, Instant now);
    Pop3ServerOutput onTimeout(Instant now);  // 10 minutes of silence (RFC 1939 3): closes without a word, and nothing is deleted
    // The connection is encrypted from here on: what was said in the clear is forgotten (RFC 2595 4).
    void onSecured();
    Instant nextDeadline() const { return m_closed ? kNever : m_deadline; }

private:
    using Out = Pop3ServerOutput;
    struct Entry {
        StoredMessage message;  // shares its octets with the mailbox
        std::size_t size = 0;
        bool deleted = false;
    };
    void command(std::string_view line, Out& out);
    bool authorization(const std::string& verb, std::string_view argument, Out& out);
    bool transaction(const std::string& verb, std::string_view argument, Out& out);
    void capabilities(Out& out);
    void auth(std::string_view argument, Out& out);
    void logIn(std::string_view user, std::string_view password, Out& out);
    void stat(Out& out);
    void list(std::string_view argument, bool uids, Out& out);
    void retrieve(std::string_view argument, Out& out);
    void top(std::string_view argument, Out& out);
    void remove(std::string_view argument, Out& out);
    void reset(Out& out);
    void quit(Out& out);
    void leave();
    Entry* entry(std::string_view number, Out& out);
    void good(Out& out, std::string_view text);
    void bad(Out& out, std::string_view text);
    void many(Out& out, std::string_view status, std::string_view stuffed);

    Pop3ServerOptions m_options;
    Pop3Events& m_events;
    LineReader m_reader;
    Instant m_deadline = kNever;
    Mailbox* m_box = nullptr;           // of the user who logged in; this session has its lock
    std::vector<Entry> m_entries;       // number less one
    std::optional<std::string> m_user;  // said with USER, and PASS must follow at once
    bool m_inAuth = false, m_secured = false, m_closed = false;
    unsigned m_errors = 0;
};

}  // namespace mailtrek::mail
