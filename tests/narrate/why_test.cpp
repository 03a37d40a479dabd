// SPDX-License-Identifier: GPL-3.0-or-later
// "Why?" leads from a retransmission to the timer, to the piece that was lost, to the link that was cut, to the scenario.
#include <gtest/gtest.h>

#include "sim/narrate/narrate.h"
#include "tests/run/script.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;
using run::test::kBackbone, run::test::kNorte, run::test::kPc, run::test::kRelay, run::test::kSur, run::test::Script;
using namespace std::chrono_literals;

std::vector<std::string> chain(const Script& s, Level level = Level::tcp) {
    std::vector<std::string> sentences;
    for (const Reason& reason : why(s.recording, {s.recording.size() - 1}, level, Language::en)) sentences.push_back(reason.sentence);
    return sentences;
}

SegmentFacts segment(PacketId packet) {
    SegmentFacts facts;
    facts.connection = kRelay;
    facts.packet = packet;
    facts.sequence = 1461;
    facts.number = 2;
    facts.length = 1460;
    return facts;
}

TEST(Why, ARetransmissionLeadsToTheTimerAndToTheLoss) {
    Script s;
    const EventId entry = s.add(TimelineApplied{.kind = s.text("cut")});
    const PacketId lost = s.packet(kRelay), again = s.packet(kRelay);
    const EventId sent = s.add(SegmentSent{segment(lost)});
    s.add(PacketSent{.packet = lost, .via = LinkEnd::of(kBackbone, 0)}, sent);
    const EventId cut = s.at(1s).add(LinkChanged{.link = kBackbone, .change = LinkChange::cut}, entry);
    s.add(PacketDropped{.packet = lost, .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::linkDown, .onLink = true, .queued = true}, cut);
    const EventId timer = s.at(2s).add(TimerExpired{.waited = 1s, .connection = kRelay, .timer = TcpTimer::retransmission}, sent);
    s.add(SegmentRetransmitted{segment(again), RetransmitReason::timeout}, timer);
    EXPECT_EQ(chain(s),
              (std::vector<std::string>{"After 1 s without an ACK, norte resends segment 2 and doubles the wait.", "After 1 s without an ACK, the timer of norte runs out.",
                                        "The link backbone is cut: segment 2 is lost.", "The link backbone is cut.", "Here the scenario steps in: it cuts a link."}));
}

TEST(Why, ADamagedSegmentIsFoundUnderItsNewName) {
    Script s;
    const PacketId sound = s.packet(kRelay), damaged = s.packet(kRelay), again = s.packet(kRelay);
    const EventId sent = s.add(SegmentSent{segment(sound)});
    const EventId hurt = s.add(PacketCorrupted{.packet = sound, .damaged = damaged, .via = LinkEnd::of(kBackbone, 0)}, sent);
    s.on(kSur).add(PacketDropped{.packet = damaged, .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::tcpChecksum}, hurt);
    s.on(kNorte).add(SegmentRetransmitted{segment(again), RetransmitReason::thirdDuplicateAck});
    const auto reasons = chain(s, Level::ip);
    ASSERT_GE(reasons.size(), 3u);
    EXPECT_EQ(reasons[1], "The checksum does not match: sur discards segment 2.");
    EXPECT_EQ(reasons[2], "Noise on the link backbone flips one bit of segment 2.");
}

TEST(Why, LeadsOverTheChangesOfHandsToThePersonWhoWrote) {
    Script s;
    s.recording.mutableCast().nodes[1].kind = NodeKind::mailServer;
    const EventId composed = s.on(kPc).add(MailComposed{.from = s.text("ana@norte.example"), .to = s.text("luis@sur.example"), .recipients = 1});
    const EventId accepted = s.on(kNorte).add(MailAccepted{.from = kPc, .recipients = 1, .stage = Stage::submission}, composed);
    const EventId query = s.add(DnsQuery{.name = s.text("sur.example"), .type = DnsType::mx}, accepted);
    const EventId sent = s.add(PacketSent{}, query);
    s.add(PacketDelivered{}, sent);
    s.add(DnsAnswer{.name = s.text("sur.example"), .records = s.text("10 sur.sur.example"), .type = DnsType::mx, .answers = 1}, {s.recording.size() - 1});
    EXPECT_EQ(chain(s, Level::mail),
              (std::vector<std::string>{"The DNS answers: sur.sur.example accepts mail for sur.example.", "Norte asks the DNS who accepts mail for sur.example.",
                                        "ana-pc hands the message to the server norte, not to Luis.", "Ana writes a message to Luis."}));
}

