// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs and timers, hellos, and neighbours that come and go (RFC 2328 9 and 10).
#include "sim/routing/ospf_router.h"

#include <algorithm>

#include "sim/kernel/dice.h"

namespace mailtrek::routing {
namespace {

constexpr Duration kLongAgo = std::chrono::hours{1};
constexpr Duration kLate = std::chrono::seconds{2};  // a hello that is later than this is missed

}  // namespace

OspfRouter::OspfRouter(OspfConfig config) : m_config(std::move(config)), m_lastTable(kStart - kLongAgo), m_lastOriginated(kStart - kLongAgo) {}

// Hellos of a router come at instants of its own, so that not all speak at once.
Instant OspfRouter::helloAfter(Instant now) const {
    const Duration phase{static_cast<std::int64_t>(below(mix(m_config.id.value + 1), static_cast<std::uint64_t>(kHelloInterval.count())))};
    const std::int64_t interval = kHelloInterval.count(), since = (now - kStart - phase).count();
    const std::int64_t passed = since >= 0 ? since / interval : -((-since + interval - 1) / interval);
    return kStart + phase + Duration{(passed + 1) * interval};
}

OspfActions OspfRouter::start(Instant now, Tag tag) {
    begin(tag);
    m_running = true;
    m_lastTable = now - kSpfHold;
    m_lastOriginated = now - kMinLsInterval;
    originate(trace::LsaReason::start, now);
    for (std::uint32_t i = 0; i < m_config.interfaces.size(); ++i) hello(i, now);
    m_helloAt = helloAfter(now);
    return finish(now);
}

void OspfRouter::stop() {
    m_running = false;
    m_neighbours.clear();
    m_database.clear();
    m_result = {};
    m_outgoing.clear();
    m_actions.clear();
    m_deadline = m_helloAt = m_agingAt = m_tableAt = m_originateAt = kNever;
}

OspfActions OspfRouter::onPacket(std::uint32_t interface, wire::Ipv4Address source, const OspfPacket& packet, Instant now, Tag tag) {
    if (!m_running || !isUp(interface) || packet.router == m_config.id) return {};
    begin(tag);
    if (const Hello* said = std::get_if<Hello>(&packet.body)) {
        onHello(interface, source, packet.router, *said, now);
        return finish(now);
    }
    const Key key{interface, source};
    const auto found = m_neighbours.find(key);
    if (found == m_neighbours.end() || found->second.router != packet.router) return finish(now);
    Neighbour& neighbour = found->second;
    if (const Description* description = std::get_if<Description>(&packet.body)) {
        onDescription(key, neighbour, *description, now);
    } else if (neighbour.state >= State::exchange) {
        if (const Request* wanted = std::get_if<Request>(&packet.body)) onRequest(key, neighbour, *wanted, now);
        if (const Update* update = std::get_if<Update>(&packet.body)) onUpdate(key, neighbour, *update, now);
        if (const Acknowledgment* acknowledgment = std::get_if<Acknowledgment>(&packet.body)) onAcknowledgment(neighbour, *acknowledgment);
    }
    return finish(now);
}

OspfActions OspfRouter::onCarrier(std::uint32_t interface, bool up, Instant now, Tag tag) {
    if (m_config.interfaces[interface].up == up) return {};
    m_config.interfaces[interface].up = up;
    if (!m_running) return {};
    begin(tag);
    if (!up) {
        std::vector<Key> gone;
        for (const auto& [key, neighbour] : m_neighbours)
            if (key.first == interface) gone.push_back(key);
        for (const Key& key : gone) lose(key, Reason::carrier, now);
    } else {
        hello(interface, now);
    }
    wantOrigination(trace::LsaReason::interface, now);
    return finish(now);
}

OspfActions OspfRouter::onTimer(Instant now) {
    if (!m_running) return {};
    if (now >= m_helloAt) {
        begin(kNoTag);
        for (std::uint32_t i = 0; i < m_config.interfaces.size(); ++i) hello(i, now);
        m_helloAt = helloAfter(now);
    }
    std::vector<Key> silent;
    for (auto& [key, neighbour] : m_neighbours) {
        if (neighbour.heardAt + kDeadInterval <= now) {
            silent.push_back(key);
            continue;
        }
        if (now >= neighbour.ackAt) {
            begin(neighbour.floodTag);
            send(key, Acknowledgment{std::exchange(neighbour.acks, {})});
            neighbour.ackAt = kNever;
        }
        begin(neighbour.floodTag);
        if (now >= neighbour.retransmitAt) retransmit(key, neighbour, now);
        if (now < neighbour.resendAt) continue;
        begin(neighbour.exchangeTag);
        if (neighbour.state == State::loading) {
            request(key, neighbour, now);
        } else {
            send(key, neighbour.lastSent);
            neighbour.resendAt = now + kResend;
        }
    }
    for (const Key& key : silent) {
        begin(m_neighbours.at(key).heardTag);
        lose(key, Reason::silence, now);
    }
    if (now >= m_originateAt) {
        begin(m_originateTag);
        m_originateAt = kNever;
        originate(m_originateReason, now);
    }
    ageDatabase(now);
    if (now >= m_tableAt) {
        begin(m_tableTag);
        m_tableAt = kNever;
        m_lastTable = now;
        computeTable();
        m_actions.push_back({m_tag, TableComputed{}});
    }
    return finish(now);
}

// Nothing is left to ask for: it came from this neighbour, or from another.
void OspfRouter::completeLoading(Instant now) {
    for (auto& [key, neighbour] : m_neighbours) {
        if (neighbour.state != State::loading || !neighbour.requests.empty()) continue;
        neighbour.resendAt = kNever;
        move(key, neighbour, State::full, Reason::synchronised, now);
    }
}

OspfActions OspfRouter::finish(Instant now) {
    completeLoading(now);
    sendUpdates();
    removeFlushed();
    setDeadline(now);
    return std::exchange(m_actions, {});
}

void OspfRouter::setDeadline(Instant now) {
    m_deadline = std::min({m_helloAt, m_agingAt, m_tableAt, m_originateAt});
    for (const auto& [key, neighbour] : m_neighbours)
        m_deadline = std::min({m_deadline, neighbour.heardAt + kDeadInterval, neighbour.resendAt, neighbour.retransmitAt, neighbour.ackAt});
    m_deadline = std::max(m_deadline, now);
}

const OspfPeer* OspfRouter::peer(std::uint32_t interface, wire::Ipv4Address address) const {
    const std::vector<OspfPeer>& peers = m_config.interfaces[interface].peers;
    const auto found = std::ranges::find(peers, address, &OspfPeer::address);
    return found == peers.end() ? nullptr : &*found;
}

bool OspfRouter::exchanging() const {
    return std::ranges::any_of(m_neighbours, [](const auto& n) { return n.second.state == State::exchange || n.second.state == State::loading; });
}

// How many parts of `each` octets fit into a packet that begins with `fixed`; at least one: IP would cut it (A.1).
std::size_t OspfRouter::room(std::uint32_t interface, std::size_t fixed, std::size_t each) const {
    const std::size_t headers = 20 + kOspfHeaderSize + fixed, mtu = m_config.interfaces[interface].mtu;
    return mtu < headers + each ? 1 : (mtu - headers) / each;
}

// On a point-to-point network everything goes to AllSPFRouters, elsewhere to each neighbour (8.1).
void OspfRouter::send(const Key& to, const OspfBody& body, std::uint16_t entries, trace::UpdateReason reason) {
    const bool alone = m_config.interfaces[to.first].pointToPoint;
    m_actions.push_back({m_tag, SendOspf{to.first, alone ? kAllSpfRouters : to.second, serialize({m_config.id, body}), entries, reason}});
}

void OspfRouter::hello(std::uint32_t interface, Instant /*now*/) {
    const OspfInterface& on = m_config.interfaces[interface];
    if (!on.up || on.peers.empty()) return;
    Hello said;
    said.mask = on.prefix.mask();
    for (const auto& [key, neighbour] : m_neighbours)
        if (key.first == interface) said.neighbours.push_back(neighbour.router);
    if (on.pointToPoint) return send({interface, {}}, said);
    for (const OspfPeer& other : on.peers) send({interface, other.address}, said);
}

void OspfRouter::onHello(std::uint32_t interface, wire::Ipv4Address source, RouterId router, const Hello& said, Instant now) {
    const auto seconds = [](Duration d) { return std::chrono::duration_cast<std::chrono::seconds>(d).count(); };
    if (said.interval != seconds(kHelloInterval) || said.deadInterval != static_cast<std::uint32_t>(seconds(kDeadInterval))) return;  // 10.5
    if ((said.options & kOptions) != kOptions || peer(interface, source) == nullptr) return;
    const Key key{interface, source};
    if (const auto known = m_neighbours.find(key); known != m_neighbours.end() && known->second.router != router) lose(key, Reason::mismatch, now);
    Neighbour& neighbour = m_neighbours[key];
    neighbour.router = router;
    neighbour.heardAt = now;
    neighbour.heardTag = m_tag;
    if (neighbour.state == State::down) move(key, neighbour, State::init, Reason::hello, now);
    const bool knowsUs = std::ranges::find(said.neighbours, m_config.id) != said.neighbours.end();
    if (knowsUs && neighbour.state == State::init) {
        beginExchange(key, neighbour, Reason::twoWay, now);
    } else if (!knowsUs && neighbour.state > State::init) {  // 1-Way: it has started anew, or does not hear us
        move(key, neighbour, State::init, Reason::oneWay, now);
    }
}

// The state and what hangs on it: lists of an adjacency that is over are empty; one that comes or goes is told to all.
void OspfRouter::move(const Key& key, Neighbour& neighbour, State to, Reason reason, Instant now) {
    const State from = std::exchange(neighbour.state, to);
    m_actions.push_back({m_tag, AdjacencyMoved{key.first, neighbour.router, from, to, reason, neighbour.heardAt}});
    neighbour.exchangeTag = m_tag;
    if (to < State::exchange) {
        neighbour.summary.clear();
        neighbour.requests.clear();
        neighbour.unacknowledged.clear();
        neighbour.acks.clear();
        neighbour.lastReceived.reset();
        neighbour.resendAt = neighbour.retransmitAt = neighbour.ackAt = kNever;
    }
    if ((from == State::full) != (to == State::full)) wantOrigination(trace::LsaReason::adjacency, now);
}

void OspfRouter::lose(const Key& key, Reason reason, Instant now) {
    move(key, m_neighbours.at(key), State::down, reason, now);
    m_neighbours.erase(key);
}

bool OspfRouter::settled(Instant now) const {
    if (!m_running) return true;
    if (m_tableAt != kNever || m_originateAt != kNever) return false;
    if (std::ranges::any_of(m_database, [](const auto& e) { return e.second.flushing; })) return false;
    return std::ranges::all_of(m_neighbours, [now](const auto& n) {
        const Neighbour& neighbour = n.second;
        return neighbour.state == State::full && neighbour.unacknowledged.empty() && neighbour.acks.empty() && now <= neighbour.heardAt + kHelloInterval + kLate;
    });
}

std::vector<OspfRouter::NeighbourInfo> OspfRouter::neighbours() const {
    std::vector<NeighbourInfo> all;
    for (const auto& [key, neighbour] : m_neighbours) all.push_back({key.first, neighbour.router, neighbour.state});
    return all;
}

}  // namespace mailtrek::routing
