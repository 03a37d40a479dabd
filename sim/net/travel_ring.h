// SPDX-License-Identifier: GPL-3.0-or-later
// The packets that one direction of a link carries, in the order in which they entered, found by their number. Grows when it must,
// never shrinks, and moves nothing when a packet in the middle is taken out.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/net/flight.h"
#include "sim/trace/enums.h"

namespace mailtrek::net {

struct Travel {
    FlightPtr flight;           // null: gone
    std::uint64_t ordinal = 0;  // nth to enter the link; 0: a copy made here, or a packet of a routing protocol
    Instant queuedAt;
    Instant start;             // the first octet goes onto the line
    Instant arrival;           // the last octet is at the other end
    Instant due;               // when the link wakes up for it: at the arrival, or half way when it gets lost
    Instant floor;             // the latest arrival in front of it: it does not arrive before
    trace::EventId lossCause;  // none: its own PacketSent
    std::uint32_t size = 0;    // octets on the line: of the frame, where there is one
    trace::DropReason reason{};
    bool waits = false;  // for its turn in a CoDel queue: until then it has no wake-up of its own
    bool lost = false;
    bool corrupted = false;
    bool scriptedLoss = false;        // by a rule or a removal: new settings do not change it
    bool scriptedCorruption = false;  // by a rule
};

class TravelRing {
public:
    // The new last place; its number is last() - 1. References to other places become invalid.
    Travel& push(FlightPtr flight, std::uint32_t size);
    // Null when the packet with that number is not here any more.
    Travel* find(std::uint64_t number);
    // Takes the packet out of its place. REQUIRES: find(number) is not null.
    FlightPtr take(std::uint64_t number);

    // Numbers in use are in [first(), last()). The first one is never empty, others may be.
    std::uint64_t first() const { return m_first; }
    std::uint64_t last() const { return m_last; }
    Travel& operator[](std::uint64_t number) { return m_places[number & (m_places.size() - 1)]; }
    const Travel& operator[](std::uint64_t number) const { return m_places[number & (m_places.size() - 1)]; }
    std::uint64_t live() const { return m_live; }

    // --- the queue in front of the line: packets whose start is after `now`. They follow one another up to last() ---
    std::uint64_t firstWaiting(Instant now);  // last() when none waits
    std::uint64_t waitingPackets(Instant now);
    std::uint64_t waitingBytes(Instant now);

private:
    void grow();
    std::vector<Travel> m_places;  // as many as a power of two
    std::uint64_t m_first = 0, m_last = 0, m_live = 0;
    // Of the packets from m_firstWaiting on; those that have started meanwhile are left out when somebody asks.
    std::uint64_t m_firstWaiting = 0, m_waitingPackets = 0, m_waitingBytes = 0;
};

}  // namespace mailtrek::net
