// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QFile>
#include <QSet>
#include <QTest>

#include "tests/ui/sample.h"
#include "ui/panels/ladder.h"
#include "ui/panels/mailbox_card.h"
#include "ui/story/telling.h"
#include "ui/story/words.h"
#include "ui/window/dialogs.h"
#include "ui/window/main_window.h"
#include "ui/window/regions.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

class Window : public testing::Test {
protected:
    Window() {
        window.resize(1280, 720);
        window.showRecording(&sample.recording, "04_enlace_con_perdidas.yaml");
        window.film().setLevel(Level::tcp);
        window.grab();  // lays everything out
    }
    ~Window() override { window.setSpanish(false); }

    test::Sample sample = test::makeSample();
    MainWindow window;
};

TEST_F(Window, SaysWhatHappensForwardAndBack) {
    window.film().seek(sample.resent);
    const QString there = window.narration().text();
    EXPECT_FALSE(there.isEmpty());
    window.film().seek(sample.stored);
    EXPECT_NE(window.narration().text(), there);
    window.film().seek(sample.resent);
    EXPECT_EQ(window.narration().text(), there);
}

TEST_F(Window, TheLossLiesOnTheMapUntilItsResendArrives) {
    const MapLayout& layout = window.map().placed();
    const auto falls = [&](std::uint64_t cursor) {
        window.film().seek(cursor);
        return movingScene(window.film().moment(), layout, window.look()).falls;
    };
    EXPECT_TRUE(falls(sample.content).empty());
    ASSERT_EQ(falls(sample.lost).size(), 1u);
    EXPECT_EQ(falls(sample.lost)[0].glyph.text, "20");
    EXPECT_EQ(falls(sample.lost)[0].reason, trace::DropReason::rule);
    EXPECT_EQ(falls(sample.resent).size(), 1u);
    EXPECT_TRUE(falls(sample.accepted).empty());
    EXPECT_EQ(falls(sample.lost).size(), 1u) << "and back again";
}

TEST_F(Window, PacketsRideWhereTheyAre) {
    window.film().seekTime(Instant(390ms) + 12 * Duration(1500us) + Duration(14ms));
    const MovingScene scene = movingScene(window.film().moment(), window.map().placed(), window.look());
    int data = 0;
    for (const ShownPacket& p : scene.packets) data += p.glyph.kind == GlyphKind::data ? p.glyph.count : 0;
    EXPECT_GE(data, 5);
}

TEST_F(Window, TheStoryShowsTheLetterInsteadOfItsPieces) {
    window.film().setLevel(Level::story);
    window.film().seekTime(Instant(450ms));
    const MovingScene scene = movingScene(window.film().moment(), window.map().placed(), window.look());
    ASSERT_EQ(scene.packets.size(), 1u);
    EXPECT_EQ(scene.packets[0].glyph.kind, GlyphKind::letter);
}

TEST_F(Window, SpareAndLossyLinksAreDrawnAsSuchAndACutIsSeen) {
    window.film().seek(sample.content);
    StillScene still = stillScene(window.film().moment(), window.map().placed());
    EXPECT_EQ(still.links[2].state, LinkState::normal);
    EXPECT_TRUE(still.links[2].lossy);
    EXPECT_EQ(still.links[7].state, LinkState::spare) << "r3-r4";
    window.film().seek(sample.cut);
    still = stillScene(window.film().moment(), window.map().placed());
    EXPECT_EQ(still.links[3].state, LinkState::cut);
}

TEST_F(Window, RolesFollowTheConnection) {
    window.film().seek(sample.resent);
    const StillScene still = stillScene(window.film().moment(), window.map().placed());
    EXPECT_EQ(still.nodes[1].role, Role::client) << "on this leg norte is the client";
    EXPECT_EQ(still.nodes[7].role, Role::server);
    EXPECT_EQ(still.active, std::size_t{1});
}

TEST_F(Window, MilestonesAreStampedAsTheyAreReached) {
    int before = -1;
    for (const std::uint64_t cursor : {sample.composed, sample.submitted, sample.answered, sample.accepted, sample.stored, sample.read}) {
        window.film().seek(cursor);
        EXPECT_GE(window.milestones().here(), before);
        before = window.milestones().here();
    }
    EXPECT_EQ(before, static_cast<int>(trace::Milestone::read));
    window.film().reset();
    EXPECT_EQ(window.milestones().here(), -1);
}

