// SPDX-License-Identifier: GPL-3.0-or-later
// How POP3 carries a letter, RFC 1939 3: lines that end with CRLF, a dot in front of a dot, and a line with a dot alone at the end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtrek::mail {

// Octets of a letter as LIST and STAT tell them: those that RETR brings, the dots of the stuffing and the last line left out. A letter that ends within a line gets its end.
std::size_t pop3Size(std::string_view letter);
// After the status line of a multi-line response; the final ".CRLF" included.
std::string pop3Stuffed(std::string_view letter);
// TOP (7): the header fields, the empty line, and so many lines of the body.
std::string_view pop3Top(std::string_view letter, std::size_t lines);

}  // namespace mailtrek::mail
