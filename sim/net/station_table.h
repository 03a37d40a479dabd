// SPDX-License-Identifier: GPL-3.0-or-later
// Behind which port of a switch each station is, learned from the frames that it sends (IEEE 802.1D 7.8, 7.9).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sim/kernel/time.h"
#include "sim/wire/mac_address.h"

namespace mailtrek::net {

class StationTable {
public:
    static constexpr Duration kAgeing = std::chrono::seconds{300};  // 802.1D table 7-5
    enum class News : std::uint8_t { known, learned, moved };

    // A frame of `station` came in by `port`. Groups send nothing and are not learned.
    News learn(wire::MacAddress station, std::uint32_t port, Instant now);
    // Nothing when it was never seen, or not for kAgeing.
    std::optional<std::uint32_t> find(wire::MacAddress station, Instant now) const;
    void forgetPort(std::uint32_t port);
    void clear() { m_places.clear(); }

private:
    struct Place {
        std::uint32_t port = 0;
        Instant seen;
    };
    std::map<wire::MacAddress, Place> m_places;
};

}  // namespace mailtrek::net
