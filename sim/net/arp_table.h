// SPDX-License-Identifier: GPL-3.0-or-later
// What one interface knows of its neighbours' MAC addresses, and what waits for an answer (RFC 826; RFC 1122 2.3.2). Knows no link and no clock: packets and instants go
// in; what is to be asked, sent and dropped comes out.
//
// What is known is used at once. After kFresh the station is asked, by unicast and while packets go on to it, whether it is still there (2.3.2.1, unicast poll); after
// kForget without a word it is forgotten. Nothing happens while nobody sends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/net/flight.h"
#include "sim/wire/mac_address.h"

namespace mailtrek::net {

class ArpTable {
public:
    static constexpr Duration kFresh = std::chrono::seconds{60};
    static constexpr Duration kForget = std::chrono::minutes{5};
    static constexpr Duration kRetry = std::chrono::seconds{1};  // at most one request a second for each destination (2.3.2.1)
    static constexpr std::uint8_t kTries = 3;
    static constexpr std::size_t kHeld = 16;  // packets that wait for one destination; the latest are kept (2.3.2.2)

    struct Question {
        wire::Ipv4Address target;
        std::optional<wire::MacAddress> station;  // asked alone: a poll; none: all are asked
        std::uint8_t attempt = 1;
    };
    struct Asker {  // for whose sake
        trace::EventId event;
        MailId mail;
        FlightKind kind = FlightKind::foreground;
    };
    struct Lookup {
        std::optional<wire::MacAddress> station;  // none: hold() the packet
        std::optional<Question> question;         // to be asked now
    };
    struct Learnt {
        bool merged = false;            // there was an entry (RFC 826: Merge_flag)
        bool news = false;              // an address that was not known, or another one
        std::vector<FlightPtr> waited;  // to be sent, in this order
    };
    struct Expired {  // in `failed`: what nobody answered; else the question comes again
        Question question;
        Asker asker;
        bool failed = false;
        std::vector<FlightPtr> waited;  // to be dropped
    };

    Lookup find(wire::Ipv4Address target, Instant now);
    // The question to `target` went out: what comes of it is for this asker's sake. REQUIRES: find() or expire() has just given it.
    void asked(wire::Ipv4Address target, const Asker& asker) { m_entries.at(target).asker = asker; }
    // The packet waits; the oldest comes back when there are too many. REQUIRES: find() has just given no station.
    FlightPtr hold(wire::Ipv4Address target, FlightPtr flight);
    // An ARP packet said so. `add`: note it even if there is no entry yet, because it was meant for this node.
    Learnt learn(wire::Ipv4Address address, wire::MacAddress station, bool add, Instant now);
    // Questions that have waited for kRetry, ascending by target.
    std::vector<Expired> expire(Instant now);
    Instant nextDeadline() const { return m_deadline; }  // kNever when no question is open
    // Forgets everything; gives back what waited.
    std::vector<FlightPtr> clear();

    std::vector<PacketId> waiting() const;
    std::optional<wire::MacAddress> known(wire::Ipv4Address target) const;

private:
    struct Entry {
        std::optional<wire::MacAddress> station;
        Instant confirmed;
        Instant askedAt;
        Asker asker;
        std::uint8_t tries = 0;  // of the open question; 0: none
        std::vector<FlightPtr> waiting;
    };
    void setDeadline();
    std::map<wire::Ipv4Address, Entry> m_entries;
    Instant m_deadline = kNever;
};

}  // namespace mailtrek::net
