// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "sim/narrate/narrate.h"

namespace mailtrek::narrate {
namespace {

using namespace std::chrono_literals;

TEST(Words, Clock) {
    EXPECT_EQ(clockText(kStart + 795ms, Language::en), "10:00:00.795");
    EXPECT_EQ(clockText(kStart + 795ms, Language::es), "10:00:00,795");
    EXPECT_EQ(clockText(kStart + 14h, Language::en), "+1 d 00:00:00.000");
    EXPECT_EQ(clockText(kStart + 5 * 24h + 61s, Language::en), "+5 d 10:01:01.000");
}

TEST(Words, Duration) {
    const std::pair<Duration, const char*> table[] = {
        {0ns, "0 µs"},     {1500ns, "1.5 µs"}, {40ms, "40 ms"},  {1200ms, "1.2 s"},  {1s, "1 s"},       {61s, "61 s"},
        {30min, "30 min"}, {90min, "1.5 h"},   {120h, "5 days"}, {12345us, "12 ms"}, {999600us, "1 s"},
    };
    for (const auto& [duration, words] : table) EXPECT_EQ(durationText(duration, Language::en), words);
    EXPECT_EQ(durationText(1200ms, Language::es), "1,2 s");
    EXPECT_EQ(durationText(120h, Language::es), "5 días");
}

TEST(Words, Size) {
    EXPECT_EQ(sizeText(900, Language::en), "900 B");
    EXPECT_EQ(sizeText(146000, Language::en), "146 kB");
    EXPECT_EQ(sizeText(5'200'000, Language::es), "5,2 MB");
    EXPECT_EQ(sizeText(3'000'000'000, Language::en), "3 GB");
}

TEST(Words, EveryEnumeratorHasAWordInBothLanguages) {
    for (const Language language : {Language::en, Language::es}) {
        for (int i = 0; i <= static_cast<int>(trace::DropReason::reassembly); ++i)
            EXPECT_EQ(dropText(static_cast<trace::DropReason>(i), language).find('.'), std::string::npos) << i;
        for (int i = 0; i < trace::kMilestones; ++i) EXPECT_EQ(milestoneText(static_cast<trace::Milestone>(i), language).find('.'), std::string::npos) << i;
        for (int i = 0; i <= static_cast<int>(trace::MailFate::discarded); ++i) EXPECT_EQ(fateText(static_cast<trace::MailFate>(i), language).find('.'), std::string::npos) << i;
        for (int i = 1; i <= trace::kLevels; ++i) EXPECT_EQ(levelText(static_cast<trace::Level>(i), language).find('.'), std::string::npos) << i;
    }
}

TEST(Words, FoldsNameTheTwoTopmostKinds) {
    EXPECT_EQ(foldText({4, 0, 14, 95, 600}, Language::en), "14 lines, 95 segments");
    EXPECT_EQ(foldText({0, 1, 0, 1, 0}, Language::en), "1 question to the DNS, 1 segment");
    EXPECT_EQ(foldText({2, 0, 0, 0, 0}, Language::es), "2 sucesos");
}

TEST(Words, LanguagesHaveCodes) {
    EXPECT_EQ(languageNamed("es"), Language::es);
    EXPECT_EQ(languageNamed("de"), std::nullopt);
}

}  // namespace
}  // namespace mailtrek::narrate
