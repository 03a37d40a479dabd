// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in network byte order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtrek::wire {

inline void put8(std::string& out, std::uint32_t value) { out += static_cast<char>(value & 0xff); }
inline void put16(std::string& out, std::uint32_t value) {
    put8(out, value >> 8);
    put8(out, value);
}
inline void put32(std::string& out, std::uint32_t value) {
    put16(out, value >> 16);
    put16(out, value);
}
inline void set16(std::string& out, std::size_t at, std::uint32_t value) {
    out[at] = static_cast<char>(value >> 8 & 0xff);
    out[at + 1] = static_cast<char>(value & 0xff);
}

// REQUIRES of the getters: the octets are there.
inline std::uint8_t get8(std::string_view octets, std::size_t at) { return static_cast<std::uint8_t>(octets[at]); }
inline std::uint16_t get16(std::string_view octets, std::size_t at) { return static_cast<std::uint16_t>(get8(octets, at) << 8 | get8(octets, at + 1)); }
inline std::uint32_t get32(std::string_view octets, std::size_t at) { return static_cast<std::uint32_t>(get16(octets, at)) << 16 | get16(octets, at + 2); }

}  // namespace mailtrek::wire
