// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever the mouse can do, the keyboard can.
#include <QSet>
#include <QTest>
#include <random>

#include "tests/ui/stories.h"

namespace mailtrek::ui::test {
namespace {

using Keyboard = StoryWindow;

TEST_F(Keyboard, TabPassesEveryPanelButtonAndList) {
    open("01_primera_carta", Level::mail);
    film().toEnd();
    QSet<QWidget*> passed;
    for (QWidget* at = window.nextInFocusChain(); at != nullptr && !passed.contains(at); at = at->nextInFocusChain()) passed.insert(at);
    for (const char* view : {"journey", "ladder", "mailboxes"}) {
        show(view);
        QWidget* panel = window.upper().panel(window.upper().current());
        EXPECT_TRUE(passed.contains(panel)) << view;
        EXPECT_TRUE(panel->focusPolicy() & Qt::TabFocus) << view;
        EXPECT_FALSE(panel->accessibleName().isEmpty()) << view;
    }
    EXPECT_TRUE(window.upper().focusPolicy() & Qt::TabFocus);
    for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
        if (!button->isVisibleTo(&window)) continue;
        EXPECT_TRUE(button->focusPolicy() & Qt::TabFocus) << button->objectName().toStdString();
        EXPECT_FALSE(button->accessibleName().isEmpty()) << button->objectName().toStdString();
    }
}

TEST_F(Keyboard, EveryCommandAnswersItsKey) {
    open("04_enlace_con_perdidas", Level::mail);
    window.show();
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
    film().seek(nth<trace::DnsQuery>(recording(), 1).value + 1);
    const QSet<QString> opensSomething{"open", "quit", "menu", "help", "shortcuts", "about", "pace", "fullScreen", "gallery"};
    for (QAction* action : window.actions().all()) {
        if (opensSomething.contains(action->objectName()) || !action->isEnabled()) continue;
        int triggered = 0;
        const auto connection = QObject::connect(action, &QAction::triggered, &window, [&triggered] { ++triggered; });
        window.map().setFocus();
        const QKeyCombination key = action->shortcut()[0];
        QTest::keyClick(&window.map(), key.key(), key.keyboardModifiers());
        EXPECT_EQ(triggered, 1) << action->objectName().toStdString() << " " << action->shortcut().toString().toStdString();
        QObject::disconnect(connection);
        window.why().closeCard();
        film().seek(nth<trace::DnsQuery>(recording(), 1).value + 1);
    }
    window.setTheme(ThemeKind::light);
    window.setPresenter(false);
}

TEST_F(Keyboard, ThePanelsAreCalledByTheirKeys) {
    open("04_enlace_con_perdidas", Level::mail);
    window.show();
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
    for (QAction* panel : window.actions().panels) {
        panel->trigger();
        QWidget* shown = window.upper().panel(window.upper().current());
        EXPECT_EQ(shown->objectName(), panel->objectName());
        EXPECT_TRUE(shown->hasFocus()) << panel->objectName().toStdString();
    }
    window.upper().setFocus();
    const int before = window.upper().current();
    QTest::keyClick(&window.upper(), Qt::Key_Right);
    EXPECT_EQ(window.upper().current(), (before + 1) % window.upper().count()) << "the arrows turn the tabs";
}

TEST_F(Keyboard, AListKeepsItsKeysAndLeavesTheRestToTheWindow) {
    open("04_enlace_con_perdidas", Level::mail);
    film().toEnd();
    window.show();
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
    window.actions().panels[0]->trigger();
    JourneyPanel& panel = journey();
    QTest::keyClick(&panel, Qt::Key_Home);
    EXPECT_EQ(panel.current(), 0);
    EXPECT_EQ(film().cursor(), recording().size()) << "Home did not reset the film";
    QTest::keyClick(&panel, Qt::Key_Down);
    EXPECT_EQ(panel.current(), 1);
    EXPECT_EQ(film().level(), Level::mail) << "Down did not go into a level";
    QTest::keyClick(&panel, Qt::Key_3);
    EXPECT_EQ(film().level(), Level::dialogue) << "the digits are the window's";
}

// Whatever is pressed wherever, in whatever order: the panels stand.
TEST_F(Keyboard, ThePanelsTakeAnyKeysAndClicks) {
    std::mt19937 dice(20260302);
    const auto roll = [&dice](std::uint32_t sides) { return static_cast<int>(dice() % sides); };
    const int keys[] = {Qt::Key_Up, Qt::Key_Down, Qt::Key_Left, Qt::Key_Right, Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Home, Qt::Key_End, Qt::Key_Return, Qt::Key_Escape};
    const char* panels[] = {"journey", "ladder", "mailboxes"};
    for (int i = 0; i < 1500; ++i) {
        if (i % 250 == 0) open(kStories[roll(4)], static_cast<Level>(1 + roll(kLevels)));
        if (i % 40 == 0) window.resize(roll(2) == 0 ? QSize(1280, 720) : QSize(1920, 1080));
        if (i % 60 == 0) window.setSpanish(roll(2) == 0);
        show(panels[roll(3)]);
        QWidget* target = window.why().isVisibleTo(&window) && roll(3) == 0 ? static_cast<QWidget*>(&window.why()) : window.upper().panel(window.upper().current());
        switch (roll(8)) {
            case 0: film().seek(dice() % (recording().size() + 1)); break;
            case 1: film().step(); break;
            case 2: film().back(); break;
            case 3: window.actions().why->trigger(); break;
            case 4: window.actions().levels[static_cast<std::size_t>(roll(kLevels))]->trigger(); break;
            case 5: QTest::mouseClick(target, Qt::LeftButton, {}, {roll(500), roll(400)}); break;
            default: QTest::keyClick(target, static_cast<Qt::Key>(keys[roll(10)])); break;
        }
        if (i % 10 == 0) window.grab();
        ASSERT_LE(film().cursor(), recording().size());
    }
}

}  // namespace
}  // namespace mailtrek::ui::test
