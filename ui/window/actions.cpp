// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/actions.h"

#include <QActionGroup>
#include <QWidget>

#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

constexpr std::array<double, 7> kFactors{0.25, 0.5, 1, 2, 4, 8, 1};

}  // namespace

double Actions::factorOf(std::size_t pace) { return kFactors[pace]; }
Pace Actions::paceOf(std::size_t pace) { return pace + 1 == kFactors.size() ? Pace::trueScale : Pace::story; }

QAction* Actions::make(const char* name, const char* icon, const QKeySequence& key, bool checkable) {
    auto* action = new QAction(m_window);
    action->setObjectName(QString::fromLatin1(name));
    action->setData(QString::fromLatin1(icon));
    action->setShortcut(key);
    action->setCheckable(checkable);
    action->setShortcutContext(Qt::WindowShortcut);
    m_window->addAction(action);
    m_all.push_back(action);
    return action;
}

Actions::Actions(QWidget* window) : QObject(window), m_window(window) {
    gallery = make("gallery", "expand", QKeySequence(Qt::CTRL | Qt::Key_G));
    open = make("open", "file", QKeySequence::Open);
    recent = make("recent", "clock", QKeySequence(Qt::CTRL | Qt::Key_R));
    recent->setEnabled(false);
    quit = make("quit", "x", QKeySequence(Qt::CTRL | Qt::Key_Q));
    reset = make("reset", "reset", QKeySequence(Qt::Key_Home));
    back = make("back", "back", QKeySequence(Qt::Key_Left));
    play = make("play", "play", QKeySequence(Qt::Key_Space));
    step = make("step", "step", QKeySequence(Qt::Key_Right));
    hop = make("hop", "hop", QKeySequence(Qt::SHIFT | Qt::Key_Right));
    into = make("into", "into", QKeySequence(Qt::Key_Down));
    out = make("out", "", QKeySequence(Qt::Key_Up));
    end = make("end", "end", QKeySequence(Qt::Key_End));
    why = make("why", "ask", QKeySequence(Qt::Key_W));
    text = make("text", "eye", QKeySequence(Qt::Key_T), true);
    text->setChecked(true);
    pace = make("pace", "", QKeySequence(Qt::Key_P));
    nextMilestone = make("nextMilestone", "", QKeySequence(Qt::CTRL | Qt::Key_Right));
    lastMilestone = make("lastMilestone", "", QKeySequence(Qt::CTRL | Qt::Key_Left));
    auto* paceGroup = new QActionGroup(this);
    for (std::size_t i = 0; i < paces.size(); ++i) {
        paces[i] = make(("pace" + std::to_string(i)).c_str(), "", QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + i)), true);
        paceGroup->addAction(paces[i]);
    }
    paces[2]->setChecked(true);
    auto* levelGroup = new QActionGroup(this);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        levels[i] = make(("level" + std::to_string(i + 1)).c_str(), "", QKeySequence(static_cast<Qt::Key>(Qt::Key_1 + i)), true);
        levelGroup->addAction(levels[i]);
    }
    panels = {make("journey", "", QKeySequence(Qt::Key_J)), make("ladder", "", QKeySequence(Qt::Key_L)), make("mailboxes", "", QKeySequence(Qt::Key_B))};
    language = make("language", "globe", QKeySequence(Qt::CTRL | Qt::Key_L));
    presenter = make("presenter", "", QKeySequence(Qt::Key_F5), true);
    fullScreen = make("fullScreen", "", QKeySequence(Qt::Key_F11), true);
    reducedMotion = make("reducedMotion", "", QKeySequence(Qt::CTRL | Qt::Key_M), true);
    zoomIn = make("zoomIn", "plus", QKeySequence::ZoomIn);
    zoomOut = make("zoomOut", "minus", QKeySequence::ZoomOut);
    fit = make("fit", "expand", QKeySequence(Qt::CTRL | Qt::Key_0));
    details = make("details", "", QKeySequence(Qt::Key_D), true);
    nextThing = make("nextThing", "", QKeySequence(Qt::Key_N));
    lastThing = make("lastThing", "", QKeySequence(Qt::SHIFT | Qt::Key_N));
    auto* themeGroup = new QActionGroup(this);
    for (std::size_t i = 0; i < themes.size(); ++i) {
        themes[i] = make(("theme" + std::to_string(i)).c_str(), "", QKeySequence(Qt::CTRL | Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + i)), true);
        themeGroup->addAction(themes[i]);
    }
    menu = make("menu", "menu", QKeySequence(Qt::Key_F10));
    help = make("help", "ask", QKeySequence::HelpContents);
    shortcuts = make("shortcuts", "", QKeySequence(Qt::Key_Question));
    about = make("about", "", QKeySequence(Qt::CTRL | Qt::Key_F1));
    retranslate();
}

