// SPDX-License-Identifier: GPL-3.0-or-later
// The resolver of one host: RFC 1035 7, RFC 1123 6.1.3, negative caching RFC 2308. It asks full-service servers (RD=1) and follows aliases that they did not.
//
// Attempts: the first waits `firstTimeout`, each following one twice as long (4 s, 8 s, 16 s, 32 s; RFC 1035 4.2.1: 2 to 5 s), each at the next server of the list in turn;
// after `attempts` of them TimedOut. SERVFAIL, REFUSED, NOTIMP and FORMERR move on to the next server at once; when the last of them all has
// answered so, the failure is the answer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/dns/cache.h"
#include "sim/dns/exchange.h"

namespace mailtrek::dns {

struct ResolverOptions {
    std::vector<wire::Ipv4Address> servers;  // in order of preference
    std::uint64_t seed = 1;
    std::uint64_t host = 0;                           // tells hosts apart in the dice: hashText(node name)
    Duration firstTimeout = std::chrono::seconds{4};  // below the 5 s within which a dissector sees a repeat as such
    std::uint16_t attempts = 4;
    std::uint16_t ednsSize = 0;  // the UDP size to offer; 0: no EDNS
};

class StubResolver final : public ExchangingResolver {
public:
    explicit StubResolver(ResolverOptions options);

    // Without servers: TimedOut after 0 attempts.
    ResolverActions ask(const Name& name, Type type, Token token, Instant now) override;
    ResolverActions onTimer(Instant now) override;
    void reset() override;

    std::optional<Instant> nextDeadline() const override { return m_exchanges.nextDeadline(); }
    bool listensOn(std::uint16_t port) const { return m_exchanges.listensOn(port); }
    std::size_t underWay() const { return m_pending.size(); }
    const Cache& cache() const { return m_cache; }

private:
    struct Pending {
        Question asked;    // by the host
        Question current;  // differs after an alias
        std::vector<Token> tokens;
        std::vector<ResourceRecord> aliases;
        QueryId query = 0;
    };
    using Pendings = std::map<std::uint64_t, Pending>;

    ResolverActions carryOn(const Outcome& outcome, Instant now, ResolverActions out) override;
    void askOrRecall(Pendings::iterator it, Reason reason, Instant now, ResolverActions& out);
    void onHeard(Pendings::iterator it, const Heard& heard, Instant now, ResolverActions& out);
    void accept(Pendings::iterator it, const Message& response, bool fromCache, Instant now, ResolverActions& out);
    void onExhausted(Pendings::iterator it, const Exhausted& exhausted, ResolverActions& out);
    void finish(Pendings::iterator it, Answer answer, std::uint16_t id, ResolverActions& out);
    Pendings::iterator pendingOf(QueryId query);

    ResolverOptions m_options;
    Cache m_cache;
    Pendings m_pending;  // in the order of asking
    std::uint64_t m_next = 1;
};

}  // namespace mailtrek::dns
