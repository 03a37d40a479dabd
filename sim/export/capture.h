// SPDX-License-Identifier: GPL-3.0-or-later
// What a capture at every link end would have seen, in the order of time: each packet when it leaves the sending end and when it arrives at the other.
#pragma once

#include <string>
#include <vector>

#include "sim/export/filter.h"
#include "sim/trace/recording.h"

namespace mailtrek::exporting {

enum class Direction : std::uint8_t { in, out };

struct Sighting {
    Instant at;
    trace::LinkEnd end;  // where it was seen: on nodeAt(end)'s interface
    PacketId packet;
    Direction direction{};
    std::uint8_t ttl = 0;
    bool congestionMark = false;
    trace::FrameId frame;  // its Ethernet header there; none on a link without
    std::string comment;   // "dropped: queue-full", "damaged: bit 77 flipped"; usually empty
};

// A packet that was lost on the wire is seen, with its comment, where it was sent. One that a full queue refused, or that was still queued when the link was cut, did
// not leave, but stands there too, at the moment it was dropped: TCP did send it. One that a node discards has its comment where it arrived. Packets that
// are queued when the recording ends have not been seen.
// Whether the link ends at a switch, so that packets travel in Ethernet frames.
bool isFramed(LinkId link, const trace::Recording& recording);

std::vector<Sighting> sightings(const trace::Recording& recording, const Filter& filter);

// The octets as they were at that place: TTL and ECN of the hop, checksums computed anew, damage kept.
// With the Ethernet header where there is one.
std::string octetsOf(const Sighting& sighting, const trace::Recording& recording);

}  // namespace mailtrek::exporting
