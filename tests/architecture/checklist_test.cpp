// SPDX-License-Identifier: GPL-3.0-or-later
// tests/checklist.txt: every statement about mail and names has tests that show it, and they exist.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/architecture/source_tree.h"

namespace mailtrek::architecture {
namespace {

struct Statement {
    std::string section;
    int number = 0;
    std::string text;
    std::vector<std::string> tests;
};

std::vector<Statement> checklist(std::istream& in) {
    static const std::regex kLine(R"(([a-z0-9-]+)-([0-9]+) \| ([^|]+) \|(.*))");
    std::vector<Statement> all;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        std::smatch parts;
        if (!std::regex_match(line, parts, kLine)) {
            ADD_FAILURE() << "tests/checklist.txt:" << number << ": 'key-number | statement | tests' is expected";
            continue;
        }
        Statement statement{parts[1], std::stoi(parts[2]), parts[3], {}};
        std::istringstream names(parts[4]);
        for (std::string name; names >> name;) statement.tests.push_back(name);
        all.push_back(std::move(statement));
    }
    return all;
}

std::vector<Statement> checklist() {
    std::ifstream in(std::string(MAILTREK_SOURCE_DIR) + "/tests/checklist.txt");
    EXPECT_TRUE(in) << "tests/checklist.txt is missing";
    return checklist(in);
}

// "Suite.Test" of every test in the sources.
std::set<std::string> testsOf(const std::vector<SourceFile>& files) {
    static const std::regex kTest(R"(^(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+)[,)].*)");
    std::set<std::string> names;
    for (const SourceFile& file : files) {
        if (!file.path.starts_with("tests/") || !file.isCode()) continue;
        for (const std::string& line : file.lines) {
            std::smatch parts;
            if (std::regex_match(line, parts, kTest)) names.insert(parts[1].str() + "." + parts[2].str());
        }
    }
    return names;
}

TEST(Checklist, LeavesNoStatementOut) {
    const std::map<std::string, int> sections{{"smtp-server", 8}, {"smtp-client", 8}, {"message", 7}, {"dsn", 7},  {"enhanced", 4},
                                              {"mx", 8},          {"retry", 6},       {"pop3", 6},    {"imap", 9}, {"dns", 9}};
    std::map<std::string, std::set<int>> found;
    for (const Statement& one : checklist()) EXPECT_TRUE(found[one.section].insert(one.number).second) << one.section << "-" << one.number << " stands there twice";
    for (const auto& [section, count] : sections)
        for (int number = 1; number <= count; ++number) EXPECT_TRUE(found[section].contains(number)) << section << "-" << number << " is missing";
    for (const auto& [section, numbers] : found)
        EXPECT_TRUE(sections.contains(section) && *numbers.rbegin() <= sections.at(section)) << section << " has a number too many, or is unknown";
}

TEST(Checklist, EveryStatementIsShownByTestsThatExist) {
    const std::set<std::string> known = testsOf(sourceTree());
    EXPECT_GT(known.size(), 500u);
    for (const Statement& one : checklist()) {
        EXPECT_FALSE(one.tests.empty()) << one.section << "-" << one.number << ": no test shows that " << one.text;
        for (const std::string& test : one.tests) EXPECT_TRUE(known.contains(test)) << one.section << "-" << one.number << ": there is no test " << test;
    }
}

// The guard itself: it reads names as they are written, and knows a missing one.
TEST(Checklist, ReadsTheNamesOfTests) {
    const std::vector<SourceFile> files{{"tests/a/x_test.cpp",
                                         {"TEST(Suite, One) {", "TEST_F(Fixture, Two) { EXPECT_TRUE(true); }", "TEST_P(Many, Three) {",
                                          "RC_GTEST_PROP(Law, Four, (const int& x)) {", "    TEST(Inside, Five)", "// TEST(Comment, Six) {"}},
                                        {"sim/x.cpp", {"TEST(Elsewhere, Seven) {"}}};
    EXPECT_EQ(testsOf(files), (std::set<std::string>{"Suite.One", "Fixture.Two", "Many.Three", "Law.Four"}));
    std::istringstream text("# a comment\n\nsmtp-server-1 | It greets | Suite.One Law.Four\ndns-12 | It answers |\n");
    const std::vector<Statement> read = checklist(text);
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0].section, "smtp-server");
    EXPECT_EQ(read[0].tests, (std::vector<std::string>{"Suite.One", "Law.Four"}));
    EXPECT_EQ(read[1].number, 12);
    EXPECT_TRUE(read[1].tests.empty());
}

}  // namespace
}  // namespace mailtrek::architecture
