// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/recording.h"

#include <algorithm>

namespace mailtrek::trace {

std::uint64_t Recording::cursorAt(Instant t) const {
    const auto after = std::upper_bound(m_events.begin(), m_events.end(), t, [](Instant at, const Event& event) { return at < event.at; });
    return static_cast<std::uint64_t>(after - m_events.begin());
}

void Recording::append(const Event& event) {
    m_events.push_back(event);
    const auto* opened = std::get_if<ConnectionOpened>(&event.payload);
    if (opened == nullptr || !opened->connection.valid()) return;
    auto& known = m_cast.connections;
    if (known.size() <= opened->connection.index()) known.resize(opened->connection.index() + 1);
    known[opened->connection.index()] = {opened->client, opened->server, opened->clientPort, opened->serverPort};
}

std::vector<EventId> Recording::causesOf(EventId id) const {
    std::vector<EventId> chain;
    for (EventId at = id; at.valid() && at.value < size(); at = event(at).cause) chain.push_back(at);  // a cause is older than what it brings about: this ends
    return chain;
}

std::uint64_t Recording::memoryUsed() const {
    constexpr std::uint64_t kPacket = sizeof(PacketRecord), kText = 64;
    return m_events.capacity() * sizeof(Event) + m_store.packets() * kPacket + m_store.texts() * kText + m_store.octets();
}

}  // namespace mailtrek::trace
