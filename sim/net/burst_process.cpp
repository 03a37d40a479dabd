// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/burst_process.h"

#include <algorithm>
#include <bit>

#include "sim/kernel/dice.h"

namespace mailtrek::net {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kBillion = 1'000'000'000;
constexpr Duration kLongest{std::int64_t{1} << 60};  // 36 years
constexpr std::uint64_t kCycles = 64;
constexpr int kPlaces = 48;  // binary places of a logarithm

// log2(x), by squaring: integers only, so that every compiler and processor gives the same. REQUIRES: x > 0.
std::uint64_t log2Of(std::uint64_t x) {
    const int whole = 63 - std::countl_zero(x);
    std::uint64_t mantissa = x << (63 - whole);  // 1 to 2, with 63 places
    std::uint64_t result = static_cast<std::uint64_t>(whole);
    for (int i = 0; i < kPlaces; ++i) {
        const Wide square = static_cast<Wide>(mantissa) * mantissa >> 63;
        const bool two = square >> 64 != 0;
        result = result << 1 | (two ? 1 : 0);
        mantissa = static_cast<std::uint64_t>(two ? square >> 1 : square);
    }
    return result;
}

}  // namespace

std::uint64_t trialsToSuccess(Share share, std::uint64_t drawn) {
    if (share.perBillion == 0) return kNoSuccess;
    if (share.perBillion >= kBillion) return 1;
    const std::uint64_t perTrial = log2Of(kBillion) - log2Of(kBillion - share.perBillion);
    const std::uint64_t needed = (std::uint64_t{64} << kPlaces) - log2Of(drawn | 1);
    return perTrial == 0 ? kNoSuccess : 1 + needed / perTrial;
}

BurstProcess::BurstProcess(const BurstyLoss& loss, Duration step, std::uint64_t dice) : m_loss(loss), m_step(step), m_dice(dice) {
    const std::uint64_t p = loss.p.perBillion, r = loss.r.perBillion;
    if (p == 0 || r == 0) return;  // it changes once at most
    const Wide span = static_cast<Wide>(kCycles) * static_cast<std::uint64_t>(step.count()) * (kBillion / p + kBillion / r + 2);
    m_span = Duration{static_cast<std::int64_t>(std::min<Wide>(span, static_cast<std::uint64_t>(kLongest.count())))};
}

Duration BurstProcess::lasts(bool bad, std::uint64_t nth) const {
    const std::uint64_t steps = trialsToSuccess(bad ? m_loss.r : m_loss.p, combine(combine(m_dice, static_cast<std::uint64_t>(m_current)), nth + 1));
    const Wide nanos = static_cast<Wide>(steps) * static_cast<std::uint64_t>(m_step.count());
    return Duration{static_cast<std::int64_t>(std::min<Wide>(nanos, static_cast<std::uint64_t>(kLongest.count())))};
}

void BurstProcess::enterSpan(std::int64_t span) {
    m_current = span;
    const std::uint64_t p = m_loss.p.perBillion, both = p + m_loss.r.perBillion;
    m_startsBad = m_span.count() > 0 && below(combine(combine(m_dice, static_cast<std::uint64_t>(span)), 0), both) < p;  // a channel that changes once at most starts good
    m_changes.assign(1, kStart + span * m_span + lasts(m_startsBad, 0));
}

bool BurstProcess::badAt(Instant t) {
    const std::int64_t span = m_span.count() > 0 ? (t - kStart) / m_span : 0;
    if (span != m_current) enterSpan(span);
    while (m_changes.back() <= t) m_changes.push_back(m_changes.back() + lasts(m_startsBad != (m_changes.size() % 2 != 0), m_changes.size()));
    const auto passed = std::ranges::upper_bound(m_changes, t) - m_changes.begin();
    return m_startsBad != (passed % 2 != 0);
}

}  // namespace mailtrek::net
