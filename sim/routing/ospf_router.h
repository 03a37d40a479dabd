// SPDX-License-Identifier: GPL-3.0-or-later
// One router that speaks OSPFv2 (RFC 2328), as a state machine: octets and instants in, actions out. One area, Router-LSAs only. A link between two routers is a
// point-to-point network; a segment with switches is a point-to-multipoint network whose neighbours are configured (8.1, 9.5.1: unicast).
//     hello every 10 s, a neighbour is dead after 40 s of silence; a point-to-point link that goes down is known at once, by its carrier
//     unacknowledged LSAs, descriptions and requests again after 5 s; acknowledgments are delayed by 1 s; a new instance of the own LSA at most every 5 s
//     tables are computed 50 ms after the first change, and at most every 200 ms
// ospf_router.cpp: inputs, hellos, neighbours; ospf_exchange.cpp: descriptions and requests (10); ospf_flood.cpp: flooding (13); ospf_database.cpp: origination, ageing, tables.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/routing/ospf_packet.h"
#include "sim/routing/spf.h"
#include "sim/routing/tag.h"
#include "sim/trace/enums.h"

namespace mailtrek::routing {

inline constexpr Duration kHelloInterval = std::chrono::seconds{10}, kDeadInterval = std::chrono::seconds{40}, kResend = std::chrono::seconds{5};
inline constexpr Duration kAckDelay = std::chrono::seconds{1}, kMinLsInterval = std::chrono::seconds{5}, kMinLsArrival = std::chrono::seconds{1};
inline constexpr Duration kSpfDelay = std::chrono::milliseconds{50}, kSpfHold = std::chrono::milliseconds{200};

struct OspfPeer {
    RouterId router;
    wire::Ipv4Address address;  // on the segment
    std::uint16_t cost = 1;     // to send to it
};

struct OspfInterface {
    wire::Ipv4Address address;
    wire::Ipv4Prefix prefix;
    std::uint32_t mtu = 1500;
    std::uint16_t cost = 1;    // of the prefix as a stub
    bool announced = true;     // the prefix is advertised; false: an aggregate covers it
    bool pointToPoint = true;  // false: hellos go to each peer by unicast
    bool up = true;
    std::vector<OspfPeer> peers;  // who can be there; none: no hello is sent
};

struct OspfConfig {
    RouterId id;
    std::vector<wire::Ipv4Prefix> announced;  // the loopback and aggregates, at cost 0
    std::vector<OspfInterface> interfaces;
};

// --- actions ---
struct SendOspf {
    std::uint32_t interface = 0;
    wire::Ipv4Address destination;
    std::string octets;
    std::uint16_t entries = 0;     // LSAs of an update; 0 for all other packets
    trace::UpdateReason reason{};  // of an update
};
struct AdjacencyMoved {
    std::uint32_t interface = 0;
    RouterId router;
    trace::AdjacencyState from{};
    trace::AdjacencyState to{};
    trace::AdjacencyReason reason{};
    Instant heardAt;  // last
};
struct LsaMoved {
    RouterId origin;
    std::int32_t sequence = 0;
    std::uint16_t links = 0;
    trace::LsaChange change{};
    trace::LsaReason reason{};
};
struct OspfAction {
    Tag tag = kNoTag;
    std::variant<SendOspf, AdjacencyMoved, LsaMoved, TableComputed> what;
};
using OspfActions = std::vector<OspfAction>;

class OspfRouter {
public:
    explicit OspfRouter(OspfConfig config);

    // --- inputs ---
    // Boots with an empty database.
    OspfActions start(Instant now, Tag tag);
    // Forgets everything (a crash).
    void stop();
    OspfActions onPacket(std::uint32_t interface, wire::Ipv4Address source, const OspfPacket& packet, Instant now, Tag tag);
    OspfActions onCarrier(std::uint32_t interface, bool up, Instant now, Tag tag);
    OspfActions onTimer(Instant now);
    Instant nextDeadline() const { return m_deadline; }

    // --- as if it had been running for long ---
    // 1. Neighbours in state Full. 2. ownLsa() of all. 3. The databases.
    void preloadNeighbour(std::uint32_t interface, const OspfPeer& peer, Instant now);
    LsaPtr preloadOwnLsa(Instant now);
    void tagPreloaded(Tag tag);  // what made them neighbours
    struct Advertised {
        LsaPtr lsa;
        Instant bornAt;
    };
    void preloadDatabase(const std::vector<Advertised>& all, Instant now);
    Advertised own() const;
    // Nothing but hellos and refreshes happened between two instants: 1. the refreshed LSA, if any, of each running router. 2. every router takes note.
    std::optional<Advertised> refreshedBy(Instant to) const;
    void passOver(Instant from, Instant to, const std::map<RouterId, std::pair<Advertised, Advertised>>& refreshed);

    // --- questions ---
    const std::vector<LearntRoute>& routes() const { return m_result.routes; }
    bool running() const { return m_running; }
    RouterId id() const { return m_config.id; }
    // Every neighbour is full and was heard in time, nothing waits to be acknowledged, computed or flushed.
    bool settled(Instant now) const;
    struct NeighbourInfo {
        std::uint32_t interface = 0;
        RouterId router;
        trace::AdjacencyState state{};
    };
    std::vector<NeighbourInfo> neighbours() const;
    std::map<RouterId, LsaHeader> database(Instant now) const;  // with their ages

private:
    using State = trace::AdjacencyState;
    using Reason = trace::AdjacencyReason;
    using Key = std::pair<std::uint32_t, wire::Ipv4Address>;  // interface, address of the neighbour

