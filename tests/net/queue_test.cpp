// SPDX-License-Identifier: GPL-3.0-or-later
// RED against the formulas of Floyd and Jacobson, CoDel against a plain reading of the pseudocode of RFC 8289, both on a link, and ECN.
#include <gmock/gmock.h>

#include <cmath>
#include <deque>

#include "tests/net/net_kit.h"

namespace mailtrek::net {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

// --- RED -------------------------------------------------------------------------------------------------------------------------

QueueLimit redOf(std::uint64_t size) {
    QueueLimit limit;
    limit.packets = size;
    limit.model = trace::QueueModel::red;
    return limit;
}

TEST(Red, ThresholdsComeFromTheSize) {
    EXPECT_EQ(Red(redOf(90)).min(), 15u);
    EXPECT_EQ(Red(redOf(90)).max(), 45u);
    EXPECT_LT(Red(redOf(1)).min(), Red(redOf(1)).max());
    QueueLimit octets = redOf(90);
    octets.packets = QueueLimit::kUnlimited;
    octets.bytes = 60'000;
    EXPECT_TRUE(Red(octets).countsBytes());
    EXPECT_EQ(Red(octets).max(), 30'000u);
}

TEST(Red, AveragesAsTheFormulaSays) {
    Red red(redOf(100));
    double average = 0;
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t waiting = i % 500 < 250 ? 10 : 2;
        red.onArrival(waiting, 0, 0xffffffffffffffffull);
        average += 0.002 * (static_cast<double>(waiting) - average);
    }
    EXPECT_NEAR(static_cast<double>(red.average()), std::floor(average), 1);
    red.onArrival(0, 1000, 0xffffffffffffffffull);  // idle for a thousand packets
    EXPECT_NEAR(static_cast<double>(red.average()), std::floor(average * std::pow(0.998, 1001)), 1);
}

// With the average held between the thresholds, the gaps between early drops are uniform from 1 to 1/p (Floyd and Jacobson 1993, 7).
TEST(Red, SpreadsEarlyDropsEvenly) {
    QueueLimit limit = redOf(100);
    limit.red.weight = Share::percent(100);  // the average is the length
    Red red(limit);                          // 16 to 50
    const std::uint64_t waiting = 33;        // half way: p = 5 %
    std::uint64_t gap = 0, drops = 0, sum = 0, longest = 0;
    for (std::uint64_t i = 0; i < 200'000; ++i) {
        ++gap;
        if (red.onArrival(waiting, 0, draw(3, Purpose::redMark, i)) == Red::Verdict::take) continue;
        ++drops;
        sum += gap;
        longest = std::max(longest, gap);
        gap = 0;
    }
    EXPECT_NEAR(static_cast<double>(sum) / static_cast<double>(drops), 10.5, 0.4);
    EXPECT_LE(longest, 21u);
}

TEST(Red, TakesAllBelowAndNoneFarAbove) {
    QueueLimit limit = redOf(100);
    limit.red.weight = Share::percent(100);
    Red red(limit);
    for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(red.onArrival(15, 0, draw(1, Purpose::redMark, i)), Red::Verdict::take);
    EXPECT_EQ(red.onArrival(100, 0, 0xffffffffffffffffull), Red::Verdict::full) << "twice the maximum";
    EXPECT_NE(red.onArrival(99, 0, 0xffffffffffffffffull), Red::Verdict::full) << "gentle below that";
    limit.red.gentle = false;
    Red harsh(limit);
    EXPECT_EQ(harsh.onArrival(50, 0, 0xffffffffffffffffull), Red::Verdict::full);
}

// --- CoDel -----------------------------------------------------------------------------------------------------------------------

TEST(CoDel, ControlLawIsIntervalOverRoot) {
    for (std::uint32_t count = 1; count < 2000; ++count) ASSERT_NEAR(static_cast<double>(controlInterval(100ms, count).count()), std::floor(1e8 / std::sqrt(count)), 1) << count;
}

// The pseudocode of RFC 8289 5.5, read as it stands, on a queue of its own.
class Textbook {
public:
    struct Packet {
        int id;
        Instant queued;
    };
    struct Taken {
        std::vector<int> dropped;
        std::optional<int> sent;
        bool marked = false;
    };
    explicit Textbook(bool ecn) : m_ecn(ecn) {}
    std::deque<Packet> queue;

