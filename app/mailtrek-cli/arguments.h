// SPDX-License-Identifier: GPL-3.0-or-later
// The command line as a value. Only arguments.cpp knows CLI11.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/mailtrek-cli/messages.h"

namespace mailtrek::cli {

enum class RunFormat : std::uint8_t { text, json, jsonl };

struct HelpCommand {
    std::string about;  // a command, or empty: all of them
};
struct VersionCommand {};
struct MetricsCommand {};
struct RunCommand {
    std::string file;
    std::string variant;                                        // empty: the file itself
    std::vector<std::pair<std::string, std::string>> settings;  // path and value
    std::optional<std::uint64_t> seed;
    std::optional<std::string> until;  // as written; the scenario's reader knows times
    std::string level = "story";
    RunFormat format = RunFormat::text;
    std::optional<std::uint64_t> maxEvents;
    std::optional<std::uint64_t> maxMemory;  // octets
};
struct CheckCommand {
    std::vector<std::string> paths;  // files and folders
};
struct ExportCommand {
    std::string file;
    std::string to;
    std::string variant;
    std::string atNode, atLink;  // at most one of them
};
enum class ServePace : std::uint8_t { real, fast };
struct ServeCommand {
    std::string file;
    std::string as;                                              // the node whose mail program it stands in for
    std::array<std::uint16_t, 4> ports{2525, 2587, 2110, 2143};  // smtp, submission, pop3, imap; 0: any that is free
    ServePace pace = ServePace::real;
    std::string save;                  // empty: nowhere
    std::optional<double> forSeconds;  // by the clock on the wall
};
struct UnsupportedCommand {  // of the contract, but not written yet
    std::string name;
};
struct WrongUsage {
    std::string message;  // in the user's language
};

using Command = std::variant<HelpCommand, VersionCommand, MetricsCommand, RunCommand, CheckCommand, ExportCommand, ServeCommand, UnsupportedCommand, WrongUsage>;

struct Arguments {
    Command command;
    Language language;
};

// `environment` is the language that the environment asks for; --lang wins.
Arguments parseArguments(int argc, const char* const* argv, Language environment);

// What the command line knows: the commands; the options of one of them ("--variant"), or those of all when `command` is empty; the words an option takes
// (none: free text). Help, man page and completion say the same, which a test compares.
const std::vector<std::string>& commandNames();
bool supported(std::string_view command);
std::vector<std::string> optionNames(const std::string& command);
std::vector<std::string> valuesOf(std::string_view option);

// The word of `known` nearest to `word`, when it is near enough to be a slip of the finger.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& known);

}  // namespace mailtrek::cli
