// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/export.h"

#include <algorithm>
#include <string>

#include "sim/export/formats.h"

namespace mailtrek::exporting {
namespace {

// A new format is one file and one line here.
constexpr Format kFormats[] = {
    {"pcapng", writePcapng},
    {"csv", writeCsv},
    {"json", writeJson},
    {"jsonl", writeJsonLines},
};

std::string lowerEnding(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    if (ending.starts_with('.')) ending.erase(0, 1);
    std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return ending;
}

std::string known() {
    std::string list;
    for (const Format& format : kFormats) list += (list.empty() ? "." : ", .") + std::string(format.ending);
    return list;
}

Result<const Format*> formatFor(const std::filesystem::path& path, std::string_view ending) {
    const std::string wanted = ending.empty() ? lowerEnding(path) : std::string(ending);
    for (const Format& format : kFormats) {
        if (format.ending == wanted) return &format;
    }
    if (wanted == "html") return Error{"cannot write '" + path.string() + "': html is not supported yet (" + known() + " are)"};
    if (wanted.empty()) return Error{"cannot write '" + path.string() + "': its ending must say the format (" + known() + ")"};
    return Error{"cannot write '" + path.string() + "': unknown format '" + wanted + "' (known: " + known() + ")"};
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

std::optional<Error> checkEnding(const std::filesystem::path& path) {
    const auto format = formatFor(path, {});
    return format ? std::nullopt : std::optional(format.error());
}

std::optional<Error> exportTo(const std::filesystem::path& path, const trace::Recording& recording, const Filter& filter, std::string_view ending) {
    const auto format = formatFor(path, ending);
    if (!format) return format.error();
    if (const auto error = check(filter, recording)) return error;
    Output output(path);
    (*format)->write(recording, filter, output);
    return output.commit();
}

}  // namespace mailtrek::exporting
