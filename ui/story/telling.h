// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says about an event: the narration line and the chain of causes (from sim/narrate), and the few words of a callout.
#pragma once

#include <QString>
#include <vector>

#include "ui/map/layout.h"
#include "ui/map/traffic.h"

namespace mailtrek::ui {

QString sentenceOf(const trace::Recording& recording, trace::EventId id, Level level);

struct Reason {
    trace::EventId event;
    QString sentence;
};
// The event first, then what brought it about, back to the first cause that has a sentence.
std::vector<Reason> whyOf(const trace::Recording& recording, trace::EventId id, Level level);

// A few words beside the active node; empty where the picture says it all.
QString calloutOf(const trace::Recording& recording, const Traffic& traffic, trace::EventId id);

}  // namespace mailtrek::ui
