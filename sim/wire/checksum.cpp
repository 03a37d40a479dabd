// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/checksum.h"

namespace mailtrek::wire {

std::uint64_t checksumAdd(std::uint64_t sum, std::string_view octets) {
    const auto* p = reinterpret_cast<const unsigned char*>(octets.data());
    const std::size_t words = octets.size() / 2;
    for (std::size_t i = 0; i < words; ++i) sum += static_cast<std::uint32_t>(p[2 * i]) << 8 | p[2 * i + 1];
    if (octets.size() % 2 != 0) sum += static_cast<std::uint32_t>(p[octets.size() - 1]) << 8;
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
