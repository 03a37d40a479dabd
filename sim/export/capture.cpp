// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace mailtrek::exporting {
namespace {

using trace::DropReason;
using trace::LinkEnd;
using trace::Recording;

// The packet had its turn and was lost on the wire, as opposed to never having left.
bool lostOnTheWire(DropReason reason) {
    switch (reason) {
        case DropReason::noise:
        case DropReason::burst:
        case DropReason::rule:
        case DropReason::removed: return true;
        case DropReason::queueFull:
        case DropReason::red:
        case DropReason::codel:
        case DropReason::linkDown:
        case DropReason::nodeDown:
        case DropReason::ipChecksum:
        case DropReason::ttlExpired:
        case DropReason::noRoute:
        case DropReason::tooBig:
        case DropReason::notForUs:
        case DropReason::tcpChecksum:
        case DropReason::udpChecksum:
        case DropReason::icmpChecksum:
        case DropReason::unresolved:
        case DropReason::arpQueue:
        case DropReason::frameChecksum:
        case DropReason::filtered:
        case DropReason::malformed:
        case DropReason::portClosed:
        case DropReason::reassembly: return false;
    }
    return false;
}

class Watcher {
public:
    Watcher(const Recording& recording, const Filter& filter) : m_recording(recording), m_filter(filter) {}

    std::vector<Sighting> watch() {
        for (std::uint64_t n = 0; n < m_recording.size(); ++n) {
            const trace::Event& event = m_recording.event({n});
            std::visit([&](const auto& payload) { on(event, payload); }, event.payload);
        }
        const Instant end = m_recording.end();
        std::erase_if(m_seen, [end](const Sighting& s) { return s.at > end; });
        std::ranges::stable_sort(m_seen, {}, &Sighting::at);
        return std::move(m_seen);
    }

private:
    static constexpr std::size_t kNowhere = ~std::size_t{0};
    struct Crossing {  // of one packet over one link
        std::size_t sent = kNowhere, arrived = kNowhere;
        Instant start;
        std::uint8_t ttl = 0;
        bool congestionMark = false;
        trace::FrameId frame;
    };

    static std::uint64_t key(PacketId packet, LinkEnd via) { return std::uint64_t{packet.value} << 32 | via.value; }

    bool known(LinkEnd via) const { return via.valid() && via.link().index() < m_recording.cast().links.size(); }

    std::size_t see(Sighting sighting) {
        if (!admits(m_filter, sighting.end, m_recording)) return kNowhere;
        m_seen.push_back(std::move(sighting));
        return m_seen.size() - 1;
    }

    void remark(std::size_t index, std::string comment) {
        if (index != kNowhere) m_seen[index].comment = std::move(comment);
    }

    template <class Other>
    void on(const trace::Event&, const Other&) {}

    void on(const trace::Event&, const trace::PacketSent& sent) {
        if (!known(sent.via)) return;
        Crossing crossing{.start = sent.start, .ttl = sent.ttl, .congestionMark = sent.congestionMark, .frame = sent.frame};
        crossing.sent = see({sent.start, sent.via, sent.packet, Direction::out, sent.ttl, sent.congestionMark, sent.frame, {}});
        m_crossings[key(sent.packet, sent.via)] = crossing;
        m_lastTtl[sent.packet.value] = sent.ttl;
        if (sent.congestionMark) m_marked.insert(sent.packet.value);
    }

    // While it waited. A queue that marks at the door does so before PacketSent, which tells it.
    void on(const trace::Event&, const trace::PacketMarked& marked) {
        m_marked.insert(marked.packet.value);
        const auto crossing = m_crossings.find(key(marked.packet, marked.via));
        if (crossing == m_crossings.end()) return;
        crossing->second.congestionMark = true;
        if (crossing->second.sent != kNowhere) m_seen[crossing->second.sent].congestionMark = true;
    }

    void on(const trace::Event&, const trace::PacketReplanned& planned) {
        const auto crossing = m_crossings.find(key(planned.packet, planned.via));
        if (crossing == m_crossings.end()) return;
        crossing->second.start = planned.start;
        if (crossing->second.sent != kNowhere) m_seen[crossing->second.sent].at = planned.start;
    }

    // Another packet takes the place of this one: what comes of it is told of the other.
    bool replace(PacketId packet, PacketId by, LinkEnd via) {
        const auto crossing = m_crossings.find(key(packet, via));
        if (crossing == m_crossings.end()) return false;
        const Crossing same = crossing->second;
        m_crossings[key(by, via)] = same;
        m_lastTtl[by.value] = same.ttl;
        if (same.congestionMark) m_marked.insert(by.value);
        return true;
    }

