// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a file as a tree of YAML nodes, once it is known to be harmless: UTF-8, of bounded size, nesting and alias expansion.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/diagnostics.h"

namespace mailtrek::scenario {

// Without a byte order mark, and with the line ends of old Macs as '\n', which is what counts as the end of a line from here on.
std::string plainLineEnds(std::string_view text);

// Nothing when the diagnostics say why. `text` is as plainLineEnds gives it.
std::optional<YAML::Node> parseDocument(std::string_view text, Diagnostics& diagnostics);

// How many values the tree holds, aliases expanded.
std::uint64_t sizeOf(const YAML::Node& node);

// A copy with "{n}" replaced in every plain text below; marks stay. Used for names with a range.
struct Range {
    std::string before, after;
    std::uint64_t first = 0, last = 0;
};
// "pc{1..20}". Nothing without braces; an error in `problem` when the braces hold something else.
std::optional<Range> parseRange(std::string_view name, std::string& problem);
std::string withNumber(std::string_view text, std::optional<std::uint64_t> number);

}  // namespace mailtrek::scenario
