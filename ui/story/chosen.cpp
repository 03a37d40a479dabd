// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/chosen.h"

#include <variant>

#include "sim/trace/journey.h"

namespace mailtrek::ui {
namespace {

bool setsOut(const trace::Payload& payload) {
    return std::holds_alternative<trace::SegmentSent>(payload) || std::holds_alternative<trace::SegmentRetransmitted>(payload) || std::holds_alternative<trace::DnsQuery>(payload);
}

}  // namespace

trace::EventId tellingOf(const trace::Recording& recording, PacketId packet, std::uint64_t cursor) {
    if (!packet.valid()) return {};
    trace::EventId last;
    for (std::uint64_t i = std::min(cursor, recording.size()); i-- > 0;) {
        const trace::Payload& payload = recording.event({i}).payload;
        if (trace::packetOf(payload) != packet) continue;
        if (std::holds_alternative<trace::PacketDropped>(payload) || setsOut(payload)) return {i};
        if (!last.valid()) last = {i};
    }
    return last;
}

}  // namespace mailtrek::ui