    struct Neighbour {
        RouterId router;
        State state = State::down;
        Instant heardAt;
        Tag heardTag = kNoTag;
        // --- database exchange ---
        bool weAreMaster = false;
        std::uint32_t sequence = 0;
        std::optional<Description> lastReceived;  // without its headers
        Description lastSent;
        std::vector<LsaHeader> summary;          // still to be described, the next one last
        std::map<RouterId, LsaHeader> requests;  // still to be received
        Instant resendAt = kNever;               // the description, while we are master, or the requests
        Tag exchangeTag = kNoTag;
        // --- flooding ---
        std::map<RouterId, LsaPtr> unacknowledged;
        Instant retransmitAt = kNever;
        Tag floodTag = kNoTag;
        std::vector<LsaHeader> acks;  // delayed
        Instant ackAt = kNever;
    };
    struct Entry {
        LsaPtr lsa;
        Instant bornAt;  // its age is the time since
        Instant installedAt;
        Instant sentBackAt = kStart - kMinLsArrival;  // to somebody who had an older one
        bool flooded = false;                         // came by flooding: another instance is not taken so soon
        bool flushing = false;                        // reached MaxAge; goes when all have acknowledged
    };
    struct Outgoing {  // one update being filled
        Key to;
        trace::UpdateReason reason{};
        std::vector<Lsa> lsas;
    };

    // ospf_router.cpp
    void begin(Tag tag) { m_tag = tag; }
    OspfActions finish(Instant now);
    void completeLoading(Instant now);
    void hello(std::uint32_t interface, Instant now);
    void onHello(std::uint32_t interface, wire::Ipv4Address source, RouterId router, const Hello& hello, Instant now);
    void move(const Key& key, Neighbour& neighbour, State to, Reason reason, Instant now);
    void lose(const Key& key, Reason reason, Instant now);
    void send(const Key& to, const OspfBody& body, std::uint16_t entries = 0, trace::UpdateReason reason = {});
    bool isUp(std::uint32_t interface) const { return m_config.interfaces[interface].up; }
    const OspfPeer* peer(std::uint32_t interface, wire::Ipv4Address address) const;
    bool exchanging() const;  // a neighbour is in Exchange or Loading
    Instant helloAfter(Instant now) const;
    void setDeadline(Instant now);
    std::size_t room(std::uint32_t interface, std::size_t fixed, std::size_t each) const;

    // ospf_exchange.cpp
    void beginExchange(const Key& key, Neighbour& neighbour, Reason reason, Instant now);
    void onDescription(const Key& key, Neighbour& neighbour, const Description& description, Instant now);
    void negotiated(const Key& key, Neighbour& neighbour, bool master, std::uint32_t sequence, Instant now);
    void takeDescription(const Key& key, Neighbour& neighbour, const Description& description, Instant now);
    void describe(const Key& key, Neighbour& neighbour, Instant now);
    void exchangeDone(const Key& key, Neighbour& neighbour, Instant now);
    void mismatch(const Key& key, Neighbour& neighbour, Instant now);
    void request(const Key& key, Neighbour& neighbour, Instant now);
    void onRequest(const Key& key, Neighbour& neighbour, const Request& request, Instant now);

    // ospf_flood.cpp
    void onUpdate(const Key& key, Neighbour& neighbour, const Update& update, Instant now);
    void onNewer(const Key& key, Neighbour& neighbour, const Lsa& lsa, Instant now);
    void onAcknowledgment(Neighbour& neighbour, const Acknowledgment& acknowledgment);
    void flood(RouterId origin, const Key* from, Instant now);
    void give(const Key& to, RouterId origin, trace::UpdateReason reason, Instant now);
    void sendUpdates();
    void acknowledge(const Key& key, Neighbour& neighbour, const LsaHeader& header, bool atOnce, Instant now);
    void forgetUnacknowledged(RouterId origin);
    void retransmit(const Key& key, Neighbour& neighbour, Instant now);

    // ospf_database.cpp
    std::uint16_t ageOf(const Entry& entry, Instant now) const;
    LsaHeader headerOf(const Entry& entry, Instant now) const;
    std::vector<RouterLink> describeLinks() const;
    void wantOrigination(trace::LsaReason reason, Instant now);
    void originate(trace::LsaReason reason, Instant now);
    void install(const Lsa& lsa, Instant bornAt, bool flooded, trace::LsaChange change, trace::LsaReason reason, Instant now);
    void ageDatabase(Instant now);
    void removeFlushed();
    void wantTable(Instant now);
    void computeTable();

    OspfConfig m_config;
    bool m_running = false;
    Tag m_tag = kNoTag;
    OspfActions m_actions;
    std::map<Key, Neighbour> m_neighbours;
    std::map<RouterId, Entry> m_database;
    PathResult m_result;
    std::vector<Outgoing> m_outgoing;
    std::uint32_t m_nextSequence = 1;  // of descriptions
    Instant m_deadline = kNever;
    Instant m_helloAt = kNever;
    Instant m_agingAt = kNever;  // not later than the next LSA that reaches MaxAge
    Instant m_tableAt = kNever, m_lastTable;
    Tag m_tableTag = kNoTag;
    Instant m_originateAt = kNever, m_lastOriginated;
    trace::LsaReason m_originateReason{};
    Tag m_originateTag = kNoTag;
};

}  // namespace mailtrek::routing
