// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/open/session.h"

#include <algorithm>
#include <limits>

namespace mailtrek::ui {
namespace {

constexpr std::uint64_t kBudget = 2000;  // wake-ups, about two milliseconds
constexpr int kAtOnce = 200;             // ms: what takes no longer is simply there
constexpr int kSlice = 12;               // ms between two frames
constexpr int kTellEvery = 300;          // ms between two looks at the growing recording

}  // namespace

Session::Session(Library library, QObject* parent) : QObject(parent), m_library(std::move(library)) { connect(&m_timer, &QTimer::timeout, this, &Session::slice); }

Session::~Session() = default;

bool Session::open(const QString& path) {
    Opened opened = m_library.open ? m_library.open(path) : Opened{};
    if (!opened.run) {
        Q_EMIT failed(path, opened.diagnostics, opened.unreadable);
        return false;
    }
    m_warnings = std::move(opened.diagnostics);
    m_path = path;
    m_added = 0;
    take(std::move(opened.run), kStart);
    return true;
}

bool Session::add(const Probe& probe) {
    std::unique_ptr<RunSource> run = m_run ? m_run->with(probe) : nullptr;
    if (!run) return false;
    ++m_added;
    take(std::move(run), probe.at);
    return true;
}

void Session::take(std::unique_ptr<RunSource> run, Instant atLeast) {
    m_timer.stop();
    Q_EMIT aboutToClose();
    m_run = std::move(run);
    bool done = work(kAtOnce);
    while (!done && m_run->now() <= atLeast) done = work(kAtOnce);
    if (!done) {
        m_sinceGrew.start();
        m_timer.start(0);
    }
    Q_EMIT opened();
    if (done) Q_EMIT finished();
}

double Session::progress() const {
    if (!m_run || m_run->until() <= kStart) return 0;
    return std::clamp(toSeconds(m_run->now()) / toSeconds(m_run->until()), 0.0, 1.0);
}

bool Session::work(int milliseconds) {
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < milliseconds)
        if (m_run->advance(kBudget)) return true;
    return false;
}

void Session::slice() {
    if (work(kSlice)) {
        m_timer.stop();
        Q_EMIT grew();
        Q_EMIT finished();
    } else if (m_sinceGrew.elapsed() > kTellEvery) {
        m_sinceGrew.restart();
        Q_EMIT grew();
    }
}

void Session::finish() {
    if (!running()) return;
    m_timer.stop();
    work(std::numeric_limits<int>::max());
    Q_EMIT grew();
    Q_EMIT finished();
}

void Session::cancel() {
    if (!running()) return;
    m_timer.stop();
    Q_EMIT grew();
    Q_EMIT finished();
}

}  // namespace mailtrek::ui
