// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/station_table.h"

namespace mailtrek::net {

StationTable::News StationTable::learn(wire::MacAddress station, std::uint32_t port, Instant now) {
    if (station.group()) return News::known;
    const auto [place, isNew] = m_places.try_emplace(station, Place{port, now});
    if (isNew) return News::learned;
    const bool aged = now >= place->second.seen + kAgeing, moved = place->second.port != port;
    place->second = {port, now};
    return aged ? News::learned : moved ? News::moved : News::known;
}

std::optional<std::uint32_t> StationTable::find(wire::MacAddress station, Instant now) const {
    const auto place = m_places.find(station);
    if (place == m_places.end() || now >= place->second.seen + kAgeing) return std::nullopt;
    return place->second.port;
}

void StationTable::forgetPort(std::uint32_t port) {
    std::erase_if(m_places, [port](const auto& entry) { return entry.second.port == port; });
}

}  // namespace mailtrek::net
