// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mailtrek::cli {

namespace {

bool colourful() {
    const char* noColor = std::getenv("NO_COLOR");  // https://no-color.org: present and not empty
    return isatty(STDERR_FILENO) == 1 && (noColor == nullptr || *noColor == '\0');
}

void toStandardError(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

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
    printError(say(language, Say::cannotWriteOutput, std::strerror(m_error)));
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

Progress::Progress(std::string label) : m_label(std::move(label)), m_began(std::chrono::steady_clock::now()), m_drawn(m_began), m_terminal(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (m_visible) toStandardError("\r\033[K");
}

void Progress::show(std::string_view detail) {
    if (!m_terminal) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - m_began < std::chrono::seconds(1) || now - m_drawn < std::chrono::milliseconds(100)) return;
    m_drawn = now;
    m_visible = true;
    constexpr int kWidth = 20, kBlock = 4;
    const int place = std::abs(m_step++ % (2 * (kWidth - kBlock)) - (kWidth - kBlock));
    std::string bar(kWidth, ' ');
    bar.replace(static_cast<std::size_t>(place), kBlock, std::string(kBlock, '#'));
    toStandardError(fmt::format("\r\033[K{} [{}] {}", m_label, bar, detail));
    std::fflush(stderr);
}

}  // namespace mailtrek::cli
