// SPDX-License-Identifier: GPL-3.0-or-later
// The fold of each kind of event, and stepping in both directions.
#include "sim/trace/view.h"

#include <gtest/gtest.h>

#include "tests/run/script.h"

namespace mailtrek::trace {
namespace {

using run::test::kAccess, run::test::kBackbone, run::test::kCarta, run::test::kNorte, run::test::kPc, run::test::kRelay, run::test::kSur, run::test::Script;
using namespace std::chrono_literals;

View folded(const Recording& recording, std::uint64_t events) {
    View view = initialView(recording);
    for (std::uint64_t i = 0; i < events; ++i) apply(view, {i}, recording.event({i}), recording);
    return view;
}
View folded(const Script& script) { return folded(script.recording, script.recording.size()); }

const LinkEndView& end(const View& view, LinkEnd via) { return view.links[via.link().index()]->ends[static_cast<std::size_t>(via.direction())]; }

TEST(View, BeginsWithEverybodyRunningAndEveryLinkUp) {
    const View view = folded(Script());
    ASSERT_EQ(view.nodes.size(), 3u);
    EXPECT_TRUE(view.nodes[2]->running && view.nodes[2]->online && view.links[1]->up);
    EXPECT_EQ(view.events, 0u);
}

TEST(View, ALinkCarriesWhatWasSentUntilItArrivesOrIsLost) {
    Script s;
    const LinkEnd there = LinkEnd::of(kBackbone, 0);
    const PacketId a = s.packet(kRelay), b = s.packet(kRelay), c = s.packet(kRelay), damaged = s.packet(kRelay);
    for (const PacketId p : {a, b, c}) s.add(PacketSent{.start = kStart + 1ms, .arrival = kStart + 2ms, .packet = p, .via = there, .size = 40, .ttl = 64});
    EXPECT_EQ(end(folded(s), there).packets.size(), 3u);
    s.add(PacketReplanned{.start = kStart + 3ms, .arrival = kStart + 4ms, .packet = c, .via = there});
    EXPECT_EQ(end(folded(s), there).packets[2].arrival, kStart + 4ms);
    s.add(PacketDropped{.packet = b, .via = there, .reason = DropReason::noise, .onLink = true, .queued = true});
    s.add(PacketCorrupted{.packet = a, .damaged = damaged, .via = there});
    ASSERT_EQ(end(folded(s), there).packets.size(), 2u);
    EXPECT_EQ(end(folded(s), there).packets[0].packet, damaged);
    s.add(PacketDelivered{.packet = damaged, .via = there});
    s.add(PacketDropped{.packet = c, .via = there, .reason = DropReason::portClosed});  // a node discards it: it was off the link already
    EXPECT_EQ(end(folded(s), there).packets.size(), 1u);
    EXPECT_TRUE(end(folded(s), LinkEnd::of(kBackbone, 1)).packets.empty());
}

TEST(View, NodesLinksAndRoutesFollowTheirChanges) {
    Script s;
    const wire::Ipv4Prefix net{wire::Ipv4Address{0x0a000100}, 24};
    s.add(LinkChanged{.link = kBackbone, .change = LinkChange::cut});
    s.add(LinkConfigured{.rate = BitRate::megabits(2), .delay = 40ms, .via = LinkEnd::of(kAccess, 1), .loss = Share::percent(1), .queuePackets = 7});
    s.on(kSur).add(NodeChanged{NodeChange::stopped});
    s.on(kPc).add(NodeChanged{NodeChange::offline});
    s.on(kNorte).add(RouteChanged{.destination = net, .nextHop = kSur, .via = LinkEnd::of(kBackbone, 0), .cost = 3});
    const View before = folded(s);
    EXPECT_FALSE(before.links[1]->up);
    EXPECT_EQ(end(before, LinkEnd::of(kAccess, 1)).queuePackets, 7u);
    EXPECT_FALSE(before.nodes[2]->running);
    EXPECT_FALSE(before.nodes[0]->online);
    EXPECT_EQ(before.nodes[1]->routes.at(net).cost, 3u);
    s.on(kNorte).add(RouteChanged{.destination = net});
    s.on(kSur).add(NodeChanged{NodeChange::started});
    s.add(LinkChanged{.link = kBackbone, .change = LinkChange::restored});
    const View after = folded(s);
    EXPECT_TRUE(after.nodes[1]->routes.empty() && after.nodes[2]->running && after.links[1]->up);
}

TEST(View, ConnectionsCountPerSide) {
    Script s;
    s.opened(kRelay, kNorte, kSur, 25);
    s.state(kRelay, Side::client, TcpState::established);
    s.sent(kRelay, Side::client, 0, 0, false, 2);
    s.sent(kRelay, Side::client, 1, 1000, true);
    s.resent(kRelay, RetransmitReason::timeout);
    s.add(TimerExpired{.connection = kRelay, .side = Side::client, .timer = TcpTimer::retransmission});
    s.received(kRelay, Side::server, 1000);
    const View view = folded(s);
    const TcpSideView& client = view.connections[kRelay.index()]->sides[0];
    EXPECT_EQ(client.state, TcpState::established);
    EXPECT_EQ(client.segments, 3u);
    EXPECT_EQ(client.retransmits, 1u);
    EXPECT_EQ(client.timeouts, 1u);
    EXPECT_EQ(client.sent, 1001u);
    EXPECT_EQ(view.connections[kRelay.index()]->sides[1].received, 1000u);
    EXPECT_TRUE(view.mails[0]->milestones[static_cast<std::size_t>(Milestone::connected)].has_value());
}

TEST(View, ALetterPassesItsMilestones) {
    Script s;
    const TextId luis = s.text("luis@sur.example");
    s.on(kPc).add(MailComposed{.from = s.text("ana@norte.example"), .to = s.text("luis@sur.example, \"eva, b\"@sur.example"), .recipients = 2});
    s.on(kNorte).add(RecipientRefused{.recipientIndex = 1, .code = 550});
    s.add(MailAccepted{.from = kPc, .recipients = 1, .stage = Stage::submission});
    s.add(MailQueued{.recipient = luis, .recipientIndex = 0});
    EXPECT_EQ(folded(s).queues[kNorte.index()]->size(), 1u);
    s.add(AttemptStarted{.recipientIndex = 0});
    s.add(MailQueued{.nextTry = kStart + 30min, .recipient = luis, .recipientIndex = 0, .attempts = 1});
    ASSERT_EQ(folded(s).queues[kNorte.index()]->size(), 1u);
    EXPECT_EQ(folded(s).queues[kNorte.index()]->front().attempts, 1u);
    s.add(MailDequeued{.recipient = luis, .recipientIndex = 0});
    EXPECT_EQ(folded(s).queues[kNorte.index()], nullptr);
    s.on(kSur).add(MailStored{.mailbox = luis, .size = 900, .uid = 1, .recipientIndex = 0, .hops = 2});
    s.add(FlagsChanged{.mailbox = luis, .uid = 1, .flags = 1});
    s.on(kPc).add(MailRead{.mailbox = luis, .uid = 1, .recipientIndex = 0, .action = ReadAction::read});
    const View view = folded(s);
    const MailView& letter = *view.mails[kCarta.index()];
    EXPECT_EQ(letter.recipients[0].fate, MailFate::read);
    EXPECT_EQ(letter.recipients[1].fate, MailFate::refused);
    EXPECT_EQ(letter.recipients[1].address, "\"eva, b\"@sur.example");
    EXPECT_EQ(letter.recipients[0].attempts, 1u);
    const MailboxView& box = *view.mailboxes.at("luis@sur.example");
    EXPECT_EQ(box.used, 900u);
    EXPECT_EQ(box.messages[0].flags, 1u);
    EXPECT_EQ(box.messages[0].reads, 1u);
    s.add(MailboxRemoved{.mailbox = luis, .uid = 1, .size = 900});
    EXPECT_EQ(folded(s).mailboxes.at("luis@sur.example")->used, 0u);
    EXPECT_EQ(folded(s).mails[0]->recipients[0].fate, MailFate::read) << "what was read stays read";
}

TEST(View, CopiesOnDevicesAndLettersThatAProgramPutThere) {
    Script s;
    const TextId luis = s.text("luis@sur.example");
    s.on(kSur).add(MailStored{.mailbox = luis, .size = 900, .uid = 1, .recipientIndex = 0, .hops = 2});
    s.on(kPc).add(MailFetched{.mailbox = luis, .size = 900, .uid = 1, .recipientIndex = 0});
    s.on(kSur).add(MailboxRemoved{.mailbox = luis, .uid = 1, .size = 900});
    s.add(MailboxAdded{.mailbox = luis, .folder = s.text("Sent"), .size = 70, .uid = 2, .flags = 1});
    const View view = folded(s);
    ASSERT_EQ(view.nodes[kPc.index()]->copies.size(), 1u);
    EXPECT_EQ(view.nodes[kPc.index()]->copies[0].uid, 1u);
    const MailboxView& box = *view.mailboxes.at("luis@sur.example");
    EXPECT_EQ(box.used, 70u);
    ASSERT_EQ(box.messages.size(), 1u);
    EXPECT_EQ(box.messages[0].flags, 1u);
    s.on(kPc).add(MailRead{.mailbox = luis, .uid = 1, .recipientIndex = 0, .action = ReadAction::read, .local = true});
    EXPECT_EQ(folded(s).nodes[kPc.index()]->copies.size(), 1u) << "to read is not to delete";
    s.add(MailRead{.mailbox = luis, .uid = 1, .recipientIndex = 0, .action = ReadAction::remove, .local = true});
    EXPECT_TRUE(folded(s).nodes[kPc.index()]->copies.empty());
}

TEST(View, FoldingLeavesOtherViewsAlone) {
    Script s;
    s.add(LinkChanged{.link = kBackbone, .change = LinkChange::cut});
    const View before = initialView(s.recording);
    View after = before;
    apply(after, {0}, s.recording.event({0}), s.recording);
    EXPECT_TRUE(before.links[1]->up);
    EXPECT_FALSE(after.links[1]->up);
    EXPECT_EQ(before.links[0], after.links[0]) << "what did not change is shared";
    EXPECT_TRUE(difference(before, after, s.recording).has_value());
}

TEST(ViewIndex, GivesTheSameViewFromEitherSide) {
    Script s;
    const LinkEnd there = LinkEnd::of(kBackbone, 0);
    for (int i = 0; i < 3000; ++i) {
        const PacketId p = s.packet(kRelay);
        s.at(std::chrono::milliseconds(i)).add(PacketSent{.packet = p, .via = there});
        if (i % 3 != 0) s.add(PacketDelivered{.packet = p, .via = there});
        if (i % 500 == 0) s.add(LinkChanged{.link = kAccess, .change = i % 1000 == 0 ? LinkChange::cut : LinkChange::restored});
    }
    ViewIndex index(s.recording);
    const std::uint64_t last = s.recording.size();
    for (const std::uint64_t cursor :
         {last, std::uint64_t{0}, std::uint64_t{511}, std::uint64_t{512}, std::uint64_t{513}, last / 2, last / 2 - 1, std::uint64_t{3}, last - 1, last + 5}) {
        const View plain = folded(s.recording, std::min(cursor, last));
        EXPECT_EQ(difference(index.at(cursor), plain, s.recording), std::nullopt) << cursor;
    }
}

TEST(ViewIndex, FollowsAGrowingRecording) {
    Script s;
    ViewIndex index(s.recording);
    EXPECT_EQ(index.at(10).events, 0u);
    s.add(LinkChanged{.link = kAccess, .change = LinkChange::cut});
    EXPECT_FALSE(index.at(10).links[0]->up);
}

}  // namespace
}  // namespace mailtrek::trace
