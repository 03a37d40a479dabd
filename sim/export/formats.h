// SPDX-License-Identifier: GPL-3.0-or-later
// The writers behind the registry in export.cpp. Each checks nothing and stops early when the output has failed.
#pragma once

#include "sim/export/filter.h"
#include "sim/export/output.h"
#include "sim/trace/recording.h"

namespace mailtrek::exporting {

void writePcapng(const trace::Recording& recording, const Filter& filter, Output& out);
void writeCsv(const trace::Recording& recording, const Filter& filter, Output& out);
void writeJson(const trace::Recording& recording, const Filter& filter, Output& out);
void writeJsonLines(const trace::Recording& recording, const Filter& filter, Output& out);

}  // namespace mailtrek::exporting
