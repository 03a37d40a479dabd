// SPDX-License-Identifier: GPL-3.0-or-later
// Every packet has dice of its own: a draw is a hash of what it is for, never a step of a shared generator. So a change made
// to one packet leaves the fate of every other alone. The standard library's distributions differ between vendors and are not used.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/units.h"

namespace mailtrek {

// What a draw decides. The number is part of the contract: appending is fine, renumbering changes every run.
enum class Purpose : std::uint32_t {
    loss = 1,
    corruption,
    corruptedBit,
    duplication,
    reordering,
    jitter,
    burstState,
    isn,
    port,
    dnsId,
    mxOrder,
    messageId,
    redMark,
    memoryFault,
    dmarcSample
};

constexpr std::uint64_t mix(std::uint64_t x) {  // finaliser of SplitMix64 (Steele, Lea, Flood 2014)
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

constexpr std::uint64_t combine(std::uint64_t h, std::uint64_t value) { return mix(h + 0x9e3779b97f4a7c15ull + value * 0xd1342543de82ef95ull); }

constexpr std::uint64_t hashText(std::string_view text) {  // FNV-1a, 64 bit, then mixed
    std::uint64_t h = 0xcbf29ce484222325ull;
    for (char c : text) {
        h ^= static_cast<unsigned char>(c);
        h *= 0x100000001b3ull;
    }
    return mix(h);
}

template <class... Parts>
constexpr std::uint64_t draw(std::uint64_t seed, Purpose purpose, Parts... parts) {
    std::uint64_t h = combine(mix(seed), static_cast<std::uint64_t>(purpose));
    ((h = combine(h, static_cast<std::uint64_t>(parts))), ...);
    return h;
}

// True with probability `share`, decided by the upper 32 bits of a draw.
constexpr bool happens(std::uint64_t drawn, Share share) { return ((drawn >> 32) * 1'000'000'000ull >> 32) < share.perBillion; }

// Uniform in [0, bound). REQUIRES: bound > 0.
constexpr std::uint64_t below(std::uint64_t drawn, std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(drawn) * bound) >> 64);
}

}  // namespace mailtrek
