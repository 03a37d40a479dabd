// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/flight.h"

namespace mailtrek::net {

FlightPtr FlightPool::acquire(std::uint32_t part, FlightKind kind) {
    Flight* flight = take();
    *flight = Flight{};
    flight->m_pool = this;
    flight->m_kind = kind;
    flight->m_part = part;
    enter(*flight);
    return FlightPtr(flight);
}

FlightPtr FlightPool::copy(const Flight& flight) {
    Flight* copy = take();
    *copy = flight;
    copy->m_pool = this;
    enter(*copy);
    return FlightPtr(copy);
}

void FlightPool::enter(const Flight& flight) {
    if (flight.m_kind != FlightKind::foreground) return;
    if (flight.m_part >= m_foreground.size()) m_foreground.resize(flight.m_part + 1);
    if (m_foreground[flight.m_part]++ == 0) stirs(flight.m_part);
}

Flight* FlightPool::take() {
    if (m_free.empty()) {
        m_free.reserve(m_flights.size() + 1);  // so that put() never allocates
        return &m_flights.emplace_back();
    }
    Flight* flight = m_free.back();
    m_free.pop_back();
    return flight;
}

void FlightPool::put(Flight* flight) noexcept {
    flight->packet.payload = Slice{};  // lets go of the octets
    if (flight->m_kind == FlightKind::foreground && --m_foreground[flight->m_part] == 0) stirs(flight->m_part);
    m_free.push_back(flight);
}

}  // namespace mailtrek::net
