// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/forwarding_table.h"

#include <algorithm>

namespace mailtrek::net {
namespace {

constexpr std::uint32_t lastAddress(wire::Ipv4Prefix prefix) { return prefix.address.value | ~prefix.mask(); }

}  // namespace

ForwardingTable::ForwardingTable(std::span<const Entry> entries) {
    std::vector<Entry> sorted(entries.begin(), entries.end());
    std::ranges::stable_sort(sorted, {}, &Entry::prefix);  // a prefix comes before those inside it
    sorted.erase(std::unique(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) { return a.prefix == b.prefix; }), sorted.end());

    const auto begin = [this](std::uint32_t start, std::uint32_t value) {
        if (!m_starts.empty() && m_starts.back() == start)
            m_values.back() = value;
        else if (m_values.empty() || m_values.back() != value) {
            m_starts.push_back(start);
            m_values.push_back(value);
        }
    };
    std::vector<Entry> open;  // each inside the one before it
    const auto close = [&] {
        const std::uint32_t last = lastAddress(open.back().prefix);
        open.pop_back();
        if (last != 0xffffffffu) begin(last + 1, open.empty() ? kNone : open.back().value);
    };
    begin(0, kNone);
    for (const Entry& entry : sorted) {
        while (!open.empty() && !open.back().prefix.contains(entry.prefix.address)) close();
        open.push_back(entry);
        begin(entry.prefix.address.value, entry.value);
    }
    while (!open.empty()) close();
}

std::uint32_t ForwardingTable::lookup(wire::Ipv4Address address) const {
    if (m_starts.empty()) return kNone;
    const std::uint32_t* base = m_starts.data();  // the range that holds the address is in [base, base + left)
    for (std::size_t left = m_starts.size(); left > 1;) {
        const std::size_t half = left / 2;
        base += base[half] <= address.value ? half : 0;
        left -= half;
    }
    return m_values[static_cast<std::size_t>(base - m_starts.data())];
}

}  // namespace mailtrek::net
