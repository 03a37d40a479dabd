// SPDX-License-Identifier: GPL-3.0-or-later
// The link-state database: the own LSA (RFC 2328 12.4), refresh and ageing (14), the tables made from it (16), and what becomes of all this while nothing happens.
#include <algorithm>

#include "sim/kernel/dice.h"
#include "sim/routing/ospf_router.h"

namespace mailtrek::routing {
namespace {

constexpr Duration kLifetime = std::chrono::seconds{kMaxAge};

}  // namespace

std::uint16_t OspfRouter::ageOf(const Entry& entry, Instant now) const {
    if (entry.flushing) return kMaxAge;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - entry.bornAt).count();
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(seconds, 0, kMaxAge));
}

LsaHeader OspfRouter::headerOf(const Entry& entry, Instant now) const {
    LsaHeader header = entry.lsa->header;
    header.age = ageOf(entry, now);
    return header;
}

std::map<RouterId, LsaHeader> OspfRouter::database(Instant now) const {
    std::map<RouterId, LsaHeader> all;
    for (const auto& [origin, entry] : m_database) all.emplace(origin, headerOf(entry, now));
    return all;
}

// 12.4.1: a link for each full neighbour, then the prefixes.
std::vector<RouterLink> OspfRouter::describeLinks() const {
    std::vector<RouterLink> links;
    for (const auto& [key, neighbour] : m_neighbours) {
        if (neighbour.state != State::full) continue;
        const OspfPeer* known = peer(key.first, key.second);
        links.push_back({LinkType::pointToPoint, neighbour.router, m_config.interfaces[key.first].address, known != nullptr ? known->cost : m_config.interfaces[key.first].cost});
    }
    for (const wire::Ipv4Prefix& prefix : m_config.announced) links.push_back({LinkType::stub, prefix.address, {prefix.mask()}, 0});
    for (const OspfInterface& interface : m_config.interfaces)
        if (interface.up && interface.announced) links.push_back({LinkType::stub, interface.prefix.address, {interface.prefix.mask()}, interface.cost});
    return links;
}

// 12.4: not more often than every MinLSInterval.
void OspfRouter::wantOrigination(trace::LsaReason reason, Instant now) {
    if (!m_running || m_originateAt != kNever) return;
    const auto known = m_database.find(m_config.id);
    if (known != m_database.end() && known->second.lsa->links == describeLinks()) return;
    if (now >= m_lastOriginated + kMinLsInterval) return originate(reason, now);
    m_originateAt = m_lastOriginated + kMinLsInterval;
    m_originateReason = reason;
    m_originateTag = m_tag;
}

void OspfRouter::originate(trace::LsaReason reason, Instant now) {
    const auto known = m_database.find(m_config.id);
    std::vector<RouterLink> links = describeLinks();
    const bool must = reason == trace::LsaReason::refresh || reason == trace::LsaReason::sequenceFound || known == m_database.end();
    if (!must && known->second.lsa->links == links) return;
    const std::int32_t sequence = known == m_database.end() ? kFirstSequence : known->second.lsa->header.sequence + 1;
    forgetUnacknowledged(m_config.id);
    install(makeLsa(m_config.id, sequence, std::move(links)), now, false, trace::LsaChange::originated, reason, now);
    m_lastOriginated = now;
    flood(m_config.id, nullptr, now);
}

void OspfRouter::install(const Lsa& lsa, Instant bornAt, bool flooded, trace::LsaChange change, trace::LsaReason reason, Instant now) {
    Entry& entry = m_database[lsa.header.router];
    const bool same = entry.lsa != nullptr && entry.lsa->links == lsa.links && !entry.flushing && lsa.header.age < kMaxAge;
    Lsa kept = lsa;
    kept.header.age = 0;
    entry = {std::make_shared<const Lsa>(std::move(kept)), bornAt, now, entry.sentBackAt, flooded, lsa.header.age == kMaxAge};
    m_actions.push_back({m_tag, LsaMoved{lsa.header.router, lsa.header.sequence, static_cast<std::uint16_t>(lsa.links.size()), change, reason}});
    m_agingAt = std::min(m_agingAt, bornAt + (lsa.header.router == m_config.id ? kRefreshTime : kLifetime));
    if (!same) wantTable(now);
}

// Refreshes the own LSA, and takes those out of the world whose routers have not done so (14).
void OspfRouter::ageDatabase(Instant now) {
    if (now < m_agingAt) return;
    m_agingAt = kNever;
    for (auto& [origin, entry] : m_database) {
        if (entry.flushing) continue;
        begin(kNoTag);
        if (origin == m_config.id) {
            if (now >= entry.bornAt + kRefreshTime) originate(trace::LsaReason::refresh, now);
            m_agingAt = std::min(m_agingAt, entry.bornAt + kRefreshTime);
        } else if (now >= entry.bornAt + kLifetime) {
            entry.flushing = true;
            m_actions.push_back(
                {m_tag, LsaMoved{origin, entry.lsa->header.sequence, static_cast<std::uint16_t>(entry.lsa->links.size()), trace::LsaChange::flushed, trace::LsaReason::aged}});
            forgetUnacknowledged(origin);
            flood(origin, nullptr, now);
            wantTable(now);
        } else {
            m_agingAt = std::min(m_agingAt, entry.bornAt + kLifetime);
        }
    }
}

void OspfRouter::removeFlushed() {
    if (exchanging()) return;
    std::erase_if(m_database, [this](const auto& e) {
        return e.second.flushing && std::ranges::none_of(m_neighbours, [&e](const auto& n) { return n.second.unacknowledged.contains(e.first); });
    });
}

