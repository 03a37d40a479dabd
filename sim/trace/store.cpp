// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/store.h"

namespace mailtrek::trace {

TextId Store::addText(std::string_view text) {
    if (const auto known = m_textIndex.find(text); known != m_textIndex.end()) return known->second;
    const TextId id{static_cast<std::uint32_t>(m_texts.size())};
    const std::string& kept = m_texts.emplace_back(text);
    m_textIndex.emplace(kept, id);
    m_octets += text.size();
    return id;
}

MessageId Store::addMessage(Slice octets) {
    m_octets += octets.size();
    m_messages.push_back(std::move(octets));
    return MessageId{static_cast<std::uint32_t>(m_messages.size() - 1)};
}

PacketId Store::addPacket(PacketRecord record) {
    m_packets.push_back(std::move(record));
    return PacketId{static_cast<std::uint32_t>(m_packets.size() - 1)};
}

FrameId Store::addFrame(const wire::EthernetHeader& header) {
    const auto [known, isNew] = m_frameIndex.try_emplace(header, FrameId{static_cast<std::uint32_t>(m_frames.size())});
    if (isNew) m_frames.push_back(header);
    return known->second;
}

std::string_view Store::text(TextId id) const { return id.valid() ? std::string_view(m_texts[id.index()]) : std::string_view{}; }

const Slice& Store::message(MessageId id) const { return m_messages[id.index()]; }

const PacketRecord& Store::packet(PacketId id) const { return m_packets[id.index()]; }

}  // namespace mailtrek::trace
