// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/red.h"

#include <algorithm>

#include "sim/kernel/dice.h"

namespace mailtrek::net {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

constexpr std::uint64_t kBillion = 1'000'000'000;

// value * (1 - weight)^times
std::uint64_t decayed(std::uint64_t value, Share weight, std::uint64_t times) {
    std::uint64_t factor = (std::uint64_t{kBillion - weight.perBillion} << 32) / kBillion;
    Wide result = value;
    for (; times > 0 && result > 0; times >>= 1) {
        if (times & 1) result = result * factor >> 32;
        factor = static_cast<std::uint64_t>(static_cast<Wide>(factor) * factor >> 32);
    }
    return static_cast<std::uint64_t>(result);
}

}  // namespace

Red::Red(const QueueLimit& limit) : m_settings(limit.red), m_bytes(limit.bytes != QueueLimit::kUnlimited) {
    const std::uint64_t size = m_bytes ? limit.bytes : limit.packets;
    m_min = m_settings.min != 0 ? m_settings.min : std::max<std::uint64_t>(1, size / 6);
    m_max = std::max(m_settings.max != 0 ? m_settings.max : size / 2, m_min + 1);
}

Share Red::chance() const {
    const std::uint64_t low = m_min << kPlaces, high = m_max << kPlaces;
    const std::uint64_t most = m_settings.probability.perBillion;
    if (m_average < high) return {static_cast<std::uint32_t>(static_cast<Wide>(most) * (m_average - low) / (high - low))};
    return {static_cast<std::uint32_t>(most + static_cast<Wide>(kBillion - most) * (m_average - high) / high)};  // gentle: from `max` to twice `max`
}

Red::Verdict Red::onArrival(std::uint64_t waiting, std::uint64_t idlePackets, std::uint64_t die) {
    m_average = decayed(m_average, m_settings.weight, idlePackets);
    const auto difference = static_cast<SignedWide>(waiting << kPlaces) - static_cast<SignedWide>(m_average);
    m_average = static_cast<std::uint64_t>(static_cast<SignedWide>(m_average) + difference * m_settings.weight.perBillion / static_cast<SignedWide>(kBillion));
    if (m_average < m_min << kPlaces) {
        m_since = 0;
        return Verdict::take;
    }
    if (m_average >= m_max << (kPlaces + (m_settings.gentle ? 1 : 0))) {
        m_since = 0;
        return Verdict::full;
    }
    // Spread evenly: the probability grows with the packets since the last one (Floyd and Jacobson, section 7, method 2).
    const std::uint64_t base = chance().perBillion;
    const Wide used = static_cast<Wide>(base) * m_since++;
    const std::uint64_t now = used >= kBillion - base ? kBillion : base * kBillion / (kBillion - static_cast<std::uint64_t>(used));
    if (!happens(die, {static_cast<std::uint32_t>(std::min(now, kBillion))})) return Verdict::take;
    m_since = 0;
    return Verdict::early;
}

}  // namespace mailtrek::net
