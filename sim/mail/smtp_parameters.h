// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters of MAIL and RCPT: SIZE, BODY, RET, ENVID; NOTIFY, ORCPT (RFC 1870, 6152, 3461).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/smtp_server.h"

namespace mailtrek::mail {

struct MailParameters {
    std::uint64_t size = 0;
    bool headersOnly = false;
    std::string envelopeId;
};
std::optional<MailParameters> mailParameters(std::string_view text, std::string& problem);
std::optional<DsnWish> recipientParameters(std::string_view text, std::string& problem);

// "+2B" and the like (RFC 3461 4).
std::string xtextDecode(std::string_view text);
std::string xtextEncode(std::string_view text);

}  // namespace mailtrek::mail
