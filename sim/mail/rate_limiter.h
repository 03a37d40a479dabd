// SPDX-License-Identifier: GPL-3.0-or-later
// How many letters one client may bring in a stretch of time. Those that are turned away do not count.
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "sim/kernel/time.h"
#include "sim/mail/policy_settings.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::mail {

class RateLimiter {
public:
    // Counts the letter when it may come.
    bool allows(wire::Ipv4Address client, const RateLimit& limit, Instant now);
    // When the client may come again: now, or the moment at which the oldest letter within `limit.per` drops out of it.
    Instant allowedAt(wire::Ipv4Address client, const RateLimit& limit, Instant now) const;

private:
    std::map<std::uint32_t, std::deque<Instant>> m_taken;  // by client; the latest ones, as many as the limit counts
};

}  // namespace mailtrek::mail
