// SPDX-License-Identifier: GPL-3.0-or-later
// Runs mailtrek-cli as a shell would, and keeps what it said.
#pragma once

#include <string>
#include <vector>

namespace mailtrek::test {

struct Ran {
    int exitCode = -1;  // -1: it was killed by a signal
    std::string out;
    std::string err;
};

// The environment is empty but for `environment` ("LANG=es_ES.UTF-8"). With `outPath` standard output goes there instead.
Ran mailtrekCli(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {}, const std::string& outPath = {});

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

private:
    std::string m_path;
};

std::string readFile(const std::string& path);
std::string scenarioPath(const std::string& name);  // of scenarios/ of the project

}  // namespace mailtrek::test
