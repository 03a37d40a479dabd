// SPDX-License-Identifier: GPL-3.0-or-later
// The discrete-event loop. Components schedule their own wake-ups; the simulator calls them in the order of time.
// Equal times are ordered by (component id, that component's own counter), never by a global insertion order, so that a run
// split over several threads can be identical (architecture, kernel).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"

namespace mailtrek {

using ComponentId = Id<struct ComponentTag>;

// Something that lives in simulated time. It is called back with the `what` that it scheduled.
// Wake-ups cannot be cancelled: a component ignores one that is no longer due (it compares with its own deadline).
class Component {
public:
    virtual ~Component() = default;
    virtual void onWake(std::uint64_t what, Instant now) = 0;
};

class Simulator {
public:
    // Components are told apart at equal times by the order of their registration: the timeline first.
    ComponentId add(Component* component);

    Instant now() const { return m_now; }
    std::uint64_t dispatched() const { return m_dispatched; }
    bool empty() const { return m_heap.empty(); }
    Instant nextAt() const { return m_heap.empty() ? kNever : m_heap.front().at; }

    // REQUIRES: at >= now().
    void schedule(Instant at, ComponentId who, std::uint64_t what);

    // Dispatches one wake-up. REQUIRES: !empty().
    void step();

    // Dispatches wake-ups at or before `until`, at most `budget` of them. True when none is left at or before `until`.
    bool run(Instant until, std::uint64_t budget);

private:
    struct Wake {
        Instant at;
        std::uint64_t order;  // component id << 40 | counter
        std::uint64_t what;
        bool before(const Wake& o) const { return at != o.at ? at < o.at : order < o.order; }
    };
    struct Entry {
        Component* component;
        std::uint64_t counter = 0;
    };
    void siftUp(std::size_t hole, Wake wake);
    void siftDown(Wake wake);

    Instant m_now = kStart;
    std::uint64_t m_dispatched = 0;
    std::vector<Wake> m_heap;  // 4-ary min-heap
    std::vector<Entry> m_components;
};

}  // namespace mailtrek
