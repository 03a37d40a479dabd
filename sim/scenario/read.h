// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a scenario file: all that is wrong with it in one go, each with its place. A file is untrusted input.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.h"

namespace mailtrek::scenario {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
    std::string file;
    int line = 0;  // from 1; 0: no place in particular
    int column = 0;
    Severity severity = Severity::error;
    std::string message;
};
// "file:line:column: error: message"
std::string toText(const Diagnostic& diagnostic);

// What the command line changes. A path is the scenario's own: links.backbone.loss, defaults.tcp.congestion, nodes.sur.policy.relay, seed.
struct Overrides {
    std::vector<std::pair<std::string, std::string>> set;
    std::optional<std::string> variant;
    std::optional<std::uint64_t> seed;
    std::optional<std::string> until;
};

struct Loaded {
    std::optional<Scenario> scenario;  // present when there is no error
    std::vector<Diagnostic> diagnostics;
    bool unreadable = false;  // missing, a directory, no permission: exit code 3
    bool ok() const { return scenario.has_value(); }
};

inline constexpr std::uint64_t kMaxFile = 16 << 20;  // octets
inline constexpr std::uint64_t kMaxNodes = 100'000;
inline constexpr std::uint64_t kMaxLinks = 200'000;
inline constexpr std::uint64_t kMaxMailboxes = 1'000'000;
inline constexpr std::uint64_t kMaxEntries = 1'000'000;        // of the timeline, repeats included
inline constexpr std::uint64_t kMaxAttachments = 256'000'000;  // octets, all together
inline constexpr std::uint64_t kMaxRepeated = 20'000'000;      // values that ranges of names repeat
inline constexpr std::size_t kMaxVariants = 50;
inline constexpr int kMaxNesting = 64;
inline constexpr std::uint64_t kMaxExpanded = 2'000'000;  // YAML nodes with aliases expanded

Loaded readFile(const std::filesystem::path& path, const Overrides& overrides = {});
// `name` stands in diagnostics; attachments are looked for in `folder`.
Loaded readText(std::string_view text, const std::string& name, const std::filesystem::path& folder, const Overrides& overrides = {});

}  // namespace mailtrek::scenario
