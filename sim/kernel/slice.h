// SPDX-License-Identifier: GPL-3.0-or-later
// Slice: a read-only window on a shared, immutable block of octets. Copying a slice shares the block.
// One simulation lives on one thread, so the count is a plain integer: never share slices of one simulation between threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mailtrek {

class Slice {
public:
    Slice() = default;
    static Slice copyOf(std::string_view octets);
    static Slice copyOf(std::span<const std::uint8_t> octets);
    static Slice adopt(std::string octets);  // takes the string over without copying
    // `size` octets of the same value: attachments and benchmark streams.
    static Slice filled(std::uint32_t size, std::uint8_t octet);

    Slice(const Slice& o) noexcept : m_block(o.m_block), m_data(o.m_data), m_size(o.m_size) { retain(); }
    Slice(Slice&& o) noexcept : m_block(std::exchange(o.m_block, nullptr)), m_data(std::exchange(o.m_data, nullptr)), m_size(std::exchange(o.m_size, 0)) {}
    Slice& operator=(Slice o) noexcept {
        swap(o);
        return *this;
    }
    ~Slice() { release(); }
    void swap(Slice& o) noexcept {
        std::swap(m_block, o.m_block);
        std::swap(m_data, o.m_data);
        std::swap(m_size, o.m_size);
    }

    std::uint32_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    const std::uint8_t* data() const { return m_data; }
    std::span<const std::uint8_t> bytes() const { return {m_data, m_size}; }
    std::string_view text() const { return {reinterpret_cast<const char*>(m_data), m_size}; }

    // Octets [offset, offset + size) of this slice; shares the block. REQUIRES: offset + size <= this->size().
    Slice sub(std::uint32_t offset, std::uint32_t size) const;
    Slice from(std::uint32_t offset) const { return sub(offset, m_size - offset); }

    friend bool operator==(const Slice& a, const Slice& b) { return a.text() == b.text(); }

private:
    struct Block {
        std::uint32_t references = 1;
        std::string octets;
    };
    void retain() const noexcept {
        if (m_block) ++m_block->references;
    }
    void release() noexcept {
        if (m_block && --m_block->references == 0) delete m_block;
    }

    Block* m_block = nullptr;
    const std::uint8_t* m_data = nullptr;
    std::uint32_t m_size = 0;
};

}  // namespace mailtrek
