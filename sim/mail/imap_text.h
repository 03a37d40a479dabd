// SPDX-License-Identifier: GPL-3.0-or-later
// IMAP syntax, RFC 3501 section 9: atoms, quoted strings, flags, dates, ENVELOPE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel/time.h"

namespace mailtrek::mail {

// Takes the next word: an atom, a quoted string (unquoted), or a parenthesised list (with its parentheses). Empty at the end.
std::string takeWord(std::string_view& text);
// The same where "" is a word too: nothing at the end, and where a quoted string does not end.
std::optional<std::string> takeString(std::string_view& text);
bool isTag(std::string_view text);
// A quoted string; may hold octets that belong into a literal, for what is only read again here.
std::string imapQuoted(std::string_view text);
// As it goes over the wire: a quoted string, or a literal when it holds octets that no quoted string may.
std::string imapString(std::string_view text);
std::string flagList(std::uint8_t flags, bool recent);  // (\Seen \Deleted)
std::optional<std::uint8_t> parseFlags(std::string_view list);
std::string internalDate(Instant t);  // "02-Mar-2026 10:00:00 +0000"
// "dd-Mon-yyyy hh:mm:ss +zzzz", from 1970 to 2200, without the quotes.
std::optional<Instant> parseInternalDate(std::string_view text);
std::string envelope(std::string_view message);  // (date subject from sender reply-to to cc bcc in-reply-to message-id)

// The number behind `key` in a response, or 0.
std::uint32_t numberAfter(std::string_view line, std::string_view key);

}  // namespace mailtrek::mail
