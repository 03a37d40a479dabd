// SPDX-License-Identifier: GPL-3.0-or-later
// "Why?": the chain of causes as sentences. A cause that is deeper than the level is passed over, unless it is a reason of its own: something
// was lost, a timer ran out, a link was cut, the scenario said so. Talk that goes to and fro (each segment because of an ACK, each line because
// of a reply) is told once and then passed over, back to what opened it.
#include <algorithm>
#include <utility>

#include "sim/narrate/narrate.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;

constexpr std::size_t kMost = 12;

bool isReason(const Payload& payload) {
    return std::holds_alternative<PacketDropped>(payload) || std::holds_alternative<TimerExpired>(payload) || std::holds_alternative<LinkChanged>(payload) ||
           std::holds_alternative<NodeChanged>(payload) || std::holds_alternative<TimelineApplied>(payload) || std::holds_alternative<AttemptFailed>(payload) ||
           std::holds_alternative<IcmpReceived>(payload) || std::holds_alternative<PathMtuChanged>(payload) || std::holds_alternative<PacketAltered>(payload) ||
           std::holds_alternative<AdjacencyChanged>(payload);
}

// The third duplicate ACK and its like are told by the retransmission itself; the timer is a step of its own.
const SegmentFacts* segmentIn(const Payload& payload) {
    if (const auto* sent = std::get_if<SegmentSent>(&payload)) return sent;
    if (const auto* again = std::get_if<SegmentRetransmitted>(&payload)) return again;
    return nullptr;
}

// Where the earlier transmission of the same segment was lost; a missing id when it was not (or is not known).
EventId lossBehind(const Recording& recording, EventId retransmission) {
    const SegmentFacts& again = *segmentIn(recording.event(retransmission).payload);
    PacketId lost;
    for (std::uint64_t i = retransmission.value; i-- > 0 && !lost.valid();) {
        const SegmentFacts* sent = segmentIn(recording.event({i}).payload);
        if (sent != nullptr && sent->connection == again.connection && sent->side == again.side && sent->sequence == again.sequence && sent->length == again.length &&
            (sent->flags & 3) == (again.flags & 3))
            lost = sent->packet;
    }
    if (!lost.valid()) return {};
    for (std::uint64_t i = 0; i < retransmission.value; ++i) {
        const Payload& payload = recording.event({i}).payload;
        if (const auto* damaged = std::get_if<PacketCorrupted>(&payload); damaged && damaged->packet == lost) lost = damaged->damaged;
        if (const auto* altered = std::get_if<PacketAltered>(&payload); altered && altered->packet == lost) lost = altered->altered;
        if (const auto* dropped = std::get_if<PacketDropped>(&payload); dropped && dropped->packet == lost) return {i};
    }
    return {};
}

// What a loss comes from, where its cause does not say: the cut of the link, the end of the machine. A missing id: there is none.
EventId behindLoss(const Recording& recording, EventId loss) {
    const auto& dropped = std::get<PacketDropped>(recording.event(loss).payload);
    for (std::uint64_t i = loss.value; i-- > 0;) {
        const Event& event = recording.event({i});
        const auto* link = std::get_if<LinkChanged>(&event.payload);
        if (dropped.reason == DropReason::linkDown && link != nullptr && link->link == dropped.via.link() && link->change == LinkChange::cut) return {i};
        const auto* node = std::get_if<NodeChanged>(&event.payload);
        if (dropped.reason == DropReason::nodeDown && node != nullptr && event.node == recording.event(loss).node) return {i};
    }
    return {};
}

// When the device that waits lost its network; a missing id: it never had one.
EventId wentOffline(const Recording& recording, EventId waiting) {
    for (std::uint64_t i = waiting.value; i-- > 0;) {
        const Event& event = recording.event({i});
        const auto* node = std::get_if<NodeChanged>(&event.payload);
        if (node != nullptr && event.node == recording.event(waiting).node && node->change == NodeChange::offline) return {i};
    }
    return {};
}

// The link itself is the reason: nothing that happened before brought the loss about.
bool endsHere(DropReason reason) {
    switch (reason) {
        case DropReason::queueFull:
        case DropReason::red:
        case DropReason::codel:
        case DropReason::noise:
        case DropReason::burst:
        case DropReason::rule: return true;
        case DropReason::linkDown:
        case DropReason::nodeDown:
        case DropReason::removed:
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

class Chain {
public:
    Chain(const Recording& recording, Level level, Language language) : r(recording), m_level(level), m_language(language) {}

    void follow(EventId id) {
        for (EventId at = id; at.valid() && m_reasons.size() < kMost; at = r.event(at).cause) {
            const Payload& payload = r.event(at).payload;
            const bool first = m_reasons.empty();
            if (!first && !isTold(at, payload)) continue;
            add(at);
            if (std::holds_alternative<SegmentRetransmitted>(payload)) {
                if (const auto* timer = r.event(at).cause.valid() ? std::get_if<TimerExpired>(&r.event(r.event(at).cause).payload) : nullptr; timer != nullptr)
                    add(r.event(at).cause);
                if (const EventId loss = lossBehind(r, at); loss.valid()) return follow(loss);
            }
            if (const auto* lost = std::get_if<PacketDropped>(&payload)) {
                if (endsHere(lost->reason)) return;
                if (const EventId behind = behindLoss(r, at); behind.valid()) return follow(behind);
            }
            if (const auto* waits = std::get_if<DeviceWaits>(&payload); waits && r.text(waits->why) == "offline")
                if (const EventId off = wentOffline(r, at); off.valid()) return follow(off);
            if (std::holds_alternative<MailComposed>(payload)) return;  // a person wanted it
            m_handedOver = m_handedOver || changesHands(payload);
        }
    }
    std::vector<Reason> take() { return std::move(m_reasons); }

private:
    bool isTold(EventId at, const Payload& payload) {
        if (std::holds_alternative<MailComposed>(payload) || changesHands(payload)) return true;
        if (m_handedOver) return std::holds_alternative<TimelineApplied>(payload);  // how it was handed over is another story
        if (isReason(payload)) return true;
        if (!isStep(r, at, m_level)) return false;
        const bool hop = std::holds_alternative<PacketDelivered>(payload), line = isLine(payload), segment = segmentIn(payload) != nullptr;
        if (!hop && !line && !segment) return true;
        bool& told = hop ? m_hop : line ? m_line : m_segment;
        return !std::exchange(told, true);
    }
    static bool isLine(const Payload& payload) {
        return std::holds_alternative<SmtpCommand>(payload) || std::holds_alternative<SmtpReply>(payload) || std::holds_alternative<SmtpContent>(payload) ||
               std::holds_alternative<AccessCommand>(payload) || std::holds_alternative<AccessReply>(payload);
    }
    void add(EventId id) {
        std::string said = sentence(r, id, m_level, m_language);
        if (m_reasons.empty() || m_reasons.back().sentence != said) m_reasons.push_back({id, std::move(said)});
    }

    const Recording& r;
    Level m_level;
    Language m_language;
    std::vector<Reason> m_reasons;
    bool m_hop = false, m_line = false, m_segment = false;  // told already
    bool m_handedOver = false;
};

}  // namespace

std::vector<Reason> why(const Recording& recording, EventId id, Level level, Language language) {
    Chain chain(recording, level, language);
    chain.follow(id);
    return chain.take();
}

}  // namespace mailtrek::narrate
