// SPDX-License-Identifier: GPL-3.0-or-later
// Where the machines of one domain stand inside its zone.
#pragma once

#include "ui/map/graph.h"
#include "ui/map/layout.h"

namespace mailtrek::ui {

inline constexpr double kMainRow = 250.0 / 452.0;  // share of the map's height on which servers and main road lie

struct ZoneRoom {  // what the fillers work on
    const trace::Cast& cast;
    const MapGraph& graph;
    const Look& look;
    MapLayout& out;
    std::vector<bool>& done;  // by NodeId: has its place

    void put(std::size_t node, QPointF centre) const {
        out.nodes[node].centre = centre;
        done[node] = true;
    }
};

double zoneWidth(const ZoneRoom& room, std::size_t zone);

// A zone as tall as the map. Up to two devices stand above their server; more stand in a column on the outer side, with their names beside them, so that
// their links fan out and cross nothing. `outerLeft`: the outer side is the left one.
void fillTall(const ZoneRoom& room, std::size_t zone, PlacedZone& placed, bool outerLeft);
// One of several on top of each other: server on the inner (left) side, devices in a column beside it.
void fillShort(const ZoneRoom& room, std::size_t zone, PlacedZone& placed);
// One provider for everybody: sender, server, reader in one row.
void fillAlone(const ZoneRoom& room, const std::string& sender, PlacedZone& placed);

}  // namespace mailtrek::ui
