// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/progress.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "app/mailtrek-cli/terminal.h"

namespace mailtrek::cli {

Progress::Progress(Language language) : m_language(language) {
    if (messagesOnTerminal()) m_painter = std::jthread([this](const std::stop_token& stop) { draw(stop); });
}

void Progress::show(Say what, std::string detail) {
    if (!m_painter.joinable()) return;
    const std::lock_guard lock(m_mutex);
    m_what = what;
    m_detail = std::move(detail);
}

void Progress::finish() {
    if (!m_painter.joinable()) return;
    m_painter.request_stop();
    m_painter.join();
    eraseBar();
}

void Progress::draw(const std::stop_token& stop) {
    constexpr int kWidth = 20, kBlock = 4;
    std::unique_lock lock(m_mutex);
    const auto sleep = [&](std::chrono::milliseconds time) { m_wake.wait_for(lock, stop, time, [] { return false; }); };
    sleep(std::chrono::seconds(1));
    for (int step = 0; !stop.stop_requested(); ++step) {
        const int place = std::abs(step % (2 * (kWidth - kBlock)) - (kWidth - kBlock));
        std::string bar(kWidth, ' ');
        bar.replace(static_cast<std::size_t>(place), kBlock, std::string(kBlock, '#'));
        drawBar(fmt::format("{} [{}] {}", textOf(m_what, m_language), bar, m_detail));
        sleep(std::chrono::milliseconds(100));
    }
}

}  // namespace mailtrek::cli
