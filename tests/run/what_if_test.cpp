// SPDX-License-Identifier: GPL-3.0-or-later
// A packet is taken out by a timeline entry, and the run with it is compared with the run without it. What must hold (architecture, "A packet's dice are its own"):
//
// 1. Before that instant the two recordings are the same, event for event; the entry itself is the one event more.
// 2. A direction of a link that took on the same packets at the same times did the same with them: delivered, lost, flipped this bit, copied, when. So every packet that
//    set out before the one taken out, or elsewhere before the news came there, has the fate that it had.
// 3. For ever after, and also on the way that the packet should have gone: a packet that both runs send over a link meets the same luck there (noise, flipped bit,
//    copy, jitter, reordering). What may differ is what follows from waiting behind others: when it starts, and whether the queue has room.
// 4. Of a connection that shares no queue and no machine with it, nothing changes at all. Shown on two networks in one file that no link joins.
//
// Not said: that other connections over a shared link keep their times. They move up in the queue, as they really would.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "sim/export/event_json.h"
#include "tests/run/random_providers.h"
#include "tests/run/random_run.h"
#include "tests/run/traffic.h"

namespace mailtrek::run::test {
namespace {

using scenario::Scenario;
using trace::EventId;

class Dice {  // of the test
public:
    explicit Dice(std::uint64_t seed) : m_seed(seed) {}
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::redMark, ++m_drawn), bound); }

private:
    std::uint64_t m_seed, m_drawn = 0;
};

struct Wish {  // which packet is to be lost, and from when on
    scenario::Lose lose;
    Instant at;
    std::string words;
};

std::optional<scenario::ConnectionName> nameOf(ConnectionId id, const trace::Recording& recording) {
    for (const auto& [event, opened] : eventsOf<trace::ConnectionOpened>(recording))
        if (opened.connection == id) return scenario::ConnectionName{opened.client, opened.server, opened.serverPort};
    return std::nullopt;
}

// One packet of the run by one of the ways in which a file can name it; asked for at the start, just before it comes, or while it is under way. Only `wanted` links.
template <class Wanted>
std::optional<Wish> anyPacket(const trace::Recording& recording, const Traffic& traffic, Dice& dice, Wanted wanted) {
    std::vector<const Passage*> all;
    for (const Passage& passage : traffic.passages)
        if (passage.ordinal > 0 && wanted(passage.via)) all.push_back(&passage);
    if (all.empty()) return std::nullopt;
    const Passage& passage = *all[dice.pick(all.size())];
    Wish wish;
    wish.lose.link = passage.via.link();
    wish.lose.directions[static_cast<std::size_t>(passage.via.direction())] = true;
    const auto segment = traffic.segments.find(passage.packet);
    const auto mail = traffic.mailNumbers.find(passage.packet);
    const std::uint64_t how = dice.pick(3);
    if (how == 1 && segment != traffic.segments.end() && segment->second.number > 0) {
        wish.lose.dataSegment = segment->second.number;
        wish.lose.transmission = segment->second.transmission;
    } else if (how == 2 && mail != traffic.mailNumbers.end()) {
        wish.lose.mailSegment = static_cast<std::int64_t>(mail->second);
        wish.lose.transmission = 1;
    } else {
        wish.lose.packet = static_cast<std::int64_t>(passage.ordinal);
    }
    if (!wish.lose.packet) wish.lose.connection = nameOf(segment->second.connection, recording);
    const std::uint64_t when = dice.pick(3);
    wish.at = when == 0 ? kStart : when == 1 ? passage.at : passage.at + (passage.endAt - passage.at) / 2;
    if (passage.end == Passage::End::underWay) wish.at = passage.at;
    wish.words = fmt::format("{} {} on link {} from {} ns",
                             wish.lose.packet        ? "packet"
                             : wish.lose.dataSegment ? "data segment"
                                                     : "mail segment",
                             wish.lose.packet.value_or(wish.lose.dataSegment.value_or(wish.lose.mailSegment.value_or(0))), passage.via.value, wish.at.time_since_epoch().count());
    return wish;
}

struct Changed {
    Scenario scenario;
    std::uint32_t place = 0;  // of the entry
};
Changed with(const Scenario& scenario, const Wish& wish) {
    Changed changed{scenario};
    auto& timeline = changed.scenario.timeline;
    const auto after = std::upper_bound(timeline.begin(), timeline.end(), wish.at, [](Instant at, const scenario::Entry& entry) { return at < entry.at; });
    changed.place = static_cast<std::uint32_t>(after - timeline.begin());
    timeline.insert(after, {wish.at, "lose", wish.lose});
    return changed;
}

