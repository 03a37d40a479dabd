// SPDX-License-Identifier: GPL-3.0-or-later
// Segments that came out of order, until the gap before them is filled. Places are relative sequence numbers in 64 bits.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/kernel/slice.h"

namespace mailtrek::transport {

class Reassembly {
public:
    // Keeps what is not there yet.
    void add(std::uint64_t at, Slice octets);
    // Takes what begins at or before `next` and reaches beyond it; empty when there is nothing.
    Slice takeFrom(std::uint64_t next);
    // How far the stream would reach if it were in order up to `next`.
    std::uint64_t reach(std::uint64_t next) const;
    bool empty() const { return m_parts.empty(); }
    std::uint64_t octets() const { return m_octets; }

    // The first contiguous range of what is there that lies in [from, to).
    std::optional<std::pair<std::uint64_t, std::uint64_t>> overlap(std::uint64_t from, std::uint64_t to) const;

    // Up to `most` contiguous ranges [left, right), the one that holds `newest` first, then the others most recently reported first (RFC 2018 4).
    using Range = std::pair<std::uint64_t, std::uint64_t>;
    std::vector<Range> ranges(std::uint64_t newest, std::size_t most);

private:
    std::map<std::uint64_t, Slice> m_parts;  // disjoint
    std::uint64_t m_octets = 0;
    std::vector<std::uint64_t> m_recent;  // left edges reported lately, newest first
};

}  // namespace mailtrek::transport
