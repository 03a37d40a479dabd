// SPDX-License-Identifier: GPL-3.0-or-later
// What the style page asks of files: short, licensed, and named in the build.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "tests/architecture/source_tree.h"

namespace mailtrek::architecture {
namespace {

TEST(Files, AreShort) {
    std::vector<std::size_t> lengths;
    std::size_t long400 = 0;
    for (const SourceFile& file : sourceTree()) {
        if (!file.isCode()) continue;
        lengths.push_back(file.lines.size());
        long400 += file.lines.size() > 400 ? 1 : 0;
        EXPECT_LE(file.lines.size(), 600u) << file.path << ": two ideas in one file?";
    }
    ASSERT_FALSE(lengths.empty());
    std::ranges::sort(lengths);
    EXPECT_LE(long400 * 20, lengths.size()) << long400 << " of " << lengths.size() << " files are longer than 400 lines";
    const std::size_t median = lengths[lengths.size() / 2];
    if (median > 150) std::cout << "advice: half of the files are longer than " << median << " lines; aim at 150\n";
}

TEST(Files, CarryTheLicence) {
    for (const SourceFile& file : sourceTree()) {
        ASSERT_FALSE(file.lines.empty()) << file.path << " is empty";
        const bool script = file.lines[0].starts_with("#!");
        const std::string line = file.lines.size() > 1 && script ? file.lines[1] : file.lines[0];
        EXPECT_NE(line.find("SPDX-License-Identifier: GPL-3.0-or-later"), std::string::npos) << file.path;
    }
}

// Files that no CMakeLists.txt beside or above them names would never be compiled.
TEST(Files, AreNamedInTheBuild) {
    std::map<std::string, std::set<std::string>> named;  // folder -> words of its CMakeLists.txt
    for (const SourceFile& file : sourceTree()) {
        if (!file.path.ends_with("CMakeLists.txt")) continue;
        auto& words = named[file.path.substr(0, file.path.rfind('/'))];
        for (const std::string& line : file.lines) {
            std::string word;
            for (const char c : line + " ") {
                if (c != ' ' && c != ')' && c != '(' && c != '"' && c != '\t') {
                    word += c;
                } else if (!word.empty()) {
                    words.insert(std::exchange(word, {}));
                }
            }
        }
    }
    for (const SourceFile& file : sourceTree()) {
        if (!file.path.ends_with(".cpp")) continue;
        bool found = false;
        for (std::string folder = file.path; folder.find('/') != std::string::npos && !found;) {
            folder = folder.substr(0, folder.rfind('/'));
            const auto list = named.find(folder);
            found = list != named.end() && list->second.contains(file.path.substr(folder.size() + 1));
        }
        EXPECT_TRUE(found) << file.path << " is in no CMakeLists.txt";
    }
}

}  // namespace
}  // namespace mailtrek::architecture
