// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/desk.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QContextMenuEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>
#include <algorithm>

#include "tests/ui/sample.h"
#include "ui/open/diagnostics_dialog.h"

namespace mailtrek::ui {
namespace {

// A run that grows from a recording made before: so many events per call, with a pause that makes it a long one.
class Replay : public RunSource {
public:
    Replay(std::uint64_t perCall, int pauseMs) : m_perCall(perCall), m_pause(pauseMs) { m_now.mutableCast() = m_all.recording.cast(); }
    bool advance(std::uint64_t) override {
        // Ids into the store must be known before the events that name them.
        if (m_now.empty()) m_now.mutableStore() = m_all.recording.store();
        if (m_pause > 0) QTest::qSleep(m_pause);
        for (std::uint64_t i = 0; i < m_perCall && m_now.size() < m_all.recording.size(); ++i) m_now.append(m_all.recording.event({m_now.size()}));
        return m_now.size() == m_all.recording.size();
    }
    const trace::Recording& recording() const override { return m_now; }
    Instant now() const override { return m_now.end(); }
    Instant until() const override { return m_all.recording.end(); }
    std::unique_ptr<RunSource> with(const Probe& probe) const override {
        probes.push_back(probe);
        return std::make_unique<Replay>(m_perCall, m_pause);
    }

