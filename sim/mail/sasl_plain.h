// SPDX-License-Identifier: GPL-3.0-or-later
// SASL PLAIN, RFC 4616: [authzid] NUL authcid NUL passwd, in base64 as IMAP (RFC 3501 6.2.2, RFC 4959) and POP3 (RFC 5034) carry it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::mail {

struct PlainCredentials {
    std::string user, password;
};

// Nothing when it is not base64, not of three pieces, or when it asks to act for somebody else.
std::optional<PlainCredentials> parsePlain(std::string_view base64);

}  // namespace mailtrek::mail
