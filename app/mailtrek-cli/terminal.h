// SPDX-License-Identifier: GPL-3.0-or-later
// Where the words go: results to standard output (whose failures are noticed), everything else to standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/mailtrek-cli/exit_code.h"
#include "app/mailtrek-cli/messages.h"

namespace mailtrek::cli {

// Standard output through a buffer. A closed pipe or a full disk is an error that finish() reports, not a signal.
class StandardOutput {
public:
    void write(std::string_view text);
    // Writes out what is left. Done, or fileTrouble after saying why on standard error.
    ExitCode finish(Language language);
    bool failed() const { return m_error != 0; }

private:
    void flush();
    std::string m_buffer;
    int m_error = 0;  // errno of the first write that failed
};

// A line to standard error; on a terminal (and without NO_COLOR) the words error: and warning: are coloured.
void printDiagnostic(std::string_view line);
// "mailtrek-cli: error: MESSAGE"
void printError(std::string_view message);

// A bar on standard error, only on a terminal and only when the work takes longer than a second.
class Progress {
public:
    explicit Progress(std::string label);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // Nobody knows beforehand how long a run is: the bar only moves, and `detail` says how far it is.
    void show(std::string_view detail);

private:
    std::string m_label;
    std::chrono::steady_clock::time_point m_began;
    std::chrono::steady_clock::time_point m_drawn;
    bool m_terminal;
    bool m_visible = false;
    int m_step = 0;
};

}  // namespace mailtrek::cli
