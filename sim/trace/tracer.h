// SPDX-License-Identifier: GPL-3.0-or-later
// Where the simulation reports what happens. Three sinks: nothing is kept, only the hash is kept, or everything is recorded.
// Event, packet, text and message ids are the same in all three, so causes are too.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/trace/event.h"
#include "sim/trace/recording.h"

namespace mailtrek::trace {

enum class Sink : std::uint8_t { none, hash, record };

// Sees every event in every sink (metrics). Must not change anything that the simulation can see.
class EventObserver {
public:
    virtual ~EventObserver() = default;
    virtual void onEvent(EventId id, const Event& event) = 0;
};

class Tracer {
public:
    // `recording` receives everything in Sink::record and must outlive the tracer; it may be null in the other sinks.
    Tracer(Sink sink, Recording* recording);

    EventId emit(Instant at, EventId cause, NodeId node, MailId mail, const Payload& payload);

    // In Sink::none texts and messages are not kept: an id of none comes back and events carry it.
    TextId text(std::string_view text);
    MessageId message(const Slice& octets);
    // In Sink::none as texts.
    FrameId frame(const wire::EthernetHeader& header);
    // Gives the packet its id; its octets are kept in Sink::record and hashed in Sink::hash.
    PacketId packet(const wire::Packet& packet, ConnectionId connection, NodeId origin);
    // What the connection carries from here on is TLS: its octets are kept, and only their number is hashed, so that the hash does not depend on who encrypts.
    void seal(ConnectionId connection);

    void setObserver(EventObserver* observer) { m_observer = observer; }
    Sink sink() const { return m_sink; }
    std::uint64_t events() const { return m_events; }
    // Of everything so far; 0 in Sink::none.
    std::uint64_t hash() const { return m_hash; }

private:
    Sink m_sink;
    Recording* m_recording;
    EventObserver* m_observer = nullptr;
    std::uint64_t m_events = 0;
    std::uint64_t m_hash = 0;
    std::uint32_t m_packets = 0;
    std::uint32_t m_messages = 0;
    std::vector<bool> m_sealed;  // by ConnectionId
    Store m_ownStore;            // texts for the hash when nothing is recorded
};

}  // namespace mailtrek::trace
