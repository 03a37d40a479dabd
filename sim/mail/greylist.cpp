// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/greylist.h"

#include <algorithm>

#include "sim/mail/address.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kRetryWindow = std::chrono::hours{2 * 24}, kRemembered = std::chrono::hours{35 * 24};

}  // namespace

Greylist::Answer Greylist::check(wire::Ipv4Address client, std::string_view sender, std::string_view recipient, Duration delay, Instant now) {
    if (m_seen.size() >= m_sweepAt) sweep(delay, now);
    const auto [place, isNew] = m_seen.try_emplace(Key{client.value & 0xffffff00u, canonicalAddress(sender), canonicalAddress(recipient)}, Seen{now, now, false});
    Seen& seen = place->second;
    if (!isNew && forgotten(seen, delay, now)) seen = {now, now, false};
    seen.last = now;
    if (seen.passed) return {Verdict::known, now};
    if (now < seen.first + delay) return {Verdict::wait, seen.first + delay};
    seen.passed = true;
    return {Verdict::passedNow, now};
}

bool Greylist::forgotten(const Seen& seen, Duration delay, Instant now) { return seen.passed ? now - seen.last > kRemembered : now - seen.first > delay + kRetryWindow; }

// Only what check() would not count anyway.
void Greylist::sweep(Duration delay, Instant now) {
    std::erase_if(m_seen, [&](const auto& each) { return forgotten(each.second, delay, now); });
    m_sweepAt = std::max<std::size_t>(1024, 2 * m_seen.size());
}

}  // namespace mailtrek::mail
