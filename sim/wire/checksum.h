// SPDX-License-Identifier: GPL-3.0-or-later
// The Internet checksum, RFC 1071: the one's complement of the one's complement sum of 16-bit words.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/wire/headers.h"

namespace mailtrek::wire {

// The sum so far, not complemented; an odd octet at the end counts as the upper half of a word, so only the last part may be odd.
std::uint64_t checksumAdd(std::uint64_t sum, std::string_view octets);
std::uint16_t checksumFinish(std::uint64_t sum);

// The pseudo header of TCP and UDP (RFC 9293 3.1, RFC 768).
std::uint64_t pseudoHeaderSum(const Ipv4Header& ip, std::uint8_t protocol, std::uint32_t length);

}  // namespace mailtrek::wire