TEST(Why, TalkToAndFroIsToldOnce) {
    Script s;
    s.recording.mutableCast().nodes[1].kind = s.recording.mutableCast().nodes[2].kind = NodeKind::mailServer;
    s.on(kNorte).opened(kRelay, kNorte, kSur, 25);
    EventId cause{s.recording.size() - 1};
    for (std::uint32_t i = 0; i < 30; ++i) {
        SegmentFacts data = segment(s.packet(kRelay));
        data.number = i + 1;
        data.sequence = 1 + 1460 * i;
        cause = s.on(kNorte).add(SegmentSent{data}, cause);
        SegmentFacts ack = segment(s.packet(kRelay));
        ack.side = Side::server;
        ack.number = ack.length = 0;
        ack.flags = 16;
        ack.sequence = 1;
        ack.acknowledgment = data.sequence + 1460;
        cause = s.on(kSur).add(SegmentSent{ack}, cause);
    }
    EXPECT_EQ(chain(s), (std::vector<std::string>{"ACK 31: everything before segment 31 has reached sur.", "Norte sends segment 30: 1460 bytes.",
                                                  "On this leg, norte is the client and sur the server."}));
}

TEST(Why, ALossOnTheLinkIsItsOwnReason) {
    Script s;
    const PacketId lost = s.packet(kRelay);
    const EventId sent = s.add(SegmentSent{segment(lost)});
    s.add(PacketDropped{.packet = lost, .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::noise, .onLink = true}, sent);
    EXPECT_EQ(chain(s), (std::vector<std::string>{"Noise on the link backbone: segment 2 is lost; the rest go on."}));
}

TEST(Why, APacketSentIntoACutLinkLeadsToTheCut) {
    Script s;
    const EventId entry = s.add(TimelineApplied{.kind = s.text("cut")});
    s.add(LinkChanged{.link = kBackbone, .change = LinkChange::cut}, entry);
    const PacketId lost = s.packet(kRelay);
    const EventId sent = s.at(1s).add(SegmentSent{segment(lost)});
    s.add(PacketDropped{.packet = lost, .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::linkDown, .onLink = true}, sent);
    EXPECT_EQ(chain(s), (std::vector<std::string>{"The link backbone is cut: segment 2 is lost.", "The link backbone is cut.", "Here the scenario steps in: it cuts a link."}));
}

TEST(Why, WhoIsOfflineWentOffline) {
    Script s;
    s.recording.mutableCast().nodes[0].label = {"Ana's PC", "PC de Ana"};
    const EventId entry = s.add(TimelineApplied{.kind = s.text("offline")});
    s.on(kPc).add(NodeChanged{NodeChange::offline}, entry);
    const EventId wanted = s.at(1s).add(TimelineApplied{.kind = s.text("send")});
    s.add(DeviceWaits{.what = s.text("send"), .why = s.text("offline")}, wanted);
    EXPECT_EQ(chain(s),
              (std::vector<std::string>{"Ana's PC is offline; the message waits there.", "Ana's PC goes offline.", "Here the scenario steps in: it takes a device offline."}));
}

TEST(Why, ARouteLeadsToTheNeighbourThatWasLostAndToTheCut) {
    Script s;
    const EventId entry = s.add(TimelineApplied{.kind = s.text("cut")});
    const EventId cut = s.add(LinkChanged{.link = kBackbone, .change = LinkChange::cut}, entry);
    const EventId lost = s.add(AdjacencyChanged{.via = LinkEnd::of(kBackbone, 0), .neighbour = kSur, .from = AdjacencyState::full, .reason = AdjacencyReason::carrier}, cut);
    const EventId lsa = s.add(LsaChanged{.origin = kNorte, .links = 3, .reason = LsaReason::adjacency}, lost);
    s.add(RouteChanged{.destination = {wire::Ipv4Address{0x0a000000}, 8}, .nextHop = kPc}, lsa);
    EXPECT_EQ(chain(s, Level::ip),
              (std::vector<std::string>{
                  "The link backbone fails; norte now chooses ana-pc towards 10.0.0.0/8.", "norte writes down anew which links it has, and tells all routers.",
                  "norte sees at once that the link backbone is dead: sur is lost as a neighbour.", "The link backbone is cut.", "Here the scenario steps in: it cuts a link."}));
}

TEST(Why, WithoutACauseThereIsTheEventItself) {
    Script s;
    s.add(LinkChanged{.link = kBackbone, .change = LinkChange::restored});
    EXPECT_EQ(chain(s), (std::vector<std::string>{"The link backbone works again."}));
}

}  // namespace
}  // namespace mailtrek::narrate
