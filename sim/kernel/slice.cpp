// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/kernel/slice.h"

#include <cassert>

namespace mailtrek {

Slice Slice::adopt(std::string octets) {
    Slice slice;
    if (octets.empty()) return slice;
    slice.m_block = new Block{1, std::move(octets)};
    slice.m_data = reinterpret_cast<const std::uint8_t*>(slice.m_block->octets.data());
    slice.m_size = static_cast<std::uint32_t>(slice.m_block->octets.size());
    return slice;
}

Slice Slice::copyOf(std::string_view octets) { return adopt(std::string(octets)); }

Slice Slice::copyOf(std::span<const std::uint8_t> octets) { return adopt(std::string(reinterpret_cast<const char*>(octets.data()), octets.size())); }

Slice Slice::filled(std::uint32_t size, std::uint8_t octet) { return adopt(std::string(size, static_cast<char>(octet))); }

Slice Slice::sub(std::uint32_t offset, std::uint32_t size) const {
    assert(offset <= m_size && size <= m_size - offset);
    Slice part(*this);
    part.m_data += offset;
    part.m_size = size;
    return part;
}

}  // namespace mailtrek
