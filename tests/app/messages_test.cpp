// SPDX-License-Identifier: GPL-3.0-or-later
// Every message stands in English and in Spanish, with the same places for its values.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/mailtrek-cli/messages.h"

namespace mailtrek::cli {
namespace {

std::size_t places(std::string_view text) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find("{}", at)) != std::string_view::npos; at += 2) ++n;
    return n;
}

TEST(Messages, AreCompleteInBothLanguages) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(kLastMessage); ++i) {
        const std::string_view en = textOf(static_cast<Say>(i), Language::en), es = textOf(static_cast<Say>(i), Language::es);
        EXPECT_FALSE(en.empty()) << i;
        EXPECT_FALSE(es.empty()) << en;
        EXPECT_NE(en, es) << "not translated";
        EXPECT_EQ(places(en), places(es)) << en;
        EXPECT_EQ(std::ranges::count(en, '`'), std::ranges::count(es, '`')) << en;
    }
}

TEST(Messages, TakeTheirValuesInOrder) {
    EXPECT_EQ(say(Language::en, Say::notAsExpected, "tcp.retransmits", "4", "3"), "tcp.retransmits: expected 4, found 3");
    EXPECT_EQ(say(Language::es, Say::notAsExpected, "tcp.retransmits", "4", "3"), "tcp.retransmits: se esperaba 4, resultó 3");
}

}  // namespace
}  // namespace mailtrek::cli
