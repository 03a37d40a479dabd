// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/sha256.h"

#include <bit>

#include <fmt/format.h>

namespace mailtrek::mail {
namespace {

constexpr std::array<std::uint32_t, 64> kRound{0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
                                               0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
                                               0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
                                               0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
                                               0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
                                               0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

}  // namespace

void Sha256::block(const unsigned char* p) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = std::uint32_t{p[4 * i]} << 24 | std::uint32_t{p[4 * i + 1]} << 16 | std::uint32_t{p[4 * i + 2]} << 8 | p[4 * i + 3];
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
        const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = m_state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
        const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> add{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) m_state[i] += add[i];
}

void Sha256::add(std::string_view octets) {
    m_length += octets.size();
    m_rest += octets;
    std::size_t at = 0;
    for (; m_rest.size() - at >= 64; at += 64) block(reinterpret_cast<const unsigned char*>(m_rest.data()) + at);
    m_rest.erase(0, at);
}

std::string Sha256::octets() {
    const std::uint64_t bits = m_length * 8;
    std::string end("\x80");
    end.append((119 - m_rest.size() % 64) % 64, '\0');
    for (int shift = 56; shift >= 0; shift -= 8) end += static_cast<char>(bits >> shift & 0xff);
    add(end);
    std::string hash;
    for (const std::uint32_t word : m_state)
        for (int shift = 24; shift >= 0; shift -= 8) hash += static_cast<char>(word >> shift & 0xff);
    return hash;
}

std::string Sha256::hex() {
    std::string digits;
    for (const char octet : octets()) digits += fmt::format("{:02x}", static_cast<unsigned char>(octet));
    return digits;
}

std::string hmacSha256(std::string_view key, std::string_view octets) {
    constexpr std::size_t kBlock = 64;
    const auto hash = [](std::string_view first, std::string_view rest) {
        Sha256 sha;
        sha.add(first);
        sha.add(rest);
        return sha.octets();
    };
    std::string inner(key.size() > kBlock ? hash(key, "") : std::string(key));
    inner.resize(kBlock, '\0');
    std::string outer = inner;
    for (char& c : inner) c = static_cast<char>(c ^ 0x36);
    for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
    return hash(outer, hash(inner, octets));
}

}  // namespace mailtrek::mail
