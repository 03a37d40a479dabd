// SPDX-License-Identifier: GPL-3.0-or-later
// run = scenario + seed + interventions -> recording. The same input gives the same recording, whoever asks and however often.
#pragma once

#include <cstdint>
#include <memory>

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

    // The state as the live objects have it, not as folded from events: equal to folding recording() (guard 2).
    trace::View snapshot() const;

private:
    class Implementation;
    std::unique_ptr<Implementation> m;
};

// From start to end in one go.
trace::Recording simulate(const scenario::Scenario& scenario);

}  // namespace mailtrek::run
