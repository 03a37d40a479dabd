// SPDX-License-Identifier: GPL-3.0-or-later
// Who serves which zone, as a recursive resolver has learnt it: root hints (RFC 1034 5.3.2, "SBELT") and referrals. Glue is kept here and never handed out as
// an answer (RFC 2181 5.4.1).
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "sim/dns/message.h"
#include "sim/kernel/time.h"

namespace mailtrek::dns {

struct Delegation {
    Name zone;
    std::vector<Name> servers;                                 // in the order in which they were named
    std::map<Name, std::vector<wire::Ipv4Address>> addresses;  // of these, as far as known
    Instant expires = kNever;
};

// What the referral says that a server of `zone` gave for `question`; nothing when it is none, or does not lead down towards the name
// (RFC 2308 2.2.1, RFC 1034 5.3.3 4.b: those are lame). Addresses from outside the zone of the server that gives them are left out.
std::optional<Delegation> referralIn(const Message& response, const Question& question, const Name& zone, Instant now);

class Delegations {
public:
    explicit Delegations(std::vector<Delegation> hints, std::size_t capacity = 4096);

    void learn(Delegation delegation, Instant now);
    // Of the zone nearest to the name; nothing when no hint covers it.
    const Delegation* nearest(const Name& name, Instant now) const;
    void clear() { m_learnt.clear(); }
    std::size_t size() const { return m_learnt.size(); }

private:
    std::map<Name, Delegation> m_hints, m_learnt;
    std::size_t m_capacity;
};

}  // namespace mailtrek::dns
