// SPDX-License-Identifier: GPL-3.0-or-later
// The journey of a letter as an outline: which events are steps at which of the five levels, and how what a level hides folds into
// counts. A level only filters (classroom, "Five levels").
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/trace/recording.h"

namespace mailtrek::trace {

enum class Level : std::uint8_t { story = 1, mail, dialogue, tcp, ip };
inline constexpr int kLevels = 5;

std::string_view name(Level level);                      // "story", "mail", "dialogue", "tcp", "ip"
std::optional<Level> levelNamed(std::string_view word);  // a name or "1" to "5"

// The first level at which the event is a step; nothing: it never is one by itself.
std::optional<Level> stepLevel(const Recording& recording, EventId id);
inline bool isStep(const Recording& recording, EventId id, Level level) {
    const auto first = stepLevel(recording, id);
    return first && *first <= level;
}
// A packet by which routers talk to each other: OSPF (IP protocol 89) or RIP (UDP port 520).
bool isRouting(const wire::Packet& packet);
// The event speaks of such a packet, and of one that goes around all day: a hello, an acknowledgment, a periodic update.
bool isRoutine(const Recording& recording, EventId id);
// The packet that an event of a link or node speaks of; none for all other events.
PacketId packetOf(const Payload& payload);
// Custody of a letter changes: composed, accepted, stored, read, notice.
bool changesHands(const Payload& payload);

// What a fold holds, by what a teacher would count.
enum class Counted : std::uint8_t { event, question, line, segment, hop };
inline constexpr int kCounted = 5;
using Counts = std::array<std::uint32_t, kCounted>;

// One row of the outline: a step, or a fold of the steps that the level hides.
struct JourneyRow {
    EventId event;           // the step; of a fold the first one inside
    EventId last;            // of a fold the last one inside; otherwise as `event`
    std::uint8_t depth = 0;  // level of the step - 1; of a fold one more than the level that hides it
    bool fold = false;
    Counts counts{};  // of a fold
};

// The steps of one letter and what happens to the world around it: links, machines, routes (of a missing id: everything that happened), in
// order. Grows with the recording.
class Journey {
public:
    Journey(const Recording& recording, MailId mail) : m_recording(&recording), m_mail(mail) {}
    // Takes in events added since; true when steps were added.
    bool extend();

    struct Step {
        EventId event;
        Level level{};
        Counted counted{};
    };
    const std::vector<Step>& steps() const { return m_steps; }
    // How many of them lie among the first `events` events.
    std::size_t stepsWithin(std::uint64_t events) const;
    // The outline at `level` of the first `steps` steps. A fold that `opened` names is shown one level deeper, in place; what that
    // hides folds in turn.
    std::vector<JourneyRow> rows(Level level, const std::function<bool(const JourneyRow&)>& opened = {}, std::size_t steps = ~std::size_t{0}) const;

private:
    void addRows(std::vector<JourneyRow>& rows, std::size_t from, std::size_t to, Level level, const std::function<bool(const JourneyRow&)>& opened) const;
    JourneyRow foldOf(std::size_t from, std::size_t to, Level level) const;

    const Recording* m_recording;
    MailId m_mail;
    std::vector<Step> m_steps;
    std::uint64_t m_seen = 0;
};

}  // namespace mailtrek::trace
