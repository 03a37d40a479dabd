// SPDX-License-Identifier: GPL-3.0-or-later
// The server side of one IMAP4rev1 session, RFC 3501, for one mailbox INBOX per user: what a mail reader needs to log in, list, fetch, flag, search, delete and log out.
// Not offered: further mailboxes, APPEND, COPY, BODYSTRUCTURE and parts by number, AUTHENTICATE, STARTTLS, IDLE; they are answered NO or BAD.
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

// What the mailbox's owner has to know of.
class ImapEvents {
public:
    virtual ~ImapEvents() = default;
    // The mailbox of this user when the password is right, else null.
    virtual Mailbox* login(std::string_view user, std::string_view password) = 0;
    virtual void flagsChanged(Mailbox& box, const StoredMessage& message) = 0;
    virtual void expunged(Mailbox& box, const StoredMessage& message) = 0;  // about to go
    // The whole of a message went to the reader.
    virtual void fetched(Mailbox& box, const StoredMessage& message) = 0;
};

struct ImapServerOutput {
    struct Piece {
        std::string line;  // a response for the recording: its first line, literals cut
        std::string octets;
    };
    std::vector<Piece> pieces;
    bool close = false;
};

class ImapServer {
public:
    ImapServer(std::string hostName, ImapEvents& events) : m_hostName(std::move(hostName)), m_events(events) {}

    ImapServerOutput onConnect(Instant now);
    ImapServerOutput onBytes(std::string_view octets, Instant now);
    ImapServerOutput onTimeout(Instant now);  // 30 minutes of silence (5.4)
    Instant nextDeadline() const { return m_closed ? kNever : m_deadline; }

private:
    using Out = ImapServerOutput;
    bool literalFollows(Out& out);
    void refuse(std::string_view why, Out& out);
    void command(std::string_view line, Out& out);
    void authenticated(std::string_view tag, const std::string& verb, std::string_view rest, Out& out);
    void selected(std::string_view tag, std::string_view verb, std::string_view arguments, bool uid, Out& out);
    void login(std::string_view tag, std::string_view arguments, Out& out);
    void select(std::string_view tag, std::string_view arguments, bool readOnly, Out& out);
    void list(std::string_view tag, std::string_view verb, std::string_view arguments, Out& out);
    void status(std::string_view tag, std::string_view arguments, Out& out);
    void fetch(std::string_view tag, std::string_view arguments, bool uid, Out& out);
    void fetchOne(std::size_t place, StoredMessage& message, const std::vector<std::string>& items, Out& out);
    void store(std::string_view tag, std::string_view arguments, bool uid, Out& out);
    void search(std::string_view tag, std::string_view arguments, bool uid, Out& out);
    void expunge(bool tell, Out& out);
    void reportNew(Out& out);
    std::optional<std::vector<std::size_t>> numbers(std::string_view set, bool uid) const;  // places in m_view
    StoredMessage* at(std::size_t place);
    void notice(const StoredMessage& message);  // a letter that the session learns of
    std::string flagsOf(const StoredMessage& message) const;
    void say(Out& out, std::string line);
    void done(Out& out, std::string_view tag, std::string_view result);

    std::string m_hostName;
    ImapEvents& m_events;
    LineReader m_reader;
    std::string m_pendingLine;             // a command whose literal is still coming
    std::optional<std::size_t> m_literal;  // octets of it
    Mailbox* m_box = nullptr;              // of the user who logged in
    bool m_selected = false, m_readOnly = false, m_closed = false;
    std::set<std::uint32_t> m_recent;   // uids that this session is the first to be told of
    std::vector<std::uint32_t> m_view;  // uids by sequence number: what this session knows of
    Instant m_deadline = kNever;
};

}  // namespace mailtrek::mail