// The two runs, and what was found.
struct WhatIf {
    const trace::Recording& before;
    const trace::Recording& after;
    std::uint32_t place;
    Traffic a{before}, b{after};
    EventId entry{};                   // in `after`
    std::optional<Passage> removed{};  // in `after`
    Instant news = kNever;             // from here on the runs may differ

    void findRemoved() {
        for (const auto& [id, applied] : eventsOf<trace::TimelineApplied>(after))
            if (applied.entry == place) entry = id;
        for (const auto& [id, drop] : eventsOf<trace::PacketDropped>(after)) {
            if (drop.reason != trace::DropReason::removed || after.event(id).cause != entry) continue;
            news = after.event(id).at;
            for (const Passage& passage : b.passages)
                if (passage.packet == drop.packet && passage.via == drop.via) removed = passage;
        }
    }
};

// The event as it would be numbered without the entry.
std::string told(const WhatIf& runs, EventId id, bool counted) {
    const trace::Recording& recording = counted ? runs.after : runs.before;
    std::string text;
    for (const exporting::Field& field : exporting::eventFields(id, recording.event(id), recording)) {
        std::string value = field.value;
        const bool number = field.name == "id" || field.name == "cause";
        const std::uint64_t bound = number ? runs.entry.value : runs.place;
        if (counted && (number || field.name == "entry") && !value.empty() && std::stoull(value) > bound) value = fmt::format("{}", std::stoull(value) - 1);
        text += fmt::format("{}={} ", field.name, value);
    }
    return text;
}

// (1)
std::string pastDiffers(const WhatIf& runs) {
    if (!runs.entry.valid()) return "the entry was not applied";
    for (std::uint64_t i = 0; i < runs.before.size() || i + 1 < runs.after.size(); ++i) {
        const std::uint64_t other = i < runs.entry.value ? i : i + 1;
        if (other < runs.after.size() && runs.after.event({other}).at >= runs.news) return "";
        if (i >= runs.before.size() || other >= runs.after.size()) return fmt::format("one run has only {} events", i);
        const std::string was = told(runs, {i}, false), is = told(runs, {other}, true);
        if (was != is) return fmt::format("event {} was\n  {}\nand is\n  {}", i, was, is);
    }
    return "";
}

bool sameArrival(const WhatIf& runs, const Passage& was, const Passage& is) {
    if (was.who != is.who) return false;  // a copy that comes in the place of its original has dice of its own
    if (was.at != is.at || was.size != is.size || was.ttl != is.ttl) return false;
    return wire::serialize(runs.before.store().packet(was.packet).packet) == wire::serialize(runs.after.store().packet(is.packet).packet);
}

// (2)
std::string linkDiffers(const WhatIf& runs) {
    for (const auto& [via, places] : runs.a.over) {
        const auto there = runs.b.over.find(via);
        if (there == runs.b.over.end()) continue;
        for (std::size_t i = 0; i < std::min(places.size(), there->second.size()); ++i) {
            const Passage &was = runs.a.passages[places[i]], &is = runs.b.passages[there->second[i]];
            if (!sameArrival(runs, was, is) || (runs.removed && is.packet == runs.removed->packet && is.via == runs.removed->via)) break;
            if (was.outcome() != is.outcome()) return fmt::format("{} on link {}\n  was {}\n  is  {}, {}", was.who, via.value, was.outcome(), is.outcome(), is.who);
        }
    }
    return "";
}

struct Luck {  // what chance did to a packet on a link, as far as one can see
    std::optional<bool> lost, duplicated;
    std::optional<std::int64_t> flipped;  // the bit, -1 for none
    std::optional<Duration> late;
    explicit Luck(const Passage& passage) : duplicated(passage.duplicated) {
        if (passage.end == Passage::End::delivered) {
            lost = false;
            flipped = passage.flippedBit ? static_cast<std::int64_t>(*passage.flippedBit) : -1;
        }
        if (passage.end == Passage::End::dropped && passage.reason == trace::DropReason::noise) lost = true;
        if (!passage.replanned) late = passage.late;
    }
};

struct Seen {  // how much was there to be compared
    std::uint64_t removed = 0, compared = 0, lost = 0, flipped = 0, duplicated = 0, late = 0;
};

