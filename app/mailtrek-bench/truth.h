// SPDX-License-Identifier: GPL-3.0-or-later
// How true is it? Transfer times of our TCP beside those of a Linux kernel that was measured on the same link.
#pragma once

#include <cstdint>

namespace mailtrek::bench {

// Prints a Markdown table. `seeds`: runs over which a lossy case is averaged. True when every figure is within its tolerance.
bool printTruth(std::uint32_t seeds);

}  // namespace mailtrek::bench
