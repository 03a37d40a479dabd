// SPDX-License-Identifier: GPL-3.0-or-later
// What the program wrote and TCP has not yet put into segments: slices, each with the knowledge whether it belongs to a message.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "sim/kernel/slice.h"

namespace mailtrek::transport {

class SendBuffer {
public:
    struct Piece {
        Slice octets;
        bool content = false;
        bool lastContent = false;
    };

    void write(Slice octets, bool content, bool lastContent) {
        if (octets.empty()) return;
        m_size += octets.size();
        m_chunks.push_back({std::move(octets), content, lastContent});
    }
    std::uint64_t size() const { return m_size; }

    // Takes up to `most` octets. Shares the slice when it lies in one.
    Piece take(std::uint32_t most) {
        Piece piece;
        Chunk& front = m_chunks.front();
        if (front.octets.size() > most) {
            piece = {front.octets.sub(0, most), front.content, false};
            front.octets = front.octets.from(most);
            m_size -= most;
            return piece;
        }
        piece = {std::move(front.octets), front.content, front.lastContent};
        m_chunks.pop_front();
        m_size -= piece.octets.size();
        if (piece.octets.size() == most || m_chunks.empty()) return piece;
        std::string joined(piece.octets.text());
        while (joined.size() < most && !m_chunks.empty()) {
            Piece more = take(most - static_cast<std::uint32_t>(joined.size()));
            joined += more.octets.text();
            piece.content |= more.content;
            piece.lastContent |= more.lastContent;
        }
        piece.octets = Slice::adopt(std::move(joined));
        return piece;
    }

private:
    using Chunk = Piece;
    std::deque<Chunk> m_chunks;
    std::uint64_t m_size = 0;
};

}  // namespace mailtrek::transport
