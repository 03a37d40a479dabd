// SPDX-License-Identifier: GPL-3.0-or-later
// What is under the pointer, and what it is in words.
#pragma once

#include "ui/map/scene.h"

namespace mailtrek::ui {

struct Hit {
    NodeId node;
    LinkId link;
    PacketId packet;
    std::optional<trace::EventId> drop;
};

// Packets before fallen ones before nodes before links.
Hit hitAt(QPointF at, const MapLayout& layout, const MovingScene& moving, const Look& look);
QString describe(const Hit& hit, const Moment& moment);
// "Segment 20 from norte to sur, port 25: 1,460 bytes, sent for the 2nd time".
QString describePacket(PacketId packet, const Moment& moment);

}  // namespace mailtrek::ui
