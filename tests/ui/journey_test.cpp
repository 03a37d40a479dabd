// SPDX-License-Identifier: GPL-3.0-or-later
// The journey of the letter, as the four scenarios tell it, forward and back, in both languages.
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>

#include "tests/ui/stories.h"

namespace mailtrek::ui::test {
namespace {

using Journeys = StoryWindow;

TEST_F(Journeys, TheFirstLetterAsAStory) {
    open("01_primera_carta", Level::story);
    film().toEnd();
    const QStringList english{"Ana writes a message to Luis.", "Ana hands the message to the server norte, not to Luis.", "Sur accepts it and keeps it in Luis's mailbox.",
                              "Luis reads the message on the PC; the mailbox keeps it."};
    const QStringList spanish{"Ana escribe un mensaje a Luis.", "Ana entrega el mensaje al servidor norte, no a Luis.", "Sur lo acepta y lo guarda en el buzón de Luis.",
                              "Luis lee el mensaje en su PC; el buzón lo conserva."};
    const auto steps = [&] {
        QStringList texts;
        const JourneyPanel& panel = journey();
        for (int i = 0; i < panel.count(); ++i)
            if (!panel.rows()[static_cast<std::size_t>(i)].fold) texts << panel.textOf(i);
        return texts;
    };
    EXPECT_EQ(steps(), english);
    window.setSpanish(true);
    EXPECT_EQ(steps(), spanish) << "switched while it is open";
    window.setSpanish(false);
    EXPECT_EQ(steps(), english);
}

TEST_F(Journeys, ShowsWhatTheClassHasSeenAndNoMore) {
    open("04_enlace_con_perdidas", Level::mail);
    EXPECT_EQ(journey().count(), 0) << "nothing has been told";
    const trace::EventId asked = nth<trace::DnsQuery>(recording(), 1), lost = nth<trace::PacketDropped>(recording(), 1);
    film().seek(asked.value + 1);
    EXPECT_EQ(journey().textOf(journey().here()), "Norte asks the DNS who accepts mail for sur.example.");
    for (const QString& text : journeyTexts()) EXPECT_FALSE(text.contains("lost")) << text.toStdString();
    film().seek(lost.value + 1);
    EXPECT_EQ(journey().textOf(journey().here()), "As the scenario demands, one piece is lost on the link R2-R5; the rest go on.");
    film().seek(asked.value + 1);
    const JourneyPanel& panel = journey();
    EXPECT_EQ(panel.textOf(panel.here()), "Norte asks the DNS who accepts mail for sur.example.");
    EXPECT_TRUE(panel.isAhead(panel.count() - 1)) << "known, and grey";
    EXPECT_TRUE(panel.textOf(panel.count() - 1).contains("lost"));
}

TEST_F(Journeys, LuisIsOfflineAndTheMessageWaits) {
    open("09_luis_sin_red", Level::story);
    film().seek(nth<trace::DeviceWaits>(recording(), 1).value + 1);
    EXPECT_EQ(journey().textOf(journey().here()), "Luis is offline; the message waits on the server.");
    window.setSpanish(true);
    EXPECT_EQ(journey().textOf(journey().here()), "Luis está sin red; el mensaje espera en el servidor.");
    EXPECT_TRUE(journeyTexts().contains("El PC de Ana se apaga sin avisar.")) << "what happens to the world is part of it";
}

TEST_F(Journeys, TheSameServerNeedsNoQuestion) {
    open("02_mismo_servidor", Level::mail);
    film().toEnd();
    const QString all = journeyTexts().join('\n');
    EXPECT_FALSE(all.contains("DNS"));
    EXPECT_TRUE(all.contains("Norte accepts it and keeps it in Pepe's mailbox."));
    EXPECT_TRUE(all.contains("Pepe reads the message on the phone; the mailbox keeps it."));
}

TEST_F(Journeys, SteppingBackSaysWhatSteppingForwardSaid) {
    for (const char* name : kStories)
        for (const Level level : {Level::story, Level::dialogue, Level::tcp})
            for (const bool spanish : {false, true}) {
                open(name, level);
                window.setSpanish(spanish);
                film().reset();
                std::vector<QStringList> forward;
                constexpr int kSteps = 14;
                for (int i = 0; i < kSteps && film().playback().canStep(); ++i) {
                    film().step();
                    forward.push_back(journeyTexts() + ladderTexts() + cardTexts() << window.narration().text());
                }
                for (auto said = forward.rbegin(); said != forward.rend(); ++said) {
                    EXPECT_EQ(journeyTexts() + ladderTexts() + cardTexts() << window.narration().text(), *said) << name;
                    film().back();
                }
                EXPECT_TRUE(film().playback().atStart());
            }
}

TEST_F(Journeys, ADeeperLevelKeepsEveryStepOfTheSimpler) {
    for (const char* name : kStories) {
        std::vector<trace::EventId> before;
        for (int level = 1; level <= kLevels; ++level) {
            open(name, static_cast<Level>(level));
            film().toEnd();
            std::vector<trace::EventId> steps;
            for (const trace::JourneyRow& row : journey().rows())
                if (!row.fold) steps.push_back(row.event);
            EXPECT_TRUE(std::ranges::includes(steps, before)) << name << " level " << level;
            before = steps;
        }
    }
}

// The first count, and, when it is open, the first step inside.
int firstFold(const JourneyPanel& panel) {
    return static_cast<int>(std::ranges::find_if(panel.rows(), [](const trace::JourneyRow& r) { return r.fold; }) - panel.rows().begin());
}
int firstInside(const JourneyPanel& panel, int fold) {
    return static_cast<int>(std::find_if(panel.rows().begin() + fold, panel.rows().end(), [](const trace::JourneyRow& r) { return !r.fold; }) - panel.rows().begin());
}

TEST_F(Journeys, ACountOpensInPlaceAndClosesAgain) {
    open("04_enlace_con_perdidas", Level::mail);
    film().toEnd();
    JourneyPanel& panel = journey();
    const int fold = firstFold(panel), closed = panel.count();
    ASSERT_LT(fold, closed);
    EXPECT_EQ(panel.textOf(fold).toStdString(), "11 lines, 225 segments");
    const QString below = panel.textOf(fold + 1);
    panel.setCurrent(fold);
    QTest::keyClick(&panel, Qt::Key_Return);
    EXPECT_TRUE(panel.isOpen(fold));
    EXPECT_GT(panel.count(), closed);
    EXPECT_EQ(panel.textOf(firstInside(panel, fold)).toStdString(), "220: norte is ready.") << "its steps follow it";
    QTest::keyClick(&panel, Qt::Key_Left);
    EXPECT_EQ(panel.count(), closed);
    EXPECT_EQ(panel.textOf(fold + 1), below);
    QTest::keyClick(&panel, Qt::Key_Right);
    EXPECT_GT(panel.count(), closed);
    panel.setCurrent(firstInside(panel, fold));
    QTest::keyClick(&panel, Qt::Key_Left);
    EXPECT_EQ(panel.current(), fold) << "out of it";
    QTest::mouseClick(&panel, Qt::LeftButton, {}, panel.boxOf(fold).center().toPoint());
    EXPECT_EQ(panel.count(), closed) << "a click does the same";
}

TEST_F(Journeys, AStepLeadsThereEvenADeeperOne) {
    open("04_enlace_con_perdidas", Level::mail);
    film().toEnd();
    JourneyPanel& panel = journey();
    const int fold = firstFold(panel);
    panel.activate(fold);
    const int inside = firstInside(panel, fold);
    const trace::EventId event = panel.rows()[static_cast<std::size_t>(inside)].event;
    const QString text = panel.textOf(inside);
    panel.activate(inside);
    EXPECT_EQ(film().cursor(), event.value + 1);
    EXPECT_EQ(panel.here(), inside);
    EXPECT_EQ(window.narration().text(), text) << "the line below says the same";
    film().step();
    EXPECT_NE(window.narration().text(), text);
    film().back();
    panel.setCurrent(0);
    QTest::keyClick(&panel, Qt::Key_Return);
    EXPECT_EQ(film().cursor(), panel.rows()[0].event.value + 1);
}

TEST_F(Journeys, IntoGoesDeeperHereAndOutAgain) {
    open("04_enlace_con_perdidas", Level::mail);
    const trace::EventId asked = nth<trace::DnsQuery>(recording(), 1);
    film().seek(asked.value + 1);
    window.actions().into->trigger();
    EXPECT_EQ(film().level(), Level::dialogue);
    EXPECT_EQ(film().focus(), asked) << "at the same step";
    EXPECT_EQ(window.actions().into->text(), "Out again");
    film().step();
    window.actions().into->trigger();
    EXPECT_EQ(film().level(), Level::mail);
    EXPECT_EQ(window.actions().into->text(), "Into");
    window.actions().into->trigger();
    window.actions().levels[4]->trigger();
    EXPECT_EQ(window.actions().into->text(), "Into") << "who chooses a level is no longer inside";
    EXPECT_FALSE(window.actions().into->isEnabled()) << "there is nothing deeper";
    window.actions().levels[3]->trigger();
    window.actions().into->trigger();
    EXPECT_EQ(film().level(), Level::ip);
    EXPECT_TRUE(window.actions().into->isEnabled()) << "the way out";
    window.actions().into->trigger();
    EXPECT_EQ(film().level(), Level::tcp);
}

// A letter in a hundred thousand events: only what is in sight is told.
TEST(JourneySpeed, AHundredThousandEventsAreAsQuickAsTen) {
    trace::Recording big;
    big.mutableCast() = story("04_enlace_con_perdidas").cast();
    const PacketId packet = big.mutableStore().addPacket({.packet = {}, .connection = ConnectionId{0}, .origin = NodeId{1}});
    const trace::LinkEnd via = trace::LinkEnd::of(LinkId{0}, 0);
    big.append({.cause = {}, .at = kStart, .node = NodeId{0}, .mail = MailId{0}, .payload = trace::ConnectionOpened{ConnectionId{0}, NodeId{0}, NodeId{1}, 40000, 587}});
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        trace::SegmentSent segment;
        segment.connection = ConnectionId{0};
        segment.packet = packet;
        segment.number = i;
        segment.length = 1000;
        segment.mailContent = true;
        const trace::Payload payload = i % 3 == 0      ? trace::Payload(segment)
                                       : i % 1000 == 1 ? trace::Payload(trace::PacketDropped{.packet = packet, .via = via})
                                                       : trace::Payload(trace::PacketDelivered{.packet = packet, .via = via});
        big.append({.cause = {}, .at = kStart + i * Duration(1000), .node = NodeId{1}, .mail = MailId{0}, .payload = payload});
    }
    MainWindow window;
    window.resize(1280, 720);
    window.showRecording(&big, "x.yaml");
    window.film().toEnd();
    window.showView("journey");
    window.grab();
    QImage image(window.upper().size(), QImage::Format_ARGB32_Premultiplied);
    for (const Level level : {Level::story, Level::tcp, Level::ip}) {
        window.film().setLevel(level);
        window.upper().render(&image);
        QElapsedTimer clock;
        clock.start();
        constexpr int kSeeks = 20;
        for (int i = 1; i <= kSeeks; ++i) {
            window.film().seek(static_cast<std::uint64_t>(i) * 4873);
            window.upper().render(&image);
        }
        const double each = static_cast<double>(clock.nsecsElapsed()) / 1e6 / kSeeks;
        std::printf("seek and paint at level %d: %.2f ms\n", static_cast<int>(level), each);
        EXPECT_LT(each, 100);
    }
}

}  // namespace
}  // namespace mailtrek::ui::test