TEST_F(Window, TheStripGivesNothingAwayThatTheClassHasNotSeen) {
    window.film().seek(sample.content);
    EXPECT_TRUE(window.strip().ticks().empty());
    window.film().seek(sample.accepted);
    const auto seen = window.strip().ticks();
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_FALSE(seen[0].ahead);
    window.film().seek(sample.content);
    const auto again = window.strip().ticks();
    ASSERT_EQ(again.size(), 2u);
    EXPECT_TRUE(again[0].ahead) << "known, and drawn hollow";
}

TEST_F(Window, TheLadderFollowsTheCursor) {
    auto* ladder = window.findChild<Ladder*>("ladder");
    ASSERT_TRUE(ladder);
    window.film().seek(sample.lost);
    const auto has = [&](GlyphKind kind) {
        for (const LadderRow& row : ladder->rows())
            if (row.glyph.kind == kind) return true;
        return false;
    };
    EXPECT_FALSE(has(GlyphKind::resent));
    window.film().seek(sample.resent);
    EXPECT_TRUE(has(GlyphKind::resent));
    bool lost = false;
    for (const LadderRow& row : ladder->rows()) lost = lost || row.lost.has_value();
    EXPECT_TRUE(lost) << "the loss stays in sight as long as it matters";
    window.film().seek(sample.lost);
    EXPECT_FALSE(has(GlyphKind::resent));
    window.film().setLevel(Level::dialogue);
    window.film().seek(sample.content);
    ASSERT_FALSE(ladder->rows().empty());
    EXPECT_EQ(ladder->rows().back().glyph.kind, GlyphKind::letter);
}

TEST_F(Window, SteppingThroughAndBackPassesTheSamePlaces) {
    window.setReducedMotion(true);
    window.film().setLevel(Level::dialogue);
    std::vector<std::uint64_t> forward, backward;
    window.film().reset();
    while (window.film().playback().canStep()) {
        window.film().step();
        forward.push_back(window.film().cursor());
    }
    while (!window.film().playback().atStart()) {
        backward.push_back(window.film().cursor());
        window.film().back();
    }
    std::reverse(backward.begin(), backward.end());
    EXPECT_EQ(forward, backward);
    EXPECT_GT(forward.size(), 15u);
}

TEST_F(Window, EveryCommandHasTextKeyAndTip) {
    QSet<QString> keys;
    for (const QAction* action : window.actions().all()) {
        EXPECT_FALSE(action->text().isEmpty()) << action->objectName().toStdString();
        EXPECT_FALSE(action->toolTip().isEmpty()) << action->objectName().toStdString();
        EXPECT_FALSE(action->shortcut().isEmpty()) << action->objectName().toStdString();
        EXPECT_FALSE(keys.contains(action->shortcut().toString())) << action->objectName().toStdString() << " shares " << action->shortcut().toString().toStdString();
        keys.insert(action->shortcut().toString());
    }
    for (const Button* button : window.transport().buttons()) {
        EXPECT_FALSE(button->accessibleName().isEmpty());
        EXPECT_FALSE(button->toolTip().isEmpty());
        EXPECT_GE(button->height(), 48);
    }
    EXPECT_EQ(window.transport().buttons().size(), 10u);
}

TEST_F(Window, TheMailboxCardTellsWhatLiesWhere) {
    const auto card = [&](std::uint64_t cursor) {
        window.film().seek(cursor);
        return window.findChild<MailboxCard*>("mailboxes")->rows();
    };
    const auto count = [](const std::vector<CardRow>& rows, CardRow::Kind kind) {
        return std::count_if(rows.begin(), rows.end(), [&](const CardRow& r) { return r.kind == kind; });
    };
    const auto queued = card(sample.asked);
    EXPECT_EQ(queued[0].text, "norte");
    EXPECT_EQ(count(queued, CardRow::Kind::queued), 1);
    const auto stored = card(sample.stored);
    EXPECT_EQ(stored[0].text, "sur");
    EXPECT_EQ(count(stored, CardRow::Kind::letter), 1);
    EXPECT_EQ(card(sample.asked), queued) << "and back";
}

