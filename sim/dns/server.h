// SPDX-License-Identifier: GPL-3.0-or-later
// The name server: octets of a query in, octets of the response out. RFC 1035 6, RFC 2181, RFC 6891.
// It is authoritative for its zones. What lies elsewhere it refers or refuses (RFC 1034 4.3.1); where it offers recursion and that is desired, it says what the host's resolver
// has to find out, and puts the answer together. A server that holds the whole name space, the root included, answers everything by itself: AA and RA are both set.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "sim/dns/resolver.h"
#include "sim/dns/zone.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::dns {

enum class FailureMode : std::uint8_t { none, servfail, nxdomain, silence, truncate };
enum class Via : std::uint8_t { udp, tcp };  // over TCP without the two octets of length (RFC 1035 4.2.2): the host frames

// A question of which the rest has to be found out elsewhere; then call NameServer::complete.
struct Pursuit {
    Message soFar{};    // the response, perhaps with aliases in it
    Question rest{};    // after those aliases
    std::size_t limit;  // octets of the response
};
struct Silence {};
using Reply = std::variant<Silence, Slice, Pursuit>;

class NameServer {
public:
    explicit NameServer(std::vector<Zone> zones, bool recursionAvailable = true);

    // Fails like this from now on until just before `until`. FailureMode::none ends a failure.
    void fail(FailureMode mode, Instant until);
    FailureMode failure(Instant now) const { return now < m_failsUntil ? m_failure : FailureMode::none; }

    // Silence for what deserves no response: less than a header, a response, or as a failure.
    Reply handle(const Slice& query, Instant now, Via via = Via::udp) const;
    // `found` is nothing when there was no answer in time.
    Slice complete(Pursuit pursuit, const Answer* found) const;
    // The same without recursion.
    std::optional<Slice> answer(const Slice& query, Instant now, Via via = Via::udp) const;

    const std::vector<Zone>& zones() const { return m_zones; }

private:
    struct Response {
        Message message;
        std::optional<Name> elsewhere;  // where the answer goes on beyond our zones
    };
    Message responseTo(const Message& query) const;
    Response respond(const Message& query, FailureMode failure) const;
    std::optional<Name> resolve(Message& response) const;
    void addAddresses(const std::vector<ResourceRecord>& records, Message& response) const;
    const Zone* zoneOf(const Name& name) const;

    std::vector<Zone> m_zones;
    std::map<Name, std::size_t> m_byOrigin;
    bool m_recursionAvailable;
    FailureMode m_failure = FailureMode::none;
    Instant m_failsUntil = kStart;
};

// The response as octets of at most `limit`: additional records go first, without a mark (RFC 2181 9); then the answer is cut and TC set.
std::string encodeWithin(Message response, std::size_t limit);

}  // namespace mailtrek::dns
