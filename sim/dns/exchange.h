// SPDX-License-Identifier: GPL-3.0-or-later
// Questions put to a list of servers until one gives an answer that can be used: what the resolvers have in common.
//
// Each attempt goes to the next server of the list in turn and waits longer than the one before (RFC 1035 4.2.1: 2 to 5 s at first; RFC 1536 1: exponential back-off).
// A server that answers with an error, or where nobody listens, is passed over at once. A repeat keeps id and source port, so that a late
// answer to an earlier attempt still counts; both are drawn so that they cannot be guessed (RFC 5452 9.2), and what does not match them is refused.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "sim/dns/resolver.h"

namespace mailtrek::dns {

struct ExchangePlan {
    Question question{};
    std::vector<wire::Ipv4Address> servers{};  // in the order of asking; not empty
    Token token = 0;
    std::optional<Name> zone{};  // ask as its own servers (RD=0); nothing: ask for the whole answer (RD=1)
    Reason reason{};             // of the first query
    Duration firstTimeout = std::chrono::seconds{4};
    std::uint16_t attempts = 4;
    bool doubleByRound = false;  // the wait doubles when all servers were asked once more, not with each attempt
    std::uint16_t ednsSize = 0;  // the UDP size to offer (RFC 6891 6.2.3); 0: no EDNS
};

// NOERROR or NXDOMAIN from a server that was asked, matching in everything. The exchange goes on until end() or reject().
struct Heard {
    QueryId query = 0;
    Message message{};
    wire::Ipv4Address from{};
};

// No server is left, or no attempt. The exchange is over.
struct Exhausted {
    QueryId query = 0;
    std::uint16_t id = 0;   // of the DNS header
    bool answered = false;  // somebody did answer, though with an error
    Rcode rcode{};          // of the last such
    bool noTcp = false;     // the last was truncated, and TCP was not to be had
    std::uint16_t attempts = 0;
};

using Outcome = std::variant<std::monostate, Heard, Exhausted>;

class Exchanges {
public:
    Exchanges(std::uint64_t seed, std::uint64_t host) : m_seed(seed), m_host(host) {}

    QueryId begin(ExchangePlan plan, Instant now, ResolverActions& out);
    Outcome onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now, ResolverActions& out);
    void onStray(wire::Ipv4Address from, std::uint16_t destinationPort, ResolverActions& out) const;
    Outcome onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now, ResolverActions& out);
    Outcome onTcpAnswer(QueryId query, const Slice& octets, Instant now, ResolverActions& out);
    Outcome onTcpFailed(QueryId query, Instant now, ResolverActions& out);
    std::vector<Exhausted> onTimer(Instant now, ResolverActions& out);

    // What was heard from that server is of no use after all: the next is asked.
    Outcome reject(QueryId query, wire::Ipv4Address server, Flaw flaw, Instant now, ResolverActions& out);
    void end(QueryId query) { m_open.erase(query); }
    void clear();

    std::optional<Instant> nextDeadline() const;
    bool listensOn(std::uint16_t port) const;
    bool waitsOverTcp(QueryId query) const;
    std::uint16_t idOf(QueryId query) const { return m_open.at(query).id; }
    // It did not answer a while ago and has not since.
    bool inTrouble(wire::Ipv4Address server, Instant now) const;

private:
    struct Open {
        ExchangePlan plan;
        std::uint16_t id = 0;
        std::uint16_t port = 0;
        std::uint16_t attempt = 0;
        std::size_t server = 0;        // asked last
        std::set<std::size_t> tried;   // servers asked so far
        std::set<std::size_t> failed;  // of these, the ones that answered with an error
        std::set<std::size_t> plain;   // of these, the ones to be asked without EDNS
        Rcode lastError{};
        bool noTcp = false;
        std::optional<Instant> deadline;
        bool overTcp = false;
    };
    using It = std::map<QueryId, Open>::iterator;

    void rollIdAndPort(Open& open);
    Slice queryOctets(const Open& open) const;
    Outcome sendNext(It it, Reason reason, Instant now, ResolverActions& out);
    void send(It it, Reason reason, Instant now, ResolverActions& out);
    Outcome take(It it, Message message, std::size_t server, Instant now, ResolverActions& out);
    Outcome passOver(It it, std::size_t server, Flaw flaw, Rcode rcode, Instant now, ResolverActions& out);
    std::optional<Flaw> flawOf(const Open& open, const Result<Message>& message) const;

    std::uint64_t m_seed, m_host;
    std::map<QueryId, Open> m_open;
    QueryId m_next = 1;
    std::map<std::pair<Name, Type>, std::uint32_t> m_timesAsked;  // for the dice
    std::map<std::uint32_t, Instant> m_trouble;                   // by address: until when it is believed dead
};

// A resolver that asks by exchanges: what comes in goes to these, and what they make of it to `carryOn`.
class ExchangingResolver : public Resolver {
public:
    ResolverActions onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now) final;
    ResolverActions onStray(wire::Ipv4Address from, std::uint16_t destinationPort) final;
    ResolverActions onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now) final;
    ResolverActions onTcpAnswer(QueryId query, const Slice& octets, Instant now) final;
    ResolverActions onTcpFailed(QueryId query, Instant now) final;
    bool waitsOverTcp(QueryId query) const final { return m_exchanges.waitsOverTcp(query); }

protected:
    ExchangingResolver(std::uint64_t seed, std::uint64_t host) : m_exchanges(seed, host) {}
    virtual ResolverActions carryOn(const Outcome& outcome, Instant now, ResolverActions out) = 0;

    Exchanges m_exchanges;
};

}  // namespace mailtrek::dns