// (3)
std::string luckDiffers(const WhatIf& runs, Seen& seen) {
    std::map<std::pair<std::string, trace::LinkEnd>, Luck> known;
    const auto usable = [&](const Passage& p) { return !p.who.empty() && !runs.a.reconfigured.contains(p.via) && !runs.b.reconfigured.contains(p.via); };
    for (const Passage& passage : runs.a.passages)
        if (usable(passage)) known.try_emplace({fmt::format("{} / {}", passage.who, passage.size), passage.via}, passage);
    for (const Passage& passage : runs.b.passages) {
        if (!usable(passage)) continue;
        const auto found = known.find({fmt::format("{} / {}", passage.who, passage.size), passage.via});
        if (found == known.end()) continue;
        const Luck &was = found->second, is(passage);
        const auto differ = [](const auto& one, const auto& other) { return one && other && *one != *other; };
        const char* what = differ(was.lost, is.lost)               ? "noise"
                           : differ(was.flipped, is.flipped)       ? "the flipped bit"
                           : differ(was.duplicated, is.duplicated) ? "the copy"
                           : differ(was.late, is.late)             ? "the jitter"
                                                                   : nullptr;
        if (what != nullptr) return fmt::format("{} differs for {} on link {}: now {}", what, passage.who, passage.via.value, passage.outcome());
        if (passage.at < runs.news) continue;  // told already
        ++seen.compared;
        seen.lost += was.lost.value_or(false) && is.lost.value_or(false);
        seen.flipped += was.flipped.value_or(-1) >= 0 && is.flipped.value_or(-1) >= 0;
        seen.duplicated += is.duplicated.value_or(false);
        seen.late += was.late && is.late && is.late->count() > 0;
    }
    return "";
}

// The packet that went is the one that was asked for.
std::string otherRemoved(const WhatIf& runs, const Wish& wish) {
    if (!runs.removed) return "";
    const Passage& gone = *runs.removed;
    if (gone.via.link() != wish.lose.link || !wish.lose.directions[static_cast<std::size_t>(gone.via.direction())]) return "another link";
    if (wish.lose.packet) return static_cast<std::int64_t>(gone.ordinal) == *wish.lose.packet ? "" : fmt::format("packet {} went", gone.ordinal);
    const trace::SegmentFacts& segment = runs.b.segments.at(gone.packet);
    if (segment.transmission != *wish.lose.transmission) return fmt::format("transmission {} went", segment.transmission);
    if (wish.lose.dataSegment) return segment.number == *wish.lose.dataSegment ? "" : fmt::format("data segment {} went", segment.number);
    return static_cast<std::int64_t>(runs.b.mailNumbers.at(gone.packet)) == *wish.lose.mailSegment ? "" : "another mail segment went";
}

std::string compare(const Scenario& scenario, const trace::Recording& before, const Wish& wish, Seen& seen) {
    const Changed changed = with(scenario, wish);
    const trace::Recording after = simulate(changed.scenario);
    WhatIf runs{before, after, changed.place};
    runs.findRemoved();
    seen.removed += runs.removed.has_value();
    if (wish.lose.packet && !runs.removed) return wish.words + ": no packet was lost";
    for (const std::string& found : {pastDiffers(runs), otherRemoved(runs, wish), linkDiffers(runs), luckDiffers(runs, seen)})
        if (!found.empty()) return wish.words + ": " + found;
    return "";
}

TEST(WhatIf, TakingOnePacketOutLeavesEveryOtherItsFate) {
    Seen seen;
    const std::uint64_t runs = sweep(60);
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const Scenario scenario = randomScenario(seed);
        const trace::Recording before = simulate(scenario);
        const Traffic traffic(before);
        Dice dice(seed);
        for (int round = 0; round < 2; ++round) {
            const auto wish = anyPacket(before, traffic, dice, [](trace::LinkEnd) { return true; });
            if (wish) { ASSERT_EQ(compare(scenario, before, *wish, seen), "") << "seed " << seed; }
        }
    }
    if (runs < 50) return;
    EXPECT_GT(seen.removed, runs) << "of two wishes in each run, half";
    EXPECT_GT(seen.compared, 100 * runs);
    EXPECT_GT(seen.lost, runs / 4);
    EXPECT_GT(seen.flipped, runs / 10);
    EXPECT_GT(seen.duplicated, runs / 10);
    EXPECT_GT(seen.late, runs / 4);
}

TEST(WhatIf, AmongProvidersToo) {
    Seen seen;
    const std::uint64_t runs = sweep(12);
    for (std::uint64_t seed = 80'000; seed < 80'000 + runs; ++seed) {
        const Scenario scenario = randomProviders(seed);
        const trace::Recording before = simulate(scenario);
        const Traffic traffic(before);
        Dice dice(seed);
        const auto wish = anyPacket(before, traffic, dice, [](trace::LinkEnd) { return true; });
        if (wish) { ASSERT_EQ(compare(scenario, before, *wish, seen), "") << "seed " << seed; }
    }
    if (runs >= 12) { EXPECT_GT(seen.removed, runs / 4); }
}

class WhatIfOfFile : public testing::TestWithParam<const char*> {};

