// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/pcapng_block.h"

namespace mailtrek::exporting {

PcapngBlock::PcapngBlock(std::uint32_t type) { u32(type).u32(0); }

PcapngBlock& PcapngBlock::u16(std::uint16_t value) {
    m_octets += static_cast<char>(value & 0xff);
    m_octets += static_cast<char>(value >> 8);
    return *this;
}

PcapngBlock& PcapngBlock::u32(std::uint32_t value) { return u16(static_cast<std::uint16_t>(value & 0xffff)).u16(static_cast<std::uint16_t>(value >> 16)); }

PcapngBlock& PcapngBlock::u64(std::uint64_t value) { return u32(static_cast<std::uint32_t>(value & 0xffffffff)).u32(static_cast<std::uint32_t>(value >> 32)); }

PcapngBlock& PcapngBlock::padded(std::string_view octets) {
    m_octets += octets;
    m_octets.append((4 - octets.size() % 4) % 4, '\0');
    return *this;
}

PcapngBlock& PcapngBlock::option(Option code, std::string_view value) {
    value = value.substr(0, 0xffff);
    m_hasOptions = true;
    return u16(static_cast<std::uint16_t>(code)).u16(static_cast<std::uint16_t>(value.size())).padded(value);
}

const std::string& PcapngBlock::finish() {
    if (m_hasOptions) u32(0);  // opt_endofopt
    const auto length = static_cast<std::uint32_t>(m_octets.size() + 4);
    u32(length);
    for (std::size_t i = 0; i < 4; ++i) m_octets[4 + i] = static_cast<char>(length >> 8 * i & 0xff);
    return m_octets;
}

}  // namespace mailtrek::exporting
