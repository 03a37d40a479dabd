// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "app/mailtrek-cli/system_reason.h"

namespace mailtrek::cli {

namespace {

std::mutex screen;  // of the bar's thread and everybody who prints
bool barStands = false;

bool onTerminal(int descriptor) {
    const char* term = std::getenv("TERM");
    return isatty(descriptor) == 1 && term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

bool colourful() {
    const char* noColor = std::getenv("NO_COLOR");  // https://no-color.org: present and not empty
    return messagesOnTerminal() && (noColor == nullptr || *noColor == '\0');
}

void put(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

// REQUIRES: screen is held.
void takeBarAway() {
    if (std::exchange(barStands, false)) put("\r\033[K");
}

void toStandardError(std::string_view text) {
    const std::lock_guard lock(screen);
    takeBarAway();
    put(text);
}

}  // namespace

void StandardOutput::write(std::string_view text) {
    m_buffer += text;
    if (m_buffer.size() >= 1 << 16) flush();
}

void StandardOutput::flush() {
    std::string_view rest = m_buffer;
    while (!rest.empty() && m_error == 0) {
        const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written > 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            m_error = errno;
        }
    }
    m_buffer.clear();
}

ExitCode StandardOutput::finish(Language language) {
    flush();
    if (m_error == 0) return ExitCode::done;
    printError(say(language, Say::cannotWriteOutput, systemReason(m_error, language)));
    return ExitCode::fileTrouble;
}

void printDiagnostic(std::string_view line) {
    std::string text(line);
    if (colourful()) {
        for (const auto& [word, colour] : {std::pair{"error:", "\033[1;31m"}, std::pair{"warning:", "\033[1;35m"}}) {
            const auto at = text.find(word);
            if (at == std::string::npos) continue;
            text.insert(at + std::strlen(word), "\033[0m");
            text.insert(at, colour);
            break;
        }
    }
    toStandardError(text + "\n");
}

void printError(std::string_view message) { printDiagnostic(fmt::format("mailtrek-cli: error: {}", message)); }

bool messagesOnTerminal() { return onTerminal(STDERR_FILENO); }
bool resultsOnTerminal() { return onTerminal(STDOUT_FILENO); }

void drawBar(std::string_view text) {
    const std::lock_guard lock(screen);
    put(fmt::format("\r\033[K{}", text));
    barStands = true;
}

void eraseBar() {
    const std::lock_guard lock(screen);
    takeBarAway();
}

}  // namespace mailtrek::cli
