// SPDX-License-Identifier: GPL-3.0-or-later
// One selection for all: choose a packet anywhere, and it is chosen everywhere.
#include <QTest>

#include "sim/trace/journey.h"
#include "tests/ui/stories.h"
#include "ui/story/chosen.h"

namespace mailtrek::ui::test {
namespace {

using Choosing = StoryWindow;

// The segment that is on its way right after the first loss.
struct Chosen {
    PacketId packet;
    trace::EventId sent;
};
Chosen lastData(const trace::Recording& r, std::uint64_t cursor) {
    for (std::uint64_t i = cursor; i-- > 0;)
        if (const auto* s = std::get_if<trace::SegmentSent>(&r.event({i}).payload); s != nullptr && s->number > 0) return {s->packet, {i}};
    return {};
}

TEST_F(Choosing, APacketOfTheMapIsChosenInLadderJourneyAndWhy) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::PacketDropped>(recording(), 1).value + 1);
    const Chosen chosen = lastData(recording(), film().cursor());
    Selection s = film().selection();  // as the map does it
    s.packet = chosen.packet;
    film().select(s);
    EXPECT_EQ(film().selection().event, chosen.sent);
    EXPECT_EQ(journey().rows()[static_cast<std::size_t>(journey().current())].event, chosen.sent);
    window.actions().why->trigger();
    EXPECT_EQ(window.why().chain().front().event, chosen.sent);
}

TEST_F(Choosing, AClickOnTheMapCarriesOver) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::PacketDropped>(recording(), 1).value + 1);
    const MovingScene scene = movingScene(film().moment(), window.map().placed(), window.look());
    ASSERT_EQ(scene.falls.size(), 1u);
    window.map().grab();
    QTest::mouseClick(&window.map(), Qt::LeftButton, {}, scene.falls[0].rest.toPoint());
    EXPECT_EQ(film().selection().packet, scene.falls[0].packet);
    window.actions().why->trigger();
    EXPECT_EQ(window.why().chain().front().event, nth<trace::PacketDropped>(recording(), 1)) << "why was it lost?";
}

TEST_F(Choosing, ARowOfTheLadderIsAPacketEverywhere) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::PacketDropped>(recording(), 1).value + 1);
    Ladder& panel = ladder();
    const auto rows = panel.shownRows();
    const auto row = std::ranges::find_if(rows, [](const LadderRow& r) { return r.kind == LadderRow::Kind::row && r.glyph.kind == GlyphKind::data; });
    ASSERT_NE(row, rows.end());
    film().selectEvent(row->event);
    EXPECT_EQ(film().selection().packet, row->packet);
    EXPECT_EQ(journey().rows()[static_cast<std::size_t>(journey().current())].event, row->event);
    const auto cursor = film().cursor();
    EXPECT_EQ(film().asked(), row->event);
    film().step();
    EXPECT_NE(film().asked(), row->event) << "after a step the question is about the step";
    EXPECT_EQ(film().selection().packet, row->packet) << "and the packet stays chosen";
    EXPECT_GT(film().cursor(), cursor);
}

TEST_F(Choosing, AStepOfTheJourneyIsChosenInTheLadder) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::SegmentRetransmitted>(recording(), 1).value + 1);
    JourneyPanel& panel = journey();
    int row = panel.here();
    while (panel.rows()[static_cast<std::size_t>(row)].fold ||
           !std::holds_alternative<trace::SegmentSent>(recording().event(panel.rows()[static_cast<std::size_t>(row)].event).payload))
        --row;
    const trace::EventId event = panel.rows()[static_cast<std::size_t>(row)].event;
    panel.activate(row);
    EXPECT_EQ(film().selection().packet, trace::packetOf(recording().event(event).payload));
    EXPECT_EQ(ladder().rows().back().event, event) << "the ladder ends where the film stands";
}

TEST_F(Choosing, TheTellingEventOfAPacketIsItsLossThenItsSetOut) {
    const trace::Recording& r = story("04_enlace_con_perdidas");
    const trace::EventId lost = nth<trace::PacketDropped>(r, 1);
    const PacketId packet = std::get<trace::PacketDropped>(r.event(lost).payload).packet;
    EXPECT_EQ(tellingOf(r, packet, r.size()), lost);
    const trace::EventId sent = tellingOf(r, packet, lost.value);
    ASSERT_TRUE(sent.valid());
    EXPECT_TRUE(std::holds_alternative<trace::SegmentSent>(r.event(sent).payload));
    EXPECT_FALSE(tellingOf(r, packet, sent.value).valid()) << "before it set out there is nothing to tell";
    EXPECT_FALSE(tellingOf(r, PacketId{}, r.size()).valid());
}

}  // namespace
}  // namespace mailtrek::ui::test
