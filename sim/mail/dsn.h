// SPDX-License-Identifier: GPL-3.0-or-later
// Delivery status notifications: multipart/report (RFC 6522) with a text, a machine-readable part (RFC 3464) and the letter or its headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::mail {

struct DsnRecipient {
    std::string address;
    std::string originalRecipient;          // "rfc822;..." as given with ORCPT, or empty
    std::string action;                     // failed, delayed, delivered, relayed
    std::string status;                     // "5.1.1"
    std::string detail;                     // what went wrong, for people
    std::string reply;                      // the SMTP reply, as heard; empty when there was none
    std::string remoteHost;                 // whose reply it is, or who was talked to; may be empty
    Instant attemptedAt;                    // the last time it was tried
    std::optional<Instant> retriedUntil{};  // of delayed
};

struct DsnFacts {
    std::string reportingMta;
    std::string to;  // the reverse-path of the letter
    std::string envelopeId;
    std::string messageId;  // of the notice
    Instant arrived, now;
    std::vector<DsnRecipient> recipients;  // all with the same action
    Slice original;
    bool headersOnly = false;
};

std::string dsnSubject(const DsnFacts& facts);
std::string composeDsn(const DsnFacts& facts);

}  // namespace mailtrek::mail
