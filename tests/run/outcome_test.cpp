// SPDX-License-Identifier: GPL-3.0-or-later
// What became of letters and connections, told with recordings written by hand.
#include "sim/run/outcome.h"

#include <gtest/gtest.h>

#include "tests/run/script.h"

namespace mailtrek::run {
namespace {

using namespace test;
using namespace trace;

// carta: from ana to luis and eva.
void compose(Script& s) {
    s.on(kPc).of(kCarta).add(
        MailComposed{.from = s.text("ana@norte.example"), .to = s.text("luis@sur.example,eva@sur.example"), .subject = s.text("Hola"), .size = 300, .recipients = 2});
}

TEST(MailOutcome, NeverAcceptedIsRefused) {
    Script s;
    compose(s);
    const auto outcomes = mailOutcomes(s.recording);
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(outcomes[0].id, "carta");
    EXPECT_EQ(outcomes[0].to, "luis@sur.example");
    EXPECT_EQ(outcomes[1].to, "eva@sur.example");
    EXPECT_EQ(outcomes[1].status, Status::refused);
    EXPECT_FALSE(outcomes[0].acceptedAt);
}

TEST(MailOutcome, EachRecipientGoesItsOwnWay) {
    Script s;
    compose(s);
    s.on(kNorte).at(1s).add(MailAccepted{.size = 350, .recipients = 2, .hops = 1, .stage = Stage::submission});
    s.at(2s).add(AttemptStarted{.recipientIndex = 0, .attempt = 1});
    s.at(2s).add(AttemptStarted{.recipientIndex = 1, .attempt = 1});
    s.at(4s).add(NoticeIssued{.recipientIndex = 1, .kind = NoticeKind::delayed});
    EXPECT_EQ(mailOutcomes(s.recording)[1].status, Status::queued);  // a delay is no failure
    s.on(kSur).at(3s).add(MailStored{.message = {4}, .size = 400, .recipientIndex = 0, .hops = 2});
    s.on(kNorte).at(5s).add(NoticeIssued{.recipientIndex = 1, .kind = NoticeKind::failed});
    const auto outcomes = mailOutcomes(s.recording);
    EXPECT_EQ(outcomes[0].status, Status::delivered);
    EXPECT_EQ(outcomes[0].storedAt, kStart + 3s);
    EXPECT_EQ(outcomes[0].size, 400u);
    EXPECT_EQ(outcomes[0].receivedHeaders, 2u);
    EXPECT_EQ(outcomes[0].attempts, 1u);
    EXPECT_EQ(outcomes[0].acceptedAt, kStart + 1s);
    EXPECT_EQ(outcomes[1].status, Status::bounced);
    EXPECT_EQ(outcomes[1].noticeAt, kStart + 5s);
    EXPECT_EQ(outcomes[1].size, 300u);
}

TEST(MailOutcome, OneRecipientRefusedByTheFirstServer) {
    Script s;
    compose(s);
    s.on(kNorte).at(1s).add(RecipientRefused{.recipientIndex = 1, .code = 550});
    s.at(2s).add(MailAccepted{.recipients = 1, .stage = Stage::submission});
    const auto outcomes = mailOutcomes(s.recording);
    EXPECT_EQ(outcomes[0].status, Status::queued);
    EXPECT_EQ(outcomes[1].status, Status::refused);
    EXPECT_FALSE(outcomes[1].acceptedAt);
}

TEST(MailOutcome, ReadingIsByAPerson) {
    Script s;
    compose(s);
    s.on(kSur).add(MailStored{.recipientIndex = 0});
    s.add(MailStored{.recipientIndex = 0});
    s.at(8s).add(MailRead{.recipientIndex = 0, .action = ReadAction::print});
    EXPECT_EQ(mailOutcomes(s.recording)[0].status, Status::delivered);
    s.at(9s).add(MailRead{.recipientIndex = 0, .action = ReadAction::read});
    s.at(10s).add(MailRead{.recipientIndex = 0, .action = ReadAction::read});
    const auto outcomes = mailOutcomes(s.recording);
    EXPECT_EQ(outcomes[0].status, Status::read);
    EXPECT_EQ(outcomes[0].readAt, kStart + 9s);
    EXPECT_EQ(outcomes[0].reads, 2u);
    EXPECT_EQ(outcomes[0].copies, 2u);
}

TEST(MailOutcome, NoticesAreNotListedAndCommasMayBeQuoted) {
    Script s;
    s.add(MailComposed{.to = s.text("\"a,b\\\"\"@sur.example, eva@sur.example"), .recipients = 2});
    s.of(kOtra).add(MailComposed{.to = s.text("ana@norte.example"), .recipients = 1, .notice = true});
    const auto outcomes = mailOutcomes(s.recording);
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(outcomes[0].to, "\"a,b\\\"\"@sur.example");
    EXPECT_EQ(outcomes[1].to, "eva@sur.example");
}

// The content travels the last leg: 354, two segments of which the first is lost and sent again, 250.
TEST(MailOutcome, ContentTimesAreOfTheLastLeg) {
    Script s;
    compose(s);
    s.opened(kSubmission, kPc, kNorte, 587);
    s.at(1s).sent(kSubmission, Side::client, 1, 200, true);
    s.at(2s).received(kSubmission, Side::server, 200);
    s.on(kNorte).at(2s).add(MailAccepted{.connection = kSubmission, .recipients = 2, .stage = Stage::submission});
    s.opened(kRelay, kNorte, kSur, 25);
    s.at(3s).sent(kRelay, Side::client, 1, 50);  // commands
    s.received(kRelay, Side::server, 50);
    s.on(kSur).reply(kRelay, 354, DialogueProtocol::smtp);
    s.on(kNorte).at(4s).sent(kRelay, Side::client, 51, 100, true);
    s.sent(kRelay, Side::client, 151, 60, true);
    s.on(kSur).at(5s).received(kRelay, Side::server, 50);
    s.at(6s).received(kRelay, Side::server, 150);
    s.at(7s).received(kRelay, Side::server, 210);
    s.at(8s).received(kRelay, Side::server, 210);
    s.add(MailAccepted{.connection = kRelay, .recipients = 1, .stage = Stage::relay});
    s.at(9s).add(MailStored{.recipientIndex = 0});
    const auto outcomes = mailOutcomes(s.recording);
    EXPECT_EQ(outcomes[0].contentSentAt, kStart + 4s);
    EXPECT_EQ(outcomes[0].contentReceivedAt, kStart + 7s);
    EXPECT_FALSE(outcomes[1].contentSentAt);
}

TEST(MailOutcome, RepliesAreThoseBetweenServers) {
    Script s;
    compose(s);
    s.reply(kSubmission, 220, DialogueProtocol::submission);
    s.command(kSubmission, "EHLO ana-pc", DialogueProtocol::submission);
    s.of({}).reply(kRelay, 220, DialogueProtocol::smtp);  // a greeting serves no letter yet
    s.of(kCarta).command(kRelay, "EHLO norte", DialogueProtocol::smtp);
    s.reply(kRelay, 250, DialogueProtocol::smtp);
    s.of(kOtra).command({2}, "EHLO norte", DialogueProtocol::smtp);
    s.reply({2}, 421, DialogueProtocol::smtp);
    EXPECT_EQ(relayReplies(s.recording, kCarta), (std::vector<int>{220, 250}));
    EXPECT_EQ(relayReplies(s.recording, kOtra), (std::vector<int>{421}));
}

TEST(ConnectionOutcome, FromOpenToTimeWait) {
    Script s;
    s.at(1s).opened(kSubmission, kPc, kNorte, 587);
    s.at(2s).state(kSubmission, Side::client, TcpState::established);
    s.sent(kSubmission, Side::client, 1, 10);
    s.resent(kSubmission, RetransmitReason::timeout);
    s.add(TimerExpired{.connection = kSubmission, .timer = TcpTimer::retransmission});
    s.received(kSubmission, Side::server, 10);
    s.received(kSubmission, Side::client, 7);
    s.at(3s).state(kSubmission, Side::client, TcpState::timeWait);
    EXPECT_FALSE(connectionOutcomes(s.recording)[0].closedAt);
    s.at(4s).state(kSubmission, Side::server, TcpState::closed);
    s.at(64s).state(kSubmission, Side::client, TcpState::closed);
    const auto outcomes = connectionOutcomes(s.recording);
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(outcomes[0].establishedAt, kStart + 2s);
    EXPECT_EQ(outcomes[0].closedAt, kStart + 4s);
    EXPECT_EQ(outcomes[0].bytesToServer, 10u);
    EXPECT_EQ(outcomes[0].bytesToClient, 7u);
    EXPECT_EQ(outcomes[0].segments, 2u);
    EXPECT_EQ(outcomes[0].retransmits, 1u);
    EXPECT_EQ(outcomes[0].timeouts, 1u);
}

TEST(ConnectionOutcome, RefusedWasNeverEstablished) {
    Script s;
    s.opened(kSubmission, kPc, kNorte, 587);
    s.at(1s).add(ConnectionEnded{.connection = kSubmission, .side = Side::client, .reason = CloseReason::refused});
    const auto outcomes = connectionOutcomes(s.recording);
    EXPECT_FALSE(outcomes[0].establishedAt);
    EXPECT_EQ(outcomes[0].closedAt, kStart + 1s);
}

}  // namespace
}  // namespace mailtrek::run
