// SPDX-License-Identifier: GPL-3.0-or-later
// Devices with several links, as a phone has Wi-Fi and the mobile network: the first link of the file that is up is used, with the address that the device has there. A device sees
// at once that its own link is cut: what stood on the address of that link is gone, without a word to the peer, and is begun anew over the next link. When the first link works
// again, new connections use it; those that are there stay on theirs (RFC 1122 3.3.4.2, the strong model). What happens beyond its own link only silence tells it.
#include "sim/host/network.h"

namespace mailtrek::host {

void Network::findRoaming() {
    m_roams.resize(m_scenario.nodes.size());
    std::vector<unsigned> links(m_scenario.nodes.size());
    for (const scenario::Link& link : m_scenario.links)
        for (const NodeId end : link.between)
            if (++links[end.index()] > 1 && scenario::isDevice(m_scenario.nodes[end.index()].kind)) m_roams[end.index()] = true;
}

void Network::setNetworks(DeviceOptions& options, NodeId device, NodeId server) const {
    options.roams = true;
    for (std::size_t a = 0; a < m_links.size(); ++a)
        for (std::size_t e : {0u, 1u})
            for (std::size_t b = 0; m_scenario.links[a].between[e] == device && b < m_links.size(); ++b)
                for (std::size_t f : {0u, 1u})
                    if (m_scenario.links[b].between[f] == server && m_addresses.links[b][f].prefix == m_addresses.links[a][e].prefix)
                        options.beside.push_back(m_addresses.links[b][f].address);
    if (const auto known = scenario::publicAddresses(m_scenario, m_addresses, server); !known.empty()) options.server = known.front();
}

// The link that each end of `link` uses, if that is a device with several: of its default route, or else the first that is up.
std::array<trace::LinkEnd, 2> Network::networksOfEnds(LinkId link) const {
    std::array<trace::LinkEnd, 2> used;
    for (std::size_t end : {0u, 1u}) {
        const NodeId node = m_scenario.links[link.index()].between[end];
        if (!roams(node)) continue;
        const std::vector<net::Route>& routes = m_plan.routes[node.index()];
        for (const net::Route& route : routes)  // ascending: the default route comes first
            if (!used[end].valid() || (routes.front().prefix.length > 0 && route.via < used[end])) used[end] = route.via;
    }
    return used;
}

void Network::moveDevices(LinkId link, const std::array<trace::LinkEnd, 2>& before, trace::EventId cause) {
    const std::array<trace::LinkEnd, 2> after = networksOfEnds(link);
    const bool up = m_links[link.index()]->up();
    for (std::size_t end : {0u, 1u}) {
        const NodeId node = m_scenario.links[link.index()].between[end];
        if (!roams(node) || !m_machines[node.index()]->ip().running()) continue;
        const std::optional<wire::Ipv4Address> lost = up ? std::nullopt : std::optional(m_addresses.links[link.index()][end].address);
        const bool told = m_machines[node.index()]->ip().online();
        m_machines[node.index()]->changeNetwork(before[end], told ? after[end] : before[end], lost, cause);
    }
}

}  // namespace mailtrek::host
