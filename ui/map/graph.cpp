// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/graph.h"

#include <algorithm>
#include <deque>

namespace mailtrek::ui {
namespace {

std::string domainOf(const std::string& address) {
    const auto at = address.rfind('@');
    return at == std::string::npos ? std::string{} : address.substr(at + 1);
}

}  // namespace

bool isDevice(trace::NodeKind kind) {
    switch (kind) {
        case trace::NodeKind::pc:
        case trace::NodeKind::laptop:
        case trace::NodeKind::phone:
        case trace::NodeKind::tablet:
        case trace::NodeKind::printer: return true;
        case trace::NodeKind::mailServer:
        case trace::NodeKind::dnsServer:
        case trace::NodeKind::router:
        case trace::NodeKind::switchNode: return false;
    }
    return false;
}

MapGraph::MapGraph(const trace::Cast& cast) : m_cast(cast), m_neighbours(cast.nodes.size()), m_zoneOf(cast.nodes.size(), -1) {
    for (const trace::CastLink& link : cast.links) {
        if (!link.first.valid() || !link.second.valid() || link.first.index() >= size() || link.second.index() >= size()) continue;
        m_neighbours[link.first.index()].push_back(link.second.index());
        m_neighbours[link.second.index()].push_back(link.first.index());
    }
    assignZones();
}

void MapGraph::assignZones() {
    for (std::size_t i = 0; i < m_cast.nodes.size(); ++i) {
        const trace::CastNode& node = m_cast.nodes[i];
        if (node.kind != trace::NodeKind::mailServer) continue;
        const std::string domain = node.domains.empty() ? std::string{} : node.domains.front();
        auto zone = std::find_if(m_zones.begin(), m_zones.end(), [&](const ZoneMembers& z) { return !domain.empty() && z.domain == domain; });
        if (zone == m_zones.end()) zone = m_zones.insert(m_zones.end(), ZoneMembers{domain, {}, {}, {}});
        zone->servers.push_back(i);
        m_zoneOf[i] = static_cast<int>(zone - m_zones.begin());
    }
    for (std::size_t i = 0; i < m_cast.nodes.size(); ++i) {
        if (!isDevice(m_cast.nodes[i].kind)) continue;
        std::optional<std::size_t> zone = zoneServing(m_cast.nodes[i].user);
        for (const std::size_t n : m_neighbours[i])
            if (!zone && m_zoneOf[n] >= 0) zone = static_cast<std::size_t>(m_zoneOf[n]);
        if (!zone) continue;
        m_zones[*zone].devices.push_back(i);
        m_zoneOf[i] = static_cast<int>(*zone);
    }
    for (std::size_t i = 0; i < m_cast.nodes.size(); ++i) {
        if (m_cast.nodes[i].kind != trace::NodeKind::switchNode || m_neighbours[i].empty()) continue;
        const int zone = m_zoneOf[m_neighbours[i].front()];
        const bool inside = zone >= 0 && std::all_of(m_neighbours[i].begin(), m_neighbours[i].end(), [&](std::size_t n) { return m_zoneOf[n] == zone; });
        if (!inside) continue;
        m_zones[static_cast<std::size_t>(zone)].switches.push_back(i);
        m_zoneOf[i] = zone;
    }
}

std::optional<std::size_t> MapGraph::zoneServing(const std::string& address) const {
    const std::string domain = domainOf(address);
    if (domain.empty()) return std::nullopt;
    for (std::size_t z = 0; z < m_zones.size(); ++z)
        for (const std::size_t server : m_zones[z].servers) {
            const auto& domains = m_cast.nodes[server].domains;
            if (std::find(domains.begin(), domains.end(), domain) != domains.end()) return z;
        }
    return std::nullopt;
}

std::vector<std::size_t> MapGraph::road(std::size_t a, std::size_t b, bool anyNodeBetween) const {
    std::vector<std::size_t> from(size(), size());
    std::deque<std::size_t> open{a};
    from[a] = a;
    while (!open.empty() && from[b] == size()) {
        const std::size_t n = open.front();
        open.pop_front();
        if (n != a && !anyNodeBetween && m_zoneOf[n] >= 0) continue;
        for (const std::size_t m : m_neighbours[n])
            if (from[m] == size()) {
                from[m] = n;
                open.push_back(m);
            }
    }
    if (from[b] == size()) return {};
    std::vector<std::size_t> road{b};
    while (road.back() != a) road.push_back(from[road.back()]);
    std::reverse(road.begin(), road.end());
    return road;
}

}  // namespace mailtrek::ui
