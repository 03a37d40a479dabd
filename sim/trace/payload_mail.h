// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of letters. event.mail is the letter. Recipients are numbered from 0 in the order To, Cc, Bcc of the letter.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"
#include "sim/trace/enums.h"
#include "sim/trace/ids.h"

namespace mailtrek::trace {

inline constexpr std::uint16_t kAllRecipients = 0xffff;

struct MailComposed {  // event.node is the device (or the server that writes a notice)
    static constexpr std::string_view kType = "mail-composed";
    TextId from;
    TextId to;  // all recipients, comma-separated
    TextId subject;
    MessageId message;
    std::uint32_t size = 0;
    std::uint16_t recipients = 0;
    bool notice = false;
    template <class F>
    void fields(F&& f) const {
        f("from", from);
        f("to", to);
        f("subject", subject);
        f("message", message);
        f("size", size);
        f("recipients", recipients);
        f("notice", notice);
    }
};

// A server answered 250 to the content and is now responsible (RFC 5321 6.1). One event per transaction.
struct MailAccepted {
    static constexpr std::string_view kType = "mail-accepted";
    ConnectionId connection;  // none for a notice born here
    NodeId from;              // the client
    MessageId message;        // as it stands now, with this server's Received
    std::uint32_t size = 0;
    std::uint16_t recipients = 0;
    std::uint16_t hops = 0;  // Received headers now
    Stage stage{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("client", from);
        f("message", message);
        f("size", size);
        f("recipients", recipients);
        f("hops", hops);
        f("stage", stage);
    }
};

// An entry stands in the queue of event.node for one recipient (first entry or after a failed attempt).
struct MailQueued {
    static constexpr std::string_view kType = "mail-queued";
    Instant nextTry;
    TextId recipient;
    MessageId message;
    std::uint16_t recipientIndex = 0;
    std::uint16_t attempts = 0;  // made so far
    template <class F>
    void fields(F&& f) const {
        f("recipient", recipient);
        f("recipient-index", recipientIndex);
        f("message", message);
        f("attempts", attempts);
        f("next-try", nextTry);
    }
};

struct MailDequeued {  // the entry left the queue: handed on, stored, or given up (what follows tells)
    static constexpr std::string_view kType = "mail-dequeued";
    TextId recipient;
    MessageId message;
    std::uint16_t recipientIndex = 0;
    template <class F>
    void fields(F&& f) const {
        f("recipient", recipient);
        f("recipient-index", recipientIndex);
        f("message", message);
    }
};

struct AttemptStarted {
    static constexpr std::string_view kType = "attempt-started";
    TextId recipient;
    TextId domain;
    std::uint16_t recipientIndex = 0;
    std::uint16_t attempt = 1;
    template <class F>
    void fields(F&& f) const {
        f("recipient", recipient);
        f("recipient-index", recipientIndex);
        f("domain", domain);
        f("attempt", attempt);
    }
};

struct AttemptFailed {
    static constexpr std::string_view kType = "attempt-failed";
    TextId recipient;
    TextId detail;  // the reply or what went wrong, as the log would have it
    std::uint16_t recipientIndex = 0;
    std::uint16_t attempt = 1;
    std::uint16_t code = 0;  // SMTP reply, or 0
    FailureKind kind{};
    bool permanent = false;
    template <class F>
    void fields(F&& f) const {
        f("recipient", recipient);
        f("recipient-index", recipientIndex);
        f("attempt", attempt);
        f("kind", kind);
        f("code", code);
        f("permanent", permanent);
        f("detail", detail);
    }
};

struct RecipientRefused {  // by the first server: never accepted; or the whole letter (recipient-index 65535)
    static constexpr std::string_view kType = "recipient-refused";
    TextId recipient;
    TextId detail;
    std::uint16_t recipientIndex = 0;
    std::uint16_t code = 0;
    template <class F>
    void fields(F&& f) const {
        f("recipient", recipient);
        f("recipient-index", recipientIndex);
        f("code", code);
        f("detail", detail);
    }
};

struct MailStored {
    static constexpr std::string_view kType = "mail-stored";
    TextId mailbox;  // "luis@sur.example"
    MessageId message;
    std::uint32_t size = 0;
    std::uint32_t uid = 0;
    std::uint16_t recipientIndex = 0;
    std::uint16_t hops = 0;  // Received headers
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("uid", uid);
        f("message", message);
        f("size", size);
        f("recipient-index", recipientIndex);
        f("hops", hops);
    }
};

