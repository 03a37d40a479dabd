// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>

#include "tests/ui/stories.h"

namespace mailtrek::ui::test {
namespace {

class Cards : public StoryWindow {
protected:
    void choose(const char* name) {
        const auto& nodes = recording().cast().nodes;
        const auto found = std::ranges::find(nodes, name, &trace::CastNode::name);
        ASSERT_NE(found, nodes.end()) << name;
        Selection s = film().selection();
        s.node = NodeId{static_cast<std::uint32_t>(found - nodes.begin())};
        film().select(s);
    }
    std::vector<CardRow> rowsOf(CardRow::Kind kind) {
        std::vector<CardRow> rows;
        for (const CardRow& row : card().rows())
            if (row.kind == kind) rows.push_back(row);
        return rows;
    }
};

TEST_F(Cards, ADeviceTellsWhetherItIsThereAndWhatWasReadOnIt) {
    open("09_luis_sin_red", Level::mail);
    film().seek(nth<trace::DeviceWaits>(recording(), 1).value + 1);
    choose("luis-fon");
    EXPECT_EQ(rowsOf(CardRow::Kind::title).at(0).text, "Luis's phone");
    EXPECT_EQ(rowsOf(CardRow::Kind::state).at(0).text, "offline");
    EXPECT_TRUE(cardTexts().contains("nothing has been read here yet | "));
    EXPECT_TRUE(cardTexts().contains("its mailbox, kept by sur | "));
    film().toEnd();
    EXPECT_EQ(rowsOf(CardRow::Kind::state).at(0).text, "online");
    EXPECT_TRUE(cardTexts().contains("on this device: 2 | "));
    EXPECT_TRUE(cardTexts().contains("Cuando puedas | read at 11:00:00"));
    window.setSpanish(true);
    EXPECT_EQ(rowsOf(CardRow::Kind::title).at(0).text, "Móvil de Luis");
    EXPECT_EQ(rowsOf(CardRow::Kind::state).at(0).text, "con red");
    EXPECT_TRUE(cardTexts().contains("Cuando puedas | leído a las 11:00:00"));
    choose("ana-pc");
    EXPECT_EQ(rowsOf(CardRow::Kind::state).at(0).text, "se ha apagado");
}

TEST_F(Cards, WhatWasWrittenWaitsOnTheDeviceUntilAServerHasIt) {
    open("01_primera_carta", Level::mail);
    film().seek(nth<trace::MailComposed>(recording(), 1).value + 1);
    choose("ana-pc");
    ASSERT_EQ(rowsOf(CardRow::Kind::queued).size(), 1u);
    EXPECT_EQ(rowsOf(CardRow::Kind::queued)[0].second, "no server has taken it over yet");
    EXPECT_TRUE(cardTexts().contains("no postmark yet | "));
    film().seek(nth<trace::MailAccepted>(recording(), 1).value + 1);
    EXPECT_TRUE(rowsOf(CardRow::Kind::queued).empty());
    EXPECT_EQ(rowsOf(CardRow::Kind::stamp).size(), 1u) << "norte has stamped it";
}

TEST_F(Cards, TheLetterHasAPostmarkForEachServerItPassed) {
    open("01_primera_carta", Level::mail);
    film().seek(nth<trace::MailStored>(recording(), 1).value + 1);
    EXPECT_EQ(rowsOf(CardRow::Kind::title).at(0).text, "sur") << "without a choice: who has the letter";
    const auto stamps = rowsOf(CardRow::Kind::stamp);
    ASSERT_EQ(stamps.size(), 2u);
    EXPECT_EQ(stamps[0].text, "sur.sur.example") << "the newest first";
    EXPECT_EQ(stamps[1].text, "norte.norte.example");
    EXPECT_TRUE(stamps[0].second.startsWith("10:00:0"));
    ASSERT_EQ(rowsOf(CardRow::Kind::letter).size(), 1u);
    EXPECT_TRUE(rowsOf(CardRow::Kind::letter)[0].unread);
    film().toEnd();
    EXPECT_FALSE(rowsOf(CardRow::Kind::letter).at(0).unread);
    EXPECT_TRUE(rowsOf(CardRow::Kind::letter).at(0).second.contains("reads: 1"));
}

TEST_F(Cards, AClickOnAServerBringsItsCardForward) {
    open("01_primera_carta", Level::mail);
    film().toEnd();
    show("journey");
    const auto& nodes = recording().cast().nodes;
    const auto at = [&](const char* name) { return static_cast<std::size_t>(std::ranges::find(nodes, std::string(name), &trace::CastNode::name) - nodes.begin()); };
    const auto click = [&](const char* name) { QTest::mouseClick(&window.map(), Qt::LeftButton, {}, window.map().placed().nodes[at(name)].centre.toPoint()); };
    click("R1");
    EXPECT_EQ(window.upper().panel(window.upper().current())->objectName(), "journey") << "a router keeps no mail";
    click("norte");
    EXPECT_EQ(window.upper().panel(window.upper().current())->objectName(), "mailboxes");
    EXPECT_EQ(card().rows().front().text, "norte");
    click("luis-pc");
    EXPECT_EQ(card().rows().front().text, "Luis's PC");
}

TEST_F(Cards, TheMachineIsChosenByItsList) {
    open("01_primera_carta", Level::mail);
    film().toEnd();
    MailboxCard& panel = card();
    auto entries = panel.machines().entries();
    const auto norte = std::ranges::find(entries, QString("norte"), &Chooser::Entry::text);
    ASSERT_NE(norte, entries.end());
    norte->choose();
    EXPECT_EQ(panel.rows().front().text, "norte");
    EXPECT_EQ(panel.machines().text(), "norte");
    panel.machines().entries().back().choose();
    EXPECT_EQ(panel.rows().front().text, "sur") << "again the one that has the letter";
}

// A quota, half full: made by hand, because none of the four scenarios has one.
TEST(CardRows, AQuotaFillsTheBar) {
    trace::Recording r;
    r.mutableCast() = story("01_primera_carta").cast();
    const auto norte = std::ranges::find(r.cast().nodes, std::string("sur"), &trace::CastNode::name) - r.cast().nodes.begin();
    const NodeId sur{static_cast<std::uint32_t>(norte)};
    const TextId box = r.mutableStore().addText("luis@sur.example");
    r.append({.cause = {}, .at = kStart, .node = sur, .mail = {}, .payload = trace::MailboxOpened{.quota = 1000, .mailbox = box}});
    r.append({.cause = {},
              .at = kStart,
              .node = sur,
              .mail = MailId{0},
              .payload = trace::MailStored{.mailbox = box, .message = {}, .size = 500, .uid = 1, .recipientIndex = 0, .hops = 0}});
    trace::ViewIndex views(r);
    const auto rows = mailboxRows(r, views.at(2), sur, MailId{0}, MailEvents{});
    const auto mailbox = std::ranges::find(rows, CardRow::Kind::mailbox, &CardRow::kind);
    ASSERT_NE(mailbox, rows.end());
    EXPECT_DOUBLE_EQ(mailbox->filled, 0.5);
    EXPECT_EQ(mailbox->second, "500 bytes of 1000 bytes");
}

// A device that reads by POP3 shows the copies on its own disk.
TEST(CardRows, CopiesOnADevice) {
    trace::Recording r;
    r.mutableCast() = story("01_primera_carta").cast();
    const auto pc = std::ranges::find(r.cast().nodes, std::string("luis-pc"), &trace::CastNode::name) - r.cast().nodes.begin();
    const NodeId device{static_cast<std::uint32_t>(pc)};
    const TextId box = r.mutableStore().addText("luis@sur.example");
    r.append(
        {.cause = {}, .at = kStart, .node = device, .mail = MailId{0}, .payload = trace::MailFetched{.mailbox = box, .message = {}, .size = 500, .uid = 1, .recipientIndex = 0}});
    const auto copies = [&](std::uint64_t events) {
        trace::ViewIndex views(r);
        const auto rows = mailboxRows(r, views.at(events), device, MailId{0}, MailEvents{});
        return std::ranges::count(rows, QStringLiteral("a copy kept on this device"), &CardRow::second);
    };
    EXPECT_EQ(copies(0), 0);
    EXPECT_EQ(copies(1), 1);
}

}  // namespace
}  // namespace mailtrek::ui::test
