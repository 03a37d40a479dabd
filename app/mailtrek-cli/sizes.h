// SPDX-License-Identifier: GPL-3.0-or-later
// "500 MB", "2GiB", "1500 B": the sizes of the scenario format (powers of 1000 and of 1024), whole numbers only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mailtrek::cli {

std::optional<std::uint64_t> parseSize(std::string_view text);

// "500ms", "90 s", "10 min", "2h": seconds; more than 0.
std::optional<double> parseSeconds(std::string_view text);

}  // namespace mailtrek::cli
