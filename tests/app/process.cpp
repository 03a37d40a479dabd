// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <stop_token>
#include <thread>

namespace mailtrek::test {

namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> all;
    for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
    all.push_back(nullptr);
    return all;
}

struct Ends {
    int read = -1;
    int write = -1;
};

Ends makePipe() {
    std::array<int, 2> both{-1, -1};
    if (pipe(both.data()) != 0) return {};
    return {both[0], both[1]};
}

Ends makeTerminal() {
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return {};
    return {master, open(ptsname(master), O_RDWR | O_NOCTTY)};
}

[[noreturn]] void become(const Launch& launch, const Ends& out, const Ends& err) {
    std::vector<std::string> words = {launch.program};
    words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
    if (!launch.folder.empty() && chdir(launch.folder.c_str()) != 0) _exit(126);
    const int target = launch.outPath.empty() ? out.write : open(launch.outPath.c_str(), O_WRONLY);
    dup2(target, STDOUT_FILENO);
    dup2(err.write, STDERR_FILENO);
    for (const int fd : {out.read, out.write, err.read, err.write}) close(fd);
    execve(launch.program.c_str(), pointers(words).data(), pointers(launch.environment).data());
    _exit(127);
}

// Reads both until both are closed, or until `end`: then false.
bool drain(const Ends& out, const Ends& err, Clock::time_point end, Ran& ran) {
    std::array<pollfd, 2> ends = {pollfd{out.read, POLLIN, 0}, pollfd{err.read, POLLIN, 0}};
    int open = 2;
    while (open > 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left <= 0) return false;
        poll(ends.data(), ends.size(), static_cast<int>(left));
        for (std::size_t i = 0; i < 2; ++i) {
            if (ends[i].fd < 0 || ends[i].revents == 0) continue;
            std::array<char, 65536> buffer;
            const ssize_t got = read(ends[i].fd, buffer.data(), buffer.size());
            if (got > 0) {
                (i == 0 ? ran.out : ran.err).append(buffer.data(), static_cast<std::size_t>(got));
            } else {  // closed; of a terminal: EIO
                ends[i].fd = -1;
                --open;
            }
        }
    }
    return true;
}

double cpuSecondsOf(pid_t child) {
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

// Once it works in earnest.
void holdUp(const std::stop_token& stop, pid_t child) {
    const auto nap = [](int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); };
    while (!stop.stop_requested() && cpuSecondsOf(child) < 0.08) nap(2);
    kill(child, SIGSTOP);
    for (int i = 0; i < 15 && !stop.stop_requested(); ++i) nap(100);
    kill(child, SIGCONT);
}

}  // namespace

Ran launch(const Launch& launch) {
    Ran ran;
    const Ends out = makePipe(), err = launch.terminal ? makeTerminal() : makePipe();
    if (out.read < 0 || err.read < 0) return ran;
    const pid_t child = fork();
    if (child == 0) become(launch, out, err);
    close(out.write);
    close(err.write);
    {  // the thread ends before the process is waited for: until then its number is its own
        const std::jthread brake = launch.heldUp ? std::jthread(holdUp, child) : std::jthread();
        ran.hung = !drain(out, err, Clock::now() + std::chrono::seconds(launch.seconds), ran);
    }
    if (ran.hung) kill(child, SIGKILL);
    close(out.read);
    close(err.read);
    int status = 0;
    rusage used{};
    wait4(child, &status, 0, &used);
    if (WIFEXITED(status)) ran.exitCode = WEXITSTATUS(status);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
    ran.cpuSeconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    ran.peakKilobytes = used.ru_maxrss;
    return ran;
}

Ran mailtrekCli(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, const std::string& outPath) {
    return launch({.program = MAILTREK_CLI, .arguments = arguments, .environment = environment, .folder = {}, .outPath = outPath});
}

std::string outputOf(const std::string& command) {
    const char* path = std::getenv("PATH");
    return launch({.program = "/bin/sh",
                   .arguments = {"-c", command},
                   .environment = {std::string("PATH=") + (path != nullptr ? path : "/usr/bin:/bin"), "HOME=/nonexistent"},
                   .folder = {},
                   .outPath = {}})
        .out;
}

bool have(const std::string& program) { return !outputOf("command -v " + program).empty(); }

}  // namespace mailtrek::test
