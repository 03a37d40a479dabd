// SPDX-License-Identifier: GPL-3.0-or-later
// What happens, in words: one short sentence per event, in the words of the level and the language on screen. The sentences stand in
// assets/narration, a file per language; this is the only place that knows which fact goes into which blank.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/journey.h"
#include "sim/trace/recording.h"
#include "sim/trace/view.h"

namespace mailtrek::narrate {

enum class Language : std::uint8_t { en, es };
std::optional<Language> languageNamed(std::string_view code);  // "en", "es"

// One sentence with a named actor, in the present, at most 18 words apart from names and quoted protocol lines. Every event has one.
std::string sentence(const trace::Recording& recording, trace::EventId id, trace::Level level, Language language);

struct Reason {
    trace::EventId event;
    std::string sentence;
};
// The event first, then what brought it about, back to the first cause. Causes that say the same as the one before are passed over.
std::vector<Reason> why(const trace::Recording& recording, trace::EventId id, trace::Level level, Language language);

// "95 segments", "14 lines": what a fold of the journey holds.
std::string foldText(const trace::Counts& counts, Language language);

// A few words each.
std::string nodeText(const trace::Recording& recording, NodeId node, Language language);  // its label, or its name
std::string levelText(trace::Level level, Language language);
std::string milestoneText(trace::Milestone milestone, Language language);
std::string fateText(trace::MailFate fate, Language language);
std::string dropText(trace::DropReason reason, Language language);

// Times count from 10:00:00 of the simulated day (a letter's Date: says the same).
std::string clockText(Instant t, Language language);            // "10:00:00.795"; from the second day on "+1 d 10:00:00.795"
std::string durationText(Duration d, Language language);        // "30 min", "1.2 s", "40 ms"; Spanish has a decimal comma
std::string sizeText(std::uint64_t octets, Language language);  // "146 kB", powers of 1000

}  // namespace mailtrek::narrate
