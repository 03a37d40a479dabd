// SPDX-License-Identifier: GPL-3.0-or-later
// DNS over TCP: each message stands behind two octets of length (RFC 1035 4.2.2).
#pragma once

#include <optional>
#include <string>

#include "sim/kernel/slice.h"

namespace mailtrek::host {

inline Slice framed(const Slice& message) {
    std::string octets;
    octets += static_cast<char>(message.size() >> 8);
    octets += static_cast<char>(message.size() & 0xff);
    octets += message.text();
    return Slice::adopt(std::move(octets));
}

// Takes the first complete message off the front of `stream`.
inline std::optional<Slice> takeFramed(std::string& stream) {
    if (stream.size() < 2) return std::nullopt;
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(stream[0])) << 8 | static_cast<unsigned char>(stream[1]);
    if (stream.size() < 2 + length) return std::nullopt;
    Slice message = Slice::copyOf(std::string_view(stream).substr(2, length));
    stream.erase(0, 2 + length);
    return message;
}

}  // namespace mailtrek::host