    Taken dequeue(Instant now) {
        Taken taken;
        auto [packet, ok] = doDequeue(now);
        if (m_dropping) {
            if (!ok) m_dropping = false;
            while (m_dropping && now >= m_dropNext) {
                ++m_count;
                if (m_ecn) {
                    m_dropNext += law();
                    taken.marked = true;
                    break;
                }
                taken.dropped.push_back(packet->id);
                std::tie(packet, ok) = doDequeue(now);
                if (!ok)
                    m_dropping = false;
                else
                    m_dropNext += law();
            }
        } else if (ok) {
            if (m_ecn) {
                taken.marked = true;
            } else {
                taken.dropped.push_back(packet->id);
                std::tie(packet, ok) = doDequeue(now);
            }
            m_dropping = true;
            const int delta = m_count - m_lastCount;
            m_count = delta > 1 && now - m_dropNext < 16 * kSettings.interval ? delta : 1;
            m_dropNext = now + law();
            m_lastCount = m_count;
        }
        if (packet) taken.sent = packet->id;
        return taken;
    }

    static constexpr CoDelSettings kSettings{};
    static constexpr std::uint32_t kSize = 1500;

private:
    std::pair<std::optional<Packet>, bool> doDequeue(Instant now) {
        if (queue.empty()) {
            m_firstAbove = kStart;
            return {std::nullopt, false};
        }
        const Packet packet = queue.front();
        queue.pop_front();
        bool ok = false;
        if (now - packet.queued < kSettings.target || queue.size() * kSize <= kSize)
            m_firstAbove = kStart;
        else if (m_firstAbove == kStart)
            m_firstAbove = now + kSettings.interval;
        else
            ok = now >= m_firstAbove;
        return {packet, ok};
    }
    Duration law() const { return controlInterval(kSettings.interval, static_cast<std::uint32_t>(m_count)); }

