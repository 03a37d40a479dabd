// SPDX-License-Identifier: GPL-3.0-or-later
// "Why?": the chain of causes as sentences. A cause that is deeper than the level is passed over, unless it is a reason of its own:
// something was lost, a timer ran out, a link was cut, the scenario said so.
#include <algorithm>

#include "sim/narrate/narrate.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;

constexpr std::size_t kMost = 12;

bool isReason(const Payload& payload) {
    return std::holds_alternative<PacketDropped>(payload) || std::holds_alternative<TimerExpired>(payload) || std::holds_alternative<LinkChanged>(payload) ||
           std::holds_alternative<NodeChanged>(payload) || std::holds_alternative<TimelineApplied>(payload) || std::holds_alternative<AttemptFailed>(payload);
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
        if (const auto* dropped = std::get_if<PacketDropped>(&payload); dropped && dropped->packet == lost) return {i};
    }
    return {};
}

class Chain {
public:
    Chain(const Recording& recording, Level level, Language language) : r(recording), m_level(level), m_language(language) {}

    void follow(EventId id) {
        for (EventId at = id; at.valid() && m_reasons.size() < kMost; at = r.event(at).cause) {
            const Payload& payload = r.event(at).payload;
            const bool first = m_reasons.empty();
            if (!first && !isReason(payload) && !isStep(r, at, m_level)) continue;
            add(at);
            if (std::holds_alternative<SegmentRetransmitted>(payload)) {
                if (const auto* timer = r.event(at).cause.valid() ? std::get_if<TimerExpired>(&r.event(r.event(at).cause).payload) : nullptr; timer != nullptr)
                    add(r.event(at).cause);
                if (const EventId loss = lossBehind(r, at); loss.valid()) return follow(loss);
            }
            if (!first && changesHands(payload)) return;  // why the letter is here is another story
        }
    }
    std::vector<Reason> take() { return std::move(m_reasons); }

private:
    void add(EventId id) {
        std::string said = sentence(r, id, m_level, m_language);
        if (m_reasons.empty() || m_reasons.back().sentence != said) m_reasons.push_back({id, std::move(said)});
    }

    const Recording& r;
    Level m_level;
    Language m_language;
    std::vector<Reason> m_reasons;
};

}  // namespace

std::vector<Reason> why(const Recording& recording, EventId id, Level level, Language language) {
    Chain chain(recording, level, language);
    chain.follow(id);
    return chain.take();
}

}  // namespace mailtrek::narrate
