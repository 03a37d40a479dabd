// SPDX-License-Identifier: GPL-3.0-or-later
// What the map must know of packets beyond the folded view: what each carries, where and why it ends. Built once, grows with the recording.
#pragma once

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

    // Falls that lie on the map at `cursor`; `oldest` is the first event that unrepaired ones may date from.
    std::vector<Fall> fallenAt(std::uint64_t cursor, std::uint64_t oldest) const;
    const std::vector<Fall>& falls() const { return m_falls; }
    const std::vector<trace::EventId>& resends() const { return m_resends; }

    // How the packet looks at that level, or nothing where the level hides it.
    std::optional<Glyph> glyphOf(PacketId packet, Level level) const;

private:
    struct Facts {
        trace::EventId segment;
        MailId mail;
        PacketId original;  // of a damaged packet or a copy
    };
    Facts& factsOf(PacketId packet);
    void onSegment(trace::EventId id, const trace::Event& event, const trace::SegmentFacts& facts);
    void onReceived(trace::EventId id, const trace::SegmentReceived& received);
    PacketId originOf(PacketId packet) const;
    Glyph tcpGlyph(PacketId packet, const wire::TcpHeader& tcp, bool payload) const;

    const trace::Recording& m_recording;
    std::uint64_t m_seen = 0;
    std::vector<Facts> m_facts;  // by PacketId
    std::vector<Fall> m_falls;
    std::vector<trace::EventId> m_resends;
    std::unordered_map<std::uint64_t, trace::EventId> m_dooms;  // packet and link end -> drop
};

}  // namespace mailtrek::ui
