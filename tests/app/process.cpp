// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mailtrek::test {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> all;
    for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
    all.push_back(nullptr);
    return all;
}

// Reads both pipes until both are closed.
void drain(int out, int err, Ran& ran) {
    std::array<pollfd, 2> ends = {pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
    int open = 2;
    while (open > 0 && poll(ends.data(), ends.size(), -1) > 0) {
        for (std::size_t i = 0; i < 2; ++i) {
            if (ends[i].revents == 0) continue;
            std::array<char, 65536> buffer;
            const ssize_t got = read(ends[i].fd, buffer.data(), buffer.size());
            if (got > 0) {
                (i == 0 ? ran.out : ran.err).append(buffer.data(), static_cast<std::size_t>(got));
            } else {
                close(ends[i].fd);
                ends[i].fd = -1;
                --open;
            }
        }
    }
}

}  // namespace

Ran mailtrekCli(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, const std::string& outPath) {
    std::vector<std::string> words = {MAILTREK_CLI};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> envp = pointers(environment);
    std::array<int, 2> out{}, err{};
    if (pipe(out.data()) != 0 || pipe(err.data()) != 0) return {};
    const pid_t child = fork();
    if (child == 0) {
        const int target = outPath.empty() ? out[1] : open(outPath.c_str(), O_WRONLY);
        dup2(target, STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        for (const int fd : {out[0], out[1], err[0], err[1]}) close(fd);
        execve(MAILTREK_CLI, argv.data(), envp.data());
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    Ran ran;
    drain(out[0], err[0], ran);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) ran.exitCode = WEXITSTATUS(status);
    return ran;
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mailtrek-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) m_path = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
}

std::string readFile(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return content.str();
}

std::string scenarioPath(const std::string& name) { return MAILTREK_SOURCE_DIR "/scenarios/" + name; }

}  // namespace mailtrek::test
