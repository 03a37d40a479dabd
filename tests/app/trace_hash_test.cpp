// SPDX-License-Identifier: GPL-3.0-or-later
// The trace hash tells what happened: no other folder, file name, locale or time zone changes it; whatever changes the run does.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/app/process.h"

namespace mailtrek::test {
namespace {

std::string hashOf(const std::string& file, const std::vector<std::string>& environment = {}, const std::string& folder = {}, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"run", file, "--format", "json"});
    const Ran ran = launch({.program = MAILTREK_CLI, .arguments = options, .environment = environment, .folder = folder, .outPath = {}});
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    return nlohmann::json::parse(ran.out)["trace_hash"];
}

TEST(TraceHash, DoesNotDependOnWhereAndHow) {
    for (const std::string& name : scenarioNames()) {
        const std::string hash = hashOf(scenarioPath(name));
        const TemporaryFolder folder;
        const std::string copy = folder.write("año 2/otro nombre.yml", readFile(scenarioPath(name)));
        EXPECT_EQ(hashOf(copy), hash) << name;
        EXPECT_EQ(hashOf("otro nombre.yml", {}, std::filesystem::path(copy).parent_path().string()), hash) << name;
        for (const std::vector<std::string>& environment :
             {std::vector<std::string>{"LC_ALL=es_ES.UTF-8", "TZ=America/Caracas"}, {"LC_ALL=tr_TR.UTF-8"}, {"LC_ALL=C.UTF-8", "TZ=UTC-13"}, {"LANG=de_DE"}})
            EXPECT_EQ(hashOf(scenarioPath(name), environment), hash) << name << " " << environment[0];
        EXPECT_EQ(hashOf(scenarioPath(name), {}, {}, {"--lang", "es"}), hash) << name;
    }
}

TEST(TraceHash, ChangesWithWhatHappens) {
    const std::string file = scenarioPath("04_enlace_con_perdidas.yaml");
    std::set<std::string> hashes;
    const std::vector<std::vector<std::string>> runs = {
        {}, {"--set", "links.R2-R5.delay=11 ms"}, {"--set", "links.R2-R5.rules=[]"}, {"--variant", "aleatorio"}, {"--variant", "aleatorio", "--seed", "9"}, {"--until", "300 ms"}};
    for (const auto& options : runs) hashes.insert(hashOf(file, {}, {}, options));
    EXPECT_EQ(hashes.size(), runs.size());
}

}  // namespace
}  // namespace mailtrek::test
