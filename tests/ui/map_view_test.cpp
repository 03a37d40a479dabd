// SPDX-License-Identifier: GPL-3.0-or-later
// What the map tells on demand, and how it is reached without a mouse.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ui/sample.h"
#include "ui/map/details.h"
#include "ui/window/dialogs.h"
#include "ui/window/main_window.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

class Map : public testing::Test {
protected:
    Map() {
        window.resize(1280, 720);
        window.showRecording(&sample.recording, "04_enlace_con_perdidas.yaml");
        window.film().setLevel(Level::tcp);
        window.grab();
    }

    test::Sample sample = test::makeSample();
    MainWindow window;
};

TEST_F(Map, AnAckIsCalledByThePieceItAsksFor) {
    window.film().seek(sample.thirdAck);
    const MovingScene scene = movingScene(window.film().moment(), window.map().placed(), window.look());
    bool twenty = false;
    for (const ShownPacket& p : scene.packets) twenty = twenty || (p.glyph.kind == GlyphKind::ack && p.glyph.text == "20");
    EXPECT_TRUE(twenty);
}

TEST_F(Map, TheCalloutOfAResendShowsWhatLedToIt) {
    window.film().seek(sample.resent);
    const CalloutText callout = calloutFor(window.film().moment());
    ASSERT_EQ(callout.row.size(), 5u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(callout.row[i].glyph.kind, GlyphKind::ack);
    EXPECT_EQ(callout.row[3].kind, CalloutItem::Kind::arrow);
    EXPECT_EQ(callout.row[4].glyph.kind, GlyphKind::resent);
    EXPECT_EQ(callout.row[4].glyph.text, "R 20");
    window.film().seek(sample.composed);
    EXPECT_TRUE(calloutFor(window.film().moment()).row.empty());
}

TEST_F(Map, TheCalloutOfARepeatedAckShowsTheGap) {
    for (std::uint64_t cursor = sample.lost; cursor < sample.resent; ++cursor) {
        window.film().seek(cursor);
        const CalloutText callout = calloutFor(window.film().moment());
        for (const CalloutItem& item : callout.row)
            if (item.kind == CalloutItem::Kind::missing) {
                EXPECT_EQ(item.glyph.text, "20");
                EXPECT_TRUE(callout.text.contains("sur"));
                return;
            }
    }
    ADD_FAILURE() << "no ACK told of the gap";
}

TEST_F(Map, WhereThereAreSeveralLettersThePacketsOfTheFollowedOneAreTinted) {
    const auto tinted = [&] {
        const MovingScene scene = movingScene(window.film().moment(), window.map().placed(), window.look());
        EXPECT_FALSE(scene.packets.empty());
        return std::count_if(scene.packets.begin(), scene.packets.end(), [](const ShownPacket& p) { return p.followed; });
    };
    window.film().seek(sample.thirdAck);
    EXPECT_EQ(tinted(), 0) << "a single letter needs no tint";
    sample.recording.mutableCast().mails.push_back("otra");
    Selection s = window.film().selection();
    s.mail = MailId{0};
    window.film().select(s);
    EXPECT_GT(tinted(), 0);
    s.mail = MailId{1};
    window.film().select(s);
    EXPECT_EQ(tinted(), 0);
}

TEST_F(Map, WhatIsChosenIsMarked) {
    window.film().seek(sample.thirdAck);
    const auto picture = [&] { return window.map().grab().toImage(); };
    const QImage before = picture();
    const MovingScene scene = movingScene(window.film().moment(), window.map().placed(), window.look());
    ASSERT_FALSE(scene.packets.empty());
    const ShownPacket& packet = scene.packets.back();
    Selection s = window.film().selection();
    s.packet = packet.packet;
    window.film().select(s);
    EXPECT_EQ(movingScene(window.film().moment(), window.map().placed(), window.look()).chosen, packet.packet);
    const QImage after = picture();
    const QRect around(packet.at.toPoint() - QPoint(40, 40), QSize(80, 80));
    EXPECT_NE(before.copy(around), after.copy(around));
}

TEST_F(Map, DetailsStandWhereTheyCoverNothing) {
    window.film().seek(sample.content);
    const Moment moment = window.film().moment();
    StillScene scene = stillScene(moment, window.map().placed());
    addNotes(scene, moment);
    const MapLayout& layout = window.map().placed();
    const std::vector<Caption> captions = placeCaptions(scene, layout, window.look());
    EXPECT_GT(captions.size(), 8u);
    bool rate = false, address = false, spare = false;
    for (const Caption& c : captions) {
        rate = rate || c.text.contains("bit/s");
        address = address || c.text.startsWith("10.");
        spare = spare || c.text == "spare path";
        EXPECT_TRUE(QRectF(QPointF(), layout.area).contains(c.box)) << c.text.toStdString();
        for (const PlacedNode& n : layout.nodes) EXPECT_FALSE(c.box.intersects(n.label)) << c.text.toStdString() << " over " << n.text.toStdString();
        for (const Caption& other : captions) EXPECT_TRUE(&c == &other || !c.box.intersects(other.box)) << c.text.toStdString() << " over " << other.text.toStdString();
    }
    EXPECT_TRUE(rate && address && spare);
}

TEST_F(Map, EverythingOnItIsReachedByKeyboard) {
    window.film().seek(sample.lost);
    QStringList told;
    for (int i = 0; i < 40; ++i) {
        window.actions().nextThing->trigger();
        told << window.map().accessibleDescription();
    }
    EXPECT_TRUE(told.filter("norte.example").size() > 0) << "machines";
    EXPECT_TRUE(told.filter("lost:").size() > 0) << "what fell";
    EXPECT_TRUE(told.filter("delay").size() > 0) << "links";
    window.actions().nextThing->trigger();
    const QString here = window.map().accessibleDescription();
    window.actions().nextThing->trigger();
    window.actions().lastThing->trigger();
    EXPECT_EQ(window.map().accessibleDescription(), here);
}

TEST_F(Map, MilestonesAreWalkedByKeyboard) {
    window.film().reset();
    std::vector<std::uint64_t> there, back;
    for (int i = 0; i < 10; ++i) {
        const std::uint64_t before = window.film().cursor();
        window.actions().nextMilestone->trigger();
        if (window.film().cursor() == before) break;
        there.push_back(window.film().cursor());
    }
    EXPECT_GE(there.size(), 6u);
    while (!there.empty() && window.film().cursor() > there.front()) {
        back.push_back(window.film().cursor());
        window.actions().lastMilestone->trigger();
    }
    back.push_back(there.front());
    std::reverse(back.begin(), back.end());
    EXPECT_EQ(there, back);
}

TEST_F(Map, WithReducedMotionAPacketStandsAtBothEndsOfAnArrow) {
    window.setReducedMotion(true);
    for (std::uint64_t cursor = sample.asked; cursor < sample.content; ++cursor) {
        window.film().seek(cursor);
        const MovingScene scene = movingScene(window.film().moment(), window.map().placed(), window.look());
        if (scene.packets.empty()) continue;
        EXPECT_FALSE(scene.arrows.empty());
        ASSERT_EQ(scene.packets.size(), 2u);
        EXPECT_EQ(scene.packets[0].packet, scene.packets[1].packet);
        EXPECT_LT(scene.packets[0].opacity, 1);
        return;
    }
    ADD_FAILURE() << "no packet was under way";
}

TEST_F(Map, TheStripTellsWhatStandsUnderThePointer) {
    window.film().toEnd();
    window.film().seek(sample.content);
    const QRectF track = window.strip().track();
    const auto xOf = [&](std::uint64_t cursor) { return track.left() + track.width() * window.film().scale().shareOf(sample.recording.at({cursor - 1})); };
    EXPECT_TRUE(window.strip().describeAt(xOf(sample.lost)).contains("loss"));
    EXPECT_TRUE(window.strip().describeAt(xOf(sample.stored)).contains("stored"));
}

TEST_F(Map, ZoomsPansAndComesBack) {
    const QPointF norte = window.map().placed().nodes[1].centre;
    EXPECT_TRUE(window.map().describeAt(norte).contains("norte"));
    window.actions().zoomIn->trigger();
    EXPECT_GT(window.map().zoom(), 1);
    window.actions().fit->trigger();
    EXPECT_DOUBLE_EQ(window.map().zoom(), 1);
    EXPECT_TRUE(window.map().describeAt(norte).contains("norte"));
}

TEST(Waits, AreShownForASecondAndAHalfAtMost) {
    Playback playback([](Instant) { return std::uint64_t{0}; });
    const Beat late{1, Instant(30min), false, 1};
    playback.setBeats({late}, 1, Instant(30min));
    for (const double factor : {0.25, 1.0, 4.0}) {
        playback.setFactor(factor);
        EXPECT_LE(playback.lengthOf(kStart, late), kFastForward) << factor;
    }
    playback.setFactor(1);
    playback.step();
    ASSERT_TRUE(playback.wait());
    EXPECT_EQ(playback.wait()->span, Duration(30min));
}

TEST(About, NamesLicenceAndLibraries) {
    for (const char* word : {"General Public License", "Qt", "yaml-cpp", "Inter", "IPv6"}) EXPECT_TRUE(aboutText().contains(word)) << word;
}

}  // namespace
}  // namespace mailtrek::ui
