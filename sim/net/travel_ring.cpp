// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/travel_ring.h"

#include <algorithm>
#include <cassert>

namespace mailtrek::net {

Travel& TravelRing::push(FlightPtr flight, std::uint32_t size) {
    if (m_last - m_first == m_places.size()) grow();
    ++m_live;
    ++m_waitingPackets;
    m_waitingBytes += size;
    Travel& place = (*this)[m_last++];
    place = Travel{};
    place.flight = std::move(flight);
    place.size = size;
    return place;
}

Travel* TravelRing::find(std::uint64_t number) {
    if (number < m_first || number >= m_last) return nullptr;
    Travel& place = (*this)[number];
    return place.flight ? &place : nullptr;
}

FlightPtr TravelRing::take(std::uint64_t number) {
    assert(find(number) != nullptr);
    FlightPtr flight = std::move((*this)[number].flight);
    --m_live;
    if (number >= m_firstWaiting) {
        --m_waitingPackets;
        m_waitingBytes -= (*this)[number].size;
    }
    while (m_first < m_last && !(*this)[m_first].flight) ++m_first;
    m_firstWaiting = std::max(m_firstWaiting, m_first);
    return flight;
}

std::uint64_t TravelRing::firstWaiting(Instant now) {
    for (; m_firstWaiting < m_last; ++m_firstWaiting) {
        const Travel& place = (*this)[m_firstWaiting];
        if (!place.flight) continue;
        if (place.start > now) break;
        --m_waitingPackets;
        m_waitingBytes -= place.size;
    }
    return m_firstWaiting;
}

std::uint64_t TravelRing::waitingPackets(Instant now) {
    firstWaiting(now);
    return m_waitingPackets;
}

std::uint64_t TravelRing::waitingBytes(Instant now) {
    firstWaiting(now);
    return m_waitingBytes;
}

void TravelRing::grow() {
    std::vector<Travel> places(std::max<std::size_t>(8, m_places.size() * 2));
    for (std::uint64_t number = m_first; number < m_last; ++number) places[number & (places.size() - 1)] = std::move((*this)[number]);
    m_places = std::move(places);
}

}  // namespace mailtrek::net
