// SPDX-License-Identifier: GPL-3.0-or-later
// A full-service resolver: RFC 1034 5.3.3. It asks the servers of the nearest zone that it knows (RD=0), follows their referrals down and aliases across, and
// looks up the addresses of name servers that came without one. What it has learnt it keeps for its TTL.
//
// - Servers are asked in the order in which they were named; those that did not answer within the last 5 minutes, or turned out lame, come last. Each waits 2 s,
//   4 s in the second round, 8 s in the third. One that fails or is lame is passed over at once.
// - Of an answer only what lies in the zone of the server that gave it is believed.
// - It always ends: after `patience`, after `mostQueries`, with SERVFAIL. Two zones whose servers' names lie in each other without glue are a dead end, not a circle.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/dns/alias_chain.h"
#include "sim/dns/cache.h"
#include "sim/dns/delegations.h"
#include "sim/dns/exchange.h"

namespace mailtrek::dns {

struct RecursionOptions {
    std::vector<Delegation> hints;  // of the root, or of the topmost zones there are
    std::uint64_t seed = 1;
    std::uint64_t host = 0;  // tells hosts apart in the dice
    Reason reason = Reason::asked;
    Duration firstTimeout = std::chrono::seconds{2};
    std::uint16_t rounds = 3;
    Duration patience = std::chrono::seconds{30};
    std::uint32_t mostQueries = 100;  // exchanges for one question, lookups of name servers included
    std::uint16_t ednsSize = 1232;
};

class RecursiveResolver final : public ExchangingResolver {
public:
    explicit RecursiveResolver(RecursionOptions options);

    ResolverActions ask(const Name& name, Type type, Token token, Instant now) override;
    ResolverActions onTimer(Instant now) override;
    void reset() override;

    std::optional<Instant> nextDeadline() const override;
    std::size_t underWay() const { return m_tasks.size(); }
    const Cache& cache() const { return m_cache; }
    const Delegations& delegations() const { return m_delegations; }

private:
    using TaskId = std::uint64_t;
    struct Task {
        Question asked, current;  // the latter differs after an alias
        std::vector<Token> tokens{};
        std::vector<TaskId> waiting{};  // other tasks, for the address of a name server
        std::vector<ResourceRecord> aliases{};
        Name zone{};                             // whose servers are being asked
        std::vector<Name> unknown{};             // of these servers, those whose address is not known yet
        std::vector<wire::Ipv4Address> fresh{};  // addresses just found of one of them
        bool lookedUp = false;                   // a lookup has just ended
        TaskId waitsFor = 0;
        QueryId query = 0;
        Token token = 0;  // whom it serves in the end
        Reason reason{};  // of the next query
        bool wentOut = false;
        Instant until{};
        std::shared_ptr<std::uint32_t> queriesLeft{};  // shared by a question and all that it needs
        std::uint16_t depth = 0;
        std::uint16_t id = 0;
    };
    using Tasks = std::map<TaskId, Task>;

    ResolverActions carryOn(const Outcome& outcome, Instant now, ResolverActions out) override;
    void work(Instant now, ResolverActions& out);
    void advance(TaskId id, Instant now, ResolverActions& out);
    bool recall(TaskId id, Instant now, ResolverActions& out);
    void askServers(TaskId id, const Delegation& delegation, Instant now, ResolverActions& out);
    void askAddresses(TaskId id, std::vector<wire::Ipv4Address> addresses, Instant now, ResolverActions& out);
    void lookUpServer(TaskId id, Instant now, ResolverActions& out);
    bool wouldCircle(TaskId from, TaskId to) const;
    void onHeard(TaskId id, const Heard& heard, Instant now, ResolverActions& out);
    void onAnswer(TaskId id, const Heard& heard, Instant now, ResolverActions& out);
    void onLame(const Heard& heard, Instant now, ResolverActions& out);
    void keep(const Question& question, const Message& response, const AliasChain& chain, std::size_t passedBefore, Instant now);
    void fail(TaskId id, ResolverActions& out);
    void finish(TaskId id, Answer answer, ResolverActions& out);
    TaskId taskOf(QueryId query) const;

    RecursionOptions m_options;
    Cache m_cache;
    Delegations m_delegations;
    Tasks m_tasks;
    TaskId m_next = 1;
    std::deque<TaskId> m_ready;                                     // to be carried on before the call returns
    std::map<std::pair<Name, std::uint32_t>, Instant> m_lameUntil;  // by zone and address (RFC 4697 2.1)
};

}  // namespace mailtrek::dns
