// SPDX-License-Identifier: GPL-3.0-or-later
// The three sinks: the same ids and the same hash, whether anything is kept or not.
#include "sim/trace/tracer.h"

#include <gtest/gtest.h>

namespace mailtrek::trace {
namespace {

struct Happening {
    std::uint64_t delay = 5;
    std::string line = "MAIL FROM:<ana@norte.example>";
    std::uint16_t port = 25;
    std::string letter = "Subject: Hola\r\n\r\nHola";
};

// The same things told to a tracer; gives the ids that came back.
std::vector<std::uint64_t> tell(Tracer& tracer, const Happening& what) {
    std::vector<std::uint64_t> ids;
    const Instant at = kStart + std::chrono::milliseconds(what.delay);
    wire::Packet packet;
    packet.transport = wire::TcpHeader{.sourcePort = 40000, .destinationPort = what.port};
    const EventId first =
        tracer.emit(at, {}, NodeId{1}, MailId{0}, ConnectionOpened{.connection = ConnectionId{0}, .client = NodeId{1}, .server = NodeId{2}, .serverPort = what.port});
    const PacketId id = tracer.packet(packet, ConnectionId{0}, NodeId{1});
    const EventId second = tracer.emit(at, first, NodeId{1}, MailId{0}, PacketDelivered{.packet = id});
    const EventId third = tracer.emit(at, second, NodeId{1}, MailId{0}, SmtpCommand{.connection = ConnectionId{0}, .line = tracer.text(what.line)});
    const EventId fourth = tracer.emit(at, third, NodeId{2}, MailId{0}, MailStored{.message = tracer.message(Slice::copyOf(std::string_view(what.letter)))});
    for (const EventId event : {first, second, third, fourth}) ids.push_back(event.value);
    ids.push_back(id.value);
    return ids;
}

std::uint64_t hashOf(const Happening& what) {
    Tracer tracer(Sink::hash, nullptr);
    tell(tracer, what);
    return tracer.hash();
}

TEST(Tracer, GivesTheSameIdsAndHashInEverySink) {
    Recording recording;
    Tracer recorded(Sink::record, &recording), hashed(Sink::hash, nullptr), silent(Sink::none, nullptr);
    const auto ids = tell(recorded, {});
    EXPECT_EQ(tell(hashed, {}), ids);
    EXPECT_EQ(tell(silent, {}), ids);
    EXPECT_EQ(recorded.hash(), hashed.hash());
    EXPECT_NE(recorded.hash(), 0u);
    EXPECT_EQ(silent.hash(), 0u);
    EXPECT_EQ(silent.events(), recorded.events());
    EXPECT_EQ(recording.size(), recorded.events());
}

TEST(Tracer, HashDependsOnEveryFact) {
    const std::uint64_t plain = hashOf({});
    EXPECT_EQ(hashOf({}), plain);
    EXPECT_NE(hashOf({.delay = 6}), plain);
    EXPECT_NE(hashOf({.line = "MAIL FROM:<eva@norte.example>"}), plain);
    EXPECT_NE(hashOf({.port = 26}), plain);
    EXPECT_NE(hashOf({.letter = "Subject: Hola\r\n\r\nHole"}), plain);
}

TEST(Tracer, ObserverSeesEveryEventInEverySink) {
    struct Count final : EventObserver {
        std::uint64_t seen = 0;
        void onEvent(EventId id, const Event&) override { EXPECT_EQ(id.value, seen++); }
    };
    for (const Sink sink : {Sink::none, Sink::hash, Sink::record}) {
        Recording recording;
        Count count;
        Tracer tracer(sink, &recording);
        tracer.setObserver(&count);
        tell(tracer, {});
        EXPECT_EQ(count.seen, 4u);
    }
}

TEST(Recording, KnowsItsConnectionsTextsAndCauses) {
    Recording recording;
    Tracer tracer(Sink::record, &recording);
    tell(tracer, {});
    ASSERT_EQ(recording.cast().connections.size(), 1u);
    EXPECT_EQ(recording.cast().connections[0].serverPort, 25);
    EXPECT_EQ(tracer.text("x"), tracer.text("x"));
    EXPECT_EQ(recording.text({}), "");
    const auto chain = recording.causesOf({3});
    ASSERT_EQ(chain.size(), 4u);
    EXPECT_EQ(chain.front().value, 3u);
    EXPECT_EQ(chain.back().value, 0u);
    EXPECT_EQ(recording.cursorAt(kStart), 0u);
    EXPECT_EQ(recording.cursorAt(kStart + std::chrono::milliseconds(5)), 4u);
}

}  // namespace
}  // namespace mailtrek::trace
