// SPDX-License-Identifier: GPL-3.0-or-later
// What can happen, as plain structs of 32 octets or less. Events hold facts, never sentences; texts and octets are ids into the
// store. `fields(f)` calls f("field-name", value) for each field: the trace hash, JSON lines and CSV are made from it, so that a
// field cannot be forgotten in one of them. A new kind of event = a struct here, a line in Payload, a fold in view, a sentence.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"
#include "sim/kernel/units.h"
#include "sim/trace/enums.h"
#include "sim/trace/ids.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::trace {

// --- network -----------------------------------------------------------------------------------------------------------------

// A packet was handed to a link (event.node is the sender). Its last octet leaves at `start` + transmission time, and would
// arrive at `arrival`; whether it does, a later PacketDelivered or PacketDropped tells.
struct PacketSent {
    static constexpr std::string_view kType = "packet-sent";
    Instant start;    // the first octet goes onto the wire; event.at .. start is time in the queue
    Instant arrival;  // the last octet reaches the other end
    PacketId packet;
    LinkEnd via;
    std::uint16_t size = 0;       // octets, IP header included
    std::uint8_t ttl = 0;         // as sent here
    bool congestionMark = false;  // ECN CE set when it left
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("size", size);
        f("ttl", ttl);
        f("start", start);
        f("arrival", arrival);
        f("ce", congestionMark);
    }
};

// The settings of the link changed, or a packet in front was taken away, while this one waited for the line: these are its new times.
struct PacketReplanned {
    static constexpr std::string_view kType = "packet-replanned";
    Instant start;
    Instant arrival;
    PacketId packet;
    LinkEnd via;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("start", start);
        f("arrival", arrival);
    }
};

// It reached the other end intact (event.node is the receiver).
struct PacketDelivered {
    static constexpr std::string_view kType = "packet-delivered";
    PacketId packet;
    LinkEnd via;
    std::uint16_t size = 0;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("size", size);
    }
};

// It ends here. `via` is the link that carried or refused it, or the one it came in by when a node discards it.
struct PacketDropped {
    static constexpr std::string_view kType = "packet-dropped";
    PacketId packet;
    LinkEnd via;
    std::uint16_t size = 0;
    DropReason reason{};
    bool onLink = false;  // true: a link lost it (it had been sent, or its queue refused it); false: a node discarded it
    bool queued = false;  // with onLink: it had been accepted by the link (a PacketSent exists)
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("link", via);
        f("size", size);
        f("reason", reason);
        f("on-link", onLink);
        f("queued", queued);
    }
};

// The link flipped one bit: from here on `damaged` travels in the place of `packet`. Counted as neither sent nor dropped.
struct PacketCorrupted {
    static constexpr std::string_view kType = "packet-corrupted";
    PacketId packet;
    PacketId damaged;
    LinkEnd via;
    std::uint32_t bit = 0;  // from the first bit of the IP header
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("damaged", damaged);
        f("link", via);
        f("bit", bit);
    }
};

// The link made a second copy, which travels as a packet of its own (a PacketSent follows for it).
struct PacketDuplicated {
    static constexpr std::string_view kType = "packet-duplicated";
    PacketId packet;
    PacketId copy;
    LinkEnd via;
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("copy", copy);
        f("link", via);
    }
};

struct LinkChanged {
    static constexpr std::string_view kType = "link-changed";
    LinkId link;
    LinkChange change{};
    template <class F>
    void fields(F&& f) const {
        f("link", link);
        f("change", change);
    }
};

// One direction of a link has these settings from now on (all directions report once at the start).
struct LinkConfigured {
    static constexpr std::string_view kType = "link-configured";
    BitRate rate;
    Duration delay{};
    LinkEnd via;
    Share loss;
    std::uint32_t queuePackets = 0;
    template <class F>
    void fields(F&& f) const {
        f("link", via);
        f("rate", rate);
        f("delay", delay);
        f("loss", loss);
        f("queue", queuePackets);
    }
};

struct NodeChanged {
    static constexpr std::string_view kType = "node-changed";
    NodeChange change{};
    template <class F>
    void fields(F&& f) const {
        f("change", change);
    }
};

// event.node now reaches `destination` through `link` (none: no longer at all).
struct RouteChanged {
    static constexpr std::string_view kType = "route-changed";
    wire::Ipv4Prefix destination;
    NodeId nextHop;
    LinkEnd via;
    std::uint32_t cost = 0;
    template <class F>
    void fields(F&& f) const {
        f("destination", destination);
        f("next-hop", nextHop);
        f("link", via);
        f("cost", cost);
    }
};

