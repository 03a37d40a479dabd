// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/idna.h"

#include <algorithm>
#include <cstdint>

#include "sim/dns/latin_table.h"

namespace mailtrek::dns {
namespace {

constexpr std::string_view kPrefix = "xn--";
constexpr std::size_t kLongestLabel = 63;

char32_t small(char32_t c) {
    const auto in = [c](char32_t low, char32_t high) { return c >= low && c <= high; };
    if (in('A', 'Z') || (in(0xc0, 0xde) && c != 0xd7) || in(0x391, 0x3a1) || in(0x3a3, 0x3ab) || in(0x410, 0x42f)) return c + 0x20;
    if (c == 0x178) return 0xff;
    const bool evenFirst = in(0x100, 0x12f) || in(0x132, 0x137) || in(0x14a, 0x177) || in(0x1de, 0x1ef) || in(0x1f8, 0x21f) || in(0x222, 0x233) || in(0x1e00, 0x1e95) ||
                           in(0x1ea0, 0x1eff) || in(0x460, 0x481) || in(0x48a, 0x4bf) || in(0x4d0, 0x52f);
    const bool oddFirst = in(0x139, 0x148) || in(0x179, 0x17e) || in(0x1cd, 0x1dc) || in(0x4c1, 0x4ce);
    if ((evenFirst && c % 2 == 0) || (oddFirst && c % 2 == 1)) return c + 1;
    if (c == 0x386) return 0x3ac;
    if (in(0x388, 0x38a)) return c + 37;
    if (c == 0x38c) return 0x3cc;
    if (in(0x38e, 0x38f)) return c + 63;
    return in(0x400, 0x40f) ? c + 0x50 : c;
}

std::u32string compose(std::u32string_view text) {
    std::u32string out;
    for (const char32_t c : text) {
        if (!out.empty() && c >= 0x300 && c <= 0x36f && out.back() < 0x10000) {
            const auto key = std::pair(static_cast<char16_t>(out.back()), static_cast<char16_t>(c));
            const auto* found = std::ranges::lower_bound(kLatinCompositions, key, {}, [](const LatinComposition& row) { return std::pair(row.base, row.mark); });
            if (found != std::end(kLatinCompositions) && std::pair(found->base, found->mark) == key) {
                out.back() = found->whole;
                continue;
            }
        }
        out += c;
    }
    return out;
}

// What no name holds in any script: spaces, controls, invisible and private characters, punctuation of ASCII and Latin-1 (RFC 5892 leaves few of them).
bool mayStandInName(char32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    const auto in = [c](char32_t low, char32_t high) { return c >= low && c <= high; };
    return !in(0x80, 0xb6) && !in(0xb8, 0xbf) && c != 0xd7 && c != 0xf7 && !in(0x2000, 0x2bff) && !in(0x3000, 0x3004) && !in(0xd800, 0xf8ff) && !in(0xfe00, 0xfe0f) &&
           !in(0xfeff, 0xffff) && c < 0xe0000;
}

template <class F>
std::optional<std::string> eachLabel(std::string_view domain, F&& convert) {
    std::string out;
    while (true) {
        const std::size_t dot = domain.find('.');
        const auto label = convert(domain.substr(0, dot));
        if (!label) return std::nullopt;
        out += *label;
        if (dot == std::string_view::npos) return out;
        out += '.';
        domain.remove_prefix(dot + 1);
    }
}

std::string asciiSmall(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
    return out;
}

std::string canonicalLabel(std::string_view label) {
    std::string low = asciiSmall(label);
    if (!isAscii(label)) return composed(smallLetters(composed(label)));
    if (!low.starts_with(kPrefix)) return low;
    const auto meant = punycodeDecode(std::string_view(low).substr(kPrefix.size()));
    if (!meant) return low;
    const std::string written = encodeUtf8(*meant);
    return labelToAscii(written) == low ? written : low;  // only what leads back to itself is an A-label (RFC 5890 2.3.2.1)
}

}  // namespace

bool isAscii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::u32string> decodeUtf8(std::string_view text) {
    std::u32string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
        if (length == 0 || i + length > text.size()) return std::nullopt;
        char32_t c = length == 1 ? first : first & (0x7fu >> length);
        for (std::size_t k = 1; k < length; ++k) {
            const auto octet = static_cast<unsigned char>(text[i + k]);
            if ((octet & 0xc0) != 0x80) return std::nullopt;
            c = c << 6 | (octet & 0x3fu);
        }
        if ((length == 3 && c < 0x800) || (length == 4 && (c < 0x10000 || c > 0x10ffff)) || (c >= 0xd800 && c <= 0xdfff)) return std::nullopt;
        out += c;
        i += length;
    }
    return out;
}

std::string encodeUtf8(std::u32string_view text) {
    std::string out;
    for (const char32_t c : text) {
        if (c < 0x80) {
            out += static_cast<char>(c);
        } else if (c < 0x800) {
            out += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
        } else if (c < 0x10000) {
            out += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
        } else {
            out += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)), static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
        }
    }
    return out;
}

std::string composed(std::string_view text) {
    if (isAscii(text)) return std::string(text);
    const auto points = decodeUtf8(text);
    return points ? encodeUtf8(compose(*points)) : std::string(text);
}

std::string smallLetters(std::string_view text) {
    auto points = decodeUtf8(text);
    if (!points) return std::string(text);
    for (char32_t& c : *points) c = small(c);
    return encodeUtf8(*points);
}

std::optional<std::string> labelToAscii(std::string_view label) {
    if (isAscii(label)) return std::string(label);
    auto points = decodeUtf8(label);
    if (!points) return std::nullopt;
    *points = compose(*points);
    for (char32_t& c : *points) c = small(c);
    const bool sound = std::ranges::all_of(*points, mayStandInName) && points->front() != '-' && points->back() != '-' && !(points->front() >= 0x300 && points->front() <= 0x36f) &&
                       !(points->size() > 3 && (*points)[2] == '-' && (*points)[3] == '-');  // RFC 5891 4.2.3
    if (!sound) return std::nullopt;
    const auto encoded = punycodeEncode(*points);
    if (!encoded || kPrefix.size() + encoded->size() > kLongestLabel) return std::nullopt;
    return std::string(kPrefix) + *encoded;
}

std::optional<std::string> domainToAscii(std::string_view domain) { return isAscii(domain) ? std::string(domain) : eachLabel(domain, labelToAscii); }

std::string canonicalDomain(std::string_view domain) {
    const std::string low = asciiSmall(domain);
    if (isAscii(low) && low.find(kPrefix) == std::string::npos) return low;
    return *eachLabel(domain, [](std::string_view label) { return std::optional(canonicalLabel(label)); });
}

}  // namespace mailtrek::dns
