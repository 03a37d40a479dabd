// SPDX-License-Identifier: GPL-3.0-or-later
// What a program outside of the simulation did in it: `outside:` entries of the timeline. `mailtrek-cli serve` makes them while real mail programs talk to a simulated
// server; the scenario with them is an ordinary file that runs alike without any program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/result.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::scenario {

enum class Service : std::uint8_t { smtp, submission, pop3, imap };  // of the device's own mail server, at its well-known port
std::string_view name(Service service);
std::uint16_t portOf(Service service);

struct Outside {
    enum class Does : std::uint8_t { begin, open, write, took, close, reset, end };
    NodeId on;  // the device that it stands in for
    Does does{};
    std::uint32_t connection = 0;  // the program's own number for it, from 1; 0 for begin and end
    Service service{};             // open
    Slice octets;                  // write
    std::uint64_t took = 0;        // octets that the program has taken since the last time, which makes room for more
};

// A line of `interventions:`, with its end: "  - { at: 1500000 us, outside: { on: ana-pc, connection: 1, write: "NOOP\r\n" } }". Octets that are no plain text are written
// as base64. REQUIRES: `at` is whole microseconds.
std::string entryLine(Instant at, const Outside& outside, std::string_view node);

// The text of a scenario with more `interventions:`; what stands in it stays as it is. `lines` are of entryLine. An error: the text is written in a way that nothing can
// be put behind it (the caller still reads the result, to be sure of it).
Result<std::string> withInterventions(std::string_view text, const std::string& lines);

}  // namespace mailtrek::scenario