// A timeline entry of the scenario (or an intervention) took effect.
struct TimelineApplied {
    static constexpr std::string_view kType = "timeline-applied";
    std::uint32_t entry = 0;  // place in the timeline, from 0
    TextId kind;              // the key of the entry: "cut", "send", ...
    template <class F>
    void fields(F&& f) const {
        f("entry", entry);
        f("kind", kind);
    }
};

// --- TCP ---------------------------------------------------------------------------------------------------------------------
// Sequence numbers are relative to the initial one of their direction: the SYN is 0, the first octet of data is 1.

struct ConnectionOpened {  // the client asked for it; event.node is the client
    static constexpr std::string_view kType = "connection-opened";
    ConnectionId connection;
    NodeId client;
    NodeId server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("client", client);
        f("server", server);
        f("client-port", clientPort);
        f("server-port", serverPort);
    }
};

struct TcpStateChanged {
    static constexpr std::string_view kType = "tcp-state";
    ConnectionId connection;
    Side side{};
    TcpState from{};
    TcpState to{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("from", from);
        f("to", to);
    }
};

struct SegmentFacts {
    ConnectionId connection;
    PacketId packet;
    std::uint32_t sequence = 0;        // relative
    std::uint32_t acknowledgment = 0;  // relative
    std::uint32_t number = 0;          // of the data segment, from 1, per direction; a retransmission keeps it; 0 without payload
    std::uint16_t length = 0;          // octets of payload
    std::uint16_t transmission = 1;    // 1 is the first time
    Side side{};                       // the sender
    std::uint8_t flags = 0;            // as in the 14th octet of the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16
    bool mailContent = false;          // carries octets of a message (after 354), not only commands
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("packet", packet);
        f("seq", sequence);
        f("ack", acknowledgment);
        f("number", number);
        f("length", length);
        f("transmission", transmission);
        f("flags", flags);
        f("content", mailContent);
    }
};

struct SegmentSent : SegmentFacts {
    static constexpr std::string_view kType = "segment-sent";
};

struct SegmentRetransmitted : SegmentFacts {
    static constexpr std::string_view kType = "segment-retransmitted";
    RetransmitReason reason{};
    template <class F>
    void fields(F&& f) const {
        SegmentFacts::fields(f);
        f("reason", reason);
    }
};

// A segment came up to TCP (event.node, `side` is the receiver).
struct SegmentReceived {
    static constexpr std::string_view kType = "segment-received";
    std::uint64_t inOrder = 0;  // octets delivered to the program side in order so far, this direction
    ConnectionId connection;
    PacketId packet;
    std::uint32_t acknowledgment = 0;  // relative
    std::uint16_t length = 0;
    Side side{};
    Arrival arrival{};
    bool duplicateAck = false;  // counted by the receiver as one (RFC 5681 2)
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("packet", packet);
        f("arrival", arrival);
        f("ack", acknowledgment);
        f("length", length);
        f("in-order", inOrder);
        f("duplicate-ack", duplicateAck);
    }
};

struct WindowChanged {
    static constexpr std::string_view kType = "window-changed";
    ConnectionId connection;
    std::uint32_t cwnd = 0;      // octets
    std::uint32_t ssthresh = 0;  // octets; all ones: not set yet
    std::uint32_t flight = 0;    // octets sent and not acknowledged
    std::uint32_t peerWindow = 0;
    Side side{};
    WindowReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("cwnd", cwnd);
        f("ssthresh", ssthresh);
        f("flight", flight);
        f("peer-window", peerWindow);
        f("reason", reason);
    }
};

struct RttMeasured {
    static constexpr std::string_view kType = "rtt-measured";
    ConnectionId connection;
    std::uint32_t sampleMicros = 0;
    std::uint32_t smoothedMicros = 0;
    std::uint32_t variationMicros = 0;
    std::uint32_t rtoMicros = 0;
    Side side{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("sample-us", sampleMicros);
        f("srtt-us", smoothedMicros);
        f("rttvar-us", variationMicros);
        f("rto-us", rtoMicros);
    }
};

struct TimerExpired {
    static constexpr std::string_view kType = "timer-expired";
    Duration waited{};  // how long the timer ran
    ConnectionId connection;
    std::uint32_t backoff = 0;  // doublings so far, this one included
    Side side{};
    TcpTimer timer{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("timer", timer);
        f("waited", waited);
        f("backoff", backoff);
    }
};

