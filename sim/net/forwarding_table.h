// SPDX-License-Identifier: GPL-3.0-or-later
// Longest-prefix match (RFC 1812 5.2.4.3). Built once from a list of prefixes, which are cut into disjoint ranges of addresses;
// a lookup is a binary search among them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/wire/ipv4_address.h"

namespace mailtrek::net {

class ForwardingTable {
public:
    struct Entry {
        wire::Ipv4Prefix prefix;
        std::uint32_t value = 0;  // the owner's: an index into its list of routes
    };
    static constexpr std::uint32_t kNone = 0xffffffffu;

    ForwardingTable() = default;
    // Of entries with the same prefix the first one counts.
    explicit ForwardingTable(std::span<const Entry> entries);

    // The value of the longest prefix that contains the address, or kNone.
    std::uint32_t lookup(wire::Ipv4Address address) const;
    std::size_t ranges() const { return m_starts.size(); }

private:
    std::vector<std::uint32_t> m_starts;  // first address of each range, ascending, the first is 0
    std::vector<std::uint32_t> m_values;
};

}  // namespace mailtrek::net
