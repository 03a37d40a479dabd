// SPDX-License-Identifier: GPL-3.0-or-later
// Link-state advertisements, RFC 2328 appendix A.4. Only Router-LSAs (type 1) with point-to-point and stub links: there are no areas, no broadcast networks with a
// designated router, nothing from outside.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::routing {

using RouterId = wire::Ipv4Address;

inline constexpr std::uint8_t kOptions = 0x02;     // E: external routing capability, as in every area that is no stub (A.2)
inline constexpr std::uint16_t kMaxAge = 3600;     // seconds (appendix B)
inline constexpr std::uint16_t kMaxAgeDiff = 900;  // seconds
inline constexpr Duration kRefreshTime = std::chrono::seconds{1800};
inline constexpr std::int32_t kFirstSequence = -0x7fffffff;  // 0x80000001 (12.1.6)

//  0                   1                   2                   3
// |            LS age             |    Options    |    LS type    |
// |                        Link State ID                          |
// |                     Advertising Router                        |
// |                     LS sequence number                        |
// |         LS checksum           |             length            |
struct LsaHeader {
    std::uint16_t age = 0;  // seconds
    std::uint8_t options = kOptions;
    std::uint8_t type = 1;
    wire::Ipv4Address id;
    RouterId router;
    std::int32_t sequence = kFirstSequence;
    std::uint16_t checksum = 0;  // over everything but the age
    std::uint16_t length = 0;
    friend bool operator==(const LsaHeader&, const LsaHeader&) = default;
};
inline constexpr std::uint32_t kLsaHeaderSize = 20;

enum class LinkType : std::uint8_t { pointToPoint = 1, transit = 2, stub = 3, virtualLink = 4 };

struct RouterLink {
    LinkType type{};
    wire::Ipv4Address id;    // the neighbour's router id; of a stub its network
    wire::Ipv4Address data;  // the address of the own interface; of a stub its mask
    std::uint16_t metric = 1;
    friend bool operator==(const RouterLink&, const RouterLink&) = default;
};

struct Lsa {
    LsaHeader header;
    std::vector<RouterLink> links;
    friend bool operator==(const Lsa&, const Lsa&) = default;
};
using LsaPtr = std::shared_ptr<const Lsa>;

// With length and checksum filled in.
Lsa makeLsa(RouterId router, std::int32_t sequence, std::vector<RouterLink> links);

// `age` stands in the place of the header's own.
void appendLsa(std::string& out, const Lsa& lsa, std::uint16_t age);
void appendHeader(std::string& out, const LsaHeader& header);
// REQUIRES: kLsaHeaderSize octets are there.
LsaHeader readHeader(std::string_view octets);
// Exactly one LSA. Nothing when its checksum or length is wrong, or it is no Router-LSA.
std::optional<Lsa> readLsa(std::string_view octets);

// Which instance is newer (13.1), the headers with their present ages: > 0 the first, < 0 the second, 0 the same instance.
int compareInstances(const LsaHeader& a, const LsaHeader& b);

// The Fletcher checksum (12.1.7, RFC 905 annex B) of an LSA whose checksum field is zero; 0 when taken over one whose field is right.
std::uint16_t lsaChecksum(std::string_view lsa);
bool lsaChecksumHolds(std::string_view lsa);

}  // namespace mailtrek::routing
