// SPDX-License-Identifier: GPL-3.0-or-later
// Fragmentation and reassembly (RFC 791 3.2, RFC 815, RFC 1122 3.3.2).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/net/flight.h"

namespace mailtrek::net {

// The datagram cut into pieces of at most `mtu` octets, each with RawTransport. Also cuts a fragment further.
// REQUIRES: !packet.ip.dontFragment, no RawDatagram, mtu >= 28, wireSize(packet) > mtu.
std::vector<wire::Packet> fragment(const wire::Packet& packet, std::uint32_t mtu);

constexpr bool isFragment(const wire::Ipv4Header& ip) { return ip.moreFragments || ip.fragmentOffset != 0; }

// Fragments that wait for the rest of their datagram, at the destination.
class Reassembly {
public:
    static constexpr Duration kTimeout = std::chrono::seconds(60);  // RFC 1122 3.3.2: 60 to 120 s
    static constexpr std::size_t kMostDatagrams = 64;               // the oldest one gives way

    struct Added {
        FlightPtr whole;                   // the datagram, when this fragment was the last one missing: the flight of the first fragment, joined
        std::uint16_t pieces = 0;          // of the whole one
        std::vector<FlightPtr> discarded;  // repeated or overlapping ones, and those of a datagram that gave way
    };
    // REQUIRES: isFragment(flight->packet.ip).
    Added add(FlightPtr flight, Instant now);

    // Datagrams that waited too long, each with its fragments, the one with offset 0 in front if it came.
    std::vector<std::vector<FlightPtr>> expire(Instant now);
    Instant nextDeadline() const { return m_datagrams.empty() ? kNever : m_datagrams.front().deadline; }
    // Everything that waits, for a node that stops.
    std::vector<FlightPtr> clear();

private:
    struct Datagram {
        wire::Ipv4Address source, destination;
        std::uint16_t identification = 0;
        std::uint8_t protocol = 0;
        Instant deadline;
        std::vector<FlightPtr> pieces;  // ascending by offset, without overlap
        bool is(const wire::Ipv4Header& ip) const { return source == ip.source && destination == ip.destination && identification == ip.identification && protocol == ip.protocol; }
        bool complete() const;
    };
    std::vector<Datagram> m_datagrams;  // ascending by deadline
};

}  // namespace mailtrek::net
