// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/options.h"

#include <gtest/gtest.h>

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

TEST(Options, TakeEverythingTheContractNames) {
    const auto o = parseOptions({"a.yaml", "--level", "tcp", "--presenter", "--theme=dark", "--pace", "true", "--at", "1.5 s", "--screenshot", "x.png", "--size", "1920x1080",
                                 "--view", "ladder", "--lang", "es"});
    ASSERT_TRUE(o.ok());
    EXPECT_EQ(o->path, "a.yaml");
    EXPECT_EQ(o->level, Level::tcp);
    EXPECT_TRUE(o->presenter);
    EXPECT_EQ(o->theme, ThemeKind::dark);
    EXPECT_EQ(o->pace, Pace::trueScale);
    EXPECT_EQ(o->at, Instant(1500ms));
    EXPECT_EQ(o->screenshot, "x.png");
    EXPECT_EQ(o->size, QSize(1920, 1080));
    EXPECT_EQ(o->view, "ladder");
    EXPECT_EQ(o->spanish, true);
}

TEST(Options, WrongUsageComesWithAHint) {
    const std::pair<QStringList, const char*> cases[] = {{{"--levle", "tcp"}, "--level"}, {{"--level", "tpc"}, "tcp"}, {{"--theme"}, "--theme"},        {{"--size", "big"}, "big"},
                                                         {{"--view", "lader"}, "ladder"}, {{"a", "b"}, "b"},           {{"--at", "yesterday"}, "--at"}, {{"--at", "1"}, "--at"}};
    for (const auto& [arguments, word] : cases) {
        const auto o = parseOptions(arguments);
        ASSERT_FALSE(o.ok()) << arguments.join(' ').toStdString();
        EXPECT_NE(o.error().message.find(word), std::string::npos) << o.error().message;
    }
}

TEST(Options, TimesAreWrittenWithOrWithoutASpace) {
    EXPECT_EQ(parseDuration("1s"), Duration(1s));
    EXPECT_EQ(parseDuration("1 s"), Duration(1s));
    EXPECT_EQ(parseDuration("30 min"), Duration(30min));
    EXPECT_EQ(parseDuration("0.25 h"), Duration(15min));
    for (const char* wrong : {"", "s", "1", "-1 s", "1 parsec", "1e9 days", "99999999999999999999 days"}) EXPECT_FALSE(parseDuration(wrong)) << wrong;
}

TEST(Options, ADoubleDashEndsThem) {
    const auto o = parseOptions({"--", "--odd.yaml"});
    ASSERT_TRUE(o.ok());
    EXPECT_EQ(o->path, "--odd.yaml");
}

}  // namespace
}  // namespace mailtrek::ui
