// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256, FIPS 180-4: what tells whether a letter arrived as it was sent; and HMAC, RFC 2104, over it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtrek::mail {

class Sha256 {
public:
    void add(std::string_view octets);
    std::string octets();  // the 32 of the hash; ends the computation
    std::string hex();     // the same as 64 digits

private:
    void block(const unsigned char* octets);
    std::array<std::uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::string m_rest;
    std::uint64_t m_length = 0;
};

std::string hmacSha256(std::string_view key, std::string_view octets);  // 32 octets

}  // namespace mailtrek::mail