void OspfRouter::wantTable(Instant now) {
    if (m_tableAt != kNever) return;
    m_tableAt = std::max(now + kSpfDelay, m_lastTable + kSpfHold);
    m_tableTag = m_tag;
}

void OspfRouter::computeTable() {
    std::map<RouterId, LsaPtr> living;
    for (const auto& [origin, entry] : m_database)
        if (!entry.flushing) living.emplace(origin, entry.lsa);
    std::vector<FirstHop> firstHops;
    for (const auto& [key, neighbour] : m_neighbours)
        if (neighbour.state == State::full) firstHops.push_back({neighbour.router, m_config.interfaces[key.first].address, {key.first, key.second}});
    m_result = shortestPaths(m_config.id, living, firstHops);
}

// --- as if it had been running for long -----------------------------------------------------------------------------------------

void OspfRouter::preloadNeighbour(std::uint32_t interface, const OspfPeer& other, Instant now) {
    m_running = true;
    m_helloAt = helloAfter(now);
    Neighbour& neighbour = m_neighbours[{interface, other.address}];
    neighbour.router = other.router;
    neighbour.state = State::full;
    neighbour.weAreMaster = m_config.id > other.router;
    neighbour.heardAt = now;
}

void OspfRouter::tagPreloaded(Tag tag) {
    for (auto& [key, neighbour] : m_neighbours) neighbour.heardTag = tag;
}

LsaPtr OspfRouter::preloadOwnLsa(Instant now) {
    m_running = true;
    m_helloAt = helloAfter(now);
    // Refreshes of different routers come at different times.
    const Duration age{static_cast<std::int64_t>(below(mix(m_config.id.value + 2), static_cast<std::uint64_t>(kRefreshTime.count())))};
    Entry& entry = m_database[m_config.id];
    entry = {std::make_shared<const Lsa>(makeLsa(m_config.id, kFirstSequence, describeLinks())), now - age, now - age, now - age, false, false};
    return entry.lsa;
}

OspfRouter::Advertised OspfRouter::own() const {
    const Entry& entry = m_database.at(m_config.id);
    return {entry.lsa, entry.bornAt};
}

void OspfRouter::preloadDatabase(const std::vector<Advertised>& all, Instant now) {
    for (const Advertised& one : all) {
        const RouterId origin = one.lsa->header.router;
        if (origin != m_config.id) m_database[origin] = {one.lsa, one.bornAt, one.bornAt, one.bornAt, false, false};
        m_agingAt = std::min(m_agingAt, one.bornAt + (origin == m_config.id ? kRefreshTime : kLifetime));
    }
    computeTable();
    setDeadline(now);
}

std::optional<OspfRouter::Advertised> OspfRouter::refreshedBy(Instant to) const {
    const auto known = m_database.find(m_config.id);
    if (!m_running || known == m_database.end() || to < known->second.bornAt + kRefreshTime) return std::nullopt;
    const Entry& entry = known->second;
    const std::int64_t times = (to - entry.bornAt) / kRefreshTime;
    const auto sequence = static_cast<std::int32_t>(entry.lsa->header.sequence + times);
    return Advertised{std::make_shared<const Lsa>(makeLsa(m_config.id, sequence, entry.lsa->links)), entry.bornAt + times * kRefreshTime};
}

void OspfRouter::passOver(Instant from, Instant to, const std::map<RouterId, std::pair<Advertised, Advertised>>& refreshed) {
    if (!m_running) return;
    const Duration stride = to - from;
    m_helloAt = helloAfter(to);
    const auto shift = [stride](Instant& at) {
        if (at != kNever) at += stride;
    };
    shift(m_tableAt);
    shift(m_originateAt);
    for (auto& [key, neighbour] : m_neighbours) {
        if (neighbour.state == State::full && neighbour.heardAt + kHelloInterval > from - kHelloInterval)
            neighbour.heardAt += (to - neighbour.heardAt) / kHelloInterval * kHelloInterval;  // every hello came in time
        else
            neighbour.heardAt += stride;
        shift(neighbour.resendAt);
        shift(neighbour.retransmitAt);
        shift(neighbour.ackAt);
    }
    if (refreshed.empty() && to < m_agingAt) return setDeadline(to);
    m_agingAt = kNever;
    for (auto entry = m_database.begin(); entry != m_database.end();) {
        const auto fresh = refreshed.find(entry->first);
        if (fresh != refreshed.end() && fresh->second.first.lsa->header.sequence == entry->second.lsa->header.sequence && !entry->second.flushing) {
            const Advertised& now = fresh->second.second;
            entry->second = {now.lsa, now.bornAt, now.bornAt, now.bornAt, entry->second.flooded, false};
        }
        const Duration life = entry->first == m_config.id ? kRefreshTime : kLifetime;
        if (entry->first != m_config.id && to >= entry->second.bornAt + kLifetime) {
            forgetUnacknowledged(entry->first);
            entry = m_database.erase(entry);  // nobody was there to refresh it: nothing was reached through it
            continue;
        }
        m_agingAt = std::min(m_agingAt, entry->second.bornAt + life);
        ++entry;
    }
    const auto mine = m_database.find(m_config.id);
    if (mine != m_database.end()) m_lastOriginated = std::max(m_lastOriginated, mine->second.bornAt);
    setDeadline(to);
}

}  // namespace mailtrek::routing