TEST(Postmarks, AreReadFromTheLetterNewestFirst) {
    const std::string_view letter =
        "Received: from norte.example (norte [10.0.0.1])\r\n by sur.example with ESMTP; Mon, 02 Mar 2026 10:00:01 +0000\r\nreceived: from ana-pc by norte.example;\r\n Mon, 02 Mar "
        "2026 10:00:00 "
        "+0000\r\nSubject: Hola\r\n\r\nReceived: not a header\r\n";
    const auto marks = postmarksOf(letter);
    ASSERT_EQ(marks.size(), 2u);
    EXPECT_EQ(marks[0].by, "sur.example");
    EXPECT_EQ(marks[0].when, "Mon, 02 Mar 2026 10:00:01 +0000");
    EXPECT_EQ(marks[1].from, "ana-pc");
    EXPECT_EQ(headerOf(letter, "subject"), "Hola");
    EXPECT_TRUE(postmarksOf("").empty());
    EXPECT_TRUE(postmarksOf("\r\n\r\n:::\r\n").empty());
}

TEST_F(Window, PlaysByItselfInRealTime) {
    window.film().setPace(Pace::story, 8);
    window.film().setLevel(Level::story);
    window.film().reset();
    window.film().play();
    const auto start = window.film().cursor();
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.film().cursor() > start + 5; }, 5000));
    EXPECT_TRUE(window.film().playback().playing());
    window.film().pause();
    const auto here = window.film().cursor();
    QTest::qWait(60);
    EXPECT_EQ(window.film().cursor(), here);
}

TEST_F(Window, HelpNamesEveryKey) {
    const QString sheet = shortcutText(window.actions());
    for (const QAction* action : window.actions().all()) EXPECT_TRUE(sheet.contains(action->text().toHtmlEscaped())) << action->objectName().toStdString();
    EXPECT_FALSE(helpText().isEmpty());
}

TEST_F(Window, SwitchesItsLanguageLive) {
    window.film().seek(sample.lost);
    EXPECT_EQ(window.actions().step->text(), "Step");
    window.setSpanish(true);
    EXPECT_EQ(window.actions().step->text(), "Paso");
    EXPECT_EQ(window.actions().language->text(), "ES");
    EXPECT_EQ(window.transport().buttons()[3]->accessibleName(), "Paso");
    EXPECT_EQ(window.map().accessibleName(), "Mapa de la red");
    EXPECT_EQ(window.upper().titleOf(0), "Recorrido");
    EXPECT_EQ(window.upper().titleOf(1), "Escalera");
    EXPECT_EQ(reasonText(trace::DropReason::queueFull), "la cola está llena");
    EXPECT_TRUE(window.windowTitle().startsWith("Enlace con pérdidas"));
    window.setSpanish(false);
    EXPECT_EQ(window.actions().step->text(), "Step");
    EXPECT_TRUE(window.windowTitle().startsWith("Lossy link"));
}

TEST(Translations, AreComplete) {
    QFile file(QStringLiteral(MAILTREK_SOURCE_DIR "/ui/mailtrek_es.ts"));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    EXPECT_FALSE(text.contains("unfinished"));
    EXPECT_FALSE(text.contains("<translation></translation>"));
    EXPECT_FALSE(text.contains("<translation/>"));
    EXPECT_FALSE(text.contains("type=\"vanished\"")) << "what nobody says any more is gone";
    EXPECT_GT(text.count("<source>"), 150);
    EXPECT_EQ(text.count("<source>"), text.count("<translation>"));
}

TEST_F(Window, TwoPanesNeverShowTheSame) {
    Pane &upper = window.upper(), &lower = window.lower();
    for (int i = 0; i < upper.count(); ++i) {
        upper.setCurrent(i);
        EXPECT_EQ(upper.current(), i);
        EXPECT_NE(lower.current(), i);
    }
    for (int i = 0; i < lower.count(); ++i) {
        lower.setCurrent(i);
        EXPECT_EQ(lower.current(), i);
        EXPECT_NE(upper.current(), i);
    }
}

