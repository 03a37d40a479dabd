// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "sim/scenario/builder.h"
#include "sim/scenario/document.h"
#include "sim/scenario/override.h"

namespace mailtrek::scenario {
namespace {

// The value of --set: YAML as in the file, so that lists and mappings can be given too.
std::optional<YAML::Node> parseValue(const std::string& value, const std::string& origin, Diagnostics& diagnostics) {
    if (value.find_first_not_of(" \n\t") == std::string::npos) return YAML::Node(YAML::NodeType::Null);
    Diagnostics problems(origin, value);
    auto parsed = parseDocument(value, problems);
    for (const Diagnostic& problem : problems.take()) diagnostics.error(0, 0, fmt::format("{}: '{}': {}", origin, value, problem.message));
    return parsed;
}

void applyOverrides(YAML::Node& document, const Overrides& overrides, Diagnostics& diagnostics, std::vector<YAML::Node>& moreTimeline) {
    if (overrides.variant) applyVariant(document, *overrides.variant, diagnostics, moreTimeline);
    const auto set = [&](const std::string& path, const std::string& value, const std::string& origin) {
        const auto parsed = parseValue(value, origin, diagnostics);
        if (!parsed) return;
        diagnostics.cameFrom(*parsed, origin);
        setPath(document, path, *parsed, {origin, {}}, diagnostics);
    };
    for (const auto& [path, value] : overrides.set) set(path, value, fmt::format("--set {}", path));
    if (overrides.seed) set("seed", fmt::format("{}", *overrides.seed), "--seed");
    if (overrides.until) set("until", *overrides.until, "--until");
}

std::optional<Scenario> readOnce(std::string_view text, const std::filesystem::path& folder, const Overrides& overrides, Diagnostics& diagnostics) {
    auto document = parseDocument(text, diagnostics);
    if (!document) return std::nullopt;
    std::vector<YAML::Node> moreTimeline;
    if (document->IsMap()) applyOverrides(*document, overrides, diagnostics, moreTimeline);
    Scenario scenario;
    try {
        scenario = Builder(diagnostics, folder).build(*document, moreTimeline);
    } catch (const YAML::Exception& e) {  // the tree is not what we asked it for
        diagnostics.error(e.mark, fmt::format("not readable: {}", e.msg));
    }
    if (diagnostics.failed()) return std::nullopt;
    return scenario;
}

}  // namespace

Loaded readText(std::string_view text, const std::string& name, const std::filesystem::path& folder, const Overrides& overrides) {
    const std::string plain = plainLineEnds(text);
    Diagnostics diagnostics(name, plain);
    Loaded loaded;
    loaded.scenario = readOnce(plain, folder, overrides, diagnostics);
    loaded.diagnostics = diagnostics.take();
    if (!loaded.scenario || overrides.variant) return loaded;
    // A mistake in a variant is a mistake of the file, whether it is chosen or not.
    for (const Variant& variant : std::vector<Variant>(loaded.scenario->variants)) {
        Overrides chosen = overrides;
        chosen.variant = variant.name;
        Diagnostics more(name, plain);
        if (readOnce(plain, folder, chosen, more)) continue;
        loaded.scenario.reset();
        for (Diagnostic& problem : more.take()) {
            if (problem.severity == Severity::warning) continue;
            problem.message += fmt::format(" (in variant '{}')", variant.name);
            loaded.diagnostics.push_back(std::move(problem));
        }
    }
    std::stable_sort(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return std::pair(a.line, a.column) < std::pair(b.line, b.column); });
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
    if (!std::filesystem::is_regular_file(status)) return unreadable("this is no ordinary file");
    std::ifstream in(path, std::ios::binary);
    if (!in) return unreadable("the file cannot be opened (permission?)");
    std::string text(kMaxFile + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return unreadable("the file cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    return readText(text, path.string(), path.parent_path(), overrides);
}

}  // namespace mailtrek::scenario
