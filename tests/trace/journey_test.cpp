// SPDX-License-Identifier: GPL-3.0-or-later
// Five levels of one and the same run: a level only filters, and what it hides is counted.
#include "sim/trace/journey.h"

#include <gtest/gtest.h>

#include "tests/run/script.h"

namespace mailtrek::trace {
namespace {

using run::test::kCarta, run::test::kNorte, run::test::kOtra, run::test::kPc, run::test::kRelay, run::test::kSur, run::test::Script;

// composed, a connection with a command, a segment and a hop for each, another letter's event between them, stored.
Script letterUnderWay() {
    Script s;
    s.on(kPc).add(MailComposed{.recipients = 1});
    s.on(kNorte).add(MailAccepted{.stage = Stage::submission});
    s.opened(kRelay, kNorte, kSur, 25);
    for (const char* line : {"EHLO norte", "MAIL FROM:<a@b>"}) {
        s.command(kRelay, line, DialogueProtocol::smtp);
        s.sent(kRelay, Side::client, 1, 20);
        s.add(PacketDelivered{});
        s.of(kOtra).add(LinkChanged{});
        s.of(kCarta);
    }
    s.on(kSur).add(MailStored{});
    return s;
}

std::vector<std::string> shape(const std::vector<JourneyRow>& rows) {
    std::vector<std::string> all;
    for (const JourneyRow& row : rows) all.push_back(std::string(row.depth, ' ') + (row.fold ? "+" : "*"));
    return all;
}

TEST(Journey, ALevelHidesWhatIsDeeper) {
    const Script s = letterUnderWay();
    Journey journey(s.recording, kCarta);
    EXPECT_TRUE(journey.extend());
    EXPECT_FALSE(journey.extend());
    EXPECT_EQ(shape(journey.rows(Level::story)), (std::vector<std::string>{"*", "*", " +", "*"}));
    EXPECT_EQ(shape(journey.rows(Level::mail)), (std::vector<std::string>{"*", "*", " *", "  +", "*"}));
    EXPECT_EQ(shape(journey.rows(Level::dialogue)), (std::vector<std::string>{"*", "*", " *", "  *", "   +", "  *", "   +", "*"}));
    EXPECT_EQ(journey.rows(Level::ip).size(), journey.steps().size());
}

TEST(Journey, AFoldCountsWhatItHides) {
    const Script s = letterUnderWay();
    Journey journey(s.recording, kCarta);
    journey.extend();
    const JourneyRow fold = journey.rows(Level::story)[2];
    EXPECT_EQ(fold.counts[static_cast<std::size_t>(Counted::line)], 2u);
    EXPECT_EQ(fold.counts[static_cast<std::size_t>(Counted::segment)], 2u);
    EXPECT_EQ(fold.counts[static_cast<std::size_t>(Counted::hop)], 2u);
    EXPECT_EQ(fold.counts[static_cast<std::size_t>(Counted::event)], 1u);  // the connection
}

TEST(Journey, AnOpenedFoldShowsOneLevelMoreInPlace) {
    const Script s = letterUnderWay();
    Journey journey(s.recording, kCarta);
    journey.extend();
    const JourneyRow first = journey.rows(Level::story)[2];
    const auto opened = [&first](const JourneyRow& fold) { return fold.event == first.event && fold.depth == first.depth; };
    EXPECT_EQ(shape(journey.rows(Level::story, opened)), (std::vector<std::string>{"*", "*", " +", " *", "  +", "*"}));
}

// A command behind its own segment: the count inside begins with the same event as the count around it, and stays closed.
TEST(Journey, ACountInsideAnOpenedOneStaysClosed) {
    Script s;
    s.on(kPc).add(MailComposed{.recipients = 1});
    s.sent(kRelay, Side::client, 1, 20);
    s.command(kRelay, "EHLO norte", DialogueProtocol::smtp);
    Journey journey(s.recording, kCarta);
    journey.extend();
    const JourneyRow outer = journey.rows(Level::story)[1];
    const auto opened = [&outer](const JourneyRow& fold) { return fold.event == outer.event && fold.depth == outer.depth; };
    EXPECT_EQ(shape(journey.rows(Level::story, opened)), (std::vector<std::string>{"*", " +", "   +", "  *"}));
}

TEST(Journey, WhatHappensToTheWorldBelongsToEveryLetter) {
    Script s;
    s.of(MailId{}).add(NodeChanged{NodeChange::offline});
    s.of(MailId{}).add(SmtpReply{});
    s.of(kOtra).add(NodeChanged{NodeChange::online});
    Journey journey(s.recording, kCarta);
    journey.extend();
    ASSERT_EQ(journey.steps().size(), 1u);
    EXPECT_EQ(journey.steps()[0].event, EventId{0});
}

TEST(Journey, TellsOnlyAsFarAsItIsAsked) {
    const Script s = letterUnderWay();
    Journey journey(s.recording, kCarta);
    journey.extend();
    EXPECT_EQ(journey.stepsWithin(0), 0u);
    EXPECT_EQ(journey.stepsWithin(2), 2u);
    EXPECT_EQ(journey.stepsWithin(s.recording.size()), journey.steps().size());
    EXPECT_EQ(shape(journey.rows(Level::story, {}, 3)), (std::vector<std::string>{"*", "*", " +"}));
}

TEST(Journey, WithoutALetterItHoldsEverything) {
    const Script s = letterUnderWay();
    Journey journey(s.recording, MailId{});
    journey.extend();
    EXPECT_EQ(journey.steps().size(), s.recording.size());
}

TEST(Journey, WhatIsToldBeforeTheStartIsNoStep) {
    Script s;
    s.add(RouteChanged{.nextHop = kSur});
    s.add(LinkConfigured{});
    EXPECT_EQ(stepLevel(s.recording, {0}), std::nullopt);
    EXPECT_EQ(stepLevel(s.recording, {1}), std::nullopt);
    s.at(std::chrono::seconds(1)).add(RouteChanged{.nextHop = kSur});
    EXPECT_EQ(stepLevel(s.recording, {2}), Level::ip);
}

TEST(Levels, HaveNamesAndNumbers) {
    for (int i = 1; i <= kLevels; ++i) {
        const auto level = static_cast<Level>(i);
        EXPECT_EQ(levelNamed(name(level)), level);
        EXPECT_EQ(levelNamed(std::string(1, static_cast<char>('0' + i))), level);
    }
    EXPECT_EQ(levelNamed("6"), std::nullopt);
    EXPECT_EQ(levelNamed("Story"), std::nullopt);
    EXPECT_EQ(levelNamed(""), std::nullopt);
}

}  // namespace
}  // namespace mailtrek::trace
