// SPDX-License-Identifier: GPL-3.0-or-later
// Every passage of a packet over a link, read from a recording, under a name that is the same in every run that sends this packet: so two runs can be compared packet by
// packet.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/run/simulation.h"

namespace mailtrek::run::test {

struct Passage {
    enum class End : std::uint8_t { underWay, delivered, dropped };

    PacketId packet;
    trace::LinkEnd via;
    std::string who;  // addresses, ports, sequence number, nth transmission; empty: two packets of the run may share it
    Instant at, start, arrival;
    std::uint16_t size = 0;
    std::uint8_t ttl = 0;
    std::uint64_t ordinal = 0;  // among those that entered this direction, copies and packets of routing protocols not counted; 0: one of these
    End end = End::underWay;
    Instant endAt;
    trace::DropReason reason{};
    std::optional<std::uint32_t> flippedBit;
    bool duplicated = false;
    bool replanned = false;
    std::optional<Duration> late;  // jitter and reordering: later than rate and delay say; nothing when it may have had to stay behind another

    // What became of it here, and when.
    std::string outcome() const;
};

struct Traffic {
    explicit Traffic(const trace::Recording& recording);

    std::vector<Passage> passages;                            // as they began
    std::map<trace::LinkEnd, std::vector<std::size_t>> over;  // places in `passages`, by direction
    std::map<trace::LinkEnd, std::string> reconfigured;       // directions that got other settings while the run went on
    std::map<PacketId, trace::SegmentFacts> segments;         // what TCP said of a packet
    std::map<PacketId, std::uint64_t> mailNumbers;            // of first transmissions with content, as rules count them

private:
    void nameSegment(const trace::SegmentFacts& facts, bool first);
    void nameRest();
    void nameArp();
    void follow(const trace::Event& event);
    Passage* open(PacketId packet, trace::LinkEnd via);

    struct Line {  // one direction
        BitRate rate;
        Duration delay{};
        Instant lastArrival;
        std::uint64_t entered = 0;
        int settings = 0;
    };
    struct Half {  // of a connection
        std::uint64_t next = 0, mail = 0;
        std::map<std::uint32_t, int> acks;
    };
    const trace::Recording& m_recording;
    std::map<PacketId, std::string> m_names;
    std::map<std::pair<ConnectionId, trace::Side>, Half> m_halves;
    std::map<trace::LinkEnd, Line> m_lines;
    std::map<std::pair<PacketId, trace::LinkEnd>, std::size_t> m_open;
    std::set<PacketId> m_copies;
    std::set<PacketId> m_said;                    // of routing protocols, named
    std::set<PacketId> m_uncounted;               // ARP packets for the sake of routing protocols
    std::map<std::string, ConnectionId> m_owner;  // of addresses and ports
};

}  // namespace mailtrek::run::test
