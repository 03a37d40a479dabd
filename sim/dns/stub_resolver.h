// SPDX-License-Identifier: GPL-3.0-or-later
// The resolver of one host: RFC 1035 7, RFC 1123 6.1.3, negative caching RFC 2308. It asks full-service servers (RD=1) and follows aliases that they did not.
//
// Attempts: the first waits `firstTimeout`, each following one twice as long (4 s, 8 s, 16 s, 32 s; RFC 1035 4.2.1: 2 to 5 s), each at the next server of the list in turn;
// after `attempts` of them TimedOut. SERVFAIL, REFUSED, NOTIMP and FORMERR move on to the next server at once; when the last of them all has
// answered so, the failure is the answer. A repeat keeps id and source port, so that a late answer to an earlier attempt still counts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "sim/dns/cache.h"
#include "sim/dns/message.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::dns {

using Token = std::uint64_t;    // the asker's own mark, handed back with the answer
using QueryId = std::uint64_t;  // of one question under way, never reused by this resolver

struct ResolverOptions {
    std::vector<wire::Ipv4Address> servers;  // in order of preference
    std::uint64_t seed = 1;
    std::uint64_t host = 0;                           // tells hosts apart in the dice: hashText(node name)
    Duration firstTimeout = std::chrono::seconds{4};  // below the 5 s within which a dissector sees a repeat as such
    std::uint16_t attempts = 4;
    std::uint16_t ednsSize = 0;  // the UDP size to offer; 0: no EDNS
};

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
    std::uint16_t attempt = 1;  // of this question
    QueryId query = 0;
    Question question{};
};

// The UDP answer was truncated: ask the same over TCP (RFC 1035 4.2.2: two octets of length in front), then call onTcpAnswer or onTcpFailed.
struct RetryOverTcp {
    Slice octets{};
    wire::Ipv4Address server{};
    std::uint16_t id = 0;
    QueryId query = 0;
    Question question{};
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
};

struct TimedOut {
    Token token = 0;
    Question question{};
    std::uint16_t attempts = 0;
};

using ResolverAction = std::variant<Send, RetryOverTcp, Answer, TimedOut>;

// The data of the records, comma-separated: "10 sur.sur.example, 20 norte.norte.example". What trace::DnsAnswer::records holds.
std::string recordsText(const Answer& answer);

class StubResolver {
public:
    explicit StubResolver(ResolverOptions options);

    // --- inputs ---
    // Answers at once from the cache, joins the same question if that is under way, or sends. Without servers: TimedOut after 0 attempts.
    std::vector<ResolverAction> ask(const Name& name, Type type, Token token, Instant now);
    // A datagram from port 53 of `from` to our port `destinationPort`. What does not match a question under way in port, server, id and question is ignored (RFC 5452 9.1).
    std::vector<ResolverAction> onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now);
    // ICMP says that nobody listens on port 53 of `server`, about a datagram from our port `sourcePort`: the next server is asked at once (RFC 1123 6.1.3.3).
    std::vector<ResolverAction> onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now);
    std::vector<ResolverAction> onTcpAnswer(QueryId query, const Slice& octets, Instant now);
    std::vector<ResolverAction> onTcpFailed(QueryId query, Instant now);
    std::vector<ResolverAction> onTimer(Instant now);
    // The host crashed: questions and cache are gone, without a word.
    void reset();

    // --- questions ---
    // When onTimer wants to be called; nothing when no question is under way (or all wait for TCP, which has timeouts of its own).
    std::optional<Instant> nextDeadline() const;
    bool listensOn(std::uint16_t port) const;
    std::size_t underWay() const { return m_pending.size(); }
    const Cache& cache() const { return m_cache; }

private:
    struct Pending {
        Question asked;    // by the host
        Question current;  // differs after an alias
        std::vector<Token> tokens;
        std::vector<ResourceRecord> aliases;
        std::uint16_t id = 0;
        std::uint16_t port = 0;
        std::uint16_t attempt = 0;
        std::size_t server = 0;         // asked last
        std::set<std::size_t> tried;    // servers asked so far
        std::set<std::size_t> refused;  // of these, the ones that answered with an error
        Rcode lastError{};
        std::optional<Instant> deadline;
        bool overTcp = false;
    };
    using Pendings = std::map<QueryId, Pending>;
    using Actions = std::vector<ResolverAction>;

    void askOrRecall(Pendings::iterator it, Instant now, Actions& out);
    void sendNext(Pendings::iterator it, Instant now, Actions& out);
    void onResponse(Pendings::iterator it, const Message& response, std::size_t server, Instant now, Actions& out);
    void accept(Pendings::iterator it, const Message& response, bool fromCache, Instant now, Actions& out);
    void onError(Pendings::iterator it, Rcode rcode, std::size_t server, Instant now, Actions& out);
    void finish(Pendings::iterator it, Answer answer, Actions& out);
    void giveUp(Pendings::iterator it, Actions& out);
    void rollIdAndPort(Pending& pending);
    Slice queryOctets(const Pending& pending) const;

    ResolverOptions m_options;
    Cache m_cache;
    Pendings m_pending;
    QueryId m_nextQuery = 1;
    std::map<std::pair<Name, Type>, std::uint32_t> m_timesAsked;  // for the dice
};

}  // namespace mailtrek::dns
