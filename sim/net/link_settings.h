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

namespace mailtrek::net {

// Drop-tail: a packet that finds the queue full is refused. The packet being transmitted does not count. RED and CoDel would stand beside it.
struct QueueLimit {
    static constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};
    std::uint64_t packets = 100;
    std::uint64_t bytes = kUnlimited;
    friend bool operator==(const QueueLimit&, const QueueLimit&) = default;
};

struct LinkSettings {
    BitRate rate = BitRate::megabits(100);  // > 0
    Duration delay = std::chrono::milliseconds(1);
    Duration jitter{};  // up to this much more delay, uniform; packets stay in order
    Share loss;         // independent for each packet (a Gilbert-Elliott state machine would stand beside it)
    Share corrupt;      // of packets that get one bit flipped
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