    static inline std::vector<Probe> probes;  // asked for, in any run

private:
    test::Sample m_all = test::makeSample();
    trace::Recording m_now;
    std::uint64_t m_perCall;
    int m_pause;
};

Library libraryOf(std::uint64_t perCall, int pauseMs) {
    Library library;
    library.open = [=](const QString& path) {
        Opened opened;
        if (path.contains("missing")) {
            opened.unreadable = true;
            opened.diagnostics = {{true, 0, 0, "no such file", {}}};
        } else if (path.contains("broken")) {
            opened.diagnostics = {{true, 3, 5, "unknown key 'dealy' (did you mean 'delay'?)", "    dealy: 3 ms"}, {true, 9, 1, "rate must be positive", "rate: 0"}};
        } else {
            opened.run = std::make_unique<Replay>(perCall, pauseMs);
        }
        return opened;
    };
    library.describe = [](const QString& path) {
        ScenarioCard card;
        card.path = path;
        card.cast = test::baseCast();
        card.levels = {1, 4};
        return std::optional<ScenarioCard>(card);
    };
    return library;
}

TEST(Desk, OpensAFileAndStandsAtItsStart) {
    Desk desk(libraryOf(100000, 0), {}, false);
    ASSERT_TRUE(desk.open("04_x.yaml"));
    EXPECT_FALSE(desk.session().running());
    EXPECT_TRUE(desk.window().film().playback().atStart());
    EXPECT_GT(desk.window().film().recording()->size(), 100u);
    EXPECT_EQ(desk.recent().size(), 1);
}

TEST(Desk, WhatWasOpenStaysOpenWhenAFileFails) {
    Desk desk(libraryOf(100000, 0), {}, false);
    desk.open("04_x.yaml");
    desk.window().film().seek(50);
    EXPECT_FALSE(desk.open("broken.yaml"));
    EXPECT_EQ(desk.window().film().cursor(), 50u);
    auto* dialog = desk.window().findChild<QDialog*>("diagnostics");
    ASSERT_TRUE(dialog);
    EXPECT_TRUE(dialog->isVisible());
}

TEST(Desk, DiagnosticsShowLineColumnAndTheLineItself) {
    const QString text = diagnosticsText("a/broken.yaml", {{true, 3, 5, "unknown key 'dealy'", "    dealy: 3 ms"}, {false, 0, 0, "a warning <b>", {}}}, false);
    EXPECT_TRUE(text.contains("line 3, column 5"));
    EXPECT_TRUE(text.contains("    dealy: 3 ms\n    ^"));
    EXPECT_TRUE(text.contains("warning:"));
    EXPECT_TRUE(text.contains("a warning &lt;b&gt;")) << "texts of a file are never taken for markup";
}

TEST(Desk, ALongSimulationIsWatchedWhileItRunsAndCanBeStopped) {
    Desk desk(libraryOf(1, 5), {}, false);
    ASSERT_TRUE(desk.open("long.yaml"));
    ASSERT_TRUE(desk.session().running());
    const auto before = desk.session().recording()->size();
    EXPECT_GT(before, 0u);
    desk.window().film().seek(before / 2);
    ASSERT_TRUE(QTest::qWaitFor([&] { return desk.session().recording()->size() > before; }, 3000));
    EXPECT_EQ(desk.window().film().cursor(), before / 2) << "the place stays while the run grows";
    desk.session().cancel();
    EXPECT_FALSE(desk.session().running());
    const auto stopped = desk.session().recording()->size();
    QTest::qWait(50);
    EXPECT_EQ(desk.session().recording()->size(), stopped);
    desk.window().film().toEnd();
    EXPECT_EQ(desk.window().film().cursor(), stopped);
}

TEST(Desk, TheGalleryOpensWhatIsPicked) {
    QTemporaryDir folder;
    for (const char* name : {"01_a.yaml", "02_b.yaml", "notes.txt"}) {
        QFile f(folder.filePath(name));
        ASSERT_TRUE(f.open(QIODevice::WriteOnly));
    }
    Desk desk(libraryOf(100000, 0), folder.path(), false);
    EXPECT_FALSE(desk.begin({}).has_value());
    EXPECT_TRUE(desk.galleryShown());
    ASSERT_EQ(desk.gallery().cards(), 2u);
    desk.window().resize(1280, 720);
    desk.window().show();
    QTest::keyClick(&desk.gallery(), Qt::Key_Right);
    EXPECT_EQ(desk.gallery().chosen(), 1u);
    QTest::keyClick(&desk.gallery(), Qt::Key_Return);
    EXPECT_FALSE(desk.galleryShown());
    EXPECT_TRUE(desk.session().path().endsWith("02_b.yaml"));
    if (const QString shots = qEnvironmentVariable("MAILTREK_SHOTS"); !shots.isEmpty()) {
        desk.showGallery(true);
        desk.window().grab().save(shots + "/gallery.png");
    }
}

TEST(Gallery, SearchNarrowsAndAFileWithMistakesIsNotHidden) {
    QTemporaryDir folder;
    for (const char* name : {"01_a.yaml", "02_b.yaml", "03_broken.yaml"}) {
        QFile f(folder.filePath(name));
        ASSERT_TRUE(f.open(QIODevice::WriteOnly));
    }
    Library library = libraryOf(100000, 0);
    library.describe = [](const QString& path) {
        ScenarioCard card;
        card.path = path;
        card.errors = path.contains("broken") ? 2 : 0;
        if (card.errors == 0) card.cast = test::baseCast();
        return std::optional<ScenarioCard>(card);
    };
    Desk desk(library, folder.path(), false);
    desk.begin({});
    desk.window().resize(1280, 720);
    desk.window().show();
    EXPECT_EQ(desk.gallery().cards(), 3u);
    QTest::keyClicks(&desk.gallery(), "02");
    EXPECT_EQ(desk.gallery().cards(), 1u);
    desk.gallery().search().setText("nothing of the kind");
    EXPECT_EQ(desk.gallery().cards(), 0u);
    EXPECT_FALSE(desk.window().grab().isNull());
    desk.gallery().search().setText("BROKEN");
    ASSERT_EQ(desk.gallery().cards(), 1u);
    QTest::keyClick(&desk.gallery(), Qt::Key_Return);
    EXPECT_TRUE(desk.galleryShown()) << "it cannot be opened";
    EXPECT_TRUE(desk.window().findChild<QDialog*>("diagnostics")) << "and the reasons are shown";
}

TEST(Gallery, DigitsSearchAndDoNotChangeTheLevel) {
    QTemporaryDir folder;
    for (const char* name : {"01_a.yaml", "04_b.yaml"}) {
        QFile f(folder.filePath(name));
        ASSERT_TRUE(f.open(QIODevice::WriteOnly));
    }
    Desk desk(libraryOf(100000, 0), folder.path(), false);
    desk.begin({});
    desk.window().show();
    desk.window().activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&desk.window()));
    desk.gallery().setFocus();
    const Level before = desk.window().film().level();
    QTest::keyClick(&desk.gallery(), Qt::Key_4);
    EXPECT_EQ(desk.window().film().level(), before);
    EXPECT_EQ(desk.gallery().search().text(), "4");
    EXPECT_EQ(desk.gallery().cards(), 1u);
}

TEST(Desk, OpensWhatIsDroppedOnIt) {
    Desk desk(libraryOf(100000, 0), {}, false);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile("/somewhere/04_x.yaml")});
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&desk.window(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&desk.window(), &drop);
    EXPECT_TRUE(desk.session().path().endsWith("04_x.yaml"));
    QMimeData text;
    text.setText("no file");
    QDragEnterEvent other(QPoint(5, 5), Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&desk.window(), &other);
    EXPECT_FALSE(other.isAccepted());
}

