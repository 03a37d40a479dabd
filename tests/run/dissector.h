// SPDX-License-Identifier: GPL-3.0-or-later
// What tshark, the independent dissector, says of a capture of ours.
#pragma once

#include <string>
#include <vector>

#include "sim/export/filter.h"
#include "sim/trace/recording.h"

namespace mailtrek::run::test {

// What a line of shell prints.
std::string outputOf(const std::string& command);

// Whether tshark is there; says so loudly when it is not.
bool dissectorIsThere();

// One row per packet of the capture, one column per field (the first occurrence of it; "" where the packet has none). Checksums are looked at.
// `joined`: it puts the segments of a stream together and dissects what they make.
std::vector<std::vector<std::string>> dissected(const trace::Recording& recording, const exporting::Filter& filter, const std::vector<std::string>& fields, bool joined = true);

}  // namespace mailtrek::run::test
