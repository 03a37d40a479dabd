// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes and rates as types: Bytes{1500}, BitRate::megabits(10).
#pragma once

#include <compare>
#include <cstdint>

#include "sim/kernel/time.h"

namespace mailtrek {

struct Bytes {
    std::uint64_t count = 0;
    friend constexpr auto operator<=>(Bytes, Bytes) = default;
    friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
    friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }  // REQUIRES: a >= b
    constexpr Bytes& operator+=(Bytes b) {
        count += b.count;
        return *this;
    }
    constexpr Bytes& operator-=(Bytes b) {
        count -= b.count;
        return *this;
    }
};

struct BitRate {
    std::uint64_t bitsPerSecond = 0;
    static constexpr BitRate kilobits(std::uint64_t n) { return {n * 1'000}; }
    static constexpr BitRate megabits(std::uint64_t n) { return {n * 1'000'000}; }
    static constexpr BitRate gigabits(std::uint64_t n) { return {n * 1'000'000'000}; }
    friend constexpr auto operator<=>(BitRate, BitRate) = default;

    // Time that `size` occupies the line, rounded up to a whole nanosecond. REQUIRES: rate > 0.
    constexpr Duration timeFor(Bytes size) const {
        __extension__ using Wide = unsigned __int128;
        const Wide bitNanos = static_cast<Wide>(size.count) * 8 * 1'000'000'000;
        return Duration{static_cast<std::int64_t>((bitNanos + bitsPerSecond - 1) / bitsPerSecond)};
    }
};

// A share in parts per billion, so that "1 %" is exact and compares the same on every compiler.
struct Share {
    std::uint32_t perBillion = 0;
    static constexpr Share percent(std::uint32_t n) { return {n * 10'000'000}; }
    friend constexpr auto operator<=>(Share, Share) = default;
};

}  // namespace mailtrek