TEST(Desk, RemembersHowItWasLeft) {
    QTemporaryDir home;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, home.path());
    {
        Desk desk(libraryOf(100000, 0), {}, true);
        desk.window().setTheme(ThemeKind::dark);
        desk.window().setSpanish(true);
        desk.window().actions().levels[3]->trigger();
        desk.window().actions().details->trigger();
        desk.window().actions().paces[4]->trigger();
        desk.window().setReducedMotion(true);
        desk.open("04_x.yaml");
    }
    Desk desk(libraryOf(100000, 0), {}, true);
    EXPECT_EQ(desk.window().theme(), ThemeKind::dark);
    EXPECT_TRUE(desk.window().spanish());
    EXPECT_EQ(desk.window().film().level(), Level::tcp);
    EXPECT_TRUE(desk.window().actions().details->isChecked());
    EXPECT_TRUE(desk.window().look().reducedMotion);
    EXPECT_DOUBLE_EQ(desk.window().film().playback().factor(), 4);
    ASSERT_EQ(desk.recent().size(), 1);
    EXPECT_TRUE(desk.recent().front().endsWith("04_x.yaml"));
    EXPECT_TRUE(desk.window().actions().recent->isEnabled());
    desk.window().setSpanish(false);
}

TEST(Desk, AViewThatIsNotThereYetIsNamedAndEndsWithACode) {
    Options options;
    options.path = "04_x.yaml";
    options.view = "charts";
    testing::internal::CaptureStderr();
    EXPECT_EQ(Desk(libraryOf(1000, 0), {}, false).begin(options), kExitUsage);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("charts"), std::string::npos);
}

// A right click on a machine: ping and traceroute to any other, now.
TEST(Desk, AClickSendsAProbeFromWhereTheFilmStands) {
    Replay::probes.clear();
    Desk desk(libraryOf(100000, 0), {}, false);
    ASSERT_TRUE(desk.open("04_x.yaml"));
    Film& film = desk.window().film();
    film.seek(50);
    const Instant here = film.now();
    MapView& map = desk.window().map();
    desk.window().resize(1280, 720);
    desk.window().show();
    desk.window().grab();
    const QPoint at = (map.placed().nodes[0].centre * map.zoom()).toPoint();
    QContextMenuEvent click(QContextMenuEvent::Mouse, at, map.mapToGlobal(at));
    QApplication::sendEvent(&map, &click);
    auto* menu = desk.window().findChild<QMenu*>("machine-menu");
    ASSERT_TRUE(menu) << "at the machine";
    ASSERT_EQ(menu->findChildren<QMenu*>().size(), 2);
    QMenu* ping = menu->findChildren<QMenu*>().front();
    const std::size_t others = std::ranges::count_if(film.recording()->cast().nodes, [](const auto& node) { return !node.addresses.empty(); }) - 1;
    ASSERT_EQ(static_cast<std::size_t>(ping->actions().size()), others) << "all but itself";
    ping->actions().front()->trigger();
    ASSERT_EQ(Replay::probes.size(), 1u);
    EXPECT_EQ(Replay::probes[0].kind, Probe::Kind::ping);
    EXPECT_EQ(Replay::probes[0].from, NodeId{0});
    EXPECT_GT(Replay::probes[0].at, here) << "what has happened stays as it was";
    EXPECT_LE(Replay::probes[0].at - here, Duration(1));
    EXPECT_GE(film.cursor(), 50u);
    EXPECT_EQ(desk.session().added(), 1);
    menu->close();
}

TEST(Desk, DrawsThePictureThatTheCommandLineAsksFor) {
    QTemporaryDir folder;
    Options options;
    options.path = "04_x.yaml";
    options.screenshot = folder.filePath("a.png");
    options.size = {1600, 900};
    options.view = "mailboxes";
    options.at = Instant(std::chrono::milliseconds(450));
    options.level = Level::tcp;
    Desk desk(libraryOf(1000, 0), {}, false);
    EXPECT_EQ(desk.begin(options), 0);
    EXPECT_EQ(QImage(options.screenshot).size(), QSize(1600, 900));
    options.screenshot = folder.filePath("no/such/folder/a.png");
    EXPECT_EQ(Desk(libraryOf(1000, 0), {}, false).begin(options), kExitFile);
}

TEST(Desk, BadFilesGiveTheExitCodesOfTheContract) {
    Options options;
    options.path = "broken.yaml";
    EXPECT_EQ(Desk(libraryOf(1, 0), {}, false).begin(options), kExitInput);
    options.path = "missing.yaml";
    EXPECT_EQ(Desk(libraryOf(1, 0), {}, false).begin(options), kExitFile);
}

}  // namespace
}  // namespace mailtrek::ui
