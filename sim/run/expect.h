// SPDX-License-Identifier: GPL-3.0-or-later
// Compares a run with what its file expects of it (scenario format, `expect:`).
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/expect.h"
#include "sim/trace/recording.h"

namespace mailtrek::run {

// One expectation that was not met: "tcp.retransmits", "3", "4". The words of values are those of the file, in no language.
struct Shortfall {
    std::string what;
    std::string expected;
    std::string found;
    friend bool operator==(const Shortfall&, const Shortfall&) = default;
};

// Empty when everything is as expected. An expectation of a mail must hold for every recipient.
std::vector<Shortfall> check(const scenario::Expect& expect, const trace::Recording& recording);

}  // namespace mailtrek::run
