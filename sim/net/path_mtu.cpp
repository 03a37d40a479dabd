// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/path_mtu.h"

#include <algorithm>
#include <array>

namespace mailtrek::net {

std::uint32_t plateauBelow(std::uint32_t length) {
    static constexpr std::array<std::uint32_t, 11> kPlateaus{65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, PathMtus::kLeast};
    const auto below = std::ranges::find_if(kPlateaus, [length](std::uint32_t plateau) { return plateau < length; });
    return below == kPlateaus.end() ? PathMtus::kLeast : *below;
}

static std::uint32_t estimate(std::uint32_t told, std::uint32_t length) { return std::max(told == 0 ? plateauBelow(length) : told, PathMtus::kLeast); }

std::uint32_t PathMtus::towards(wire::Ipv4Address destination, std::uint32_t first) const {
    const auto known = m_paths.find(destination);
    return known == m_paths.end() ? first : std::min(known->second.mtu, first);
}

std::optional<std::uint32_t> PathMtus::lower(wire::Ipv4Address destination, std::uint32_t told, std::uint32_t length, std::uint32_t first, Instant now) {
    if (!wouldLower(destination, told, length, first)) return std::nullopt;
    const std::uint32_t next = estimate(told, length);
    m_paths[destination] = {next, now};
    return next;
}

bool PathMtus::wouldLower(wire::Ipv4Address destination, std::uint32_t told, std::uint32_t length, std::uint32_t first) const {
    return estimate(told, length) < towards(destination, first);  // RFC 1191 6.2: an error never raises the estimate
}

std::vector<PathMtus::Forgotten> PathMtus::forget(Instant now) {
    std::vector<Forgotten> forgotten;
    for (auto path = m_paths.begin(); path != m_paths.end();) {
        if (path->second.since + kForgetAfter > now) {
            ++path;
            continue;
        }
        forgotten.push_back({path->first, path->second.mtu});
        path = m_paths.erase(path);
    }
    return forgotten;
}

Instant PathMtus::nextDeadline() const {
    Instant next = kNever;
    for (const auto& [destination, path] : m_paths) next = std::min(next, path.since + kForgetAfter);
    return next;
}

}  // namespace mailtrek::net
