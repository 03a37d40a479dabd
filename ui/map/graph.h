// SPDX-License-Identifier: GPL-3.0-or-later
// The network as a graph, for the layout: neighbours, zones, and the road that a letter is likely to take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/trace/cast.h"
#include "ui/map/layout.h"

namespace mailtrek::ui {

struct ZoneMembers {
    std::string domain;
    std::vector<std::size_t> servers;
    std::vector<std::size_t> devices;
    std::vector<std::size_t> switches;  // all of whose neighbours are here
};

class MapGraph {
public:
    explicit MapGraph(const trace::Cast& cast);

    std::size_t size() const { return m_neighbours.size(); }
    const std::vector<std::size_t>& neighbours(std::size_t node) const { return m_neighbours[node]; }
    const std::vector<ZoneMembers>& zones() const { return m_zones; }
    int zoneOf(std::size_t node) const { return m_zoneOf[node]; }  // -1: in the network between

    // The zone that serves the domain of `address`, or none.
    std::optional<std::size_t> zoneServing(const std::string& address) const;
    // Fewest links from a to b, both included; empty when there is no way. Only network nodes may lie between.
    std::vector<std::size_t> road(std::size_t a, std::size_t b, bool anyNodeBetween) const;

private:
    void assignZones();

    const trace::Cast& m_cast;
    std::vector<std::vector<std::size_t>> m_neighbours;
    std::vector<ZoneMembers> m_zones;
    std::vector<int> m_zoneOf;
};

bool isDevice(trace::NodeKind kind);

}  // namespace mailtrek::ui
