// SPDX-License-Identifier: GPL-3.0-or-later
// What the map must know of packets beyond the folded view: what each carries, where and why it ends. Built once, grows with the recording.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/trace/recording.h"
#include "ui/look/glyph.h"
#include "ui/story/level.h"

namespace mailtrek::ui {

struct Fall {  // a packet that was lost
    trace::EventId event;
    PacketId packet;
    std::uint64_t until = ~std::uint64_t{0};  // the cursor from which its resend has arrived; none: no resend does
};

struct Transfer {  // a letter on its way from one machine to the next: from the first octet to the 250
    trace::EventId content;
    trace::EventId accepted;  // none while it is not known to end well
    ConnectionId connection;
    MailId mail;
};

class Traffic {
public:
    explicit Traffic(const trace::Recording& recording) : m_recording(recording) {}
    void extend();

    // The segment that the packet carries (SegmentSent or SegmentRetransmitted), or null.
    const trace::SegmentFacts* segmentOf(PacketId packet) const;
    bool resent(PacketId packet) const;
    MailId mailOf(PacketId packet) const;
    // The drop that ends this packet on that link end, however far ahead.
    std::optional<trace::EventId> doomOf(PacketId packet, trace::LinkEnd via) const;

    // The event with which it came up to the other side's TCP, or ended anywhere on its way.
    std::optional<trace::EventId> receivedBy(PacketId packet) const;
    std::optional<trace::EventId> lostBy(PacketId packet) const;
    // Segments and lines of one connection in order.
    const std::vector<trace::EventId>& segmentsOf(ConnectionId connection) const;
    const std::vector<trace::EventId>& linesOf(ConnectionId connection) const;

    // Falls that lie on the map at `cursor`; `oldest` is the first event that unrepaired ones may date from.
    std::vector<Fall> fallenAt(std::uint64_t cursor, std::uint64_t oldest) const;
    const std::vector<Fall>& falls() const { return m_falls; }
    const std::vector<Transfer>& transfers() const { return m_transfers; }
    const std::vector<trace::EventId>& resends() const { return m_resends; }

    // The number of the data segment that an acknowledgment asks for: the one that starts where it stands; one more than the last when all is there; 0
    // where the other side has sent no data yet.
    std::uint32_t numberAsked(const trace::SegmentFacts& ack) const;

    // How the packet looks at that level, or nothing where the level hides it.
    std::optional<Glyph> glyphOf(PacketId packet, Level level) const;

private:
    struct Facts {
        trace::EventId segment;
        MailId mail;
        PacketId original;  // of a damaged packet or a copy
        trace::EventId received, lost;
    };
    struct Start {  // of a data segment, the first time it was sent
        std::uint32_t sequence, number;
    };
    struct Talk {
        std::vector<trace::EventId> segments, lines;
        std::array<std::vector<Start>, 2> starts;  // by Side, ascending
    };
    Talk& talkOf(ConnectionId connection);
    Facts& factsOf(PacketId packet);
    void onSegment(trace::EventId id, const trace::Event& event, const trace::SegmentFacts& facts);
    void onDropped(trace::EventId id, const trace::PacketDropped& dropped);
    void onReceived(trace::EventId id, const trace::SegmentReceived& received);
    PacketId originOf(PacketId packet) const;
    Glyph tcpGlyph(PacketId packet, const wire::TcpHeader& tcp, bool payload) const;

    const trace::Recording& m_recording;
    std::uint64_t m_seen = 0;
    std::vector<Facts> m_facts;  // by PacketId
    std::vector<Talk> m_talks;   // by ConnectionId
    std::vector<Fall> m_falls;
    std::vector<std::size_t> m_unrepaired;  // places in m_falls
    std::vector<Transfer> m_transfers;
    std::vector<trace::EventId> m_resends;
    std::unordered_map<std::uint64_t, trace::EventId> m_dooms;  // packet and link end -> drop
};

}  // namespace mailtrek::ui
