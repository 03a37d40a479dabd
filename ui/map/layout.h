// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything stands on the map: in journey order, left to right (sender's devices, server, routers, server, reader's devices). A
// pure function of the cast, of who writes to whom, and of the room there is.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/cast.h"
#include "ui/look/look.h"

namespace mailtrek::ui {

struct Correspondents {  // of the letter that the class follows; empty: file order decides
    std::string from;
    std::string to;
    friend bool operator==(const Correspondents&, const Correspondents&) = default;
};

enum class LabelSide : std::uint8_t { automatic, above, below, left, right };

struct PlacedNode {
    QPointF centre;
    double icon = 56;  // side of the 64-unit grid
    QString text;      // with a line break where one line would be too wide
    QRectF label;
    bool labelAbove = false;
    bool smallPrint = false;                     // the name in second text
    LabelSide labelSide = LabelSide::automatic;  // tried first
    double labelRoom = 0;                        // a name wider than this is broken; 0: as wide as it likes
    int zone = -1;
};

struct PlacedZone {
    QRectF box;
    QString title;
    QRectF titleBox;
    NodeId server;
    bool sends = false;     // the sender's: its queue is of interest from the start
    bool receives = false;  // the reader's: so is the mailbox
    QRectF stores;          // room for queue and mailbox below the server
};

struct PlacedLink {
    QLineF line;   // between the middles of the two nodes
    QLineF clear;  // between their rims
    bool tapped = false;
};

struct MapLayout {
    QSizeF area;  // for a crowd larger than asked for: the view shows it smaller
    bool crowded = false;
    std::vector<PlacedNode> nodes;  // by NodeId
    std::vector<PlacedLink> links;  // by LinkId
    std::vector<PlacedZone> zones;
    QRectF networkTitle;  // "the network", null when there is no room between two zones
};

MapLayout layoutMap(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish);

// The font of a node's name.
QFont nameFont(const PlacedNode& node, const Look& look);

// "sur" of LocalizedText or the node's name.
QString nodeText(const trace::CastNode& node, bool spanish);

}  // namespace mailtrek::ui