TEST_F(Window, ExactlyOneButtonIsFilled) {
    const auto filled = [&] {
        QStringList names;
        for (const Button* b : window.transport().buttons())
            if (b->next()) names << b->objectName();
        return names;
    };
    window.film().reset();
    EXPECT_EQ(filled(), QStringList{"step"});
    window.film().play();
    EXPECT_EQ(filled(), QStringList{"play"});
    window.film().toEnd();
    EXPECT_EQ(filled(), QStringList{"reset"});
}

TEST_F(Window, ButtonsFitAtEverySizeInBothLanguages) {
    for (const bool spanish : {false, true})
        for (const QSize size : {QSize(1280, 720), QSize(1920, 1080), QSize(1024, 640), QSize(800, 600)}) {
            window.setSpanish(spanish);
            window.resize(size);
            window.grab();
            int right = 0;
            for (const Button* b : window.transport().buttons()) {
                EXPECT_GE(b->x(), right) << b->objectName().toStdString();
                right = b->x() + b->width();
            }
            EXPECT_LE(right, size.width()) << size.width();
        }
}

TEST_F(Window, TheKeyboardSteps) {
    window.setReducedMotion(true);
    window.film().reset();
    window.show();
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_Right);
    const auto after = window.film().cursor();
    EXPECT_GT(after, 0u);
    QTest::keyClick(&window, Qt::Key_Left);
    EXPECT_LT(window.film().cursor(), after);
    QTest::keyClick(&window, Qt::Key_5);
    EXPECT_EQ(window.film().level(), Level::ip);
}

TEST_F(Window, AnIdleWindowKeepsNoTimer) {
    window.film().step();
    EXPECT_TRUE(window.film().playback().moving());
    window.film().pause();
    for (const QTimer* timer : window.film().findChildren<QTimer*>()) EXPECT_FALSE(timer->isActive());
}

TEST(Narration, TheLongestSentenceIsNeverClipped) {
    const QString longest = "Norte espera un segundo sin recibir ningún ACK, así que reenvía el segmento 145 y duplica la espera hasta el siguiente intento programado.";
    for (const QSize size : {QSize(1280, 720), QSize(1920, 1080), QSize(640, 400)}) {
        Look look;
        look.scale = scaleFor(size, false);
        const QRect line = regionsOf(size, look, true).narration;
        const QSizeF room(line.width() - look.px(150), line.height() - 4);
        const FittedText fitted = fitNarration(longest, room, look);
        const QFontMetricsF metrics(fitted.font);
        for (const QString& l : fitted.lines) EXPECT_LE(metrics.horizontalAdvance(l), room.width());
        EXPECT_LE(metrics.height() * 0.98 * static_cast<double>(fitted.lines.size()), room.height() + 4);
        EXPECT_EQ(fitted.lines.join(' '), longest) << "no word is lost";
    }
}

TEST(Regions, AreThoseOfTheTable) {
    Look look;
    Regions r = regionsOf({1280, 720}, look, true);
    EXPECT_EQ(r.map, QRect(0, 102, 768, 452));
    EXPECT_EQ(r.narration.height(), 54);
    EXPECT_EQ(r.transport.bottom(), 719);
    EXPECT_TRUE(r.lower.isNull());
    look.scale = 1.5;
    r = regionsOf({1920, 1080}, look, true);
    EXPECT_EQ(r.map, QRect(0, 150, 1152, 702));
    EXPECT_FALSE(r.lower.isNull());
}

TEST(Words, TimesSpeakTheLanguage) {
    setSpanishNow(false);
    EXPECT_EQ(clockText(Instant(795ms)), "10:00:00.795");
    EXPECT_EQ(clockText(Instant(26h)), "+1 d 12:00:00.000");
    EXPECT_EQ(spanText(30min), "30 min");
    EXPECT_EQ(spanText(Duration(1200ms)), "1.2 s");
    setSpanishNow(true);
    EXPECT_EQ(clockText(Instant(795ms)), "10:00:00,795");
    EXPECT_EQ(spanText(Duration(1200ms)), "1,2 s");
    setSpanishNow(false);
}

}  // namespace
}  // namespace mailtrek::ui
