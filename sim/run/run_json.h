// SPDX-License-Identifier: GPL-3.0-or-later
// The one object that `mailtrek-cli run --format json` prints (design page "The command line"). The same run gives the same octets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/trace/recording.h"

namespace mailtrek::run {

// `language`: "en" or "es", for the title. Times are in seconds with exactly the nanoseconds that they have. Ends with a newline.
std::string runJson(const trace::Recording& recording, std::uint64_t traceHash, std::string_view language);

// 16 hexadecimal digits.
std::string hexHash(std::uint64_t hash);

}  // namespace mailtrek::run
