// SPDX-License-Identifier: GPL-3.0-or-later
// Random early detection (Floyd and Jacobson 1993, with the gentle variant of Floyd 2000): judges each packet when it comes, by the average length of the queue.
// Integers only, and the die is the packet's own.
#pragma once

#include <cstdint>

#include "sim/net/link_settings.h"

namespace mailtrek::net {

class Red {
public:
    enum class Verdict : std::uint8_t {
        take,
        early,  // by chance: a mark does as well
        full    // the average is beyond all measure: drop, whoever it is (RFC 3168 7)
    };
    explicit Red(const QueueLimit& limit);

    // A packet finds `waiting` packets or octets in the queue. `idlePackets`: how many packets could have passed since the line fell idle; 0 when it is busy.
    Verdict onArrival(std::uint64_t waiting, std::uint64_t idlePackets, std::uint64_t die);

    bool countsBytes() const { return m_bytes; }
    std::uint64_t average() const { return m_average >> kPlaces; }
    std::uint64_t min() const { return m_min; }
    std::uint64_t max() const { return m_max; }

private:
    static constexpr int kPlaces = 20;  // binary places of the average
    Share chance() const;               // of this packet, were it not for those since the last early drop

    RedSettings m_settings;
    bool m_bytes;
    std::uint64_t m_min, m_max;
    std::uint64_t m_average = 0;
    std::uint64_t m_since = 0;  // packets since the last early drop, while the average is above the minimum
};

}  // namespace mailtrek::net
