// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server demands of those who bring it mail: the `policy:` of a scenario.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/kernel/time.h"

namespace mailtrek::mail {

// What is done about a check of the sender: nothing, a header line, or a header line and a refusal where the check says so.
enum class CheckMode : std::uint8_t { off, mark, reject };

struct RateLimit {
    std::uint64_t messages = 0;  // per client, in any stretch of time as long as `per`
    Duration per{};
    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

struct PolicySettings {
    Duration greylist{};  // zero: off
    CheckMode spf = CheckMode::off;
    CheckMode dmarc = CheckMode::off;  // and DKIM
    bool dkimSigns = false;            // what its own users submit, and its notices
    bool smtpUtf8 = true;              // offers SMTPUTF8 (RFC 6531)
    bool dsn = true;                   // offers DSN (RFC 3461)
    std::optional<RateLimit> rateLimit;
    friend bool operator==(const PolicySettings&, const PolicySettings&) = default;
};

}  // namespace mailtrek::mail
