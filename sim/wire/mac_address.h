// SPDX-License-Identifier: GPL-3.0-or-later
// MAC addresses (IEEE 802, 48 bits) as values. Those of our stations are made of numbers, so that they are the same in every run.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/wire/ipv4_address.h"

namespace mailtrek::wire {

struct MacAddress {
    std::array<std::uint8_t, 6> octets{};
    constexpr bool group() const { return (octets[0] & 1) != 0; }  // multicast or broadcast
    constexpr std::uint64_t number() const {
        std::uint64_t value = 0;
        for (const std::uint8_t octet : octets) value = value << 8 | octet;
        return value;
    }
    static constexpr MacAddress of(std::uint64_t number) {
        MacAddress address;
        for (std::size_t i = 0; i < 6; ++i) address.octets[i] = static_cast<std::uint8_t>(number >> (40 - 8 * i));
        return address;
    }
    friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

inline constexpr MacAddress kBroadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

// The address of the interface with which a node stands on a link: 02 (locally administered), 20 bits of the node's number from 1, 20 bits of the link's.
constexpr MacAddress stationAddress(std::uint32_t node, std::uint32_t link) {
    return MacAddress::of(std::uint64_t{0x02} << 40 | std::uint64_t{(node + 1) & 0xfffff} << 20 | ((link + 1) & 0xfffff));
}
// The node's number in it; nothing when it is none of ours.
constexpr std::optional<std::uint32_t> stationNode(MacAddress address) {
    const auto number = static_cast<std::uint32_t>(address.number() >> 20 & 0xfffff);
    if (address.octets[0] != 0x02 || number == 0) return std::nullopt;
    return number - 1;
}

// Where datagrams to an IP group go (RFC 1112 6.4); the limited broadcast goes to all.
constexpr MacAddress groupAddress(Ipv4Address group) {
    if (group.value == 0xffffffffu) return kBroadcast;
    return MacAddress::of(0x01005e000000ull | (group.value & 0x7fffff));
}

std::string toString(MacAddress address);  // "02:00:00:10:00:03"

}  // namespace mailtrek::wire
