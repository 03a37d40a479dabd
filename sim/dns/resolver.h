// SPDX-License-Identifier: GPL-3.0-or-later
// What any resolver is told and says, RFC 1035 7: questions of programs, octets and time go in; queries to send, answers and things worth telling come out.
// stub_resolver.h asks others for whole answers, recursive_resolver.h finds them itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/dns/message.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::dns {

using Token = std::uint64_t;    // the asker's own mark, handed back with the answer
using QueryId = std::uint64_t;  // of one exchange with servers, never reused by this resolver
using Reason = trace::DnsReason;
using Flaw = trace::DnsFlaw;

enum class AnswerKind : std::uint8_t {
    records,
    noData,         // the name exists, not with this type
    noSuchName,     // NXDOMAIN
    serverFailure,  // the servers answered with an error (rcode tells)
    truncated,      // TC, and TCP was not to be had
    aliasLoop       // CNAMEs in a circle or a chain too long
};

// Send these octets from udp port `sourcePort` to port 53 of `server`.
struct Send {
    Slice octets{};
    wire::Ipv4Address server{};
    std::uint16_t sourcePort = 0;
    std::uint16_t id = 0;       // of the DNS header
    std::uint16_t attempt = 1;  // of this exchange
    QueryId query = 0;
    Question question{};
    Token token = 0;             // whom it serves (the first of those that asked)
    std::optional<Name> zone{};  // the server is asked as one of this zone; nothing: for the whole answer
    Reason reason{};
};

// The UDP answer was truncated: ask the same over TCP (RFC 1035 4.2.2: two octets of length in front), then call onTcpAnswer or onTcpFailed.
struct RetryOverTcp {
    Slice octets{};
    wire::Ipv4Address server{};
    std::uint16_t id = 0;
    std::uint16_t attempt = 1;
    QueryId query = 0;
    Question question{};
    Token token = 0;
    std::optional<Name> zone{};
};

struct Answer {
    Token token = 0;
    Question question{};  // as asked
    AnswerKind kind{};
    Rcode rcode{};
    std::uint16_t id = 0;  // of the DNS header; 0 from the cache
    bool fromCache = false;
    std::vector<ResourceRecord> aliases{};     // the CNAMEs on the way, in order
    std::vector<ResourceRecord> records{};     // of the type asked for, owned by the last alias
    std::vector<ResourceRecord> additional{};  // A records that came along
    std::optional<ResourceRecord> soa{};       // behind noData and noSuchName (RFC 2308 3)
};

struct TimedOut {
    Token token = 0;
    Question question{};
    std::uint16_t attempts = 0;
};

// For the record: a server sent us on to those of `zone`.
struct Referral {
    Token token = 0;
    Question question{};
    wire::Ipv4Address from{};
    Name zone{};
    std::vector<Name> servers{};
};

// For the record: what came from there is not used.
struct Rejected {
    Token token = 0;
    Question question{};
    wire::Ipv4Address from{};
    Flaw flaw{};
    Rcode rcode{};
};

using ResolverAction = std::variant<Send, RetryOverTcp, Answer, TimedOut, Referral, Rejected>;
using ResolverActions = std::vector<ResolverAction>;

// The data of the records, comma-separated: "10 sur.sur.example, 20 norte.norte.example". What trace::DnsAnswer::records holds.
std::string recordsText(const Answer& answer);

class Resolver {
public:
    virtual ~Resolver() = default;

    // --- inputs ---
    // Answers at once from the cache, joins the same question if that is under way, or sends.
    virtual ResolverActions ask(const Name& name, Type type, Token token, Instant now) = 0;
    // A datagram from port 53 of `from` to our port `destinationPort`. What does not match a question under way in port, server, id and question is
    // not used (RFC 5452 9.1).
    virtual ResolverActions onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now) = 0;
    // A datagram from another port than 53: no name server speaks from there, so it is refused, and told of when it came to a port where an answer is awaited.
    virtual ResolverActions onStray(wire::Ipv4Address from, std::uint16_t destinationPort) = 0;
    // ICMP says that nobody listens on port 53 of `server`, about a datagram from our port `sourcePort`: the next server is asked at once (RFC 1123 6.1.3.3).
    virtual ResolverActions onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now) = 0;
    virtual ResolverActions onTcpAnswer(QueryId query, const Slice& octets, Instant now) = 0;
    virtual ResolverActions onTcpFailed(QueryId query, Instant now) = 0;
    virtual ResolverActions onTimer(Instant now) = 0;
    // The host crashed: questions and cache are gone, without a word.
    virtual void reset() = 0;

    // --- questions ---
    // When onTimer wants to be called; nothing when no question is under way.
    virtual std::optional<Instant> nextDeadline() const = 0;
    // Is an answer over TCP still awaited for this?
    virtual bool waitsOverTcp(QueryId query) const = 0;
};

}  // namespace mailtrek::dns
