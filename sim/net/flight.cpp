// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/flight.h"

namespace mailtrek::net {

FlightPtr FlightPool::acquire() {
    Flight* flight = take();
    *flight = Flight{};
    flight->m_pool = this;
    return FlightPtr(flight);
}

FlightPtr FlightPool::copy(const Flight& flight) {
    Flight* copy = take();
    *copy = flight;
    copy->m_pool = this;
    if (copy->m_background) ++m_background;
    return FlightPtr(copy);
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
    if (flight->m_background) --m_background;
    m_free.push_back(flight);
}

}  // namespace mailtrek::net
