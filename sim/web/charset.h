// SPDX-License-Identifier: GPL-3.0-or-later
// Octets of a letter as a page can show them: sound UTF-8 without control characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtrek::web {

// Sound UTF-8 of any octets: what is none becomes U+FFFD, control characters other than tab and line ends become spaces.
std::string soundUtf8(std::string_view octets);
// Of a Unicode code point; U+FFFD for what is none.
std::string utf8Of(std::uint32_t point);
// Of a text in this character set; one that is not known is taken for UTF-8. Windows-1252 stands for ISO 8859-1, as everywhere on the Web (WHATWG Encoding 4.2).
std::string toUtf8(std::string_view octets, std::string_view charset);

}  // namespace mailtrek::web
