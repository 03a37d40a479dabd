// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/read.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "sim/scenario/builder.h"
#include "sim/scenario/document.h"
#include "sim/scenario/override.h"

namespace mailtrek::scenario {
namespace {

void applyOverrides(YAML::Node& document, const Overrides& overrides, Diagnostics& diagnostics, std::vector<YAML::Node>& moreTimeline) {
    if (overrides.variant) applyVariant(document, *overrides.variant, diagnostics, moreTimeline);
    const auto set = [&](const std::string& path, const std::string& value, const std::string& origin) {
        YAML::Node parsed;
        try {
            parsed = YAML::Load(value);
        } catch (const YAML::Exception& e) {
            diagnostics.error(0, 0, fmt::format("{}: '{}' is not a value: {}", origin, value, e.msg));
            return;
        }
        diagnostics.cameFrom(parsed, origin);
        setPath(document, path, parsed, origin, diagnostics);
    };
    for (const auto& [path, value] : overrides.set) set(path, value, fmt::format("--set {}", path));
    if (overrides.seed) set("seed", fmt::format("{}", *overrides.seed), "--seed");
    if (overrides.until) set("until", *overrides.until, "--until");
}

}  // namespace

Loaded readText(std::string_view text, const std::string& name, const std::filesystem::path& folder, const Overrides& overrides) {
    Diagnostics diagnostics(name);
    Loaded loaded;
    if (auto document = parseDocument(text, diagnostics)) {
        std::vector<YAML::Node> moreTimeline;
        if (document->IsMap()) applyOverrides(*document, overrides, diagnostics, moreTimeline);
        Scenario scenario;
        try {
            scenario = Builder(diagnostics, folder).build(*document, moreTimeline);
        } catch (const YAML::Exception& e) {  // the tree is not what we asked it for
            diagnostics.error(e.mark.line + 1, e.mark.column + 1, fmt::format("not readable: {}", e.msg));
        }
        if (!diagnostics.failed()) loaded.scenario = std::move(scenario);
    }
    loaded.diagnostics = diagnostics.take();
    return loaded;
}

Loaded readFile(const std::filesystem::path& path, const Overrides& overrides) {
    Loaded loaded;
    const auto unreadable = [&](std::string why) {
        loaded.unreadable = true;
        loaded.diagnostics.push_back({path.string(), 0, 0, Severity::error, std::move(why)});
        return loaded;
    };
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (!std::filesystem::exists(status)) return unreadable("there is no such file");
    if (std::filesystem::is_directory(status)) return unreadable("this is a folder, not a scenario file");
    std::ifstream in(path, std::ios::binary);
    if (!in) return unreadable("the file cannot be opened (permission?)");
    std::string text(kMaxFile + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return unreadable("the file cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    return readText(text, path.string(), path.parent_path(), overrides);
}

}  // namespace mailtrek::scenario
