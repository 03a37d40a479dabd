// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/narrate/narrate.h"
#include "ui/story/telling.h"
#include "ui/story/words.h"

namespace mailtrek::ui {

QString sentenceOf(const trace::Recording& recording, trace::EventId id, Level level) { return QString::fromStdString(narrate::sentence(recording, id, level, languageNow())); }

std::vector<Reason> whyOf(const trace::Recording& recording, trace::EventId id, Level level) {
    std::vector<Reason> chain;
    for (narrate::Reason& reason : narrate::why(recording, id, level, languageNow())) chain.push_back({reason.event, QString::fromStdString(reason.sentence)});
    return chain;
}

}  // namespace mailtrek::ui
