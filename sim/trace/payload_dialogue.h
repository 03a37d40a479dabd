// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of the DNS and said in SMTP, IMAP and POP3.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/trace/enums.h"
#include "sim/trace/ids.h"

namespace mailtrek::trace {

struct DnsQuery {  // event.node asks
    static constexpr std::string_view kType = "dns-query";
    TextId name;
    NodeId server;
    PacketId packet;
    std::uint16_t id = 0;
    DnsType type{};
    std::uint16_t attempt = 1;
    TextId zone{};  // of which the server is asked as one of its own; none: it is asked for the whole answer
    DnsReason reason{};
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("server", server);
        f("query-id", id);
        f("packet", packet);
        f("attempt", attempt);
        f("zone", zone);
        f("reason", reason);
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
    bool onBehalf = false;  // of another host, which is answered next
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("rcode", rcode);
        f("answers", answers);
        f("records", records);
        f("query-id", id);
        f("packet", packet);
        f("on-behalf", onBehalf);
    }
};

struct DnsReferral {  // event.node asked `server` and was sent on to others
    static constexpr std::string_view kType = "dns-referral";
    TextId name;
    TextId zone;     // that the others serve
    TextId servers;  // their names, comma-separated
    NodeId server;
    PacketId packet;
    DnsType type{};
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("server", server);
        f("zone", zone);
        f("servers", servers);
        f("packet", packet);
    }
};

struct DnsRejected {  // event.node does not use what came from `server` for its question
    static constexpr std::string_view kType = "dns-rejected";
    TextId name;
    NodeId server;
    PacketId packet;
    DnsType type{};
    DnsFlaw flaw{};
    std::uint8_t rcode = 0;  // of flaw error
    template <class F>
    void fields(F&& f) const {
        f("name", name);
        f("qtype", type);
        f("server", server);
        f("flaw", flaw);
        f("rcode", rcode);
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

}  // namespace mailtrek::trace
