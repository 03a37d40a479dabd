// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/transport/reassembly.h"

#include <algorithm>

namespace mailtrek::transport {

void Reassembly::add(std::uint64_t at, Slice octets) {
    auto next = m_parts.upper_bound(at);
    if (next != m_parts.begin()) {
        const auto part = std::prev(next);
        const std::uint64_t end = part->first + part->second.size();
        if (end >= at + octets.size()) return;
        if (end > at) {
            octets = octets.from(static_cast<std::uint32_t>(end - at));
            at = end;
        }
    }
    while (!octets.empty() && next != m_parts.end() && next->first < at + octets.size()) {  // fill the gaps between what is there
        const auto gap = static_cast<std::uint32_t>(next->first - at);
        if (gap > 0) {
            m_parts.emplace(at, octets.sub(0, gap));
            m_octets += gap;
        }
        const std::uint64_t end = next->first + next->second.size();
        if (end >= at + octets.size()) return;
        octets = octets.from(static_cast<std::uint32_t>(end - at));
        at = end;
        ++next;
    }
    if (octets.empty()) return;
    m_octets += octets.size();
    m_parts.emplace(at, std::move(octets));
}

Slice Reassembly::takeFrom(std::uint64_t next) {
    while (!m_parts.empty() && m_parts.begin()->first <= next) {
        auto part = m_parts.extract(m_parts.begin());
        m_octets -= part.mapped().size();
        const std::uint64_t skip = next - part.key();
        if (skip < part.mapped().size()) return part.mapped().from(static_cast<std::uint32_t>(skip));
    }
    return {};
}

std::uint64_t Reassembly::reach(std::uint64_t next) const {
    for (const auto& [at, octets] : m_parts) {
        if (at > next) break;
        next = std::max(next, at + octets.size());
    }
    return next;
}

std::optional<Reassembly::Range> Reassembly::overlap(std::uint64_t from, std::uint64_t to) const {
    std::optional<Range> found;
    for (const auto& [at, octets] : m_parts) {
        const std::uint64_t end = at + octets.size();
        if (at >= to || (found && at > found->second)) break;
        if (end <= from) continue;
        if (!found)
            found = Range{std::max(at, from), std::min(end, to)};
        else
            found->second = std::min(end, to);
    }
    return found;
}

std::vector<Reassembly::Range> Reassembly::ranges(std::uint64_t newest, std::size_t most) {
    std::vector<Range> all;
    for (const auto& [at, octets] : m_parts) {
        if (!all.empty() && all.back().second == at)
            all.back().second += octets.size();
        else
            all.emplace_back(at, at + octets.size());
    }
    const auto place = [&](const Range& range) -> std::size_t {
        if (range.first <= newest && newest < range.second) return 0;
        const auto known = std::find_if(m_recent.begin(), m_recent.end(), [&](std::uint64_t left) { return range.first <= left && left < range.second; });
        return 1 + static_cast<std::size_t>(known - m_recent.begin());
    };
    std::stable_sort(all.begin(), all.end(), [&](const Range& a, const Range& b) { return place(a) < place(b); });
    m_recent.clear();
    for (const Range& range : all) {
        if (m_recent.size() < 8) m_recent.push_back(range.first);
    }
    if (all.size() > most) all.resize(most);
    return all;
}

}  // namespace mailtrek::transport
