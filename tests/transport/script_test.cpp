// SPDX-License-Identifier: GPL-3.0-or-later
// Runs every conformance script of scripts/ on the driver.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/transport/script.h"

namespace mailtrek::test {
namespace {

std::vector<std::string> scripts() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(MAILTREK_SOURCE_DIR "/tests/transport/scripts"))
        if (entry.path().filename() != "README.txt") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    return names;
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, AsTheScriptSays) { EXPECT_EQ(runScript(MAILTREK_SOURCE_DIR "/tests/transport/scripts/" + GetParam() + ".txt"), ""); }

INSTANTIATE_TEST_SUITE_P(Scripts, Conformance, testing::ValuesIn(scripts()), [](const auto& one) {
    std::string name = one.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

// A script that expects the wrong thing must fail, and tell what happened.
TEST(ConformanceRunner, NoticesWhatIsWrong) {
    const auto path = std::filesystem::temp_directory_path() / "mailtrek_wrong_script.txt";
    std::ofstream(path) << "0 call socket - = 3\n0 call connect 3 = block\n0 out S 0 mss 1200\n";
    const std::string told = runScript(path.string());
    std::filesystem::remove(path);
    EXPECT_NE(told.find("line 3: expected mss"), std::string::npos) << told;
    EXPECT_NE(told.find("mss 1460"), std::string::npos) << told;
}

}  // namespace
}  // namespace mailtrek::test
