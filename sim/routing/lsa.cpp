// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/routing/lsa.h"

#include <cstdlib>

#include "sim/wire/octets.h"

namespace mailtrek::routing {
namespace {

using namespace wire;

constexpr std::size_t kRouterPart = 4, kLinkSize = 12, kTosSize = 4;
constexpr std::size_t kAgeSize = 2, kChecksumAt = 16;

struct Fletcher {
    int c0 = 0, c1 = 0;
};

Fletcher fletcher(std::string_view octets) {
    Fletcher sums;
    for (const char c : octets) {
        sums.c0 = (sums.c0 + static_cast<unsigned char>(c)) % 255;
        sums.c1 = (sums.c1 + sums.c0) % 255;
    }
    return sums;
}

void appendLinks(std::string& out, const std::vector<RouterLink>& links) {
    put16(out, 0);  // V, E, B: neither the end of a virtual link nor a border
    put16(out, static_cast<std::uint32_t>(links.size()));
    for (const RouterLink& link : links) {
        put32(out, link.id.value);
        put32(out, link.data.value);
        put8(out, static_cast<std::uint32_t>(link.type));
        put8(out, 0);  // no further metrics
        put16(out, link.metric);
    }
}

}  // namespace

std::uint16_t lsaChecksum(std::string_view lsa) {
    const std::string_view covered = lsa.substr(kAgeSize);
    const Fletcher sums = fletcher(covered);
    int x = static_cast<int>((static_cast<std::int64_t>(covered.size() - (kChecksumAt - kAgeSize) - 1) * sums.c0 - sums.c1) % 255);
    if (x <= 0) x += 255;
    int y = 510 - sums.c0 - x;
    if (y > 255) y -= 255;
    return static_cast<std::uint16_t>(x << 8 | y);
}

bool lsaChecksumHolds(std::string_view lsa) {
    const Fletcher sums = fletcher(lsa.substr(kAgeSize));
    return sums.c0 == 0 && sums.c1 == 0;
}

void appendHeader(std::string& out, const LsaHeader& header) {
    put16(out, header.age);
    put8(out, header.options);
    put8(out, header.type);
    put32(out, header.id.value);
    put32(out, header.router.value);
    put32(out, static_cast<std::uint32_t>(header.sequence));
    put16(out, header.checksum);
    put16(out, header.length);
}

void appendLsa(std::string& out, const Lsa& lsa, std::uint16_t age) {
    LsaHeader header = lsa.header;
    header.age = age;
    appendHeader(out, header);
    appendLinks(out, lsa.links);
}

Lsa makeLsa(RouterId router, std::int32_t sequence, std::vector<RouterLink> links) {
    Lsa lsa{.header = {}, .links = std::move(links)};
    lsa.header.id = lsa.header.router = router;
    lsa.header.sequence = sequence;
    lsa.header.length = static_cast<std::uint16_t>(kLsaHeaderSize + kRouterPart + lsa.links.size() * kLinkSize);
    std::string octets;
    appendLsa(octets, lsa, 0);
    lsa.header.checksum = lsaChecksum(octets);
    return lsa;
}

LsaHeader readHeader(std::string_view octets) {
    LsaHeader header;
    header.age = get16(octets, 0);
    header.options = get8(octets, 2);
    header.type = get8(octets, 3);
    header.id = {get32(octets, 4)};
    header.router = {get32(octets, 8)};
    header.sequence = static_cast<std::int32_t>(get32(octets, 12));
    header.checksum = get16(octets, 16);
    header.length = get16(octets, 18);
    return header;
}

std::optional<Lsa> readLsa(std::string_view octets) {
    if (octets.size() < kLsaHeaderSize + kRouterPart) return std::nullopt;
    Lsa lsa{.header = readHeader(octets), .links = {}};
    if (lsa.header.length != octets.size() || lsa.header.type != 1 || lsa.header.age > kMaxAge || !lsaChecksumHolds(octets)) return std::nullopt;
    std::size_t at = kLsaHeaderSize + kRouterPart;
    for (std::uint32_t left = get16(octets, kLsaHeaderSize + 2); left > 0; --left) {
        if (at + kLinkSize > octets.size()) return std::nullopt;
        const std::uint8_t type = get8(octets, at + 8);
        if (type < 1 || type > 4) return std::nullopt;
        lsa.links.push_back({static_cast<LinkType>(type), {get32(octets, at)}, {get32(octets, at + 4)}, get16(octets, at + 10)});
        at += kLinkSize + kTosSize * get8(octets, at + 9);
    }
    return at == octets.size() ? std::optional(std::move(lsa)) : std::nullopt;
}

int compareInstances(const LsaHeader& a, const LsaHeader& b) {
    if (a.sequence != b.sequence) return a.sequence > b.sequence ? 1 : -1;
    if (a.checksum != b.checksum) return a.checksum > b.checksum ? 1 : -1;
    if ((a.age == kMaxAge) != (b.age == kMaxAge)) return a.age == kMaxAge ? 1 : -1;
    if (std::abs(int{a.age} - int{b.age}) > kMaxAgeDiff) return a.age < b.age ? 1 : -1;
    return 0;
}

}  // namespace mailtrek::routing
