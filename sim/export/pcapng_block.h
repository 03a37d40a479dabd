// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian: type, total length, body, options, total length again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtrek::exporting {

inline constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;
inline constexpr std::uint32_t kInterfaceDescription = 1;
inline constexpr std::uint32_t kEnhancedPacket = 6;

enum class Option : std::uint16_t {
    comment = 1,          // of any block
    userApplication = 4,  // of a section header
    interfaceName = 2,    // of an interface description
    timeResolution = 9,   // of an interface description
    packetFlags = 2,      // of an enhanced packet
};

class PcapngBlock {
public:
    explicit PcapngBlock(std::uint32_t type);

    PcapngBlock& u16(std::uint16_t value);
    PcapngBlock& u32(std::uint32_t value);
    PcapngBlock& u64(std::uint64_t value);
    // Followed by zeros up to a multiple of four.
    PcapngBlock& padded(std::string_view octets);
    // Options stand behind all the rest. One over 65535 octets is cut.
    PcapngBlock& option(Option code, std::string_view value);

    // The whole block, with the end of its options and both lengths. Call once.
    const std::string& finish();

private:
    std::string m_octets;
    bool m_hasOptions = false;
};

}  // namespace mailtrek::exporting
