// SPDX-License-Identifier: GPL-3.0-or-later
// Names of folders: RFC 3501 5.1, modified UTF-7 (5.1.3), and the patterns of LIST (6.3.8).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::mail {

// As it is kept: INBOX in capitals, also where it stands above others. Nothing when it is no name: empty, of more than 255 octets or 20 levels, with wildcards, control
// characters, 8-bit octets, empty levels, or modified UTF-7 that is not well formed.
std::optional<std::string> folderName(std::string_view said);
// As UTF-8; nothing when it is not well formed (what could stand for itself must not be encoded).
std::optional<std::string> fromModifiedUtf7(std::string_view name);
std::string toModifiedUtf7(std::string_view utf8);
// '*' takes anything, '%' anything but '/'.
bool folderMatches(std::string_view name, std::string_view pattern);
// An atom where it can be one, else a quoted string.
std::string imapName(std::string_view name);

}  // namespace mailtrek::mail