struct ConnectionEnded {
    static constexpr std::string_view kType = "connection-ended";
    ConnectionId connection;
    Side side{};
    CloseReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("reason", reason);
    }
};

// --- DNS ---------------------------------------------------------------------------------------------------------------------

struct DnsQuery {  // event.node asks
    static constexpr std::string_view kType = "dns-query";
    TextId name;
    NodeId server;
    PacketId packet;
    std::uint16_t id = 0;
    DnsType type{};
    std::uint16_t attempt = 1;
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("server", server);
        f("query-id", id);
        f("packet", packet);
        f("attempt", attempt);
    }
};

struct DnsAnswer {  // event.node asked and now has this answer
    static constexpr std::string_view kType = "dns-answer";
    TextId name;
    TextId records;  // "10 sur.sur.example" or addresses, comma-separated; empty when there are none
    PacketId packet;
    std::uint16_t id = 0;
    DnsType type{};
    std::uint8_t rcode = 0;  // 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN
    std::uint8_t answers = 0;
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("rcode", rcode);
        f("answers", answers);
        f("records", records);
        f("query-id", id);
        f("packet", packet);
    }
};

struct DnsTimedOut {  // event.node gave up on a question
    static constexpr std::string_view kType = "dns-timed-out";
    TextId name;
    DnsType type{};
    std::uint16_t attempts = 0;
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("attempts", attempts);
    }
};

// --- dialogues ---------------------------------------------------------------------------------------------------------------

struct SmtpCommand {  // event.node sent it; the octets of a message are no command
    static constexpr std::string_view kType = "smtp-command";
    ConnectionId connection;
    TextId line;
    DialogueProtocol protocol{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("protocol", protocol);
        f("line", line);
    }
};

struct SmtpReply {  // event.node sent it
    static constexpr std::string_view kType = "smtp-reply";
    ConnectionId connection;
    TextId line;  // the whole reply; several lines joined by '\n'
    std::uint16_t code = 0;
    DialogueProtocol protocol{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("protocol", protocol);
        f("code", code);
        f("line", line);
    }
};

struct SmtpContent {  // the client (event.node) begins to send a message's octets after 354
    static constexpr std::string_view kType = "smtp-content";
    ConnectionId connection;
    MessageId message;
    std::uint32_t size = 0;  // octets, dot-stuffing and final dot included
    DialogueProtocol protocol{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("protocol", protocol);
        f("message", message);
        f("size", size);
    }
};

struct AccessCommand {  // IMAP, POP3: a line from the reader
    static constexpr std::string_view kType = "access-command";
    ConnectionId connection;
    TextId line;
    DialogueProtocol protocol{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("protocol", protocol);
        f("line", line);
    }
};

struct AccessReply {  // IMAP, POP3: a response; literals are cut to their first line
    static constexpr std::string_view kType = "access-reply";
    ConnectionId connection;
    TextId line;
    DialogueProtocol protocol{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("protocol", protocol);
        f("line", line);
    }
};

// --- mail --------------------------------------------------------------------------------------------------------------------
// event.mail is the letter. Recipients are numbered from 0 in the order To, Cc, Bcc of the letter; 0xffff: all of them.

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
    template <class F>
    void fields(F&& f) const {
        f("mailbox", mailbox);
        f("uid", uid);
        f("recipient-index", recipientIndex);
        f("action", action);
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
    TextId what;  // "send", "read"
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

using Payload = std::variant<PacketSent, PacketReplanned, PacketDelivered, PacketDropped, PacketCorrupted, PacketDuplicated, LinkChanged, LinkConfigured, NodeChanged, RouteChanged, TimelineApplied,
                             ConnectionOpened, TcpStateChanged, SegmentSent, SegmentRetransmitted, SegmentReceived, WindowChanged, RttMeasured, TimerExpired, ConnectionEnded,
                             DnsQuery, DnsAnswer, DnsTimedOut, SmtpCommand, SmtpReply, SmtpContent, AccessCommand, AccessReply, MailComposed, MailAccepted, MailQueued,
                             MailDequeued, AttemptStarted, AttemptFailed, RecipientRefused, MailStored, MailboxFull, MailboxOpened, MailboxRemoved, FlagsChanged, MailRead,
                             NoticeIssued, MailDiscarded, DeviceWaits, RunEnded>;

}  // namespace mailtrek::trace
