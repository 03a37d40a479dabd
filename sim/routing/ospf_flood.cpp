// SPDX-License-Identifier: GPL-3.0-or-later
// What one router learns all learn: flooding, acknowledgments, retransmission (RFC 2328 section 13).
#include <algorithm>

#include "sim/routing/ospf_router.h"

namespace mailtrek::routing {

static constexpr std::uint16_t kTransmitDelay = 1;  // seconds that an LSA ages on each link (InfTransDelay)

void OspfRouter::onUpdate(const Key& key, Neighbour& neighbour, const Update& update, Instant now) {
    for (const Lsa& lsa : update.lsas) {
        const RouterId origin = lsa.header.router;
        const auto known = m_database.find(origin);
        if (known == m_database.end() && lsa.header.age == kMaxAge && !exchanging()) {  // (4): it is gone already
            acknowledge(key, neighbour, lsa.header, true, now);
            continue;
        }
        const int newer = known == m_database.end() ? 1 : compareInstances(lsa.header, headerOf(known->second, now));
        if (newer > 0) {
            if (known != m_database.end() && known->second.flooded && now - known->second.installedAt < kMinLsArrival) continue;  // (5) (a)
            onNewer(key, neighbour, lsa, now);
        } else if (neighbour.requests.contains(origin)) {
            return mismatch(key, neighbour, now);  // (6): it described a newer one
        } else if (newer == 0) {
            const auto pending = neighbour.unacknowledged.find(origin);
            if (pending != neighbour.unacknowledged.end())
                neighbour.unacknowledged.erase(pending);  // (7) (a): as good as an acknowledgment
            else
                acknowledge(key, neighbour, lsa.header, true, now);
        } else if (now - known->second.sentBackAt >= kMinLsArrival) {  // (8): the neighbour lags behind
            known->second.sentBackAt = now;
            give(key, origin, trace::UpdateReason::olderSeen, now);
        }
        if (neighbour.state < State::exchange) return;  // the exchange began anew meanwhile
    }
}

void OspfRouter::onNewer(const Key& key, Neighbour& neighbour, const Lsa& lsa, Instant now) {
    forgetUnacknowledged(lsa.header.router);
    install(lsa, now - std::chrono::seconds{lsa.header.age}, true, trace::LsaChange::installed, trace::LsaReason::received, now);
    flood(lsa.header.router, &key, now);
    acknowledge(key, neighbour, lsa.header, false, now);
    if (lsa.header.router == m_config.id) originate(trace::LsaReason::sequenceFound, now);  // 13.4: of an earlier life of ours
}

void OspfRouter::onAcknowledgment(Neighbour& neighbour, const Acknowledgment& acknowledgment) {
    for (const LsaHeader& header : acknowledgment.headers) {
        const auto pending = neighbour.unacknowledged.find(header.router);
        if (pending == neighbour.unacknowledged.end()) continue;
        const LsaHeader& sent = pending->second->header;
        if (sent.sequence == header.sequence && sent.checksum == header.checksum) neighbour.unacknowledged.erase(pending);
    }
    if (neighbour.unacknowledged.empty()) neighbour.retransmitAt = kNever;
}

// To all neighbours but the one it came from, in the same update as others where they go together (13.3).
void OspfRouter::flood(RouterId origin, const Key* from, Instant now) {
    const Entry& entry = m_database.at(origin);
    const LsaHeader header = headerOf(entry, now);
    for (auto& [key, neighbour] : m_neighbours) {
        if (neighbour.state < State::exchange) continue;
        if (const auto wanted = neighbour.requests.find(origin); wanted != neighbour.requests.end()) {
            const int newer = compareInstances(header, wanted->second);
            if (newer < 0) continue;
            neighbour.requests.erase(wanted);
            if (newer == 0) continue;
        }
        if (from != nullptr && key == *from) continue;
        neighbour.unacknowledged[origin] = entry.lsa;
        neighbour.floodTag = m_tag;
        if (neighbour.retransmitAt == kNever) neighbour.retransmitAt = now + kResend;
        give(key, origin, trace::UpdateReason::flood, now);
    }
}

// Puts the LSA into the update that is being filled for this neighbour.
void OspfRouter::give(const Key& to, RouterId origin, trace::UpdateReason reason, Instant now) {
    const Entry& entry = m_database.at(origin);
    Lsa lsa = *entry.lsa;
    lsa.header.age = static_cast<std::uint16_t>(std::min<int>(kMaxAge, ageOf(entry, now) + kTransmitDelay));
    const auto used = [](const Outgoing& update) {
        std::size_t size = 20 + kOspfHeaderSize + 4;
        for (const Lsa& one : update.lsas) size += one.header.length;
        return size;
    };
    for (Outgoing& update : m_outgoing) {
        if (update.to != to || update.reason != reason) continue;
        const auto same = std::ranges::find(update.lsas, origin, [](const Lsa& one) { return one.header.router; });
        if (same != update.lsas.end()) {  // an instance that is overtaken before it left
            *same = std::move(lsa);
            return;
        }
        if (used(update) + lsa.header.length > m_config.interfaces[to.first].mtu) continue;
        update.lsas.push_back(std::move(lsa));
        return;
    }
    m_outgoing.push_back({to, reason, {std::move(lsa)}});
}

void OspfRouter::sendUpdates() {
    for (Outgoing& update : std::exchange(m_outgoing, {})) {
        const auto neighbour = m_neighbours.find(update.to);
        if (neighbour == m_neighbours.end() || neighbour->second.state < State::exchange) continue;
        const Tag before = m_tag;
        if (update.reason == trace::UpdateReason::flood && neighbour->second.floodTag != kNoTag) m_tag = neighbour->second.floodTag;
        const auto entries = static_cast<std::uint16_t>(update.lsas.size());
        send(update.to, Update{std::move(update.lsas)}, entries, update.reason);
        m_tag = before;
    }
}

void OspfRouter::acknowledge(const Key& key, Neighbour& neighbour, const LsaHeader& header, bool atOnce, Instant now) {
    if (atOnce) return send(key, Acknowledgment{{header}});
    if (neighbour.acks.size() >= room(key.first, 0, kLsaHeaderSize)) send(key, Acknowledgment{std::exchange(neighbour.acks, {})});
    neighbour.acks.push_back(header);
    neighbour.floodTag = m_tag;
    if (neighbour.ackAt == kNever) neighbour.ackAt = now + kAckDelay;
}

void OspfRouter::forgetUnacknowledged(RouterId origin) {
    for (auto& [key, neighbour] : m_neighbours) neighbour.unacknowledged.erase(origin);
}

void OspfRouter::retransmit(const Key& key, Neighbour& neighbour, Instant now) {
    neighbour.retransmitAt = kNever;
    for (const auto& [origin, lsa] : neighbour.unacknowledged)
        if (m_database.contains(origin)) give(key, origin, trace::UpdateReason::retransmission, now);
    if (!neighbour.unacknowledged.empty()) neighbour.retransmitAt = now + kResend;
    sendUpdates();
}

}  // namespace mailtrek::routing
