// SPDX-License-Identifier: GPL-3.0-or-later
// The name server: octets of a query in, octets of the response out. RFC 1035 6, RFC 2181, RFC 6891.
// It holds the whole name space of the scenario (the root zone included), so it answers a recursive question completely by itself: AA and RA are both set.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/dns/message.h"
#include "sim/dns/zone.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::dns {

enum class FailureMode : std::uint8_t { none, servfail, nxdomain, silence, truncate };
enum class Via : std::uint8_t { udp, tcp };  // over TCP without the two octets of length (RFC 1035 4.2.2): the host frames

class NameServer {
public:
    explicit NameServer(std::vector<Zone> zones);

    // Fails like this from now on until just before `until`. FailureMode::none ends a failure.
    void fail(FailureMode mode, Instant until);
    FailureMode failure(Instant now) const { return now < m_failsUntil ? m_failure : FailureMode::none; }

    // Nothing for what deserves no response: less than a header, a response, or silence as a failure.
    std::optional<Slice> answer(const Slice& query, Instant now, Via via = Via::udp) const;

    const std::vector<Zone>& zones() const { return m_zones; }

private:
    Message respond(const Message& query, FailureMode failure) const;
    void resolve(Message& response) const;
    void addAddresses(Message& response) const;
    const Zone* zoneOf(const Name& name) const;

    std::vector<Zone> m_zones;
    std::map<Name, std::size_t> m_byOrigin;
    FailureMode m_failure = FailureMode::none;
    Instant m_failsUntil = kStart;
};

// The response as octets of at most `limit`: additional records go first, without a mark (RFC 2181 9); then the answer is cut and TC set.
std::string encodeWithin(Message response, std::size_t limit);

}  // namespace mailtrek::dns
