// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/play/playback.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ui/play/strip_scale.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

// Ten events at 0, 10, 20 ... 90 ms; the third, sixth and tenth are visible, the sixth is a change of custody.
struct Played {
    std::vector<Instant> at;
    Playback playback{[this](Instant t) { return static_cast<std::uint64_t>(std::upper_bound(at.begin(), at.end(), t) - at.begin()); }};

    Played() {
        for (int i = 0; i < 10; ++i) at.push_back(Instant(i * 10ms));
        playback.setBeats({{3, at[2], false, 1}, {6, at[5], true, 1}, {10, at[9], false, 1}}, 10, at.back());
    }
    void run() {
        for (int i = 0; i < 10'000 && playback.advance(16ms); ++i) {}
    }
};

TEST(Playback, StepsToTheNextVisibleEventAndStops) {
    Played f;
    f.playback.step();
    EXPECT_TRUE(f.playback.moving());
    f.run();
    EXPECT_EQ(f.playback.cursor(), 3u);
    EXPECT_EQ(f.playback.now(), f.at[2]);
    EXPECT_FALSE(f.playback.moving());
}

TEST(Playback, BetweenTwoEventsTimeAndCursorMoveEvenly) {
    Played f;
    f.playback.step();
    const ScreenTime length = f.playback.lengthOf(kStart, f.playback.beats()[0]);
    f.playback.advance(length / 2);
    EXPECT_NEAR(toSeconds(f.playback.now()), 0.010, 0.0005);
    EXPECT_EQ(f.playback.cursor(), 2u) << "the events at 0 and 10 ms have happened, the one that ends the step has not";
}

TEST(Playback, AStepWhileOneIsUnderWayFinishesItFirst) {
    Played f;
    f.playback.step();
    f.playback.advance(50ms);
    f.playback.step();
    EXPECT_EQ(f.playback.cursor(), 3u);
    f.run();
    EXPECT_EQ(f.playback.cursor(), 6u);
}

TEST(Playback, BackIsAPlainCutToTheBeatBefore) {
    Played f;
    f.playback.toEnd();
    EXPECT_EQ(f.playback.cursor(), 10u);
    f.playback.back();
    EXPECT_EQ(f.playback.cursor(), 6u);
    EXPECT_EQ(f.playback.now(), f.at[5]);
    f.playback.back();
    f.playback.back();
    EXPECT_EQ(f.playback.cursor(), 0u);
    EXPECT_EQ(f.playback.now(), kStart);
    f.playback.back();
    EXPECT_TRUE(f.playback.atStart());
}

TEST(Playback, BackInTheMiddleOfAStepReturnsToWhereItBegan) {
    Played f;
    f.playback.step();
    f.run();
    f.playback.step();
    f.playback.advance(300ms);
    f.playback.back();
    EXPECT_EQ(f.playback.cursor(), 3u);
    EXPECT_FALSE(f.playback.moving());
}

TEST(Playback, HopEndsWhereCustodyChanges) {
    Played f;
    f.playback.hop();
    f.run();
    EXPECT_EQ(f.playback.cursor(), 6u);
    f.playback.hop();
    f.run();
    EXPECT_TRUE(f.playback.atEnd()) << "no change of custody is left: to the end";
}

TEST(Playback, PlaysThroughToTheEnd) {
    Played f;
    f.playback.play();
    EXPECT_TRUE(f.playback.playing());
    f.run();
    EXPECT_TRUE(f.playback.atEnd());
    EXPECT_FALSE(f.playback.moving());
}

TEST(Playback, PauseLeavesThePacketInMidAir) {
    Played f;
    f.playback.play();
    f.playback.advance(100ms);
    const Instant hanging = f.playback.now();
    f.playback.pause();
    EXPECT_FALSE(f.playback.advance(5s));
    EXPECT_EQ(f.playback.now(), hanging);
    f.playback.step();
    f.run();
    EXPECT_EQ(f.playback.cursor(), 3u);
}

TEST(Playback, APacketTakes600To1200MillisecondsPerLink) {
    Played f;
    for (const Duration d : {Duration(50us), Duration(1ms), Duration(40ms), Duration(800ms)}) {
        const ScreenTime t = f.playback.lengthOf(kStart, {1, kStart + d, false, 1});
        EXPECT_GE(t, 600ms);
        EXPECT_LE(t, 1200ms);
    }
    EXPECT_GT(f.playback.lengthOf(kStart, {1, Instant(20ms), false, 3}), 1200ms) << "three links take three times";
}

TEST(Playback, ALongWaitIsAShortLabelledFastForward) {
    Played f;
    f.playback.setBeats({{1, kStart, false, 1}, {2, Instant(30min), false, 1}}, 2, Instant(30min));
    EXPECT_LE(f.playback.lengthOf(kStart, f.playback.beats()[1]), 1500ms);
    f.playback.seek(1);
    f.playback.step();
    ASSERT_TRUE(f.playback.wait().has_value());
    EXPECT_EQ(f.playback.wait()->span, Duration(30min));
    f.run();
    EXPECT_FALSE(f.playback.wait().has_value());
}

TEST(Playback, TruePaceIsOneSecondPerSecond) {
    Played f;
    f.playback.setPace(Pace::trueScale);
    EXPECT_EQ(f.playback.lengthOf(kStart, {1, Instant(2500ms), false, 4}), 2500ms);
    f.playback.setFactor(2);
    EXPECT_EQ(f.playback.lengthOf(kStart, {1, Instant(2500ms), false, 4}), 1250ms);
}

TEST(Playback, ReducedMotionJumps) {
    Played f;
    f.playback.setReducedMotion(true);
    f.playback.step();
    EXPECT_EQ(f.playback.cursor(), 3u);
    EXPECT_FALSE(f.playback.moving());
    f.playback.hop();
    EXPECT_EQ(f.playback.cursor(), 6u);
}

TEST(Playback, SeekingByCursorFindsItsInstant) {
    Played f;
    f.playback.seek(8);
    EXPECT_EQ(f.playback.now(), f.at[7]);
    f.playback.seek(99);
    EXPECT_EQ(f.playback.cursor(), 10u);
    f.playback.seekTime(Instant(45ms));
    EXPECT_EQ(f.playback.cursor(), 5u);
    f.playback.seekTime(Instant(-5ms));
    EXPECT_EQ(f.playback.now(), kStart);
}

TEST(Playback, KeepsItsPlaceWhenTheBeatsChange) {
    Played f;
    f.playback.seek(6);
    f.playback.setBeats({{2, f.at[1], false, 1}, {7, f.at[6], false, 1}}, 10, f.at.back());
    EXPECT_EQ(f.playback.cursor(), 6u);
    f.playback.step();
    f.run();
    EXPECT_EQ(f.playback.cursor(), 7u);
}

TEST(Playback, NothingToPlayIsNoTrouble) {
    Playback empty([](Instant) { return 0u; });
    empty.step();
    empty.play();
    empty.hop();
    empty.back();
    EXPECT_FALSE(empty.advance(1s));
    EXPECT_EQ(empty.cursor(), 0u);
}

TEST(StripScale, IsLinearWhereThingsHappenAndCutsWaitsShort) {
    const StripScale scale({Instant(0ms), Instant(250ms), Instant(500ms), Instant(750ms), Instant(1000ms), Instant(30min)}, Instant(30min));
    EXPECT_DOUBLE_EQ(scale.shareOf(kStart), 0);
    EXPECT_DOUBLE_EQ(scale.shareOf(Instant(30min)), 1);
    EXPECT_NEAR(scale.shareOf(Instant(500ms)), scale.shareOf(Instant(1000ms)) / 2, 1e-9);
    EXPECT_GT(scale.shareOf(Instant(1000ms)), 0.85) << "half an hour must not squash the second that matters";
    ASSERT_EQ(scale.cuts().size(), 1u);
    EXPECT_EQ(scale.cuts()[0].span, Duration(30min) - Duration(1s));
}

TEST(StripScale, InstantsAndPlacesAreInverse) {
    const StripScale scale({Instant(0ms), Instant(100ms), Instant(900ms), Instant(10min)}, Instant(20min));
    for (const double share : {0.0, 0.1, 0.33, 0.5, 0.77, 0.999}) EXPECT_NEAR(scale.shareOf(scale.instantAt(share)), share, 1e-6);
    EXPECT_EQ(StripScale({}, kStart).instantAt(0.5), kStart);
}

}  // namespace
}  // namespace mailtrek::ui
