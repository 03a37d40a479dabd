// SPDX-License-Identifier: GPL-3.0-or-later
// IPv4 addresses and prefixes as values, in host byte order.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/kernel/result.h"

namespace mailtrek::wire {

struct Ipv4Address {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(Ipv4Address, Ipv4Address) = default;
};

struct Ipv4Prefix {
    Ipv4Address address;      // host bits are zero
    std::uint8_t length = 0;  // 0 to 32
    constexpr std::uint32_t mask() const { return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length); }
    constexpr bool contains(Ipv4Address a) const { return (a.value & mask()) == address.value; }
    friend constexpr auto operator<=>(Ipv4Prefix, Ipv4Prefix) = default;
};

std::string toString(Ipv4Address address);  // "10.0.0.1"
std::string toString(Ipv4Prefix prefix);    // "10.0.0.0/30"

// Four decimal numbers without leading zeros; anything else is an error.
Result<Ipv4Address> parseIpv4Address(std::string_view text);

}  // namespace mailtrek::wire
