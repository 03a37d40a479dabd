// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, times and short labels in the language on screen. Sentences about what happens come from sim/narrate.
#pragma once

#include <QString>

#include "sim/kernel/time.h"
#include "sim/narrate/narrate.h"
#include "sim/trace/enums.h"
#include "sim/trace/view.h"
#include "ui/story/level.h"

namespace mailtrek::ui {

QString clockText(Instant t);                  // "10:00:00.795", with the decimal sign of the language
QString secondsText(Instant t);                // "0.795"
QString spanText(Duration d);                  // "30 min", "1.2 s", "40 ms"
QString reasonText(trace::DropReason reason);  // "noise on the link"
QString levelText(Level level);                // "Story"
QString milestoneText(trace::Milestone milestone);

// The language that tr() now speaks, as the window switched it.
bool spanishNow();
inline narrate::Language languageNow() { return spanishNow() ? narrate::Language::es : narrate::Language::en; }
void setSpanishNow(bool spanish);

}  // namespace mailtrek::ui
