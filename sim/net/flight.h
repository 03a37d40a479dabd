// SPDX-License-Identifier: GPL-3.0-or-later
// A packet on its way: the datagram and what the simulation knows about it beside its octets. Flights come from a pool and go back
// to it, so that forwarding allocates nothing once warm.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "sim/kernel/dice.h"
#include "sim/kernel/id.h"
#include "sim/trace/ids.h"
#include "sim/wire/packet.h"

namespace mailtrek::net {

// What a packet's dice are thrown for. Two packets of one run never share it; the same packet has it again in every run that sends it,
// whatever other packets do.
struct FateKey {
    std::uint64_t flow = 0;          // flowHash of the TCP connection, seen from the sender; 0: IpNode::prepare makes one of addresses and protocol
    std::uint64_t number = 0;        // sequence number, or, without payload, something that tells the sender's acknowledgments apart; of a datagram its IP identification
    std::uint32_t transmission = 1;  // 1 is the first time
    std::uint32_t dataSegment = 0;   // number of the segment with payload, from 1, per connection and sender; 0: none
    std::uint32_t mailSegment = 0;   // number among those that carry octets of a message, from 1; 0: carries none
    bool lastContent = false;        // carries the last octet of a message: mail segment -1
    bool firstTransmission = true;   // false: a retransmission, which rules leave alone
    bool copy = false;               // made by a link that duplicates; rules that count segments leave it alone
    std::uint64_t packetHash = 0;    // made of flow, number and transmission by IpNode::prepare; copies get another
};

constexpr std::uint64_t flowHash(wire::Ipv4Address source, std::uint16_t sourcePort, wire::Ipv4Address destination, std::uint16_t destinationPort, wire::Protocol protocol) {
    const std::uint64_t addresses = std::uint64_t{source.value} << 32 | destination.value;
    const std::uint64_t rest = std::uint64_t{sourcePort} << 24 | std::uint64_t{destinationPort} << 8 | static_cast<std::uint8_t>(protocol);
    return combine(mix(addresses), rest) | 1;  // never 0
}

class FlightPool;

struct Flight {
    wire::Packet packet;
    FateKey fate;
    trace::EventId cause;  // the last event of this packet, or the one that made the sender send it
    PacketId id;
    MailId mail;              // the letter it serves
    ConnectionId connection;  // none for UDP and ICMP
    NodeId origin;
    std::uint32_t size = 0;     // octets of the whole datagram, as wire::wireSize gives it; set by IpNode::prepare
    wire::Ipv4Address nextHop;  // the interface that this hop goes to: what switches look at
    trace::LinkEnd in;          // the link that it came in by; none where it was made
    wire::Damage damage = wire::Damage::none;
    bool background() const { return m_background; }  // of a routing protocol: keeps no run alive, and scripted rules do not count it

private:
    friend class FlightPool;
    friend struct ReturnFlight;
    FlightPool* m_pool = nullptr;
    bool m_background = false;
};

struct ReturnFlight {
    void operator()(Flight* flight) const noexcept;
};
using FlightPtr = std::unique_ptr<Flight, ReturnFlight>;

// Owns every flight of one simulation. Must outlive all FlightPtr.
class FlightPool {
public:
    FlightPool() = default;
    FlightPool(const FlightPool&) = delete;
    FlightPool& operator=(const FlightPool&) = delete;

    // A flight with default values.
    FlightPtr acquire();
    // The same packet and knowledge in a second flight.
    FlightPtr copy(const Flight& flight);
    // REQUIRES: not marked yet.
    void markBackground(Flight& flight) {
        flight.m_background = true;
        ++m_background;
    }

    std::size_t inUse() const { return m_flights.size() - m_free.size(); }
    std::size_t foreground() const { return inUse() - m_background; }
    std::size_t capacity() const { return m_flights.size(); }

private:
    friend struct ReturnFlight;
    Flight* take();
    void put(Flight* flight) noexcept;
    std::deque<Flight> m_flights;  // a deque: flights stay where they are
    std::vector<Flight*> m_free;
    std::size_t m_background = 0;  // flights in use that are marked
};

inline void ReturnFlight::operator()(Flight* flight) const noexcept { flight->m_pool->put(flight); }

}  // namespace mailtrek::net
