// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold whatever happens: no packet vanishes without a word (guard 5), the live link shows what its events tell (guard 2),
// and what befalls one packet leaves the others alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

constexpr NodeRole H = NodeRole::host, R = NodeRole::router;

LinkSettings arbitrarySettings() {
    LinkSettings settings;
    settings.rate = BitRate::kilobits(*rc::gen::inRange<std::uint64_t>(64, 100'000));
    settings.delay = std::chrono::microseconds(*rc::gen::inRange(0, 50'000));
    settings.jitter = std::chrono::microseconds(*rc::gen::element(0, 0, 3000));
    settings.loss = Share::percent(*rc::gen::element(0u, 0u, 5u, 30u));
    settings.corrupt = Share::percent(*rc::gen::element(0u, 0u, 20u));
    settings.duplicate = Share::percent(*rc::gen::element(0u, 0u, 20u));
    settings.reorder = Share::percent(*rc::gen::element(0u, 0u, 20u));
    settings.reorderBy = std::chrono::microseconds(*rc::gen::inRange(0, 20'000));
    settings.queue.packets = *rc::gen::inRange<std::uint64_t>(0, 30);
    settings.queue.model = *rc::gen::element(trace::QueueModel::dropTail, trace::QueueModel::dropTail, trace::QueueModel::red, trace::QueueModel::codel);
    settings.queue.red.weight = Share::percent(*rc::gen::element(1u, 50u, 100u));
    settings.queue.codel = {std::chrono::microseconds(*rc::gen::inRange(1, 8000)), std::chrono::microseconds(*rc::gen::inRange(1000, 60'000))};
    settings.jitterReorders = *rc::gen::arbitrary<bool>();
    if (*rc::gen::inRange(0, 4) == 0)
        settings.bursts = BurstyLoss{Share::percent(*rc::gen::inRange(0u, 30u)), Share::percent(*rc::gen::inRange(0u, 60u)), Share{}, Share::percent(90)};
    if (*rc::gen::arbitrary<bool>()) settings.queue.bytes = *rc::gen::inRange<std::uint64_t>(0, 20'000);
    return settings;
}

// The packets of each direction of each link, folded from the events as trace/view does.
std::map<trace::LinkEnd, std::vector<trace::TravellingPacket>> folded(const Net& net) {
    std::map<trace::LinkEnd, std::vector<trace::TravellingPacket>> ends;
    const auto find = [&](trace::LinkEnd end, PacketId id) { return std::ranges::find(ends[end], id, &trace::TravellingPacket::packet); };
    for (std::uint64_t i = 0; i < net.recording.size(); ++i) {
        const trace::Event& event = net.recording.event({i});
        if (const auto* sent = std::get_if<trace::PacketSent>(&event.payload))
            ends[sent->via].push_back({sent->packet, event.at, sent->start, sent->arrival, sent->size, sent->ttl});
        if (const auto* delivered = std::get_if<trace::PacketDelivered>(&event.payload)) ends[delivered->via].erase(find(delivered->via, delivered->packet));
        if (const auto* dropped = std::get_if<trace::PacketDropped>(&event.payload); dropped && dropped->onLink && dropped->queued)
            ends[dropped->via].erase(find(dropped->via, dropped->packet));
        if (const auto* corrupted = std::get_if<trace::PacketCorrupted>(&event.payload)) find(corrupted->via, corrupted->packet)->packet = corrupted->damaged;
        if (const auto* replanned = std::get_if<trace::PacketReplanned>(&event.payload)) {
            trace::TravellingPacket& packet = *find(replanned->via, replanned->packet);
            packet.start = replanned->start;
            packet.arrival = replanned->arrival;
        }
    }
    return ends;
}

void expectSameAsEvents(const Net& net) {
    auto ends = folded(net);
    for (std::uint32_t l = 0; l < net.links.size(); ++l) {
        const trace::LinkView view = net.links[l]->view();
        for (int direction = 0; direction < 2; ++direction) {
            const auto& live = view.ends[static_cast<std::size_t>(direction)].packets;
            const auto& told = ends[trace::LinkEnd::of(LinkId{l}, direction)];
            RC_ASSERT(live.size() == told.size());
            RC_ASSERT(live.size() == net.links[l]->carried(direction));
            for (std::size_t i = 0; i < live.size(); ++i) {
                RC_ASSERT(live[i].packet == told[i].packet && live[i].queuedAt == told[i].queuedAt && live[i].start == told[i].start);
                RC_ASSERT(live[i].arrival == told[i].arrival && live[i].size == told[i].size && live[i].ttl == told[i].ttl);
            }
        }
    }
}

// Over every hop: accepted = delivered + lost on the way + still there. Over all: made by hosts + copied = received + dropped + still there.
void expectNothingVanished(const Net& net, std::uint64_t made) {
    std::uint64_t sent = 0, delivered = 0, lostOnLinks = 0, dropped = 0, copied = 0, carried = 0, received = 0;
    for (const auto& link : net.links) carried += link->carried(0) + link->carried(1);
    for (const auto& inbox : net.inboxes) received += inbox->packets.size();
    sent = net.all<trace::PacketSent>().size();
    delivered = net.all<trace::PacketDelivered>().size();
    copied = net.all<trace::PacketDuplicated>().size();
    for (const auto& drop : net.all<trace::PacketDropped>()) {
        ++dropped;
        lostOnLinks += drop.queued ? 1 : 0;
    }
    RC_ASSERT(sent == delivered + lostOnLinks + carried);
    RC_ASSERT(made + copied == received + dropped + carried);
    RC_ASSERT(net.pool.inUse() == carried);
    for (const auto& link : net.links) RC_ASSERT(link->up() || link->carried(0) + link->carried(1) == 0u);
}

void interfere(Net& net) {
    Link& link = *net.links[*rc::gen::inRange<std::size_t>(0, net.links.size())];
    const int direction = *rc::gen::inRange(0, 2);
    const Instant now = net.simulator.now();
    IpNode& node = *net.nodes[*rc::gen::inRange<std::size_t>(0, net.nodes.size())];
    switch (*rc::gen::inRange(0, 8)) {
        case 0: link.cut(now, {}); break;
        case 1:
        case 2: link.restore(now, {}); break;
        case 3: link.configure(direction, arbitrarySettings(), now, {}); break;
        case 4: {
            Removal removal;
            removal.dataSegment = *rc::gen::inRange(1, 40);
            link.remove(direction, removal, now, {});
            break;
        }
        case 5: node.stop(now, {}); break;
        default:
            node.start();
            node.setOnline(true, now, {});
            break;
    }
}

RC_GTEST_PROP(Conservation, NoPacketVanishes, ()) {
    std::vector<LinkSpec> specs;
    for (std::uint32_t l = 0; l < 3; ++l)
        specs.push_back({l, l + 1, arbitrarySettings(), arbitrarySettings(), 1500, {{LinkRule::Action::lose, LinkRule::Counts::packet, {4, 9}}}, 1});
    Net net({H, R, R, H}, specs, *rc::gen::arbitrary<std::uint64_t>());
    const auto rounds = *rc::gen::inRange(1, 40);
    std::uint64_t made = 0;
    for (int round = 1; round <= rounds; ++round) {
        const auto burst = *rc::gen::inRange<std::uint32_t>(0, 8);
        for (std::uint32_t i = 0; i < burst; ++i) {
            const bool back = *rc::gen::inRange(0, 4) == 0;
            FateKey fate{.flow = back ? 11u : 10u, .number = made, .dataSegment = static_cast<std::uint32_t>(made % 40 + 1)};
            net.tcp(back ? 3 : 0, back ? net.address(0, 0) : net.address(2, 1), *rc::gen::inRange<std::uint32_t>(40, 1500), fate);
            ++made;
        }
        if (*rc::gen::inRange(0, 4) == 0) interfere(net);
        net.runUntil(round * 3ms);
        expectSameAsEvents(net);
        expectNothingVanished(net, made);
    }
    net.run();
    for (const auto& link : net.links) RC_ASSERT(link->carried(0) + link->carried(1) == 0u);
    expectNothingVanished(net, made);
}

// --- fates ---------------------------------------------------------------------------------------------------------------------

struct Outcome {
    bool arrived = false;
    int copies = 0;
    std::uint32_t bit = 0xffffffffu;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Sends segments 1 to 200 but those in `without`, and tells what became of each.
std::map<std::uint32_t, Outcome> fates(std::uint64_t seed, const std::set<std::uint32_t>& without, const std::set<std::uint32_t>& scripted = {}) {
    LinkSettings settings = line(BitRate::megabits(10), 5ms);
    settings.loss = settings.corrupt = settings.duplicate = Share::percent(20);
    settings.jitter = 1ms;
    settings.queue.packets = 1000;
    std::vector<LinkRule> rules;
    if (!scripted.empty()) rules = {{LinkRule::Action::lose, LinkRule::Counts::dataSegment, {scripted.begin(), scripted.end()}}};
    Net net = pair(settings, {}, rules, seed);
    std::map<PacketId, std::uint32_t> segmentOf;
    for (std::uint32_t i = 1; i <= 200; ++i)
        if (!without.contains(i)) segmentOf[net.tcp(0, net.address(0, 1), 540, {.flow = 3, .number = i, .dataSegment = i})] = i;
    net.run();
    std::map<std::uint32_t, Outcome> outcomes;
    std::set<PacketId> copies;
    for (const auto& [id, segment] : segmentOf) outcomes[segment];
    for (const auto& duplicated : net.all<trace::PacketDuplicated>()) {
        ++outcomes[segmentOf.at(duplicated.packet)].copies;
        copies.insert(duplicated.copy);
    }
    for (const auto& corrupted : net.all<trace::PacketCorrupted>())
        if (!copies.contains(corrupted.packet)) outcomes[segmentOf.at(corrupted.packet)].bit = corrupted.bit;
    for (const Received& received : net.inboxes[1]->packets)
        if (segmentOf.contains(received.id)) outcomes[segmentOf[received.id]].arrived = true;
    return outcomes;
}

RC_GTEST_PROP(Fate, IsLeftAloneByTheAbsenceOfOthers, ()) {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto without = *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange(1u, 201u));
    auto all = fates(seed, {});
    for (const std::uint32_t segment : without) all.erase(segment);
    RC_ASSERT(fates(seed, without) == all);
}

TEST(Fate, IsLeftAloneByARuleAboutAnother) {
    auto before = fates(5, {});
    auto after = fates(5, {}, {20, 50});
    EXPECT_FALSE(after[20].arrived);
    EXPECT_FALSE(after[50].arrived);
    for (const std::uint32_t segment : {20u, 50u}) {
        before.erase(segment);
        after.erase(segment);
    }
    EXPECT_EQ(before, after);
}

TEST(Fate, DiffersWithTheSeedTheLinkTheDirectionAndTheTransmission) {
    EXPECT_NE(fates(1, {}), fates(2, {}));
    LinkSettings half = line(BitRate::megabits(10), 0ms);
    half.loss = Share::percent(50);
    half.queue.packets = 1000;
    Net net({H, H, H, H}, {{0, 1, half, half}, {2, 3, half, half}});
    std::map<std::string, std::vector<bool>> arrived;
    const auto throwAll = [&](const std::string& name, std::uint32_t from, std::uint32_t to, wire::Ipv4Address address, std::uint32_t transmission) {
        for (std::uint32_t i = 0; i < 64; ++i) {
            const std::size_t before = net.inboxes[to]->packets.size();
            net.tcp(from, address, 100, {.flow = 9, .number = i, .transmission = transmission});
            net.run();
            arrived[name].push_back(net.inboxes[to]->packets.size() > before);
        }
    };
    throwAll("base", 0, 1, net.address(0, 1), 1);
    throwAll("again", 0, 1, net.address(0, 1), 1);
    throwAll("second transmission", 0, 1, net.address(0, 1), 2);
    throwAll("backwards", 1, 0, net.address(0, 0), 1);
    throwAll("another link", 2, 3, net.address(1, 1), 1);
    EXPECT_EQ(arrived["base"], arrived["again"]);
    for (const std::string other : {"second transmission", "backwards", "another link"}) EXPECT_NE(arrived["base"], arrived[other]) << other;
}

TEST(Fate, OfACopyIsItsOwn) {
    LinkSettings settings = line(BitRate::megabits(10), 0ms);
    settings.loss = Share::percent(50);
    settings.duplicate = Share::percent(100);
    settings.queue.packets = 1000;
    Net net = pair(settings);
    for (std::uint32_t i = 0; i < 200; ++i) net.tcp(0, net.address(0, 1), 100, {.flow = 9, .number = i});
    net.run();
    std::set<PacketId> arrived;
    for (const Received& received : net.inboxes[1]->packets) arrived.insert(received.id);
    std::map<int, int> arrivals;  // how many packets arrived never, once, twice
    for (const auto& duplicated : net.all<trace::PacketDuplicated>()) ++arrivals[static_cast<int>(arrived.count(duplicated.packet) + arrived.count(duplicated.copy))];
    EXPECT_NEAR(arrivals[0], 50, 25);
    EXPECT_NEAR(arrivals[1], 100, 29);
    EXPECT_NEAR(arrivals[2], 50, 25);
}

TEST(Sinks, GiveTheSameIds) {
    const auto run = [](trace::Sink sink) {
        LinkSettings settings = line(BitRate::megabits(10), 1ms);
        settings.loss = settings.duplicate = settings.corrupt = Share::percent(10);
        Net net({H, R, H}, {{0, 1, settings, {}}, {1, 2, settings, {}}}, 3, sink);
        for (std::uint32_t i = 0; i < 100; ++i) net.tcp(0, net.address(1, 1), 200, {.flow = 1, .number = i});
        net.run();
        return std::tuple(net.tracer.events(), net.tracer.hash(), net.simulator.dispatched(), net.inboxes[2]->packets.back().id);
    };
    const auto recorded = run(trace::Sink::record), hashed = run(trace::Sink::hash), none = run(trace::Sink::none);
    EXPECT_EQ(recorded, hashed);
    EXPECT_EQ(std::get<0>(recorded), std::get<0>(none));
    EXPECT_EQ(std::get<3>(recorded), std::get<3>(none));
}

TEST(FlightPool, AllocatesNothingOnceWarm) {
    Net net({H, R, H}, {{0, 1, line(BitRate::megabits(10), 1ms), {}}, {1, 2, line(BitRate::megabits(10), 1ms), {}}}, 3, trace::Sink::none);
    for (int i = 0; i < 50; ++i) net.udp(0, net.address(1, 1), 200);
    net.run();
    const std::size_t capacity = net.pool.capacity();
    EXPECT_LE(capacity, 50u);
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 50; ++i) net.udp(0, net.address(1, 1), 200);
        net.run();
    }
    EXPECT_EQ(net.pool.capacity(), capacity);
    EXPECT_EQ(net.pool.inUse(), 0u);
}

}  // namespace
}  // namespace mailtrek::net
