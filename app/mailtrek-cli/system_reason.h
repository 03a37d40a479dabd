// SPDX-License-Identifier: GPL-3.0-or-later
// Why the system could not read or write a file, in the user's language.
#pragma once

#include <string>
#include <string_view>

#include "app/mailtrek-cli/messages.h"

namespace mailtrek::cli {

// `english`: as strerror(3) says it. What has no translation stays as it is.
std::string systemReason(std::string_view english, Language language);
std::string systemReason(int errorNumber, Language language);

}  // namespace mailtrek::cli
