// SPDX-License-Identifier: GPL-3.0-or-later
// IMAP syntax, RFC 3501 section 9: atoms, quoted strings, flags, dates, ENVELOPE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel/time.h"

namespace mailtrek::mail {

// Takes the next word: an atom, a quoted string (unquoted), or a parenthesised list (with its parentheses).
std::string takeWord(std::string_view& text);
std::string imapQuoted(std::string_view text);  // "..." or NIL for nothing
std::string flagList(std::uint8_t flags);       // (\Seen \Deleted)
std::optional<std::uint8_t> parseFlags(std::string_view list);
std::string internalDate(Instant t);             // "02-Mar-2026 10:00:00 +0000"
std::string envelope(std::string_view message);  // (date subject from sender reply-to to cc bcc in-reply-to message-id)

}  // namespace mailtrek::mail
