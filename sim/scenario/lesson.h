// SPDX-License-Identifier: GPL-3.0-or-later
// The lesson of a scenario: predict, observe, explain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/scenario/expect.h"
#include "sim/trace/cast.h"

namespace mailtrek::scenario {

struct AskBefore {      // one of the three
    std::string event;  // kind of event
    std::uint32_t nth = 1;
    std::optional<Duration> at;
    std::string mail, milestone;
};

struct Question {
    trace::LocalizedText ask, why;
    AskBefore before;
    std::vector<trace::LocalizedText> choices;
    std::uint32_t rightChoice = 0;  // from 1; 0: not given
    std::string metric;
    std::optional<Comparison> is;
};

struct Lesson {
    trace::LocalizedText goal;
    std::vector<Question> questions;
};

}  // namespace mailtrek::scenario
