// SPDX-License-Identifier: GPL-3.0-or-later
// A bar on standard error, only on a terminal and only for what takes longer than a second: reading, simulating or writing.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "app/mailtrek-cli/messages.h"

namespace mailtrek::cli {

class Progress {
public:
    // The second counts from here.
    explicit Progress(Language language);
    ~Progress() { finish(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // What is being done (Say::reading, ...), and with what. Nobody knows beforehand how long a run is: the bar only moves, and `detail` says how far it is.
    void show(Say what, std::string detail);
    // Takes the bar away for good: results are about to be printed on the same terminal.
    void finish();

private:
    void draw(const std::stop_token& stop);

    Language m_language;
    std::mutex m_mutex;  // of the two below
    Say m_what = Say::reading;
    std::string m_detail;
    std::condition_variable_any m_wake;
    std::jthread m_painter;  // none when there is no terminal
};

}  // namespace mailtrek::cli
