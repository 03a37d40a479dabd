// SPDX-License-Identifier: GPL-3.0-or-later
// Authentication-Results, RFC 8601: what a server found out about the sender of a letter, for readers and their programs.
#pragma once

#include <string>
#include <string_view>

#include "sim/kernel/slice.h"
#include "sim/mail/dmarc.h"
#include "sim/mail/spf.h"

namespace mailtrek::mail {

struct LetterVerdicts {  // what its content says, beside its envelope
    std::vector<DkimVerdict> dkim;
    DmarcVerdict dmarc;
    DmarcPolicy done{};  // about it
};
// "Authentication-Results: sur.sur.example; spf=pass smtp.mailfrom=ana@norte.example; dkim=...; dmarc=...", folded, with its line end. `letter` may be null.
std::string authenticationResultsLine(const SpfRequest& request, const SpfVerdict& spf, const LetterVerdicts* letter = nullptr);
// The letter without such lines in the name of `host`: only the server itself may speak for itself (RFC 8601 5).
Slice withoutResultsOf(std::string_view host, const Slice& message);

}  // namespace mailtrek::mail
