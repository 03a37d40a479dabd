// SPDX-License-Identifier: GPL-3.0-or-later
// run = scenario + seed + interventions -> recording. The same input gives the same recording, whoever asks and however often.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/host/outside.h"
#include "sim/kernel/time.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/recording.h"
#include "sim/trace/tracer.h"
#include "sim/trace/view.h"

namespace mailtrek::run {

struct Options {
    trace::Sink sink = trace::Sink::record;
    std::uint64_t maxEvents = ~std::uint64_t{0};  // recorded events, not kernel wake-ups
    std::uint64_t maxMemory = ~std::uint64_t{0};  // octets of the recording
    trace::EventObserver* observer = nullptr;     // metrics while it runs; must outlive the simulation
};

enum class Stop : std::uint8_t { notYet, done, maxEvents, maxMemory };

// One run under way. Advance it in slices from one thread; between slices the recording can be read (and watched).
class Simulation {
public:
    explicit Simulation(const scenario::Scenario& scenario, Options options = {});
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    // Simulates at most `budget` wake-ups (1000 take about a millisecond). True when the run is over: see stop().
    bool advance(std::uint64_t budget);
    Stop stop() const;
    Instant now() const;
    Instant until() const;  // the run ends here at the latest
    std::uint64_t wakeUps() const;
    std::uint64_t traceHash() const;  // 0 in Sink::none

    const trace::Recording& recording() const;
    // REQUIRES: stop() != notYet, or the simulation is not advanced any more.
    trace::Recording takeRecording();

    // --- a run that a program outside takes part in; what it does is an entry of the timeline ---
    using OutsideState = host::OutsideProgram::State;
    // REQUIRES: entry.at > now(), or nothing was simulated yet.
    void intervene(scenario::Entry entry);
    // As advance(), but only what happens at or before `at`; that all is quiet does not end the run, only `until` does. True when nothing is left to simulate till then.
    bool follow(Instant at, std::uint64_t budget);
    Instant nextAt() const;  // of the next wake-up
    bool underWay() const;   // packets, or the wait for an acknowledgment
    // The program that stands in for `device`: what the server says on its connections from this number on is kept until it is taken.
    void keepOutside(NodeId device, std::uint32_t from);
    std::string takeOutside(NodeId device, std::uint32_t connection, std::size_t most);
    OutsideState outside(NodeId device, std::uint32_t connection) const;

    // The state as the live objects have it, not as folded from events: equal to folding recording() (guard 2).
    trace::View snapshot() const;

private:
    class Implementation;
    std::unique_ptr<Implementation> m;
};

// From start to end in one go.
trace::Recording simulate(const scenario::Scenario& scenario);

}  // namespace mailtrek::run
