// SPDX-License-Identifier: GPL-3.0-or-later
// The run behind `serve`: a simulation whose time follows the clock on the wall, and a transcript of all that programs outside have done in it. Scenario and transcript
// together are an ordinary scenario file; simulated, it gives the same run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "app/mailtrek-cli/arguments.h"
#include "sim/run/simulation.h"
#include "sim/scenario/read.h"

namespace mailtrek::cli {

class ServedRun {
public:
    using Wall = std::chrono::steady_clock::time_point;

    // `text` is that of the file, `scenario` what was read from it with the session's first line behind it (firstLine).
    ServedRun(const scenario::Scenario& scenario, std::string text, NodeId device, ServePace pace, Wall now);
    static std::string firstLine(NodeId device, std::string_view name);

    // Simulates what has become due, a slice at most. False: there is more to do at once.
    bool catchUp(Wall now);
    // How long nothing is going to happen, if nobody outside does anything.
    std::chrono::milliseconds idle(Wall now) const;

    // A number that no connection of the device has had, in this session or one before it.
    std::uint32_t nextConnection() { return m_nextConnection++; }

    // --- what programs do; each is an entry of the transcript ---
    void open(std::uint32_t connection, scenario::Service service, Wall now);
    void write(std::uint32_t connection, std::string octets, Wall now);
    void took(std::uint32_t connection, std::uint64_t octets, Wall now);
    void close(std::uint32_t connection, Wall now);
    void reset(std::uint32_t connection, Wall now);
    // The session is over: connections are closed, and the transcript is complete.
    void end(Wall now);
    // Simulates to its end what is still under way, which may take a while.
    void finish();

    std::string take(std::uint32_t connection, std::size_t most) { return m_simulation.takeOutside(m_device, connection, most); }
    run::Simulation::OutsideState state(std::uint32_t connection) const { return m_simulation.outside(m_device, connection); }
    Instant now(Wall now) const { return std::max(m_simulation.now(), clock(now)); }
    bool timeIsOver(Wall now) const { return m_simulation.stop() != run::Stop::notYet || clock(now) >= m_last; }
    bool full() const { return m_size > kMostText || m_entries > kMostEntries; }
    std::uint64_t traceHash() const { return m_simulation.traceHash(); }
    std::string savedText() const;

private:
    static constexpr std::size_t kMostText = scenario::kMaxFile - (1 << 20);  // so that the file can be read again
    static constexpr std::size_t kMostEntries = 150'000;                      // of a dozen values each (scenario::kMaxExpanded)

    Instant clock(Wall now) const { return m_base + std::chrono::duration_cast<Duration>(now - m_wall); }
    void enter(scenario::Outside outside, Wall now);

    run::Simulation m_simulation;
    std::string m_text;
    NodeId m_device;
    std::string m_name;
    ServePace m_pace;
    Instant m_last;  // the session ends here at the latest
    Instant m_base;  // simulated time at m_wall
    Wall m_wall;
    Instant m_lastEntry;
    std::string m_lines;  // the transcript
    std::size_t m_size = 0, m_entries = 0;
    std::uint32_t m_nextConnection = 1;
};

}  // namespace mailtrek::cli
