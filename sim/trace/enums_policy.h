// SPDX-License-Identifier: GPL-3.0-or-later
// The closed sets that events about a mail server's policies speak of. Names in kebab-case (`name(...)`) are part of the output contract.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtrek::trace {

enum class SenderCheck : std::uint8_t { spf, dkim, dmarc };
enum class CheckResult : std::uint8_t { none, neutral, pass, fail, softfail, temperror, permerror };  // RFC 7208 2.6, RFC 8601 2.7
enum class Policy : std::uint8_t {
    greylisted,    // come again later (RFC 6647)
    greylistOver,  // came again: from now on known
    rateLimited,   // too many letters in too short a time
    relayDenied,   // neither from nor for anybody here
    quarantined,   // goes into the folder Junk: its From is not to be trusted (RFC 7489)
    signedLetter   // with DKIM, as it leaves (RFC 6376)
};

std::string_view name(SenderCheck);
std::string_view name(CheckResult);
std::string_view name(Policy);

}  // namespace mailtrek::trace
