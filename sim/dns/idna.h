// SPDX-License-Identifier: GPL-3.0-or-later
// Domain names with letters beyond ASCII: what people write (U-labels) and what travels in the DNS (A-labels, "xn--..."), RFC 5890, by punycode, RFC 3492.
//
// Before that, letters are made small and joined with their marks (NFC), for the Latin, Greek and Cyrillic alphabets. Left out: the tables of RFC 5892 (which letters of all the
// scripts of the world may stand in a name), the rules for writing from right to left (5893) and of context (joiners), dots of other scripts, marks in an order other than the
// usual.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::dns {

// Nothing when it is no UTF-8 (RFC 3629: overlong, surrogates, beyond U+10FFFF).
std::optional<std::u32string> decodeUtf8(std::string_view text);
std::string encodeUtf8(std::u32string_view text);
bool isAscii(std::string_view text);

// RFC 3492, without the "xn--". Nothing on overflow or when it is no punycode.
std::optional<std::string> punycodeEncode(std::u32string_view label);
std::optional<std::u32string> punycodeDecode(std::string_view text);

// Letters joined with the marks behind them: "e" U+0301 is "é". What is no UTF-8 comes back as it is.
std::string composed(std::string_view text);
// Small letters, ASCII ones too; what is no UTF-8 comes back as it is.
std::string smallLetters(std::string_view text);

// "ñandú" -> "xn--and-6ma2c"; ASCII stays as it is. Nothing when it cannot be a label of a host (RFC 5891 4).
std::optional<std::string> labelToAscii(std::string_view label);
// The same for all labels of a domain.
std::optional<std::string> domainToAscii(std::string_view domain);
// The one spelling of all that mean the same: small letters, U-labels in place of A-labels. What is no domain comes back with small letters.
std::string canonicalDomain(std::string_view domain);

}  // namespace mailtrek::dns
