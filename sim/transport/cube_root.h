// SPDX-License-Identifier: GPL-3.0-or-later
// floor(cbrt(x)) in whole numbers, digit by digit.
#pragma once

#include <cstdint>

namespace mailtrek::transport {

constexpr std::uint64_t cubeRoot(std::uint64_t x) {
    std::uint64_t root = 0;
    for (int shift = 63; shift >= 0; shift -= 3) {
        root <<= 1;
        const std::uint64_t candidate = 3 * root * (root + 1) + 1;
        if (x >> shift >= candidate) {
            x -= candidate << shift;
            ++root;
        }
    }
    return root;
}

}  // namespace mailtrek::transport
