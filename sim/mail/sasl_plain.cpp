// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/sasl_plain.h"

#include "sim/mail/encoding.h"

namespace mailtrek::mail {

std::optional<PlainCredentials> parsePlain(std::string_view base64) {
    const auto octets = decodeBase64(base64);
    if (!octets) return std::nullopt;
    const std::size_t first = octets->find('\0'), second = first == std::string::npos ? first : octets->find('\0', first + 1);
    if (second == std::string::npos || octets->find('\0', second + 1) != std::string::npos) return std::nullopt;
    PlainCredentials found{octets->substr(first + 1, second - first - 1), octets->substr(second + 1)};
    const std::string actsFor = octets->substr(0, first);
    if (found.user.empty() || found.password.empty() || (!actsFor.empty() && actsFor != found.user)) return std::nullopt;
    return found;
}

}  // namespace mailtrek::mail
