// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/chosen.h"

#include <type_traits>
#include <variant>

namespace mailtrek::ui {
namespace {

template <class E>
concept HasPacket = requires(const E& e) {
    { e.packet } -> std::convertible_to<PacketId>;
};

bool setsOut(const trace::Payload& payload) {
    return std::holds_alternative<trace::SegmentSent>(payload) || std::holds_alternative<trace::SegmentRetransmitted>(payload) || std::holds_alternative<trace::DnsQuery>(payload);
}

}  // namespace

PacketId packetOf(const trace::Payload& payload) {
    return std::visit(
        [](const auto& e) {
            if constexpr (HasPacket<std::decay_t<decltype(e)>>)
                return e.packet;
            else
                return PacketId{};
        },
        payload);
}

trace::EventId tellingOf(const trace::Recording& recording, PacketId packet, std::uint64_t cursor) {
    if (!packet.valid()) return {};
    trace::EventId last;
    for (std::uint64_t i = std::min(cursor, recording.size()); i-- > 0;) {
        const trace::Payload& payload = recording.event({i}).payload;
        if (packetOf(payload) != packet) continue;
        if (std::holds_alternative<trace::PacketDropped>(payload) || setsOut(payload)) return {i};
        if (!last.valid()) last = {i};
    }
    return last;
}

}  // namespace mailtrek::ui
