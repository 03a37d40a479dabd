// SPDX-License-Identifier: GPL-3.0-or-later
// English and Spanish are equal: the same keys, the same blanks, and no sentence longer than a pupil can take in.
#include "sim/narrate/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace mailtrek::narrate {
namespace {

std::set<std::string> blanksIn(std::string_view text) {
    std::set<std::string> blanks;
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) blanks.emplace(text.substr(open, text.find('}', open) - open + 1));
    return blanks;
}

TEST(Catalogue, BothLanguagesHaveTheSameKeysAndBlanks) {
    const auto &english = catalogue(Language::en), &spanish = catalogue(Language::es);
    EXPECT_GT(english.size(), 150u);
    for (const auto& [key, text] : english) {
        ASSERT_TRUE(spanish.contains(key)) << key;
        EXPECT_EQ(blanksIn(text), blanksIn(spanish.at(key))) << key;
    }
    for (const auto& [key, text] : spanish) EXPECT_TRUE(english.contains(key)) << key;
}

TEST(Catalogue, NoKeyIsWrittenTwice) {
    for (const std::string_view text : {catalogueText_en, catalogueText_es}) {
        std::set<std::string> keys;
        std::istringstream lines{std::string(text)};
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line[0] == '#') continue;
            const std::string key = line.substr(0, line.find(" = "));
            EXPECT_TRUE(keys.insert(key).second) << key;
            EXPECT_NE(line.find(" = "), std::string::npos) << line;
        }
    }
}

TEST(Catalogue, NoSentenceHasMoreThanEighteenWords) {
    for (const Language language : {Language::en, Language::es}) {
        for (const auto& [key, text] : catalogue(language)) {
            std::istringstream words{std::string(text)};
            int count = 0;
            for (std::string word; words >> word;) ++count;
            EXPECT_LE(count, 18) << key;
            const bool phrase = key.starts_with("what.") || key.starts_with("drop.") || key.starts_with("reply.") || key.starts_with("fold.");
            EXPECT_TRUE(phrase || count <= 6 || text.ends_with('.') || text.ends_with('}')) << key << ": a sentence ends";
        }
    }
}

TEST(Fill, PutsFactsIntoBlanks) {
    EXPECT_EQ(fill(Language::en, "link", {{"name", "R1-R2"}}), "the link R1-R2");
    EXPECT_EQ(fill(Language::en, "link", {{"name", "{odd}"}}), "the link {odd}") << "what goes in is not read again";
    EXPECT_EQ(fill(Language::en, "no-such-key"), "no-such-key");
}

TEST(Fill, WritesSentences) {
    EXPECT_EQ(fillSentence(Language::en, "link-changed.cut", {{"link", "the link R1-R2"}}), "The link R1-R2 is cut.");
    EXPECT_EQ(fillSentence(Language::es, "packet-corrupted", {{"link", "el enlace a"}, {"what", "el segmento 5"}}), "El ruido del enlace a cambia un bit del segmento 5.");
    EXPECT_EQ(fillSentence(Language::es, "node-changed.online", {{"node", "ñandú"}}), "Ñandú ya tiene red.");
}

TEST(Fill, LeavesAsWrittenWhatIsMarked) {
    EXPECT_EQ(fillSentence(Language::en, "node-changed.started", {{"node", std::string(1, kAsWritten) + "ana-pc"}}), "ana-pc starts again.");
    EXPECT_EQ(fillSentence(Language::en, "node-changed.started", {{"node", "norte"}}), "Norte starts again.");
}

}  // namespace
}  // namespace mailtrek::narrate
