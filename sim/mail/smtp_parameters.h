// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind the path in MAIL and RCPT: SIZE (RFC 1870), BODY (6152), SMTPUTF8 (6531), RET, ENVID, NOTIFY, ORCPT (3461).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/smtp_server.h"

namespace mailtrek::mail {

struct MailParameters {
    std::uint64_t size = 0;
    bool utf8 = false;  // SMTPUTF8
    DsnReturn ret = DsnReturn::unsaid;
    std::string envelopeId;
};
struct ParameterProblem {
    int code = 0;  // 501: known, but badly written; 555: not known (RFC 5321 4.1.1.11)
    std::string text;
};
std::optional<MailParameters> mailParameters(std::string_view text, ParameterProblem& problem);
std::optional<DsnWish> recipientParameters(std::string_view text, ParameterProblem& problem);

// "+2B" and the like (RFC 3461 4). Nothing when it is no xtext.
std::optional<std::string> xtextDecode(std::string_view text);
std::string xtextEncode(std::string_view text);

// " RET=HDRS ENVID=x" and " NOTIFY=NEVER ORCPT=rfc822;x" for the next server: what was said is passed on, what was not is not made up (RFC 3461 5.2.1).
std::string dsnMailParameters(const Envelope& envelope);
std::string dsnRecipientParameters(const DsnWish& wish);

}  // namespace mailtrek::mail
