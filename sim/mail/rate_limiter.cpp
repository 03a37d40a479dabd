// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/rate_limiter.h"

namespace mailtrek::mail {

bool RateLimiter::allows(wire::Ipv4Address client, const RateLimit& limit, Instant now) {
    std::deque<Instant>& taken = m_taken[client.value];
    while (!taken.empty() && now - taken.front() >= limit.per) taken.pop_front();
    if (taken.size() >= limit.messages) return false;
    taken.push_back(now);
    return true;
}

Instant RateLimiter::allowedAt(wire::Ipv4Address client, const RateLimit& limit, Instant now) const {
    const auto found = m_taken.find(client.value);
    if (found == m_taken.end() || found->second.size() < limit.messages || limit.messages == 0) return now;
    const Instant free = found->second[found->second.size() - limit.messages] + limit.per;  // a limit that was lowered counts the latest ones
    return free > now ? free : now;
}

}  // namespace mailtrek::mail
