// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/simulation.h"

#include <algorithm>

#include "sim/host/network.h"
#include "sim/run/snapshot.h"

namespace mailtrek::run {

class Simulation::Implementation {
public:
    Implementation(const scenario::Scenario& given, Options chosen)
        : scenario(given), options(chosen), network(scenario, options.sink, options.sink == trace::Sink::record ? &recording : nullptr) {
        network.begin(options.observer);
    }

    bool over(bool mayEnd = true) {
        if (stop != Stop::notYet) return true;
        const Simulator& simulator = network.world().simulator;
        if (network.world().tracer.events() >= options.maxEvents)
            stop = Stop::maxEvents;
        else if (options.maxMemory != ~std::uint64_t{0} && recording.memoryUsed() > options.maxMemory)
            stop = Stop::maxMemory;
        else if (mayEnd && network.quiet())
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

    scenario::Scenario scenario;  // its timeline grows by what is done from outside
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

void Simulation::intervene(scenario::Entry entry) {
    auto& timeline = m->scenario.timeline;
    const Instant at = entry.at;
    timeline.insert(std::ranges::upper_bound(timeline, at, {}, &scenario::Entry::at), std::move(entry));
    m->network.timelineGrew(at);
}

bool Simulation::follow(Instant at, std::uint64_t budget) {
    while (m->network.world().simulator.nextAt() <= at && !m->over(false)) {
        if (budget-- == 0) return false;
        m->network.world().simulator.step();
        m->network.stir();
    }
    return true;
}

Instant Simulation::nextAt() const { return m->network.world().simulator.nextAt(); }
bool Simulation::underWay() const { return m->network.underWay(); }

void Simulation::keepOutside(NodeId device, std::uint32_t from) { m->network.outside(device).keepFrom(from); }

std::string Simulation::takeOutside(NodeId device, std::uint32_t connection, std::size_t most) { return m->network.outside(device).take(connection, most); }

Simulation::OutsideState Simulation::outside(NodeId device, std::uint32_t connection) const { return m->network.outside(device).state(connection); }

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
