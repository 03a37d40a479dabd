// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything stands on the map: in journey order, left to right (sender's devices, server, routers, server, reader's devices). A
// pure function of the cast, of who writes to whom, and of the room there is.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>
#include <QString>
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

struct PlacedNode {
    QPointF centre;
    double icon = 56;  // side of the 64-unit grid
    QString text;
    QRectF label;
    bool labelAbove = false;
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
};

struct MapLayout {
    QSizeF area;
    std::vector<PlacedNode> nodes;  // by NodeId
    std::vector<PlacedLink> links;  // by LinkId
    std::vector<PlacedZone> zones;
    QRectF networkTitle;  // "the network", null when there is no room between two zones
};

MapLayout layoutMap(const trace::Cast& cast, const Correspondents& who, QSizeF area, const Look& look, bool spanish);

// "sur" of LocalizedText or the node's name.
QString nodeText(const trace::CastNode& node, bool spanish);

}  // namespace mailtrek::ui
