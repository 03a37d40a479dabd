// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/ipv4_address.h"

#include <fmt/format.h>

namespace mailtrek::wire {

std::string toString(Ipv4Address address) {
    const std::uint32_t v = address.value;
    return fmt::format("{}.{}.{}.{}", v >> 24, v >> 16 & 255, v >> 8 & 255, v & 255);
}

std::string toString(Ipv4Prefix prefix) { return fmt::format("{}/{}", toString(prefix.address), prefix.length); }

Result<Ipv4Address> parseIpv4Address(std::string_view text) {
    const Error bad{fmt::format("'{}' is not an IPv4 address (four numbers from 0 to 255 with dots between them)", text)};
    std::uint32_t value = 0;
    std::size_t at = 0;
    for (int part = 0; part < 4; ++part) {
        if (part > 0 && (at >= text.size() || text[at++] != '.')) return bad;
        const std::size_t first = at;
        std::uint32_t number = 0;
        while (at < text.size() && at - first < 3 && text[at] >= '0' && text[at] <= '9') number = number * 10 + static_cast<std::uint32_t>(text[at++] - '0');
        if (at == first || number > 255 || (at - first > 1 && text[first] == '0')) return bad;
        value = value << 8 | number;
    }
    if (at != text.size()) return bad;
    return Ipv4Address{value};
}

}  // namespace mailtrek::wire