struct MailboxFull {
    static constexpr std::string_view kType = "mailbox-full";
    std::uint64_t quota = 0;
    std::uint64_t used = 0;
    TextId mailbox;
    std::uint32_t size = 0;  // of the letter that found no room
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("quota", quota);
        f("used", used);
        f("size", size);
    }
};

struct MailboxOpened {  // reports once at the start and when its quota changes; event.node keeps it
    static constexpr std::string_view kType = "mailbox-opened";
    std::uint64_t quota = 0;  // octets; 0: none
    TextId mailbox;
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("quota", quota);
    }
};

struct MailboxRemoved {  // a message left the mailbox (expunged, deleted)
    static constexpr std::string_view kType = "mailbox-removed";
    TextId mailbox;
    std::uint32_t uid = 0;
    std::uint32_t size = 0;
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("uid", uid);
        f("size", size);
    }
};

struct MailboxAdded {  // a reader's program put it there (IMAP APPEND, COPY, MOVE): no delivery
    static constexpr std::string_view kType = "mailbox-added";
    TextId mailbox;
    TextId folder;
    MessageId message;
    std::uint32_t size = 0;
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("folder", folder);
        f("uid", uid);
        f("message", message);
        f("size", size);
        f("flags", flags);
    }
};

struct FlagsChanged {
    static constexpr std::string_view kType = "flags-changed";
    TextId mailbox;
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;  // Seen 1, Answered 2, Flagged 4, Deleted 8, Draft 16
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("uid", uid);
        f("flags", flags);
    }
};

struct MailRead {  // event.node is the device on which a person read (or printed) it
    static constexpr std::string_view kType = "mail-read";
    TextId mailbox;
    std::uint32_t uid = 0;
    std::uint16_t recipientIndex = 0;
    ReadAction action{};
    bool local = false;  // the device's own copy, without its server (POP3)
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("uid", uid);
        f("recipient-index", recipientIndex);
        f("action", action);
        f("local", local);
    }
};

struct MailFetched {  // event.node is the device that now has a copy of its own (POP3); nobody has read it yet
    static constexpr std::string_view kType = "mail-fetched";
    TextId mailbox;
    MessageId message;
    std::uint32_t size = 0;
    std::uint32_t uid = 0;
    std::uint16_t recipientIndex = 0;
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("uid", uid);
        f("message", message);
        f("size", size);
        f("recipient-index", recipientIndex);
    }
};

// event.node has learned of a letter in its user's mailbox on the server, by looking there or by being told: no reading.
struct MailKnown {
    static constexpr std::string_view kType = "mail-known";
    ConnectionId connection;
    TextId mailbox;
    std::uint32_t uid = 0;
    std::uint16_t recipientIndex = 0;
    KnownAs as{};
    bool told = false;  // by the server, unasked (IMAP IDLE)
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("mailbox", mailbox);
        f("uid", uid);
        f("recipient-index", recipientIndex);
        f("as", as);
        f("told", told);
    }
};

struct NoticeIssued {
    static constexpr std::string_view kType = "notice-issued";
    MailId notice;  // the letter that carries it
    TextId to;      // the reverse-path it goes to
    TextId status;  // "5.1.1"
    std::uint16_t recipientIndex = 0;
    NoticeKind kind{};
    template <class F>
    void fields(F&& f) const {
        f("notice", notice);
        f("to", to);
        f("status", status);
        f("recipient-index", recipientIndex);
        f("kind", kind);
    }
};

struct MailDiscarded {  // undeliverable with a null reverse-path: nobody to tell (RFC 5321 4.5.5)
    static constexpr std::string_view kType = "mail-discarded";
    TextId recipient;
    TextId detail;
    std::uint16_t recipientIndex = 0;
    template <class F>
    void fields(F&& f) const {
        f("recipient", recipient);
        f("recipient-index", recipientIndex);
        f("detail", detail);
    }
};

// A device wanted to do something and could not (offline, no server, login refused); it tries again unless `final`.
struct DeviceWaits {
    static constexpr std::string_view kType = "device-waits";
    TextId what;  // "send", "read", "check"
    TextId why;
    bool final = false;
    template <class F>
    void fields(F&& f) const {
        f("what", what);
        f("why", why);
        f("final", final);
    }
};

struct RunEnded {
    static constexpr std::string_view kType = "run-ended";
    bool byLimit = false;  // `until` (or the default of 30 days) came before everything was done
    template <class F>
    void fields(F&& f) const {
        f("by-limit", byLimit);
    }
};

}  // namespace mailtrek::trace
