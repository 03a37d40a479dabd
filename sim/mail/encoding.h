// SPDX-License-Identifier: GPL-3.0-or-later
// Octets as text that any mail server carries: base64 and quoted-printable (RFC 2045 6), encoded words in headers (RFC 2047), dates (RFC 5322 3.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel/time.h"

namespace mailtrek::mail {

std::string base64(std::string_view octets);                     // one line
std::string base64Lines(std::string_view octets);                // lines of 76 characters, each ended by CRLF
std::optional<std::string> decodeBase64(std::string_view text);  // white space is skipped; nothing when it is not base64
std::string quotedPrintable(std::string_view text);              // line ends of any kind become CRLF
std::string decodeQuotedPrintable(std::string_view text);
// As it may stand in Subject: or in a display name; folded when long.
std::string headerText(std::string_view text);
std::string decodeHeaderText(std::string_view text);

// "Mon, 02 Mar 2026 10:00:00 +0000"; the simulation begins there.
std::string dateText(Instant t);

std::string lower(std::string_view text);
bool sameIgnoringCase(std::string_view a, std::string_view b);

}  // namespace mailtrek::mail
