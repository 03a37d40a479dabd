// SPDX-License-Identifier: GPL-3.0-or-later
// What a sentence needs to know beyond its own event: who the person is, what a packet carries, who is at the other end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/narrate/narrate.h"

namespace mailtrek::narrate {

class Facts {
public:
    Facts(const trace::Recording& recording, trace::EventId id, trace::Level level, Language language) : r(recording), m_id(id), m_level(level), m_language(language) {}

    std::string node(NodeId id) const;                      // "norte", "Ana's PC", "el PC de Ana"
    std::string deviceAt(NodeId id) const;                  // "the phone", "su móvil", when its user has just been named
    std::string personAt(NodeId device) const;              // "Ana", its user; the node when it has none
    static std::string personOf(std::string_view address);  // "ana@norte.example" -> "Ana"
    std::string link(LinkId id) const;                      // "the link R2-R5"
    std::string reader() const;                             // the first recipient of the event's letter
    const trace::CastConnection* connection(ConnectionId id) const;
    std::string peer(ConnectionId id, NodeId of) const;      // the node at the other end
    std::string destination(wire::Ipv4Prefix prefix) const;  // the node that has the address, or the prefix

    // What a packet carries, in the words of the level: "one piece", "segment 5", "an ACK".
    std::string what(PacketId packet) const;
    std::string what(const trace::SegmentFacts& segment) const;

    // The nearest cause of the kind, the event itself excluded; at most `steps` back.
    template <class E>
    const E* cause(int steps = 64) const {
        trace::EventId at = r.event(m_id).cause;
        for (int i = 0; i < steps && at.valid(); ++i, at = r.event(at).cause)
            if (const E* found = std::get_if<E>(&r.event(at).payload)) return found;
        return nullptr;
    }
    const trace::Event& event() const { return r.event(m_id); }
    const trace::MailComposed* letter() const;  // of the event's mail
    // The segment that an ACK asks for, by its number; 0 where that is not known.
    std::uint32_t asked(const trace::SegmentFacts& ack) const;
    // Segments that carried the message that begins here.
    std::uint32_t contentSegments(ConnectionId id) const;

private:
    std::optional<trace::SegmentFacts> segmentOf(PacketId packet) const;

    const trace::Recording& r;
    trace::EventId m_id;
    trace::Level m_level;
    Language m_language;
};

}  // namespace mailtrek::narrate
