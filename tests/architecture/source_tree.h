// SPDX-License-Identifier: GPL-3.0-or-later
// The files of the project as the architecture tests read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailtrek::architecture {

struct SourceFile {
    std::string path;  // from the root of the project, with '/'
    std::vector<std::string> lines;
    bool isCode() const { return path.ends_with(".h") || path.ends_with(".cpp"); }
    std::string layer() const;  // "sim/net/link.h" -> "net"; "ui/map.h" -> "ui"; "app/x/y.h" -> "app"
};

// All of sim/, ui/, app/ and tests/, in order.
const std::vector<SourceFile>& sourceTree();

// What is named by an #include in this line: with its quotes or brackets; empty: none.
std::string_view includeIn(std::string_view line);

}  // namespace mailtrek::architecture
