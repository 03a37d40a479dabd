// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated time: integer nanoseconds on a clock of its own, so that it never mixes with the wall clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace mailtrek {

// Simulated time starts at 0 and stands for 10:00:00 of a fixed calendar day (see kSimEpochUnixSeconds).
struct SimClock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<SimClock>;
    static constexpr bool is_steady = true;
};

using Duration = SimClock::duration;
using Instant = SimClock::time_point;

inline constexpr Instant kStart{};
inline constexpr Instant kNever = Instant::max();

// Instant 0 in calendar time: Monday 2 March 2026, 10:00:00 UTC. Letters are dated from it (RFC 5322 3.3).
inline constexpr std::int64_t kSimEpochUnixSeconds = 1772445600;

// For display and JSON only; arithmetic stays in integers.
constexpr double toSeconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }
constexpr double toSeconds(Instant t) { return toSeconds(t.time_since_epoch()); }

}  // namespace mailtrek
