// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/mac_address.h"

namespace mailtrek::wire {

std::string toString(MacAddress address) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : address.octets) {
        if (!text.empty()) text += ':';
        text += kDigits[octet >> 4];
        text += kDigits[octet & 15];
    }
    return text;
}

}  // namespace mailtrek::wire
