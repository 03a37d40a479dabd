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

enum class FlightKind : std::uint8_t {
    foreground,
    background,  // of a routing protocol: keeps no run alive, and scripted rules do not count it
};

struct Flight {
    wire::Packet packet;
    FateKey fate;
    trace::EventId cause;  // the last event of this packet, or the one that made the sender send it
    PacketId id;
    MailId mail;              // the letter it serves
    ConnectionId connection;  // none for UDP and ICMP
    NodeId origin;
    std::uint32_t size = 0;  // octets of the whole datagram, as wire::wireSize gives it; set by IpNode::prepare
    wire::MacAddress to;     // of the Ethernet frame around it on segments with switches; elsewhere zero
    wire::MacAddress from;   // means something only beside `to`
    trace::LinkEnd in;       // the link that it came in by; none where it was made
    wire::Damage damage = wire::Damage::none;
    bool background() const { return m_kind == FlightKind::background; }

private:
    friend class FlightPool;
    friend struct ReturnFlight;
    FlightPool* m_pool = nullptr;
    FlightKind m_kind = FlightKind::foreground;
    std::uint32_t m_part = 0;
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

    // A flight with default values, in the part of the network where it is made: a part is what links join, and nothing passes from one to another.
    FlightPtr acquire(std::uint32_t part = 0, FlightKind kind = FlightKind::foreground);
    // The same packet and knowledge in a second flight.
    FlightPtr copy(const Flight& flight);

    std::size_t inUse() const { return m_flights.size() - m_free.size(); }
    bool foregroundIn(std::uint32_t part) const { return part < m_foreground.size() && m_foreground[part] > 0; }
    // Parts whose foreground came or went since they were forgotten.
    const std::vector<std::uint32_t>& stirred() const { return m_stirred; }
    void forgetStirred() { m_stirred.clear(); }
    std::size_t capacity() const { return m_flights.size(); }

private:
    friend struct ReturnFlight;
    Flight* take();
    void put(Flight* flight) noexcept;
    void enter(const Flight& flight);
    void stirs(std::uint32_t part) {
        if (m_stirred.empty() || m_stirred.back() != part) m_stirred.push_back(part);
    }
    std::deque<Flight> m_flights;  // a deque: flights stay where they are
    std::vector<Flight*> m_free;
    std::vector<std::uint32_t> m_foreground;  // flights in use that are not of a routing protocol, by part
    std::vector<std::uint32_t> m_stirred;
};

inline void ReturnFlight::operator()(Flight* flight) const noexcept { flight->m_pool->put(flight); }

}  // namespace mailtrek::net