TEST_P(WhatIfOfFile, TakingOnePacketOutLeavesEveryOtherItsFate) {
    const Scenario scenario = scenarioFile(GetParam());
    const trace::Recording before = simulate(scenario);
    const Traffic traffic(before);
    Dice dice(7);
    Seen seen;
    for (int round = 0; round < 12; ++round) {
        const auto wish = anyPacket(before, traffic, dice, [](trace::LinkEnd) { return true; });
        ASSERT_EQ(compare(scenario, before, *wish, seen), "");
    }
    EXPECT_GE(seen.removed, 6u);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, WhatIfOfFile, testing::Values("01_primera_carta.yaml", "02_mismo_servidor.yaml", "04_enlace_con_perdidas.yaml", "09_luis_sin_red.yaml"),
                         [](const auto& one) { return fileTitle(one.param); });

// --- (4) ---

struct Parts {
    std::string head, nodes, links, timeline;
};
Parts partsOf(const std::string& text) {
    const std::size_t nodes = text.find("nodes:\n"), links = text.find("links:\n"), timeline = text.find("timeline:\n");
    return {text.substr(0, nodes), text.substr(nodes + 7, links - nodes - 7), text.substr(links + 7, timeline - links - 7), text.substr(timeline + 10)};
}

// Two random networks side by side; all names of the second end in "x".
std::string islands(std::uint64_t seed) {
    const Parts one = partsOf(mailtrek::test::RandomScenario(seed).text());
    const std::string other = mailtrek::test::RandomScenario(seed + 500'000).text();
    static const std::regex kName("\\b([dfsrwluvnm][0-9]+|info|todos)\\b|\\bdns(?=: \\{ kind|, |\\])");
    Parts two = partsOf(std::regex_replace(other, kName, "$&x"));
    return one.head + "nodes:\n" + one.nodes + two.nodes + "links:\n" + one.links + two.links + "timeline:\n" + one.timeline + two.timeline;
}

bool second(const std::string& name) { return name.ends_with("x"); }

// All that happens in the second network, without the numbers that the whole run shares.
std::vector<std::string> eventsOfSecond(const trace::Recording& recording, Instant end) {
    std::vector<std::string> events;
    const trace::Store& store = recording.store();
    std::map<std::string, std::string> connections;
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Event& event = recording.event({i});
        if (event.at >= end) break;
        std::string text, link;
        bool there = event.node.valid() && second(recording.cast().nodes[event.node.index()].name);
        for (const exporting::Field& field : exporting::eventFields({i}, event, recording)) {
            if (field.name == "id" || field.name == "cause") continue;
            std::string value = field.value;
            const bool known = field.kind == exporting::FieldKind::literal;
            const auto number = [&] { return static_cast<std::uint32_t>(std::stoul(value)); };
            if (known && (field.name == "packet" || field.name == "damaged" || field.name == "copy" || field.name == "first"))
                value = wire::serialize(store.packet(PacketId{number()}).packet);
            else if (known && field.name == "message")
                value = std::string(store.message(MessageId{number()}).text());
            else if (known && field.name == "connection")
                value = connections.try_emplace(value, fmt::format("at {}", event.at.time_since_epoch().count())).first->second;
            if (field.name == "link" && !event.node.valid()) there = second(value);
            text += fmt::format("{}={} ", field.name, value);
        }
        if (there) events.push_back(std::move(text));
    }
    return events;
}

TEST(WhatIf, NothingChangesInANetworkApart) {
    std::uint64_t removed = 0, compared = 0;
    const std::uint64_t runs = sweep(60);
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const Scenario scenario = scenarioOf(islands(seed));
        const trace::Recording before = simulate(scenario);
        const Traffic traffic(before);
        Dice dice(seed);
        const auto wish = anyPacket(before, traffic, dice, [&](trace::LinkEnd via) {
            const trace::CastLink& link = before.cast().links[via.link().index()];
            return !second(before.cast().nodes[link.first.index()].name) && !second(before.cast().nodes[link.second.index()].name);
        });
        if (!wish) continue;
        const Changed changed = with(scenario, *wish);
        const trace::Recording after = simulate(changed.scenario);
        WhatIf both{before, after, changed.place};
        both.findRemoved();
        removed += both.removed.has_value();
        const Instant end = std::min(before.end(), after.end());
        const std::vector<std::string> was = eventsOfSecond(before, end), is = eventsOfSecond(after, end);
        for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) ASSERT_EQ(is[i], was[i]) << "seed " << seed << ", " << wish->words;
        ASSERT_EQ(is.size(), was.size()) << "seed " << seed << ", " << wish->words;
        compared += was.size();
    }
    if (runs < 50) return;
    EXPECT_GT(removed, runs / 2);
    EXPECT_GT(compared, 100 * runs);
}

}  // namespace
}  // namespace mailtrek::run::test
