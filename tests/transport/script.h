// SPDX-License-Identifier: GPL-3.0-or-later
// Conformance scripts: what reaches one TCP, what it must answer, and what its user calls, line by line with times (scripts/README.txt tells the language).
#pragma once

#include <string>

namespace mailtrek::test {

// What went wrong, with everything that happened before it; empty when the script ran as it says.
std::string runScript(const std::string& path);

}  // namespace mailtrek::test
