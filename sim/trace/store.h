// SPDX-License-Identifier: GPL-3.0-or-later
// What events refer to by id: texts and Ethernet headers (interned), messages (octets of a letter), packets (as they left their origin). Append-only.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/kernel/slice.h"
#include "sim/trace/ids.h"
#include "sim/wire/ethernet.h"
#include "sim/wire/packet.h"

namespace mailtrek::trace {

// A packet as it left its origin, was damaged, or was copied. Hops change only TTL, ECN and header checksum: PacketSent tells them.
struct PacketRecord {
    wire::Packet packet;
    ConnectionId connection;  // none for UDP and ICMP
    NodeId origin;
};

class Store {
public:
    TextId addText(std::string_view text);  // the same text gives the same id
    MessageId addMessage(Slice octets);
    PacketId addPacket(PacketRecord record);
    FrameId addFrame(const wire::EthernetHeader& header);  // the same header gives the same id

    // The empty string for a missing id.
    std::string_view text(TextId id) const;
    const Slice& message(MessageId id) const;                                             // REQUIRES: id is of this store
    const PacketRecord& packet(PacketId id) const;                                        // REQUIRES: id is of this store
    const wire::EthernetHeader& frame(FrameId id) const { return m_frames[id.index()]; }  // REQUIRES: id is of this store
    std::size_t frames() const { return m_frames.size(); }
    std::size_t texts() const { return m_texts.size(); }
    std::size_t messages() const { return m_messages.size(); }
    std::size_t packets() const { return m_packets.size(); }
    std::uint64_t octets() const { return m_octets; }  // of texts and messages; packets share the octets of messages

private:
    std::deque<std::string> m_texts;  // a deque keeps the views in the index valid
    std::unordered_map<std::string_view, TextId> m_textIndex;
    std::vector<Slice> m_messages;
    std::deque<PacketRecord> m_packets;
    std::vector<wire::EthernetHeader> m_frames;
    std::map<wire::EthernetHeader, FrameId> m_frameIndex;
    std::uint64_t m_octets = 0;
};

}  // namespace mailtrek::trace
