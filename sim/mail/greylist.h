// SPDX-License-Identifier: GPL-3.0-or-later
// Greylisting, RFC 6647: who has not been here before is told to come again. A mail server does; a program that only spits out spam does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "sim/kernel/time.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::mail {

class Greylist {
public:
    enum class Verdict : std::uint8_t { wait, passedNow, known };
    struct Answer {
        Verdict verdict{};
        Instant until;  // of `wait`: from when on it passes
    };
    // By the network of the client (its first 24 bits: a provider may send again from the machine next door), sender and recipient. Passes when `delay` has gone by since the
    // first time; is known from then on for as long as it comes at least every 35 days. Who comes back later than two days after the pass was ready begins anew.
    Answer check(wire::Ipv4Address client, std::string_view sender, std::string_view recipient, Duration delay, Instant now);
    std::size_t size() const { return m_seen.size(); }

private:
    struct Seen {
        Instant first, last;
        bool passed = false;
    };
    using Key = std::tuple<std::uint32_t, std::string, std::string>;
    static bool forgotten(const Seen& seen, Duration delay, Instant now);
    void sweep(Duration delay, Instant now);

    std::map<Key, Seen> m_seen;
    std::size_t m_sweepAt = 1024;
};

}  // namespace mailtrek::mail
