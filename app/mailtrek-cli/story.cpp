// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/story.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/narrate/narrate.h"
#include "sim/trace/journey.h"

namespace mailtrek::cli {

namespace {

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Of the column that names places: the longest name has to fit, and the columns are the same at every level.
std::size_t widthOfPlaces(const trace::Recording& recording, narrate::Language words) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < recording.cast().nodes.size(); ++i) width = std::max(width, characters(narrate::nodeText(recording, NodeId{static_cast<std::uint32_t>(i)}, words)));
    return std::min<std::size_t>(width, 24);
}

}  // namespace

void tellStory(const trace::Recording& recording, std::string_view level, Language language, StandardOutput& out) {
    const narrate::Language words = language == Language::es ? narrate::Language::es : narrate::Language::en;
    const trace::Level shown = trace::levelNamed(level).value_or(trace::Level::story);
    trace::Journey journey(recording, MailId{});
    journey.extend();
    const std::size_t placeWidth = widthOfPlaces(recording, words), clockWidth = narrate::clockText(recording.end(), words).size();  // the last has the most days
    for (const trace::JourneyRow& row : journey.rows(shown)) {
        if (out.failed()) return;
        const trace::Event& event = recording.event(row.event);
        const std::string text = row.fold ? "... " + narrate::foldText(row.counts, words) : narrate::sentence(recording, row.event, shown, words);
        const std::string place = row.fold ? "" : narrate::nodeText(recording, event.node, words);
        out.write(fmt::format("{:>{}}  {:<{}}  {:{}}{}\n", narrate::clockText(event.at, words), clockWidth, place, placeWidth, "", 2 * row.depth, text));
    }
}

}  // namespace mailtrek::cli
