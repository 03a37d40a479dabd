// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/net/arp_table.h"

#include <algorithm>
#include <utility>

namespace mailtrek::net {

ArpTable::Lookup ArpTable::find(wire::Ipv4Address target, Instant now) {
    Entry& entry = m_entries[target];
    if (entry.station && now >= entry.confirmed + kForget) entry.station.reset();  // an open question goes on, to all
    const bool wanted = !entry.station || now >= entry.confirmed + kFresh;
    if (!wanted || entry.tries > 0) return {entry.station, std::nullopt};
    entry.tries = 1;
    entry.askedAt = now;
    setDeadline();
    return {entry.station, Question{target, entry.station, 1}};
}

FlightPtr ArpTable::hold(wire::Ipv4Address target, FlightPtr flight) {
    std::vector<FlightPtr>& waiting = m_entries.at(target).waiting;
    waiting.push_back(std::move(flight));
    if (waiting.size() <= kHeld) return nullptr;
    FlightPtr oldest = std::move(waiting.front());
    waiting.erase(waiting.begin());
    return oldest;
}

ArpTable::Learnt ArpTable::learn(wire::Ipv4Address address, wire::MacAddress station, bool add, Instant now) {
    const auto found = m_entries.find(address);
    const bool merged = found != m_entries.end();
    if (!merged && !add) return {};
    Entry& entry = merged ? found->second : m_entries[address];
    Learnt learnt{merged, entry.station != station, std::exchange(entry.waiting, {})};
    entry.station = station;
    entry.confirmed = now;
    entry.tries = 0;
    setDeadline();
    return learnt;
}

std::vector<ArpTable::Expired> ArpTable::expire(Instant now) {
    std::vector<Expired> expired;
    for (auto it = m_entries.begin(); it != m_entries.end();) {
        auto& [target, entry] = *it;
        if (entry.tries == 0 || now < entry.askedAt + kRetry) {
            ++it;
        } else if (entry.tries < kTries) {
            entry.askedAt = now;
            expired.push_back({{target, entry.station, ++entry.tries}, entry.asker, false, {}});
            ++it;
        } else {
            expired.push_back({{target, entry.station, entry.tries}, entry.asker, true, std::move(entry.waiting)});
            it = m_entries.erase(it);
        }
    }
    setDeadline();
    return expired;
}

void ArpTable::setDeadline() {
    m_deadline = kNever;
    for (const auto& [target, entry] : m_entries)
        if (entry.tries > 0) m_deadline = std::min(m_deadline, entry.askedAt + kRetry);
}

std::vector<FlightPtr> ArpTable::clear() {
    std::vector<FlightPtr> waited;
    for (auto& [target, entry] : m_entries) std::ranges::move(entry.waiting, std::back_inserter(waited));
    m_entries.clear();
    m_deadline = kNever;
    return waited;
}

std::vector<PacketId> ArpTable::waiting() const {
    std::vector<PacketId> packets;
    for (const auto& [target, entry] : m_entries)
        for (const FlightPtr& flight : entry.waiting) packets.push_back(flight->id);
    return packets;
}

std::optional<wire::MacAddress> ArpTable::known(wire::Ipv4Address target) const {
    const auto found = m_entries.find(target);
    return found == m_entries.end() ? std::nullopt : found->second.station;
}

}  // namespace mailtrek::net
