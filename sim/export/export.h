// SPDX-License-Identifier: GPL-3.0-or-later
// A recording as a file for other programs. The format follows from the ending; the list of formats is in export.cpp.
// A file appears whole or not at all: it is written beside its place and renamed when it is safe on the disk.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "sim/export/filter.h"
#include "sim/export/output.h"
#include "sim/kernel/result.h"
#include "sim/trace/recording.h"

namespace mailtrek::exporting {

struct Format {
    std::string_view ending;  // "pcapng"
    void (*write)(const trace::Recording&, const Filter&, Output&);
};

// In the order that messages list them.
std::span<const Format> formats();

// Nothing when the file is written; otherwise what went wrong, with the path, and nothing is left behind. A device or pipe is written to directly;
// a path without an ending of its own (/dev/stdout) needs `ending`, which otherwise replaces the path's.
std::optional<Error> exportTo(const std::filesystem::path& path, const trace::Recording& recording, const Filter& filter = {}, std::string_view ending = {});

// Whether the path ends as a format does: worth asking before a long simulation is run for it.
std::optional<Error> checkEnding(const std::filesystem::path& path);

}  // namespace mailtrek::exporting
