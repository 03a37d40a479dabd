// SPDX-License-Identifier: GPL-3.0-or-later
// RIP version 2 messages as octets, RFC 2453 section 4: the payload of UDP port 520.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/ipv4_address.h"

namespace mailtrek::routing {

inline constexpr std::uint16_t kRipPort = 520;
inline constexpr wire::Ipv4Address kRipRouters{0xe0000009u};  // 224.0.0.9 (4.5)
inline constexpr std::uint32_t kInfinity = 16;                // not reached (3.2)
inline constexpr std::size_t kMostEntries = 25;               // of one message (4)

struct RipEntry {
    wire::Ipv4Prefix prefix;
    std::uint32_t metric = kInfinity;
    wire::Ipv4Address nextHop;  // 0: who says so
    friend bool operator==(const RipEntry&, const RipEntry&) = default;
};

struct RipMessage {
    bool request = false;
    bool wholeTable = false;  // a request for everything (3.9.1)
    std::vector<RipEntry> entries;
    friend bool operator==(const RipMessage&, const RipMessage&) = default;
};

std::string serialize(const RipMessage& message);

// Nothing for another version or command, or cut octets. Entries that make no sense are left out one by one (3.9.2): another family, a metric that is not 1 to 16, a mask
// with holes, addresses that stand for no network.
std::optional<RipMessage> parseRip(std::string_view octets);

}  // namespace mailtrek::routing
