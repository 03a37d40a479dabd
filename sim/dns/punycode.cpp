// SPDX-License-Identifier: GPL-3.0-or-later
// Punycode, RFC 3492 6: a string of any letters as letters, digits and hyphens.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "sim/dns/idna.h"

namespace mailtrek::dns {
namespace {

constexpr std::uint32_t kBase = 36, kTmin = 1, kTmax = 26, kSkew = 38, kDamp = 700, kInitialBias = 72, kInitialN = 0x80, kMost = std::numeric_limits<std::uint32_t>::max();

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {  // 6.1
    delta = first ? delta / kDamp : delta / 2;
    delta += delta / points;
    std::uint32_t k = 0;
    for (; delta > (kBase - kTmin) * kTmax / 2; k += kBase) delta /= kBase - kTmin;
    return k + (kBase - kTmin + 1) * delta / (delta + kSkew);
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) { return k <= bias + kTmin ? kTmin : k >= bias + kTmax ? kTmax : k - bias; }

char digit(std::uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); }

std::uint32_t valueOf(char c) {  // kBase: no digit
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0') + 26;
    return kBase;
}

void appendNumber(std::string& out, std::uint32_t number, std::uint32_t bias) {  // a generalized variable-length integer (3.3)
    for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t t = threshold(k, bias);
        if (number < t) break;
        out += digit(t + (number - t) % (kBase - t));
        number = (number - t) / (kBase - t);
    }
    out += digit(number);
}

}  // namespace

std::optional<std::string> punycodeEncode(std::u32string_view label) {  // 6.3
    std::string out;
    for (const char32_t c : label)
        if (c < kInitialN) out += static_cast<char>(c);
    const auto basic = static_cast<std::uint32_t>(out.size()), length = static_cast<std::uint32_t>(label.size());
    if (basic > 0) out += '-';
    std::uint32_t n = kInitialN, delta = 0, bias = kInitialBias;
    for (std::uint32_t done = basic; done < length;) {
        std::uint32_t next = kMost;
        for (const char32_t c : label)
            if (c >= n) next = std::min<std::uint32_t>(next, c);
        if (next - n > (kMost - delta) / (done + 1)) return std::nullopt;
        delta += (next - n) * (done + 1);
        n = next;
        for (const char32_t c : label) {
            if (c < n && ++delta == 0) return std::nullopt;
            if (c != n) continue;
            appendNumber(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            ++done;
        }
        ++delta;
        ++n;
    }
    return out;
}

std::optional<std::u32string> punycodeDecode(std::string_view text) {  // 6.2
    std::u32string out;
    const std::size_t hyphen = text.rfind('-');
    if (hyphen != std::string_view::npos && hyphen > 0) {
        for (const char c : text.substr(0, hyphen)) {
            if (static_cast<unsigned char>(c) >= kInitialN) return std::nullopt;
            out += static_cast<char32_t>(c);
        }
        text.remove_prefix(hyphen + 1);
    }
    std::uint32_t n = kInitialN, i = 0, bias = kInitialBias;
    while (!text.empty()) {
        const std::uint32_t before = i;
        for (std::uint32_t weight = 1, k = kBase;; k += kBase) {
            if (text.empty()) return std::nullopt;
            const std::uint32_t value = valueOf(text.front());
            text.remove_prefix(1);
            if (value >= kBase || value > (kMost - i) / weight) return std::nullopt;
            i += value * weight;
            const std::uint32_t t = threshold(k, bias);
            if (value < t) break;
            if (weight > kMost / (kBase - t)) return std::nullopt;
            weight *= kBase - t;
        }
        const auto points = static_cast<std::uint32_t>(out.size()) + 1;
        bias = adapt(i - before, points, before == 0);
        if (i / points > kMost - n) return std::nullopt;
        n += i / points;
        i %= points;
        if (n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff)) return std::nullopt;
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), static_cast<char32_t>(n));
        ++i;
    }
    return out;
}

}  // namespace mailtrek::dns
