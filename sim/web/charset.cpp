// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/charset.h"

#include <array>
#include <cstdint>

#include "sim/mail/encoding.h"

namespace mailtrek::web {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// 0x80 to 0x9f of windows-1252; 0 where it has none (WHATWG Encoding, index windows-1252).
constexpr std::array<std::uint16_t, 32> kWindows{0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
                                                 0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

// The octets of the character at `at`, 0 when there is no sound one (RFC 3629 4).
std::size_t lengthAt(std::string_view text, std::size_t at) {
    const auto octet = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) { return octet(i) >= low && octet(i) <= high; };
    const unsigned first = octet(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
    if (first >= 0xf0 && first <= 0xf4) return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
    return 0;
}

bool isControl(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return (first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7f;
    return character.size() == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;  // C1
}

// The eight places where ISO 8859-15 differs from ISO 8859-1.
std::uint32_t latin9(unsigned char octet) {
    switch (octet) {
        case 0xa4: return 0x20ac;
        case 0xa6: return 0x160;
        case 0xa8: return 0x161;
        case 0xb4: return 0x17d;
        case 0xb8: return 0x17e;
        case 0xbc: return 0x152;
        case 0xbd: return 0x153;
        case 0xbe: return 0x178;
        default: return octet;
    }
}

}  // namespace

std::string utf8Of(std::uint32_t point) {
    const auto rest = [point](unsigned shift) { return static_cast<char>(0x80 | (point >> shift & 63)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xc0 | point >> 6), rest(0)};
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::string(kReplacement);
    if (point < 0x10000) return {static_cast<char>(0xe0 | point >> 12), rest(6), rest(0)};
    return {static_cast<char>(0xf0 | point >> 18), rest(12), rest(6), rest(0)};
}

std::string soundUtf8(std::string_view octets) {
    std::string out;
    for (std::size_t i = 0; i < octets.size();) {
        const std::size_t length = lengthAt(octets, i);
        const std::string_view character = octets.substr(i, length);
        if (length == 0)
            out += kReplacement;
        else if (isControl(character))
            out += ' ';
        else
            out += character;
        i += length == 0 ? 1 : length;
    }
    return out;
}

std::string toUtf8(std::string_view octets, std::string_view charset) {
    const std::string name = mail::lower(charset);
    const bool western = name == "iso-8859-1" || name == "latin1" || name == "windows-1252" || name == "cp1252";
    if (!western && name != "iso-8859-15") return soundUtf8(octets);
    std::string out;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        if (western && octet >= 0x80 && octet < 0xa0)
            out += utf8Of(kWindows[octet - 0x80] != 0 ? kWindows[octet - 0x80] : 0xfffd);
        else
            out += utf8Of(western ? octet : latin9(octet));
    }
    return soundUtf8(out);
}

}  // namespace mailtrek::web