    void on(const trace::Event&, const trace::PacketCorrupted& corrupted) {
        if (replace(corrupted.packet, corrupted.damaged, corrupted.via)) m_damage[corrupted.damaged.value] = corrupted.bit;
    }
    void on(const trace::Event&, const trace::PacketAltered& altered) { replace(altered.packet, altered.altered, altered.via); }

    void on(const trace::Event& event, const trace::PacketDelivered& delivered) {
        const auto crossing = m_crossings.find(key(delivered.packet, delivered.via));
        if (crossing == m_crossings.end()) return;
        Crossing& c = crossing->second;
        c.arrived = see({event.at, otherEnd(delivered.via), delivered.packet, Direction::in, c.ttl, c.congestionMark, c.frame, {}});
        if (const auto bit = m_damage.find(delivered.packet.value); bit != m_damage.end()) {
            remark(c.arrived, fmt::format("damaged: bit {} flipped", bit->second));
            m_damage.erase(bit);  // said where it happened, not at every hop behind
        }
    }

    void on(const trace::Event& event, const trace::PacketDropped& dropped) {
        if (!known(dropped.via)) return;  // discarded where it was made: it was on no interface
        const std::string comment = fmt::format("dropped: {}", trace::name(dropped.reason));
        const auto crossing = m_crossings.find(key(dropped.packet, dropped.via));
        const bool crossed = crossing != m_crossings.end();
        if (!dropped.onLink) {
            if (crossed) remark(crossing->second.arrived, withDamage(crossing->second.arrived, comment));
        } else if (dropped.queued && crossed) {
            Crossing& c = crossing->second;
            remark(c.sent, comment);
            if (c.sent != kNowhere && event.at < c.start && !lostOnTheWire(dropped.reason)) m_seen[c.sent].at = event.at;
        } else {
            see({event.at, dropped.via, dropped.packet, Direction::out, ttlBefore(dropped.packet, dropped.via), m_marked.contains(dropped.packet.value), dropped.frame, comment});
        }
    }

    std::string withDamage(std::size_t index, const std::string& comment) const {
        if (index == kNowhere || m_seen[index].comment.empty()) return comment;
        return m_seen[index].comment + "; " + comment;
    }

    // Of a packet that the queue refused, so that no PacketSent tells: one less than on the hop before, unless a switch passed it on.
    std::uint8_t ttlBefore(PacketId packet, LinkEnd via) const {
        const auto last = m_lastTtl.find(packet.value);
        if (last == m_lastTtl.end()) return m_recording.store().packet(packet).packet.ip.ttl;
        if (m_recording.cast().nodes[nodeAt(via, m_recording).index()].kind == trace::NodeKind::switchNode) return last->second;
        return static_cast<std::uint8_t>(last->second > 0 ? last->second - 1 : 0);
    }

    const Recording& m_recording;
    const Filter& m_filter;
    std::vector<Sighting> m_seen;
    std::unordered_map<std::uint64_t, Crossing> m_crossings;  // looked up only: their order is never seen
    std::unordered_map<std::uint32_t, std::uint8_t> m_lastTtl;
    std::unordered_map<std::uint32_t, std::uint32_t> m_damage;
    std::unordered_set<std::uint32_t> m_marked;
};

}  // namespace

bool isFramed(LinkId link, const Recording& recording) {
    const trace::CastLink& cast = recording.cast().links[link.index()];
    const auto isSwitch = [&](NodeId node) { return recording.cast().nodes[node.index()].kind == trace::NodeKind::switchNode; };
    return isSwitch(cast.first) || isSwitch(cast.second);
}

std::vector<Sighting> sightings(const Recording& recording, const Filter& filter) { return Watcher(recording, filter).watch(); }

std::string octetsOf(const Sighting& sighting, const Recording& recording) {
    wire::Packet packet = recording.store().packet(sighting.packet).packet;
    packet.ip.ttl = sighting.ttl;
    if (sighting.congestionMark) packet.ip.ecn = wire::Ecn::congestion;  // RFC 3168 5
    const std::string octets = wire::serialize(packet);
    return sighting.frame.valid() ? wire::frame(recording.store().frame(sighting.frame), octets) : octets;
}

}  // namespace mailtrek::exporting
