// SPDX-License-Identifier: GPL-3.0-or-later
// The append-only list of everything that happened in one run, with the texts and octets it refers to. Everything that is shown is
// a pure function of (recording, cursor). A cursor n stands after the first n events.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/trace/cast.h"
#include "sim/trace/event.h"
#include "sim/trace/store.h"

namespace mailtrek::trace {

class Recording {
public:
    std::uint64_t size() const { return m_events.size(); }
    bool empty() const { return m_events.empty(); }
    // REQUIRES: id.value < size().
    const Event& event(EventId id) const { return m_events[id.value]; }
    Instant at(EventId id) const { return event(id).at; }
    Instant end() const { return m_events.empty() ? kStart : m_events.back().at; }

    // The number of events at or before `t`: the cursor that shows the world at `t`. O(log n).
    std::uint64_t cursorAt(Instant t) const;

    const Store& store() const { return m_store; }
    std::string_view text(TextId id) const { return m_store.text(id); }
    const Cast& cast() const { return m_cast; }

    // From the event back to the first cause, the event itself first.
    std::vector<EventId> causesOf(EventId id) const;

    // Octets held, roughly: what --max-memory compares with.
    std::uint64_t memoryUsed() const;

    // For the tracer and the runner.
    void append(const Event& event);
    Store& mutableStore() { return m_store; }
    Cast& mutableCast() { return m_cast; }

private:
    std::vector<Event> m_events;
    Store m_store;
    Cast m_cast;
};

}  // namespace mailtrek::trace
