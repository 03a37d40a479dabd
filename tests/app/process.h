// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program as a shell would, and keeps what it said.
#pragma once

#include <string>
#include <vector>

namespace mailtrek::test {

struct Launch {
    std::string program;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // "LANG=es_ES.UTF-8"; nothing else is set
    std::string folder;                    // to run in; empty: where the test runs
    std::string outPath;                   // where standard output goes instead; empty: it is kept
    bool terminal = false;                 // standard error is a terminal
    bool heldUp = false;                   // it is stopped for a second and a half in the middle, so that it lasts longer at no cost
    int seconds = 60;                      // then it hangs, and is killed
};

struct Ran {
    int exitCode = -1;  // -1: it was killed by a signal
    bool hung = false;
    std::string out;
    std::string err;
    double cpuSeconds = 0;
    long peakKilobytes = 0;
};

Ran launch(const Launch& launch);

// mailtrek-cli, usually with no environment but for `environment`.
Ran mailtrekCli(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {}, const std::string& outPath = {});

// What a line of shell prints on standard output, and whether a program of that name is there.
std::string outputOf(const std::string& command);
bool have(const std::string& program);

// A folder for one test, removed with everything in it at the end.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string path(const std::string& name = {}) const { return name.empty() ? m_path : m_path + "/" + name; }
    // Writes a file and gives its path.
    std::string write(const std::string& name, const std::string& content) const;
    // Names of everything in it, in order, folders and hidden files too.
    std::vector<std::string> names() const;

private:
    std::string m_path;
};

std::string readFile(const std::string& path);
std::string scenarioPath(const std::string& name);  // of scenarios/ of the project
const std::vector<std::string>& scenarioNames();    // all files there
std::vector<std::string> linesOf(const std::string& text);
// `text` with the one place where `what` stands changed; fails the test when it is not there.
std::string replaced(std::string text, const std::string& what, const std::string& with);

}  // namespace mailtrek::test
