// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/delegations.h"

#include <algorithm>

namespace mailtrek::dns {

std::optional<Delegation> referralIn(const Message& response, const Question& question, const Name& zone, Instant now) {
    Delegation found;
    std::uint32_t ttl = ~std::uint32_t{0};
    for (const ResourceRecord& record : response.authority) {
        const auto* ns = std::get_if<NsRecord>(&record.data);
        if (ns == nullptr || record.klass != kClassIn) continue;
        const bool downwards = record.name != zone && record.name.isWithin(zone) && question.name.isWithin(record.name);
        if (!downwards || (!found.servers.empty() && record.name != found.zone)) continue;
        found.zone = record.name;
        if (std::ranges::find(found.servers, ns->host) == found.servers.end()) found.servers.push_back(ns->host);
        ttl = std::min(ttl, record.ttl);
    }
    if (found.servers.empty()) return std::nullopt;
    for (const ResourceRecord& record : response.additional) {
        const auto* a = std::get_if<ARecord>(&record.data);
        if (a == nullptr || !record.name.isWithin(zone) || std::ranges::find(found.servers, record.name) == found.servers.end()) continue;
        auto& addresses = found.addresses[record.name];
        if (std::ranges::find(addresses, a->address) == addresses.end()) addresses.push_back(a->address);
        ttl = std::min(ttl, record.ttl);
    }
    found.expires = now + std::chrono::seconds{ttl};
    return found;
}

Delegations::Delegations(std::vector<Delegation> hints, std::size_t capacity) : m_capacity(capacity) {
    for (Delegation& hint : hints) {
        Name zone = hint.zone;
        m_hints.insert_or_assign(std::move(zone), std::move(hint));
    }
}

void Delegations::learn(Delegation delegation, Instant now) {
    if (m_learnt.size() >= m_capacity) std::erase_if(m_learnt, [now](const auto& entry) { return entry.second.expires < now; });
    if (m_learnt.size() >= m_capacity) m_learnt.erase(std::ranges::min_element(m_learnt, {}, [](const auto& entry) { return entry.second.expires; }));
    Name zone = delegation.zone;
    m_learnt.insert_or_assign(std::move(zone), std::move(delegation));
}

const Delegation* Delegations::nearest(const Name& name, Instant now) const {
    for (Name zone = name;; zone = zone.parent()) {
        if (const auto it = m_learnt.find(zone); it != m_learnt.end() && now <= it->second.expires) return &it->second;
        if (const auto it = m_hints.find(zone); it != m_hints.end()) return &it->second;
        if (zone.isRoot()) return nullptr;
    }
}

}  // namespace mailtrek::dns
