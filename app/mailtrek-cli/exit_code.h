// SPDX-License-Identifier: GPL-3.0-or-later
// What the program says to the shell (design page "The command line").
#pragma once

namespace mailtrek::cli {

enum class ExitCode : int {
    done = 0,
    notAsExpected = 1,  // `check`: an expectation was not met
    wrongInput = 2,     // nothing was printed or written
    fileTrouble = 3,    // a file, or standard output, could not be read or written
    limitReached = 4,   // --max-events, --max-memory
    wrongUsage = 64     // EX_USAGE of sysexits(3)
};

}  // namespace mailtrek::cli