    bool m_ecn;
    bool m_dropping = false;
    int m_count = 0, m_lastCount = 0;
    Instant m_firstAbove = kStart, m_dropNext = kStart;
};

// Arrivals in waves on a line of 1 Mbit/s (12 ms a packet); the link beside the textbook.
class Waves {
public:
    explicit Waves(std::uint64_t seed) {
        Instant t = kStart;
        for (int i = 0; i < 1500; ++i) {
            const bool wave = (i / 100) % 2 == 0;
            t += Duration{static_cast<std::int64_t>(below(draw(seed, Purpose::jitter, i), wave ? 14'000'000 : 34'000'000))};
            m_arrivals.push_back(t);
        }
    }
    const std::vector<Instant>& arrivals() const { return m_arrivals; }

private:
    std::vector<Instant> m_arrivals;
};

struct Fate {
    std::vector<int> dropped, marked;
    std::map<int, Instant> started;
};

Fate byTextbook(const std::vector<Instant>& arrivals, bool ecn) {
    Textbook codel(ecn);
    Fate fate;
    Instant free = kStart;
    std::size_t next = 0;
    while (next < arrivals.size() || !codel.queue.empty()) {
        Instant now = free;
        if (codel.queue.empty()) now = std::max(free, arrivals[next]);
        while (next < arrivals.size() && arrivals[next] <= now) {
            codel.queue.push_back({static_cast<int>(next), arrivals[next]});
            ++next;
        }
        const auto taken = codel.dequeue(now);
        fate.dropped.insert(fate.dropped.end(), taken.dropped.begin(), taken.dropped.end());
        if (!taken.sent) continue;
        if (taken.marked) fate.marked.push_back(*taken.sent);
        fate.started[*taken.sent] = now;
        free = now + 12ms;
    }
    return fate;
}

Fate byLink(const std::vector<Instant>& arrivals, bool ecn) {
    LinkSettings settings = line(BitRate::megabits(1), 1ms);
    settings.queue.model = trace::QueueModel::codel;
    settings.queue.packets = QueueLimit::kUnlimited;
    Net net = pair(settings);
    std::map<PacketId, int> number;
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
        net.runUntil(arrivals[i] - kStart);
        FlightPtr flight = net.nodes[0]->newFlight();
        flight->packet.ip.destination = net.address(0, 1);
        if (ecn) flight->packet.ip.ecn = wire::Ecn::capable0;
        flight->packet.transport = wire::UdpHeader{1000, 2000};
        flight->packet.payload = Slice::filled(1472, 'u');
        const PacketId id = net.nodes[0]->prepare(*flight);
        net.nodes[0]->transmit(std::move(flight), net.simulator.now());
        number[id] = static_cast<int>(i);
    }
    net.run();
    Fate fate;
    for (const auto& drop : net.all<trace::PacketDropped>()) {
        EXPECT_EQ(drop.reason, trace::DropReason::codel);
        fate.dropped.push_back(number.at(drop.packet));
    }
    for (const auto& mark : net.all<trace::PacketMarked>()) fate.marked.push_back(number.at(mark.packet));
    for (const auto& sent : net.all<trace::PacketSent>()) fate.started[number.at(sent.packet)] = sent.start;
    for (const auto& moved : net.all<trace::PacketReplanned>()) fate.started[number.at(moved.packet)] = moved.start;
    for (const int dropped : fate.dropped) fate.started.erase(dropped);
    std::size_t congested = 0;
    for (const Received& packet : net.inboxes[1]->packets) congested += packet.packet.ip.ecn == wire::Ecn::congestion ? 1 : 0;
    EXPECT_EQ(congested, fate.marked.size());
    return fate;
}

TEST(CoDel, OnALinkDoesWhatTheTextbookDoes) {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
        const Waves waves(seed);
        const Fate expected = byTextbook(waves.arrivals(), false), got = byLink(waves.arrivals(), false);
        EXPECT_GT(expected.dropped.size(), 10u) << "the waves are high enough";
        EXPECT_EQ(got.dropped, expected.dropped) << "seed " << seed;
        EXPECT_EQ(got.started, expected.started) << "seed " << seed;
    }
}

TEST(CoDel, MarksInsteadOfDroppingWhoSpeaksEcn) {
    const Waves waves(5);
    const Fate expected = byTextbook(waves.arrivals(), true), got = byLink(waves.arrivals(), true);
    EXPECT_GT(expected.marked.size(), 10u);
    EXPECT_EQ(got.marked, expected.marked);
    EXPECT_THAT(got.dropped, IsEmpty());
    EXPECT_EQ(got.started, expected.started);
}

// A standing queue of two seconds melts down to about the target; drop-tail would keep it.
TEST(CoDel, EndsAStandingQueue) {
    LinkSettings settings = line(BitRate::megabits(2), 1ms);  // 6 ms a packet
    settings.queue.packets = 1000;
    settings.queue.model = trace::QueueModel::codel;
    Net net = pair(settings);
    for (int i = 0; i < 300; ++i) net.udp(0, net.address(0, 1), 1500);
    std::uint64_t last = 300;
    for (int i = 0; i < 12'000; ++i) {
        net.runUntil(i * 6ms);
        net.udp(0, net.address(0, 1), 1500);
        last = net.links[0]->waiting(0, net.simulator.now());
    }
    EXPECT_LE(last, 4u);
    EXPECT_THAT(net.drops(), Each(trace::DropReason::codel));
}

