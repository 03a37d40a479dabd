// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli check: reads all files first, so that nothing is printed when one of them is wrong; then simulates each with its variants.
#include <algorithm>
#include <filesystem>

#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/simulate.h"
#include "app/mailtrek-cli/system_reason.h"
#include "app/mailtrek-cli/terminal.h"
#include "sim/run/expect.h"

namespace mailtrek::cli {

namespace {

namespace fs = std::filesystem;

struct Case {
    std::string variant;  // empty: the file itself
    scenario::Scenario scenario;
};
struct File {
    std::string path;
    std::vector<Case> cases;
};

bool isScenario(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

// The scenarios of a folder by name; a file stands for itself.
std::variant<std::vector<std::string>, ExitCode> filesOf(const std::string& path, Language language) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return std::vector{path};
    std::vector<std::string> files;
    fs::directory_iterator folder(path, error);
    for (; !error && folder != fs::directory_iterator{}; folder.increment(error)) {
        std::error_code ignored;
        if (isScenario(folder->path()) && folder->is_regular_file(ignored)) files.push_back(folder->path().string());
    }
    if (error) {
        printError(say(language, Say::cannotRead, path, systemReason(error.value(), language)));
        return ExitCode::fileTrouble;
    }
    if (files.empty()) {
        printError(say(language, Say::noScenarios, path));
        return ExitCode::wrongInput;
    }
    std::ranges::sort(files);
    return files;
}

// The file and all its variants; the first exit code that is not `done` otherwise.
std::variant<File, ExitCode> read(const std::string& path, Session& session) {
    auto whole = load(path, {}, session);
    if (const auto* exitCode = std::get_if<ExitCode>(&whole)) return *exitCode;
    File file{path, {}};
    file.cases.push_back({"", std::get<scenario::Scenario>(std::move(whole))});
    for (std::size_t i = 0; i < file.cases.front().scenario.variants.size(); ++i) {
        const std::string variant = file.cases.front().scenario.variants[i].name;
        scenario::Overrides overrides;
        overrides.variant = variant;
        auto loaded = load(path, overrides, session);
        if (const auto* exitCode = std::get_if<ExitCode>(&loaded)) return *exitCode;
        file.cases.push_back({variant, std::get<scenario::Scenario>(std::move(loaded))});
    }
    return file;
}

// What is not as expected, joined on one line; empty: all is well.
std::string failuresOf(const File& file, Session& session) {
    std::string failures;
    for (const Case& one : file.cases) {
        const Finished finished = simulate(one.scenario, {}, file.path, session);
        for (const run::Shortfall& shortfall : run::check(one.scenario.expect, finished.recording)) {
            if (!failures.empty()) failures += "; ";
            if (!one.variant.empty()) failures += fmt::format("[{}] ", one.variant);
            failures += say(session.language, Say::notAsExpected, shortfall.what, shortfall.expected, shortfall.found);
        }
    }
    return failures;
}

}  // namespace

ExitCode checkScenarios(const CheckCommand& command, Language language) {
    Session session(language);
    std::vector<File> files;
    ExitCode worst = ExitCode::done;  // of reading: all files are read, so that every mistake is said in one go
    const auto blame = [&](ExitCode exitCode) { worst = worst == ExitCode::wrongInput ? worst : exitCode; };
    for (const std::string& path : command.paths) {
        const auto found = filesOf(path, language);
        if (const auto* exitCode = std::get_if<ExitCode>(&found)) {
            blame(*exitCode);
            continue;
        }
        for (const std::string& one : std::get<std::vector<std::string>>(found)) {
            auto file = read(one, session);
            if (const auto* exitCode = std::get_if<ExitCode>(&file))
                blame(*exitCode);
            else
                files.push_back(std::get<File>(std::move(file)));
        }
    }
    if (worst != ExitCode::done) return worst;

    StandardOutput out;
    std::size_t failed = 0;
    for (const File& file : files) {
        const std::string failures = failuresOf(file, session);
        failed += failures.empty() ? 0 : 1;
        out.write(failures.empty() ? fmt::format("ok      {}\n", file.path) : fmt::format("FAILED  {}: {}\n", file.path, failures));
    }
    session.progress.finish();
    out.write(fmt::format("{} passed, {} failed\n", files.size() - failed, failed));
    const ExitCode written = out.finish(language);
    return written != ExitCode::done ? written : failed > 0 ? ExitCode::notAsExpected : ExitCode::done;
}

}  // namespace mailtrek::cli
