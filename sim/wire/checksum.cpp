// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/checksum.h"

namespace mailtrek::wire {

std::uint64_t checksumAdd(std::uint64_t sum, std::string_view octets) {
    const auto* p = reinterpret_cast<const unsigned char*>(octets.data());
    const unsigned char* end = p + octets.size();
    for (; end - p >= 4; p += 4) sum += static_cast<std::uint32_t>(p[0]) << 24 | p[1] << 16 | p[2] << 8 | p[3];  // two words at once: their carries are folded at the end
    if (end - p >= 2) {
        sum += static_cast<std::uint32_t>(p[0]) << 8 | p[1];
        p += 2;
    }
    if (p != end) sum += static_cast<std::uint32_t>(p[0]) << 8;
    return sum;
}

std::uint16_t checksumFinish(std::uint64_t sum) {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

std::uint64_t pseudoHeaderSum(const Ipv4Header& ip, std::uint8_t protocol, std::uint32_t length) {
    std::uint64_t sum = 0;
    for (const Ipv4Address address : {ip.source, ip.destination}) sum += (address.value >> 16) + (address.value & 0xffff);
    return sum + protocol + length;
}

}  // namespace mailtrek::wire