TEST(CoDel, CountsAgainAfterACutAndTakesNewSettings) {
    LinkSettings settings = line(BitRate::megabits(1), 1ms);
    settings.queue.model = trace::QueueModel::codel;
    Net net = pair(settings);
    for (int i = 0; i < 50; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(20ms);
    net.links[0]->cut(net.simulator.now(), {});
    net.links[0]->restore(net.simulator.now(), {});
    for (int i = 0; i < 5; ++i) net.udp(0, net.address(0, 1), 1500);
    net.runUntil(21ms);
    LinkSettings tail = settings;
    tail.queue.model = trace::QueueModel::dropTail;
    net.links[0]->configure(0, tail, net.simulator.now(), {});
    net.runUntil(30ms);
    net.links[0]->configure(0, settings, net.simulator.now(), {});
    net.run();
    EXPECT_THAT(net.inboxes[1]->packets, SizeIs(1 + 5)) << "the one on its way when the link was cut is lost as well, the first has arrived";
    EXPECT_EQ(net.pool.inUse(), 0u);
}

// --- RED and ECN on a link -------------------------------------------------------------------------------------------------------

std::unique_ptr<Net> loadedRed(wire::Ecn ecn, bool mayMark) {
    LinkSettings settings = line(BitRate::megabits(1), 1ms);
    settings.queue = redOf(60);
    settings.queue.ecn = mayMark;
    settings.queue.red.weight = Share::percent(20);
    auto made = std::make_unique<Net>(std::vector{NodeRole::host, NodeRole::host}, std::vector<LinkSpec>{{0, 1, settings}});
    Net& net = *made;
    for (int i = 0; i < 400; ++i) {
        net.runUntil(i * 11ms);  // a little faster than the line
        FlightPtr flight = net.nodes[0]->newFlight();
        flight->packet.ip.destination = net.address(0, 1);
        flight->packet.ip.ecn = ecn;
        flight->packet.transport = wire::UdpHeader{1000, 2000};
        flight->packet.payload = Slice::filled(1472, 'u');
        net.nodes[0]->send(std::move(flight), net.simulator.now());
    }
    net.run();
    return made;
}

TEST(RedQueue, DropsEarlyAndSaysSo) {
    const auto made = loadedRed(wire::Ecn::notCapable, true);
    const Net& net = *made;
    const auto drops = net.all<trace::PacketDropped>();
    EXPECT_GT(drops.size(), 10u);
    for (const auto& drop : drops) {
        EXPECT_EQ(drop.reason, trace::DropReason::red);
        EXPECT_TRUE(drop.onLink);
        EXPECT_FALSE(drop.queued) << "it was never taken in";
    }
    EXPECT_THAT(net.all<trace::PacketMarked>(), IsEmpty());
}

TEST(RedQueue, MarksWhoSpeaksEcn) {
    const auto made = loadedRed(wire::Ecn::capable0, true);
    const Net& net = *made;
    const auto marks = net.all<trace::PacketMarked>();
    EXPECT_GT(marks.size(), 10u);
    EXPECT_THAT(net.drops(), IsEmpty());
    std::size_t sentMarked = 0, receivedMarked = 0;
    for (const auto& sent : net.all<trace::PacketSent>()) sentMarked += sent.congestionMark ? 1 : 0;
    for (const Received& packet : net.inboxes[1]->packets) receivedMarked += packet.packet.ip.ecn == wire::Ecn::congestion ? 1 : 0;
    EXPECT_EQ(sentMarked, marks.size());
    EXPECT_EQ(receivedMarked, marks.size());
}

TEST(RedQueue, DropsThemTooWhenEcnIsOff) {
    const auto made = loadedRed(wire::Ecn::capable0, false);
    const Net& net = *made;
    EXPECT_GT(net.drops().size(), 10u);
    EXPECT_THAT(net.all<trace::PacketMarked>(), IsEmpty());
}

}  // namespace
}  // namespace mailtrek::net
