// SPDX-License-Identifier: GPL-3.0-or-later
// "Why?" in the window: the chain of causes down to where it begins, each line a way there.
#include <QTest>

#include "tests/ui/stories.h"
#include "ui/story/words.h"

namespace mailtrek::ui::test {
namespace {

class WhyInTheWindow : public StoryWindow {
protected:
    QStringList chain() {
        QStringList texts;
        for (const Reason& reason : window.why().chain()) texts << reason.sentence;
        return texts;
    }
};

TEST_F(WhyInTheWindow, AResendLeadsToTheLossAndTheLossToItsLink) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::SegmentRetransmitted>(recording(), 1).value + 1);
    window.actions().why->trigger();
    EXPECT_TRUE(window.why().isVisibleTo(&window));
    EXPECT_EQ(chain(), (QStringList{"Three duplicate ACKs: norte resends segment 20 only.", "As the scenario demands, segment 20 is lost on the link R2-R5; the rest go on."}));
    window.setSpanish(true);
    EXPECT_EQ(chain(), (QStringList{"Tres ACK repetidos: norte reenvía solo el segmento 20.", "Como pide el guion, el segmento 20 se pierde en el enlace R2-R5; el resto sigue."}));
    window.setSpanish(false);
    window.actions().levels[0]->trigger();
    EXPECT_EQ(chain().at(1), "As the scenario demands, one piece is lost on the link R2-R5; the rest go on.") << "in the words of the level";
}

TEST_F(WhyInTheWindow, EachLineLeadsThereAndTheChainStays) {
    open("04_enlace_con_perdidas", Level::tcp);
    film().seek(nth<trace::SegmentRetransmitted>(recording(), 1).value + 1);
    window.actions().why->trigger();
    const QStringList before = chain();
    const trace::EventId lost = nth<trace::PacketDropped>(recording(), 1);
    window.grab();
    QTest::mouseClick(&window.why(), Qt::LeftButton, {}, window.why().boxOf(1).center().toPoint());
    EXPECT_EQ(film().cursor(), lost.value + 1);
    EXPECT_EQ(chain(), before);
    QTest::keyClick(&window.why(), Qt::Key_Up);
    QTest::keyClick(&window.why(), Qt::Key_Return);
    EXPECT_GT(film().cursor(), lost.value + 1) << "and forward again, by the keyboard";
    QTest::keyClick(&window.why(), Qt::Key_Escape);
    EXPECT_FALSE(window.why().isVisibleTo(&window));
}

TEST_F(WhyInTheWindow, EveryStepOfEveryStoryHasABeginning) {
    for (const char* name : kStories)
        for (const Level level : {Level::story, Level::mail, Level::tcp}) {
            open(name, level);
            for (std::uint64_t i = 0; i < recording().size(); i += level == Level::tcp ? 37 : 1) {
                if (!visibleAt(recording(), {i}, level)) continue;
                const auto reasons = whyOf(recording(), {i}, level);
                ASSERT_FALSE(reasons.empty());
                EXPECT_EQ(reasons.front().event.value, i);
                EXPECT_LE(reasons.size(), 11u) << name << ": " << reasons.front().sentence.toStdString();
                const trace::Payload& root = recording().event(reasons.back().event).payload;
                const bool real = std::holds_alternative<trace::MailComposed>(root) || std::holds_alternative<trace::TimelineApplied>(root) ||
                                  std::holds_alternative<trace::PacketDropped>(root) || !recording().event(reasons.back().event).cause.valid();
                EXPECT_TRUE(real) << name << ": " << reasons.front().sentence.toStdString() << " ends in " << reasons.back().sentence.toStdString();
                for (std::size_t k = 1; k < reasons.size(); ++k) EXPECT_LT(reasons[k].event, reasons[k - 1].event) << "causes come before what they bring about";
            }
        }
}

TEST_F(WhyInTheWindow, NothingIsAskedWhereNothingHasHappened) {
    open("01_primera_carta", Level::mail);
    film().reset();
    window.actions().why->trigger();
    EXPECT_FALSE(window.why().isVisibleTo(&window));
}

TEST_F(WhyInTheWindow, AnotherRecordingClosesIt) {
    open("01_primera_carta", Level::mail);
    film().toEnd();
    window.actions().why->trigger();
    EXPECT_TRUE(window.why().isVisibleTo(&window));
    window.showRecording(&story("02_mismo_servidor"), "02.yaml");
    EXPECT_FALSE(window.why().isVisibleTo(&window));
}

TEST_F(WhyInTheWindow, ItsLinesAreReadFromTheLastRow) {
    open("04_enlace_con_perdidas", Level::tcp);
    for (const QSize size : {QSize(1280, 720), QSize(1920, 1080)}) {
        window.resize(size);
        window.grab();
        EXPECT_GE(window.why().look().textPx(Type::body), size.height() == 720 ? 21 : 32);
        EXPECT_EQ(window.why().geometry(), window.upper().geometry()) << "over the pane, never over the map";
    }
}

}  // namespace
}  // namespace mailtrek::ui::test
