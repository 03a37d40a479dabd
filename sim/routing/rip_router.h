// SPDX-License-Identifier: GPL-3.0-or-later
// One router that speaks RIPv2 (RFC 2453), as a state machine: octets and instants in, actions out.
//     the whole table every 30 s; changes at once, then after 1 to 5 s (3.10.1); a route is lost after 180 s of silence and forgotten 120 s later (3.8)
// On a link between two routers it speaks to the group 224.0.0.9; on a segment with switches to each router that is configured there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/routing/lsa.h"
#include "sim/routing/rip_message.h"
#include "sim/routing/spf.h"
#include "sim/routing/tag.h"
#include "sim/trace/enums.h"

namespace mailtrek::routing {

inline constexpr Duration kRipInterval = std::chrono::seconds{30}, kRipTimeout = std::chrono::seconds{180}, kRipGarbage = std::chrono::seconds{120};

// What an interface hears of routes that were learnt over it (3.4.3).
enum class SplitHorizon : std::uint8_t {
    poisonedReverse,  // that they are not reached this way
    simple,           // nothing
    off               // them as all others: routers may count to infinity
};

struct RipPeer {
    wire::Ipv4Address address;
    std::uint32_t cost = 1;  // added to what it says
};

struct RipInterface {
    wire::Ipv4Address address;
    wire::Ipv4Prefix prefix;
    std::uint32_t mtu = 1500;
    std::uint32_t cost = 1;  // of the prefix itself
    bool announced = true;
    bool pointToPoint = true;
    bool up = true;
    std::vector<RipPeer> peers;  // none: nothing is said here
};

struct RipConfig {
    RouterId id;
    std::vector<wire::Ipv4Prefix> announced;  // the loopback and aggregates, at metric 1
    std::vector<RipInterface> interfaces;
    SplitHorizon splitHorizon = SplitHorizon::poisonedReverse;
    bool triggeredUpdates = true;
};

// --- actions ---
struct SendRip {
    std::uint32_t interface = 0;
    wire::Ipv4Address destination;
    std::string octets;
    std::uint16_t entries = 0;
    trace::UpdateReason reason{};
};
struct PeerSilent {  // its routes have timed out; precedes what follows from it under the same tag
    std::uint32_t interface = 0;
    wire::Ipv4Address gateway;
    Instant heardAt;
};
struct RipAction {
    Tag tag = kNoTag;
    std::variant<SendRip, PeerSilent, TableComputed> what;
};
using RipActions = std::vector<RipAction>;

class RipRouter {
public:
    explicit RipRouter(RipConfig config);

    // --- inputs ---
    RipActions start(Instant now, Tag tag);
    void stop();
    RipActions onMessage(std::uint32_t interface, wire::Ipv4Address source, std::uint16_t sourcePort, const RipMessage& message, Instant now, Tag tag);
    RipActions onCarrier(std::uint32_t interface, bool up, Instant now, Tag tag);
    RipActions onTimer(Instant now);
    Instant nextDeadline() const { return m_deadline; }

    // --- as if it had been running for long ---
    void preload(const std::vector<LearntRoute>& learnt, Instant now);  // of each the first hop counts
    void tagPreloaded(Tag tag);                                         // what made them known
    // Nothing but periodic updates happened between two instants.
    void passOver(Instant from, Instant to);

    // --- questions ---
    std::vector<LearntRoute> routes() const;  // reached, from others
    bool running() const { return m_running; }
    // Every route was confirmed in time, none changed a moment ago.
    bool settled(Instant now) const;
    std::uint32_t metric(wire::Ipv4Prefix prefix) const;  // kInfinity when it is not reached

private:
    struct Route {
        std::uint32_t metric = kInfinity;
        std::uint32_t interface = 0;
        wire::Ipv4Address gateway;  // 0: an own prefix
        Instant heardAt;
        Instant garbageAt = kNever;  // it is lost, and told so until then
        Tag tag = kNoTag;            // who said so last
        Tag changedBy = kNoTag;
        bool changed = false;  // and not yet told
        bool own() const { return gateway.value == 0; }
    };
    using Table = std::map<wire::Ipv4Prefix, Route>;

    RipActions finish(Instant now);
    void take(std::uint32_t interface, wire::Ipv4Address source, std::uint32_t cost, const RipEntry& entry, Instant now);
    void change(Route& route, Instant now);
    void lose(Route& route, Instant now);
    void setOwn(wire::Ipv4Prefix prefix, std::uint32_t metric, std::uint32_t interface, Instant now);
    void ownPrefixes(Instant now);
    void say(std::uint32_t interface, wire::Ipv4Address to, bool onlyChanged, trace::UpdateReason reason);
    void sayAll(bool onlyChanged, trace::UpdateReason reason);
    void ask(std::uint32_t interface);
    void expire(Instant now);
    std::vector<wire::Ipv4Address> listeners(std::uint32_t interface) const;
    Instant periodicAfter(Instant now) const;
    void setDeadline(Instant now);

    RipConfig m_config;
    bool m_running = false;
    Tag m_tag = kNoTag;
    RipActions m_actions;
    Table m_table;
    bool m_tableChanged = false;
    Tag m_changeTag = kNoTag;
    Instant m_changedAt;
    Instant m_deadline = kNever;
    Instant m_periodicAt = kNever;
    Instant m_quietUntil = kStart;  // no triggered update before
    std::uint32_t m_triggered = 0;
};

}  // namespace mailtrek::routing
