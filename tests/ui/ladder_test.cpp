// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>

#include "tests/ui/stories.h"
#include "ui/story/words.h"

namespace mailtrek::ui::test {
namespace {

using Ladders = StoryWindow;

auto chip(const std::vector<LadderRow>& rows) {
    return std::ranges::find_if(rows, [](const LadderRow& r) { return r.kind == LadderRow::Kind::chip; });
}

TEST_F(Ladders, ALossIsCrossedAndItsResendMarked) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::SegmentRetransmitted>(recording(), 1).value + 1);
    const auto rows = ladder().rows();
    const auto lost = std::ranges::find_if(rows, [](const LadderRow& r) { return r.lost.has_value(); });
    ASSERT_NE(lost, rows.end());
    EXPECT_EQ(lost->glyph.text, "20");
    EXPECT_EQ(lost->lost, trace::DropReason::rule);
    EXPECT_EQ(rows.back().glyph.kind, GlyphKind::resent);
    EXPECT_EQ(rows.back().glyph.text, "R 20");
    int repeats = 0;
    for (const LadderRow& row : rows)
        if (!row.words.isEmpty()) {
            EXPECT_EQ(row.glyph.text, "ACK 20");
            EXPECT_EQ(row.words, QString("repeated %1").arg(++repeats));
        }
    EXPECT_EQ(repeats, 3) << "three repeats, and it is sent again";
}

TEST_F(Ladders, NothingOfTheFutureIsThere) {
    for (const char* name : kStories)
        for (const Level level : {Level::dialogue, Level::tcp}) {
            open(name, level);
            const Ladder& panel = ladder();
            for (std::uint64_t cursor = 1; cursor < recording().size(); cursor += recording().size() / 40) {
                film().seek(cursor);
                for (const LadderRow& row : panel.rows()) {
                    if (row.kind != LadderRow::Kind::earlier) { EXPECT_LT(row.event.value, cursor); }
                    if (row.arrived && row.kind == LadderRow::Kind::row) { EXPECT_LE(*row.due, film().now()); }
                }
            }
        }
}

TEST_F(Ladders, FoldsWhatDoesNotFitIntoCountsThatOpen) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::SegmentRetransmitted>(recording(), 2).value + 1);
    Ladder& panel = ladder();
    const auto rows = panel.rows();
    const auto folded = chip(rows);
    ASSERT_NE(folded, rows.end());
    EXPECT_GT(folded->folded, 1);
    const LadderRow count = *folded;
    panel.activate(count);
    const auto opened = panel.rows();
    const auto open = std::ranges::find_if(opened, [&](const LadderRow& r) { return r.kind == LadderRow::Kind::chip && r.open; });
    ASSERT_NE(open, opened.end());
    const auto inside = std::ranges::count_if(opened, [&](const LadderRow& r) { return r.kind == LadderRow::Kind::row && r.event >= open->event && r.event <= open->last; });
    EXPECT_EQ(inside, open->folded) << "as many rows as the count said";
    const auto shown = panel.shownRows();
    EXPECT_TRUE(std::ranges::any_of(shown, [&](const LadderRow& r) { return r.event == open->event; })) << "what was opened is in sight";
    panel.activate(*open);
    EXPECT_EQ(panel.rows().size(), rows.size());
}

TEST_F(Ladders, TheStoryHidesTheLinesAndCountsThem) {
    open("01_primera_carta", Level::story);
    film().seek(nth<trace::MailStored>(recording(), 1).value + 1);
    const auto rows = ladder().rows();
    ASSERT_FALSE(rows.empty());
    for (const LadderRow& row : rows) EXPECT_TRUE(row.kind == LadderRow::Kind::chip || row.glyph.kind == GlyphKind::letter);
    EXPECT_TRUE(chipText(rows.front()).contains("lines"));
    window.setSpanish(true);
    EXPECT_TRUE(chipText(rows.front()).contains("líneas"));
}

TEST_F(Ladders, TheChooserKnowsTheConnectionsThatThereHaveBeen) {
    open("01_primera_carta", Level::dialogue);
    film().seek(nth<trace::MailAccepted>(recording(), 1).value + 1);
    Ladder& panel = ladder();
    EXPECT_EQ(panel.connections().entries().size(), 1u) << "one, and nothing to choose";
    EXPECT_FALSE(panel.connections().isVisibleTo(&window));
    film().toEnd();
    const auto entries = panel.connections().entries();
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entries[0].text, "Ana's PC → norte, port 587");
    EXPECT_EQ(entries[1].text, "norte → sur, port 25");
    EXPECT_EQ(entries[2].text, "Luis's PC → sur, port 143");
    entries[1].choose();
    EXPECT_EQ(film().followedConnection(), ConnectionId{1});
    EXPECT_EQ(panel.rows().front().glyph.text, "220");
    panel.connections().entries()[3].choose();
    EXPECT_FALSE(film().selection().connection.valid());
}

TEST_F(Ladders, TheKeyboardChoosesAndGoesThere) {
    open("04_enlace_con_perdidas", Level::tcp);
    const auto end = nth<trace::SegmentRetransmitted>(recording(), 1).value + 1;
    film().seek(end);
    Ladder& panel = ladder();
    QTest::keyClick(&panel, Qt::Key_Down);
    EXPECT_EQ(film().selection().event, panel.rows().back().event);
    QTest::keyClick(&panel, Qt::Key_Up);
    const trace::EventId chosen = film().selection().event;
    EXPECT_LT(chosen, panel.rows().back().event);
    EXPECT_EQ(film().cursor(), end) << "choosing moves nothing";
    QTest::keyClick(&panel, Qt::Key_Return);
    EXPECT_EQ(film().cursor(), chosen.value + 1);
    for (int i = 0; i < 300; ++i) QTest::keyClick(&panel, Qt::Key_Up);
    EXPECT_EQ(film().selection().event, panel.rows().front().event) << "up to the first";
}

TEST_F(Ladders, ALongTalkShowsItsEndAndCountsWhatWasBefore) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::MailAccepted>(recording(), 1).value + 1);
    Ladder& panel = ladder();
    const auto total = panel.rows();
    ASSERT_EQ(total.front().kind, LadderRow::Kind::earlier);
    const int hidden = total.front().folded;
    panel.activate(total.front());
    const auto more = panel.rows();
    EXPECT_TRUE(more.front().kind != LadderRow::Kind::earlier || more.front().folded < hidden);
}

}  // namespace
}  // namespace mailtrek::ui::test
