// SPDX-License-Identifier: GPL-3.0-or-later
// How one direction of a link behaves, as values (scenario-format, links).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/units.h"
#include "sim/trace/enums_network.h"

namespace mailtrek::net {

// Random early detection (Floyd and Jacobson 1993). Thresholds count what the size of the queue counts: packets or octets.
struct RedSettings {
    std::uint64_t min = 0, max = 0;          // of the average; 0: a sixth and half of the size
    Share probability = Share::percent(10);  // of early drops at `max`
    Share weight{2'000'000};                 // of the newest length in the average: 0.2 %
    bool gentle = true;                      // above `max` the probability rises to 1 at twice `max`, instead of at once
    friend bool operator==(const RedSettings&, const RedSettings&) = default;
};

struct CoDelSettings {  // RFC 8289 4.2, 4.3
    Duration target = std::chrono::milliseconds(5);
    Duration interval = std::chrono::milliseconds(100);
    friend bool operator==(const CoDelSettings&, const CoDelSettings&) = default;
};

// A packet that finds the queue full is refused, whatever the model. The packet being transmitted does not count.
struct QueueLimit {
    static constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};
    std::uint64_t packets = 100;
    std::uint64_t bytes = kUnlimited;
    trace::QueueModel model = trace::QueueModel::dropTail;
    bool ecn = true;  // red and codel: packets of transports that speak ECN are marked instead of dropped (RFC 3168 5)
    RedSettings red{};
    CoDelSettings codel{};
    friend bool operator==(const QueueLimit&, const QueueLimit&) = default;
};

// Gilbert-Elliott: a good and a bad state that follow one another in time. A step is the time that a packet of the size of the MTU takes on the line, so that on a busy
// line the states change as in the model that counts packets; on an idle one they change as well.
struct BurstyLoss {
    Share p;     // from good to bad, in each step
    Share r;     // from bad to good, in each step
    Share good;  // of packets lost that start in the good state
    Share bad;   // and in the bad state
    friend bool operator==(const BurstyLoss&, const BurstyLoss&) = default;
    // In the long run.
    Share mean() const {
        const std::uint64_t both = std::uint64_t{p.perBillion} + r.perBillion;
        if (both == 0) return good;
        return {static_cast<std::uint32_t>((std::uint64_t{p.perBillion} * bad.perBillion + std::uint64_t{r.perBillion} * good.perBillion) / both)};
    }
};

struct LinkSettings {
    BitRate rate = BitRate::megabits(100);  // > 0
    Duration delay = std::chrono::milliseconds(1);
    Duration jitter{};                 // up to this much more delay, uniform
    bool jitterReorders = false;       // false: no packet arrives before the one in front of it
    Share loss;                        // independent for each packet
    std::optional<BurstyLoss> bursts;  // instead of `loss`
    Share corrupt;                     // of packets that get one bit flipped
    Share duplicate;
    Share reorder;         // of packets held back by
    Duration reorderBy{};  // this much, so that later ones overtake them
    QueueLimit queue;
    friend bool operator==(const LinkSettings&, const LinkSettings&) = default;
};

// A scripted, deterministic fault of one direction.
struct LinkRule {
    enum class Action : std::uint8_t { lose, corrupt };
    enum class Counts : std::uint8_t {
        dataSegment,  // first transmissions with payload, per TCP connection, from 1
        mailSegment,  // of those, the ones that carry message content; -1 is the one with its last octet
        packet        // packets as they enter this direction of the link, from 1 (those that the queue refuses and copies the link makes do not count)
    };
    Action action = Action::lose;
    Counts counts = Counts::dataSegment;
    std::vector<std::int64_t> numbers;
    friend bool operator==(const LinkRule&, const LinkRule&) = default;
};

// "This very packet" of the timeline: the first packet that fits is lost, once. An empty condition fits all.
struct Removal {
    std::function<bool(ConnectionId)> connection;  // asked only for packets that fit the rest
    std::optional<std::int64_t> dataSegment;
    std::optional<std::int64_t> mailSegment;  // -1 is the one with the last octet
    std::optional<std::int64_t> packet;       // nth to enter this direction since the start
    std::optional<std::uint32_t> transmission;
};

}  // namespace mailtrek::net
