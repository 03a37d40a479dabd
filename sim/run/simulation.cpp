// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/simulation.h"

#include "sim/host/network.h"
#include "sim/run/snapshot.h"

namespace mailtrek::run {

class Simulation::Implementation {
public:
    Implementation(const scenario::Scenario& given, Options chosen)
        : scenario(given), options(chosen), network(scenario, options.sink, options.sink == trace::Sink::record ? &recording : nullptr) {
        network.begin(options.observer);
    }

    bool over() {
        if (stop != Stop::notYet) return true;
        const Simulator& simulator = network.world().simulator;
        if (network.world().tracer.events() >= options.maxEvents)
            stop = Stop::maxEvents;
        else if (options.maxMemory != ~std::uint64_t{0} && recording.memoryUsed() > options.maxMemory)
            stop = Stop::maxMemory;
        else if (network.quiet())
            end(simulator.now(), false);
        else if (simulator.nextAt() > scenario.until)
            end(scenario.until, true);
        return stop != Stop::notYet;
    }

    void end(Instant at, bool byLimit) {
        network.world().tracer.emit(at, {}, {}, {}, trace::RunEnded{byLimit});
        endedAt = at;
        stop = Stop::done;
    }

    const scenario::Scenario scenario;
    Options options;
    trace::Recording recording;
    host::Network network;
    Stop stop = Stop::notYet;
    Instant endedAt;
};

Simulation::Simulation(const scenario::Scenario& scenario, Options options) : m(std::make_unique<Implementation>(scenario, options)) {}
Simulation::~Simulation() = default;

bool Simulation::advance(std::uint64_t budget) {
    while (budget-- > 0) {
        if (m->over()) return true;
        m->network.world().simulator.step();
        m->network.stir();
    }
    return m->over();
}

Stop Simulation::stop() const { return m->stop; }
Instant Simulation::now() const { return m->stop == Stop::done ? m->endedAt : m->network.world().simulator.now(); }
Instant Simulation::until() const { return m->scenario.until; }
std::uint64_t Simulation::wakeUps() const { return m->network.world().simulator.dispatched(); }
std::uint64_t Simulation::traceHash() const { return m->network.world().tracer.hash(); }
const trace::Recording& Simulation::recording() const { return m->recording; }
trace::Recording Simulation::takeRecording() { return std::move(m->recording); }
trace::View Simulation::snapshot() const { return snapshotOf(m->network); }

trace::Recording simulate(const scenario::Scenario& scenario) {
    Simulation simulation(scenario);
    while (!simulation.advance(100'000)) {}
    return simulation.takeRecording();
}

}  // namespace mailtrek::run
