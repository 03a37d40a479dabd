// SPDX-License-Identifier: GPL-3.0-or-later
// What a mailing list writes under the letters it sends on. Whoever signed the letter did not sign that.
#pragma once

#include <string_view>

#include "sim/kernel/slice.h"

namespace mailtrek::mail {

// Under a plain text as more of it; behind a multipart/mixed as a part more; of everything else, the letter and the footer become two parts of a new one (RFC 2046 5.1.3).
Slice withFooter(const Slice& message, std::string_view footer);

}  // namespace mailtrek::mail
