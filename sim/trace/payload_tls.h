// SPDX-License-Identifier: GPL-3.0-or-later
// TLS on a connection, and who listens to it or meddles with it on the way. What is said inside is still told by SmtpCommand and its like, at the two ends.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/trace/enums_tls.h"
#include "sim/trace/ids.h"

namespace mailtrek::trace {

struct TlsStarted {  // event.node begins a handshake; what travels from here on is TLS
    static constexpr std::string_view kType = "tls-started";
    ConnectionId connection;
    TextId name;  // the server that is meant; empty at the server
    Side side{};
    bool implicit = false;  // from the first octet of the connection (465, 993), not after STARTTLS
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("name", name);
        f("implicit", implicit);
    }
};

struct TlsRecord {  // event.node sent it. Its octets are no part of the trace: they are in the packets
    static constexpr std::string_view kType = "tls-record";
    ConnectionId connection;
    std::uint32_t size = 0;  // octets, head included
    Side side{};
    TlsRecordKind kind = TlsRecordKind::applicationData;
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("kind", kind);
        f("size", size);
    }
};

struct TlsSecured {  // the handshake is complete for event.node
    static constexpr std::string_view kType = "tls-secured";
    ConnectionId connection;
    TextId version;  // "TLSv1.3"
    TextId cipher;   // "TLS_AES_128_GCM_SHA256"
    TextId subject;  // the name in the server's certificate
    Side side{};
    TlsVerdict verdict{};  // `trusted` or not: a server that sends mail on goes on all the same (RFC 7435)
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("version", version);
        f("cipher", cipher);
        f("subject", subject);
        f("verdict", verdict);
    }
};

struct TlsFailed {  // event.node can not go on with TLS here: the connection is of no use any more
    static constexpr std::string_view kType = "tls-failed";
    ConnectionId connection;
    TextId why;  // the alert in the words of RFC 8446 6, "truncated" (it ended without close_notify), or "no-tls" (what came is none)
    Side side{};
    bool told = false;  // the peer's alert
    TlsVerdict verdict{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("side", side);
        f("why", why);
        f("told", told);
        f("verdict", verdict);
    }
};

// What somebody who listens on a link learns from a packet that passes.
struct TapHeard {
    static constexpr std::string_view kType = "tap-heard";
    ConnectionId connection;
    PacketId packet;
    TextId line;             // of a line or a letter its text (a letter: its subject), of a password both words
    MessageId message;       // of a letter
    std::uint32_t size = 0;  // octets of the line, letter or record
    LinkEnd via;
    TapKind kind{};
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("link", via);
        f("packet", packet);
        f("kind", kind);
        f("line", line);
        f("message", message);
        f("size", size);
    }
};

// An attacker on the link changed it: from here on `altered` travels in the place of `packet`. Counted as neither sent nor dropped.
struct PacketAltered {
    static constexpr std::string_view kType = "packet-altered";
    PacketId packet;
    PacketId altered;
    LinkEnd via;
    TextId removed;  // the word that is gone
    template <class F>
    void fields(F&& f) const {
        f("packet", packet);
        f("altered", altered);
        f("link", via);
        f("removed", removed);
    }
};

}  // namespace mailtrek::trace
