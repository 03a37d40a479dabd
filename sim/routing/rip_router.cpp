// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/routing/rip_router.h"

#include <algorithm>
#include <utility>

#include "sim/kernel/dice.h"

namespace mailtrek::routing {
namespace {

constexpr Duration kLate = std::chrono::seconds{2};
constexpr std::size_t kHeaders = 28 + 4, kEntrySize = 20;  // IP, UDP and RIP

}  // namespace

RipRouter::RipRouter(RipConfig config) : m_config(std::move(config)) {}

// From a clock that load does not shift, and at instants of its own, so that not all speak at once (3.8).
Instant RipRouter::periodicAfter(Instant now) const {
    const Duration phase{static_cast<std::int64_t>(below(mix(m_config.id.value + 3), static_cast<std::uint64_t>(kRipInterval.count())))};
    const std::int64_t interval = kRipInterval.count(), since = (now - kStart - phase).count();
    const std::int64_t passed = since >= 0 ? since / interval : -((-since + interval - 1) / interval);
    return kStart + phase + Duration{(passed + 1) * interval};
}

RipActions RipRouter::start(Instant now, Tag tag) {
    m_tag = tag;
    m_running = true;
    m_quietUntil = now;
    ownPrefixes(now);
    for (std::uint32_t i = 0; i < m_config.interfaces.size(); ++i) ask(i);
    m_periodicAt = periodicAfter(now);
    return finish(now);
}

void RipRouter::stop() {
    m_running = false;
    m_table.clear();
    m_actions.clear();
    m_tableChanged = false;
    m_deadline = m_periodicAt = kNever;
}

void RipRouter::ownPrefixes(Instant now) {
    for (const wire::Ipv4Prefix prefix : m_config.announced) setOwn(prefix, 1, 0, now);
    for (std::uint32_t i = 0; i < m_config.interfaces.size(); ++i) {
        const RipInterface& interface = m_config.interfaces[i];
        if (interface.up && interface.announced) setOwn(interface.prefix, std::min(interface.cost, kInfinity), i, now);
    }
}

void RipRouter::setOwn(wire::Ipv4Prefix prefix, std::uint32_t metric, std::uint32_t interface, Instant now) {
    Route& route = m_table[prefix];
    if (route.own() && route.garbageAt == kNever && route.metric <= metric) return;  // known, or the same segment twice
    route.metric = metric;
    route.interface = interface;
    route.gateway = {};
    route.garbageAt = kNever;
    change(route, now);
}

void RipRouter::change(Route& route, Instant now) {
    if (!route.changed) route.changedBy = m_tag;
    route.changed = true;
    route.tag = m_tag;
    m_changedAt = now;
    if (!m_tableChanged) m_changeTag = m_tag;
    m_tableChanged = true;
}

void RipRouter::lose(Route& route, Instant now) {
    route.metric = kInfinity;
    route.garbageAt = now + kRipGarbage;
    change(route, now);
}

RipActions RipRouter::onMessage(std::uint32_t interface, wire::Ipv4Address source, std::uint16_t sourcePort, const RipMessage& message, Instant now, Tag tag) {
    if (!m_running || !m_config.interfaces[interface].up) return {};
    const std::vector<RipPeer>& peers = m_config.interfaces[interface].peers;
    const auto peer = std::ranges::find(peers, source, &RipPeer::address);
    if (peer == peers.end() || sourcePort != kRipPort) return {};  // 3.9.2: a router on this very network
    m_tag = tag;
    if (message.request) {
        if (message.wholeTable) say(interface, source, false, trace::UpdateReason::requested);
        return finish(now);
    }
    for (const RipEntry& entry : message.entries) take(interface, source, peer->cost, entry, now);
    return finish(now);
}

// 3.9.2, output of a distance vector.
void RipRouter::take(std::uint32_t interface, wire::Ipv4Address source, std::uint32_t cost, const RipEntry& entry, Instant now) {
    const std::uint32_t metric = std::min(entry.metric + cost, kInfinity);
    const auto known = m_table.find(entry.prefix);
    if (known == m_table.end()) {
        if (metric == kInfinity) return;
        Route& route = m_table[entry.prefix];
        route.metric = metric;
        route.interface = interface;
        route.gateway = source;
        route.heardAt = now;
        return change(route, now);
    }
    Route& route = known->second;
    if (route.own() && route.garbageAt == kNever) return;
    const bool sameRouter = !route.own() && route.gateway == source && route.interface == interface;
    if (sameRouter && route.garbageAt == kNever) {
        route.heardAt = now;
        route.tag = m_tag;
    }
    if (!(sameRouter ? metric != route.metric : metric < route.metric)) return;
    if (metric == kInfinity) {
        if (route.garbageAt == kNever) lose(route, now);
        return;
    }
    route.metric = metric;
    route.interface = interface;
    route.gateway = source;
    route.heardAt = now;
    route.garbageAt = kNever;
    change(route, now);
}

RipActions RipRouter::onCarrier(std::uint32_t interface, bool up, Instant now, Tag tag) {
    if (m_config.interfaces[interface].up == up) return {};
    m_config.interfaces[interface].up = up;
    if (!m_running) return {};
    m_tag = tag;
    if (up) {
        ownPrefixes(now);
        ask(interface);
        return finish(now);
    }
    for (auto& [prefix, route] : m_table) {
        if (route.garbageAt != kNever || route.interface != interface) continue;
        const bool ownHere = route.own() && prefix == m_config.interfaces[interface].prefix && m_config.interfaces[interface].announced;
        if (ownHere || !route.own()) lose(route, now);
    }
    ownPrefixes(now);  // another interface may be on the same segment
    return finish(now);
}

RipActions RipRouter::onTimer(Instant now) {
    if (!m_running) return {};
    m_tag = kNoTag;
    expire(now);
    if (now >= m_periodicAt) {
        m_tag = kNoTag;
        sayAll(false, trace::UpdateReason::periodic);
        for (auto& [prefix, route] : m_table) route.changed = false;
        m_periodicAt = periodicAfter(now);
    }
    return finish(now);
}

void RipRouter::expire(Instant now) {
    for (auto at = m_table.begin(); at != m_table.end();) {
        Route& route = at->second;
        if (now >= route.garbageAt) {
            at = m_table.erase(at);
            continue;
        }
        if (!route.own() && route.garbageAt == kNever && now >= route.heardAt + kRipTimeout) {
            m_tag = route.tag;
            m_actions.push_back({m_tag, PeerSilent{route.interface, route.gateway, route.heardAt}});
            lose(route, now);
        }
        ++at;
    }
}

// Changes are told at once, unless that was done a moment ago (3.10.1).
RipActions RipRouter::finish(Instant now) {
    if (std::exchange(m_tableChanged, false)) m_actions.push_back({m_changeTag, TableComputed{}});
    const auto untold = std::ranges::find_if(m_table, [](const auto& r) { return r.second.changed; });
    if (m_config.triggeredUpdates && untold != m_table.end() && now >= m_quietUntil) {
        const Tag before = std::exchange(m_tag, untold->second.changedBy);
        sayAll(true, trace::UpdateReason::triggered);
        for (auto& [prefix, route] : m_table) route.changed = false;
        m_quietUntil = now + std::chrono::seconds{1} + Duration{static_cast<std::int64_t>(below(mix(combine(m_config.id.value, ++m_triggered)), 4'000'000'000ull))};
        m_tag = before;
    }
    setDeadline(now);
    return std::exchange(m_actions, {});
}

void RipRouter::setDeadline(Instant now) {
    m_deadline = m_periodicAt;
    for (const auto& [prefix, route] : m_table) {
        m_deadline = std::min(m_deadline, route.garbageAt);
        if (!route.own() && route.garbageAt == kNever) m_deadline = std::min(m_deadline, route.heardAt + kRipTimeout);
        if (route.changed && m_config.triggeredUpdates) m_deadline = std::min(m_deadline, m_quietUntil);
    }
    m_deadline = std::max(m_deadline, now);
}

std::vector<wire::Ipv4Address> RipRouter::listeners(std::uint32_t interface) const {
    const RipInterface& on = m_config.interfaces[interface];
    if (!on.up || on.peers.empty()) return {};
    if (on.pointToPoint) return {kRipRouters};
    std::vector<wire::Ipv4Address> all;
    for (const RipPeer& peer : on.peers) all.push_back(peer.address);
    return all;
}

void RipRouter::ask(std::uint32_t interface) {
    RipMessage everything;
    everything.request = everything.wholeTable = true;
    for (const wire::Ipv4Address to : listeners(interface)) m_actions.push_back({m_tag, SendRip{interface, to, serialize(everything), 0, trace::UpdateReason::request}});
}

void RipRouter::sayAll(bool onlyChanged, trace::UpdateReason reason) {
    for (std::uint32_t i = 0; i < m_config.interfaces.size(); ++i)
        for (const wire::Ipv4Address to : listeners(i)) say(i, to, onlyChanged, reason);
}

void RipRouter::say(std::uint32_t interface, wire::Ipv4Address to, bool onlyChanged, trace::UpdateReason reason) {
    const std::uint32_t mtu = m_config.interfaces[interface].mtu;
    const std::size_t most = std::clamp<std::size_t>(mtu < kHeaders + kEntrySize ? 1 : (mtu - kHeaders) / kEntrySize, 1, kMostEntries);
    RipMessage message;
    const auto flush = [&] {
        const auto entries = static_cast<std::uint16_t>(message.entries.size());
        if (entries > 0) m_actions.push_back({m_tag, SendRip{interface, to, serialize(message), entries, reason}});
        message.entries.clear();
    };
    for (const auto& [prefix, route] : m_table) {
        if (onlyChanged && !route.changed) continue;
        std::uint32_t metric = route.metric;
        if (!route.own() && route.interface == interface) {
            if (m_config.splitHorizon == SplitHorizon::simple) continue;
            if (m_config.splitHorizon == SplitHorizon::poisonedReverse) metric = kInfinity;
        }
        message.entries.push_back({prefix, metric, {}});
        if (message.entries.size() == most) flush();
    }
    flush();
}

void RipRouter::preload(const std::vector<LearntRoute>& learnt, Instant now) {
    m_running = true;
    m_tag = kNoTag;
    ownPrefixes(now);
    for (const LearntRoute& one : learnt) {
        if (one.cost >= kInfinity || m_table.contains(one.prefix)) continue;
        Route& route = m_table[one.prefix];
        route.metric = one.cost;
        route.interface = one.hops.front().interface;
        route.gateway = one.hops.front().gateway;
        route.heardAt = now;
    }
    for (auto& [prefix, route] : m_table) route.changed = false;
    m_tableChanged = false;
    m_changedAt = now - kRipTimeout;
    m_periodicAt = periodicAfter(now);
    setDeadline(now);
}

void RipRouter::tagPreloaded(Tag tag) {
    for (auto& [prefix, route] : m_table) route.tag = tag;
}

void RipRouter::passOver(Instant from, Instant to) {
    if (!m_running) return;
    const Duration stride = to - from;
    for (auto& [prefix, route] : m_table) {
        if (route.garbageAt != kNever)
            route.garbageAt += stride;
        else
            route.heardAt += (to - route.heardAt) / kRipInterval * kRipInterval;  // every update came in time
    }
    m_quietUntil = std::max(m_quietUntil, from) + stride;
    m_periodicAt = periodicAfter(to);
    setDeadline(to);
}

std::vector<LearntRoute> RipRouter::routes() const {
    std::vector<LearntRoute> all;
    for (const auto& [prefix, route] : m_table)
        if (!route.own() && route.metric < kInfinity) all.push_back({prefix, route.metric, {{route.interface, route.gateway}}});
    return all;
}

std::uint32_t RipRouter::metric(wire::Ipv4Prefix prefix) const {
    const auto found = m_table.find(prefix);
    return found == m_table.end() ? kInfinity : found->second.metric;
}

bool RipRouter::settled(Instant now) const {
    if (!m_running) return true;
    if (now < m_changedAt + kRipInterval + kLate) return false;  // another way may be known to a neighbour, who tells it in the next round
    return std::ranges::all_of(m_table, [now](const auto& r) {
        const Route& route = r.second;
        if (route.changed) return false;
        return route.own() || route.garbageAt != kNever || now <= route.heardAt + kRipInterval + kLate;
    });
}

}  // namespace mailtrek::routing
