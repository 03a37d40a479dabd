// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/story.h"

#include <fmt/format.h>

#include "sim/narrate/narrate.h"
#include "sim/trace/journey.h"

namespace mailtrek::cli {

void tellStory(const trace::Recording& recording, std::string_view level, Language language, StandardOutput& out) {
    const narrate::Language words = language == Language::es ? narrate::Language::es : narrate::Language::en;
    const trace::Level shown = trace::levelNamed(level).value_or(trace::Level::story);
    trace::Journey journey(recording, MailId{});
    journey.extend();
    for (const trace::JourneyRow& row : journey.rows(shown)) {
        if (out.failed()) return;
        const trace::Event& event = recording.event(row.event);
        const std::string text = row.fold ? "... " + narrate::foldText(row.counts, words) : narrate::sentence(recording, row.event, shown, words);
        const std::string place = row.fold ? "" : narrate::nodeText(recording, event.node, words);
        out.write(fmt::format("{}  {:<12}  {:{}}{}\n", narrate::clockText(event.at, words), place, "", 2 * row.depth, text));
    }
}

}  // namespace mailtrek::cli
