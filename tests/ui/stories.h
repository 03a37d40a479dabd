// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings of the four scenarios, each simulated once from its file and seed, and a window that stands in them.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "ui/panels/journey_panel.h"
#include "ui/panels/ladder.h"
#include "ui/panels/mailbox_card.h"
#include "ui/panels/why_card.h"
#include "ui/window/main_window.h"

namespace mailtrek::ui::test {

inline constexpr const char* kStories[] = {"01_primera_carta", "02_mismo_servidor", "04_enlace_con_perdidas", "09_luis_sin_red"};

const trace::Recording& story(const std::string& name);

// The nth event of that kind, from 1, that fulfils the condition.
template <class E>
trace::EventId nth(const trace::Recording& recording, int n, const std::function<bool(const E&)>& fulfils = {}) {
    for (std::uint64_t i = 0; i < recording.size(); ++i)
        if (const E* e = std::get_if<E>(&recording.event({i}).payload); e != nullptr && (!fulfils || fulfils(*e)) && --n == 0) return {i};
    ADD_FAILURE() << "there is no such event";
    return {0};
}

class StoryWindow : public testing::Test {
protected:
    StoryWindow() {
        window.resize(1280, 720);
        window.setReducedMotion(true);  // steps are done at once
    }
    ~StoryWindow() override { window.setSpanish(false); }

    void open(const std::string& name, Level level);
    void show(const char* panel) { ASSERT_TRUE(window.showView(QString::fromLatin1(panel))); }
    template <class Panel>
    Panel& panel(const char* name) {
        show(name);
        return *static_cast<Panel*>(window.upper().panel(window.upper().current()));
    }
    JourneyPanel& journey() { return panel<JourneyPanel>("journey"); }
    Ladder& ladder() { return panel<Ladder>("ladder"); }
    MailboxCard& card() { return panel<MailboxCard>("mailboxes"); }
    Film& film() { return window.film(); }
    const trace::Recording& recording() { return *window.film().recording(); }

    // What each panel says, line by line; of the journey what has been told up to the cursor.
    QStringList journeyTexts();
    QStringList ladderTexts();
    QStringList cardTexts();

    MainWindow window;
};

}  // namespace mailtrek::ui::test
