// SPDX-License-Identifier: GPL-3.0-or-later
// Where the words go: results to standard output (whose failures are noticed), everything else to standard error.
#pragma once

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

// Whether a terminal that can move its cursor is at that end (TERM=dumb cannot).
bool messagesOnTerminal();
bool resultsOnTerminal();

// A line to standard error; on a terminal (and without NO_COLOR) the words error: and warning: are coloured.
void printDiagnostic(std::string_view line);
// "mailtrek-cli: error: MESSAGE"
void printError(std::string_view message);

// The progress bar in the last line of the terminal. Whatever is printed to standard error takes its place. Callable from any thread.
void drawBar(std::string_view text);
void eraseBar();

}  // namespace mailtrek::cli
