// SPDX-License-Identifier: GPL-3.0-or-later
// The server side of one IMAP4rev1 session, RFC 3501, with LITERAL+ (7888), SASL-IR (4959), IDLE (2177), NAMESPACE (2342), ID (2971), CHILDREN (3348), UNSELECT (3691),
// UIDPLUS (4315), MOVE (6851), QUOTA (2087). Keywords are not kept. imap_login.cpp: who it is; imap_folders.cpp: folders; imap_selected.cpp: the folder that is open;
// imap_store.cpp: APPEND, COPY, MOVE, STORE; imap_fetch.cpp, imap_search.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/line_reader.h"
#include "sim/mail/mailbox.h"

namespace mailtrek::mail {

struct FetchItem;

// What the mailbox's owner has to know of.
class ImapEvents {
public:
    virtual ~ImapEvents() = default;
    // The mailbox of this user when the password is right, else null.
    virtual Mailbox* login(std::string_view user, std::string_view password) = 0;
    virtual MessageId keep(const Slice& message) = 0;  // in the recording
    virtual void flagsChanged(Mailbox& box, const StoredMessage& message) = 0;
    virtual void added(Mailbox& box, const StoredMessage& message, const std::string& folder) = 0;  // by APPEND, COPY or MOVE; the folder's name in UTF-8
    virtual void expunged(Mailbox& box, const StoredMessage& message) = 0;                          // about to go
    // Its envelope went to the reader.
    virtual void listed(Mailbox& /*box*/, const StoredMessage& /*message*/) {}
    // The whole of a message went to the reader.
    virtual void fetched(Mailbox& box, const StoredMessage& message) = 0;
};

struct ImapServerOptions {
    std::string hostName;
    std::uint64_t maxMessage = 25'000'000;
    bool loginDisabled = false;  // nobody logs in before the connection is encrypted
    bool startTls = false;       // STARTTLS is offered; the host carries it out when the output says so
    bool tlsReady = true;        // false: it has no certificate to show
};

struct ImapServerOutput {
    struct Piece {
        std::string line;  // a response for the recording: its first line, literals cut
        std::string octets;
    };
    std::vector<Piece> pieces;
    bool startTls = false;  // after the pieces
    bool close = false;     // after the pieces
};

class ImapServer {
public:
    ImapServer(ImapServerOptions options, ImapEvents& events) : m_options(std::move(options)), m_events(events) {}

    ImapServerOutput onConnect(Instant now);
    ImapServerOutput onBytes(std::string_view octets, Instant now);
    ImapServerOutput onTimeout(Instant now);  // 30 minutes of silence (5.4)
    // Something came or went in the mailbox: a session in IDLE tells (RFC 2177).
    ImapServerOutput onMailboxChanged();
    // The client was heard of at this time: it renewed IDLE, without anything to see.
    void heard(Instant at);
    // The connection is encrypted from here on: what was said in the clear is forgotten (6.2.1).
    void onSecured();
    const Mailbox* box() const { return m_box; }
    Instant nextDeadline() const { return m_closed ? kNever : m_deadline; }

private:
    using Out = ImapServerOutput;
    using Places = std::vector<std::size_t>;
    struct Known {  // a letter that this session was told of
        std::uint32_t uid = 0;
        std::uint8_t flags = 0;
    };

    // imap_server.cpp: lines, literals, commands
    bool literalFollows(Out& out);
    bool takesAppend() const;
    void refuse(std::string_view result, Out& out);
    void line(const std::string& text, bool literalLast, Out& out);
    void command(std::string_view line, bool literalLast, Out& out);
    bool inAnyState(std::string_view tag, std::string_view verb, std::string_view rest, Out& out);
    void authenticated(std::string_view tag, const std::string& verb, std::string_view rest, bool literalLast, Out& out);
    bool onFolders(std::string_view tag, std::string_view verb, std::string_view rest, Out& out);
    void selected(std::string_view tag, std::string_view verb, std::string_view arguments, bool uid, Out& out);
    void say(Out& out, std::string line);
    void done(Out& out, std::string_view tag, std::string_view result);

    // imap_login.cpp
    std::string capabilities() const;
    bool mayLogIn() const { return !m_options.loginDisabled || m_secured; }
    void login(std::string_view tag, std::string_view arguments, Out& out);
    void authenticate(std::string_view tag, std::string_view arguments, Out& out);
    void plain(std::string_view tag, std::string_view response, Out& out);
    void startTls(std::string_view tag, Out& out);
    void identify(std::string_view tag, std::string_view arguments, Out& out);

    // imap_folders.cpp
    std::optional<std::string> oneName(std::string_view tag, std::string_view arguments, Out& out);
    void select(std::string_view tag, std::string_view arguments, bool readOnly, Out& out);
    void list(std::string_view tag, std::string_view arguments, Out& out);
    void lsub(std::string_view tag, std::string_view arguments, Out& out);
    void status(std::string_view tag, std::string_view arguments, Out& out);
    void create(std::string_view tag, std::string_view arguments, Out& out);
    void erase(std::string_view tag, std::string_view arguments, Out& out);
    void rename(std::string_view tag, std::string_view arguments, Out& out);
    void subscribe(std::string_view tag, std::string_view arguments, bool on, Out& out);
    void quotaRoot(std::string_view tag, std::string_view arguments, bool named, Out& out);
    void sayQuota(Out& out);

    // imap_selected.cpp
    void close(bool expunges, Out& out);
    void idle(std::string_view tag, Out& out);
    void uidExpunge(std::string_view tag, std::string_view arguments, Out& out);
    void expunge(const std::set<std::uint32_t>* only, bool tell, Out& out);
    void reportNew(Out& out);
    void reportGone(Out& out);
    std::optional<Places> numbers(std::string_view set, bool uid) const;  // places in m_view
    StoredMessage* at(std::size_t place);
    void notice(const StoredMessage& message);  // a letter that the session learns of
    std::string flagsOf(const StoredMessage& message) const;

    // imap_store.cpp
    void append(std::string_view tag, std::string_view arguments, bool literalLast, Out& out);
    void copy(std::string_view tag, std::string_view arguments, bool uid, bool moves, Out& out);
    void store(std::string_view tag, std::string_view arguments, bool uid, Out& out);

    void fetch(std::string_view tag, std::string_view arguments, bool uid, Out& out);
    void fetchOne(std::size_t place, StoredMessage& message, const std::vector<FetchItem>& items, Out& out);
    void search(std::string_view tag, std::string_view arguments, bool uid, Out& out);

    ImapServerOptions m_options;
    ImapEvents& m_events;
    LineReader m_reader;
    std::string m_pendingLine;             // a command whose literal is still coming
    std::optional<std::size_t> m_literal;  // octets of it
    bool m_afterLiteral = false;           // nothing came behind it yet
    std::string m_authTag, m_idleTag;      // of a command that waits for a line of the client's
    Mailbox* m_box = nullptr;              // of the user who logged in
    std::uint32_t m_folder = 0;            // its UIDVALIDITY; 0: none is open
    bool m_readOnly = false, m_secured = false, m_closed = false;
    Instant m_now = kStart;
    std::set<std::uint32_t> m_recent;  // uids that this session is the first to be told of
    std::vector<Known> m_view;         // by sequence number: what this session knows of
    Instant m_deadline = kNever;
};

}  // namespace mailtrek::mail