void Actions::set(QAction* action, const QString& label, const QString& tip) {
    action->setText(label);
    action->setToolTip(tip);
    action->setStatusTip(tip);
}

void Actions::retranslate() {
    set(gallery, tr("Gallery"), tr("Choose another scenario"));
    set(open, tr("Open file…"), tr("Open a scenario file"));
    set(recent, tr("Recent"), tr("Files opened before"));
    set(quit, tr("Quit"), tr("Close the window"));
    set(reset, tr("Reset"), tr("Back to the start of the same run"));
    set(back, tr("Back"), tr("Exactly the state before"));
    set(step, tr("Step"), tr("On to the next visible event"));
    set(hop, tr("Hop"), tr("On to where the letter next changes hands"));
    set(out, tr("Out"), tr("One level simpler, at the same place"));
    set(end, tr("End"), tr("To the end of the run"));
    set(why, tr("Why?"), tr("What brought this about"));
    set(text, tr("Text"), tr("Show or hide narration and callouts"));
    set(pace, tr("Pace"), tr("How fast it plays"));
    for (std::size_t i = 0; i < paces.size(); ++i) {
        const bool trueScale = paceOf(i) == Pace::trueScale;
        const QString factor = QString::number(kFactors[i]).replace('.', spanishNow() ? ',' : '.');
        set(paces[i], trueScale ? tr("True pace") : tr("Pace %1×").arg(factor),
            trueScale ? tr("One second on the screen is one second of the run") : tr("Every visible event gets its share of the screen time, %1 times as fast").arg(factor));
    }
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const QString name = levelText(static_cast<Level>(i + 1));
        set(levels[i], name, tr("See the same run at level %1: %2").arg(i + 1).arg(name));
    }
    set(panels[0], tr("Journey"), tr("The steps of the letter, one below the other"));
    set(panels[1], tr("Ladder"), tr("What two machines say to each other, and when"));
    set(panels[2], tr("Mailbox"), tr("Queue, mailboxes and letter of the chosen machine"));
    set(language, spanishNow() ? QStringLiteral("ES") : QStringLiteral("EN"), spanishNow() ? tr("Switch to English") : tr("Switch to Spanish"));
    set(presenter, tr("Presenter mode"), tr("Everything larger, for the last row"));
    set(fullScreen, tr("Full screen"), tr("Fill the whole screen"));
    set(reducedMotion, tr("Reduced motion"), tr("Nothing travels or falls: each state is shown at once"));
    set(zoomIn, tr("Larger map"), tr("Zoom into the map"));
    set(zoomOut, tr("Smaller map"), tr("Zoom out of the map"));
    set(fit, tr("Fit map"), tr("The whole map"));
    set(nextMilestone, tr("Next milestone"), tr("On to the next milestone of the letter"));
    set(lastMilestone, tr("Previous milestone"), tr("Back to the milestone before"));
    set(details, tr("Details"), tr("Addresses of machines; rate, delay and losses of links"));
    set(nextThing, tr("Next on the map"), tr("Choose the next machine, packet or link on the map, and say what it is"));
    set(lastThing, tr("Previous on the map"), tr("Choose the one before"));
    set(themes[0], tr("Light"), tr("Light colours"));
    set(themes[1], tr("Dark"), tr("Dark colours"));
    set(themes[2], tr("High contrast"), tr("Black, white and yellow"));
    set(menu, tr("Menu"), tr("All commands"));
    set(help, tr("Help"), tr("How this window works"));
    set(shortcuts, tr("Shortcuts"), tr("All keys on one sheet"));
    set(about, tr("About Mailtrek"), tr("Version and licence"));
    showPlaying(m_playing);
    showDeeper(m_deeper);
}

void Actions::showPlaying(bool playing) {
    m_playing = playing;
    play->setData(playing ? QStringLiteral("pause") : QStringLiteral("play"));
    set(play, playing ? tr("Pause") : tr("Play"), playing ? tr("Stop here") : tr("Go on by itself"));
}

void Actions::showDeeper(bool deeper) {
    m_deeper = deeper;
    set(into, deeper ? tr("Out again") : tr("Into"), deeper ? tr("Back to the level before, at the same place") : tr("One level deeper, at the same place"));
}

}  // namespace mailtrek::ui
