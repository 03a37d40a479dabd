// SPDX-License-Identifier: GPL-3.0-or-later
// A mail server with `dkim: sign` answers for what leaves it (mail/dkim.h).
#pragma once

#include <string_view>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"

namespace mailtrek::host {

class MailServer;

// The letter with a signature above it: of the domain in From when it is one of the server's own, else of the sender's, else of the first. As it is when the server does not sign.
Slice signedLetter(MailServer& server, const Slice& letter, std::string_view sender, MailId mail);

}  // namespace mailtrek::host
