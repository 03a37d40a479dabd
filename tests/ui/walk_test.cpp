// SPDX-License-Identifier: GPL-3.0-or-later
// A walk through a real window of a real X server: every input comes from xdotool, through the window manager, as from a person. Run it with tests/ui/walk.sh.
#include <gtest/gtest.h>

#include <QApplication>
#include <QDialog>
#include <QListWidget>
#include <QProcess>
#include <QStyleFactory>
#include <QTemporaryDir>
#include <QTest>

#include "app/mailtrek/library.h"
#include "ui/window/desk.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

class Walk : public testing::Test {
protected:
    Walk() : desk(simulatorLibrary(), QStringLiteral(MAILTREK_SOURCE_DIR "/scenarios"), false) {
        desk.begin({});
        desk.window().setSpanish(false);
        desk.window().setReducedMotion(false);
        desk.window().show();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&desk.window(), 8000));
        QTest::qWait(200);
    }

    // The event loop goes on while xdotool works.
    void person(const QStringList& arguments) {
        QProcess process;
        process.start(QStringLiteral("xdotool"), arguments);
        ASSERT_TRUE(QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 8000)) << "xdotool " << arguments.join(' ').toStdString();
        ASSERT_EQ(process.exitCode(), 0) << process.readAllStandardError().toStdString();
        QTest::qWait(40);
    }
    void presses(const QString& key) { person({QStringLiteral("key"), key}); }
    void pointsAt(const QWidget& widget, QPointF at) {
        const QPoint global = widget.mapToGlobal(at.toPoint());
        person({QStringLiteral("mousemove"), QString::number(global.x()), QString::number(global.y())});
    }
    void clicks(const QWidget& widget, QPointF at) {
        pointsAt(widget, at);
        person({QStringLiteral("click"), QStringLiteral("1")});
    }
    void clicks(const char* button) {
        const Button* found = nullptr;
        for (const Button* b : desk.window().findChildren<Button*>(QString::fromLatin1(button)))
            if (b->isVisible() && !b->visibleRegion().isEmpty()) found = b;
        ASSERT_TRUE(found) << button;
        clicks(*found, QPointF(found->width() / 2.0, found->height() / 2.0));
    }
    bool soon(const std::function<bool()>& holds, int ms = 5000) { return QTest::qWaitFor(holds, ms); }

    Film& film() { return desk.window().film(); }
    Desk desk;
};

TEST_F(Walk, OpensPlaysStepsScrubsAsksAndFailsGently) {
    MainWindow& window = desk.window();

    // Open the lossy link from the gallery: it is found by typing.
    ASSERT_TRUE(desk.galleryShown());
    person({"type", "04"});
    ASSERT_TRUE(soon([&] { return desk.gallery().cards() == 1; }));
    presses("Return");
    ASSERT_TRUE(soon([&] { return !desk.galleryShown() && film().recording(); }));
    EXPECT_TRUE(desk.session().path().contains("04_"));
    ASSERT_TRUE(soon([&] { return !desk.session().running(); }, 10000));

    // Play, pause.
    clicks("play");
    ASSERT_TRUE(soon([&] { return film().playback().playing() && film().cursor() > 0; }));
    presses("space");
    ASSERT_TRUE(soon([&] { return !film().playback().moving(); }));
    const std::uint64_t paused = film().cursor();
    QTest::qWait(150);
    EXPECT_EQ(film().cursor(), paused);

    // Step, and step back.
    presses("Right");
    ASSERT_TRUE(soon([&] { return !film().playback().moving(); }));
    const std::uint64_t stepped = film().cursor();
    EXPECT_GT(stepped, paused);
    clicks("back");
    EXPECT_TRUE(soon([&] { return film().cursor() < stepped; }));

    // Another level, at the same place; then scrub both ways.
    presses("4");
    ASSERT_TRUE(soon([&] { return film().level() == Level::tcp; }));
    const QRectF track = window.strip().track();
    clicks(window.strip(), {track.left() + track.width() * 0.9, track.center().y()});
    ASSERT_TRUE(soon([&] { return film().now() > film().scale().instantAt(0.85); }));
    pointsAt(window.strip(), {track.left() + track.width() * 0.9, track.center().y()});
    person({"mousedown", "1"});
    pointsAt(window.strip(), {track.left() + track.width() * 0.6, track.center().y()});
    person({"mouseup", "1"});
    EXPECT_TRUE(soon([&] { return film().now() < film().scale().instantAt(0.65) && film().now() > film().scale().instantAt(0.55); }));

    // Click a packet: it is chosen, and told.
    const MovingScene scene = movingScene(film().moment(), window.map().placed(), window.look());
    ASSERT_FALSE(scene.packets.empty());
    const ShownPacket& packet = scene.packets[scene.packets.size() / 2];
    clicks(window.map(), packet.at);
    ASSERT_TRUE(soon([&] { return film().selection().packet.valid(); }));
    EXPECT_FALSE(window.map().accessibleDescription().isEmpty());

    // Ask why.
    const auto answered = [&] {  // in a card or a window of its own
        for (const QWidget* w : window.findChildren<QWidget*>("why"))
            if (!qobject_cast<const Button*>(w) && w->isVisible()) return true;
        return false;
    };
    EXPECT_FALSE(answered());
    presses("w");
    ASSERT_TRUE(soon(answered));
    QTest::qWait(300);
    presses("Escape");
    ASSERT_TRUE(soon([&] { return !answered() && QApplication::activeWindow() == &window; }));

    // Switch the language.
    clicks("language");
    ASSERT_TRUE(soon([&] { return window.spanish(); }));
    EXPECT_EQ(window.actions().step->text(), QStringLiteral("Paso"));

    // A broken file: the reasons are shown, what was open stays open.
    QTemporaryDir folder;
    QFile broken(folder.filePath("rota.yaml"));
    ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
    broken.write("mailtrek: 1\nnodes: { a: { kind: pcc } }\n");
    broken.close();
    const QString before = desk.session().path();
    const std::uint64_t cursor = film().cursor();
    presses("ctrl+o");
    ASSERT_TRUE(soon([&] { return QApplication::activeModalWidget() != nullptr; }));
    QTest::qWait(300);
    person({"type", "--delay", "5", broken.fileName()});
    presses("Return");
    ASSERT_TRUE(soon([&] {
        const auto* dialog = window.findChild<QDialog*>("diagnostics");
        return dialog && dialog->isVisible();
    }));
    EXPECT_EQ(desk.session().path(), before);
    EXPECT_EQ(film().cursor(), cursor);
    presses("Escape");
    window.setSpanish(false);
}

}  // namespace
}  // namespace mailtrek::ui

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    return RUN_ALL_TESTS();
}
