// SPDX-License-Identifier: GPL-3.0-or-later
// A recording as a file for other programs. The format follows from the ending; the list of formats is in export.cpp.
// A file appears whole or not at all: it is written beside its place and renamed when it is safe on the disk.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "sim/export/output.h"
#include "sim/kernel/id.h"
#include "sim/kernel/result.h"
#include "sim/trace/recording.h"

namespace mailtrek::exporting {

struct Everything {};
struct AtNode {  // what a capture on that host would hold: both directions of all its interfaces
    NodeId node;
};
struct AtLink {  // both ends of that link
    LinkId link;
};
using Filter = std::variant<Everything, AtNode, AtLink>;

struct Format {
    std::string_view ending;  // "pcapng"
    std::optional<Error> (*write)(const trace::Recording&, const Filter&, Output&);
};

// In the order that messages list them.
std::span<const Format> formats();

// Nothing when the file is written; otherwise what went wrong, with the path, and nothing is left behind. A device or pipe (/dev/stdout) is written to
// directly; the ending must be one of formats() all the same, unless `ending` says which to use.
std::optional<Error> exportTo(const std::filesystem::path& path, const trace::Recording& recording, const Filter& filter = {}, std::string_view ending = {});

// Whether a file can be written under that name, before a long simulation is run for it: knows the ending.
std::optional<Error> checkEnding(const std::filesystem::path& path);

}  // namespace mailtrek::exporting
