// SPDX-License-Identifier: GPL-3.0-or-later
// export: the formats by their endings, what to keep, and that a file is whole or not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kLossy = scenarioPath("04_enlace_con_perdidas.yaml");

Ran exportTo(const std::string& to, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"export", kLossy, "--to", to});
    return mailtrekCli(options);
}

// Records of RFC 4180: a field in quotes may hold line ends.
std::vector<std::size_t> fieldsOfEachRecord(const std::string& csv) {
    std::vector<std::size_t> fields = {1};
    bool quoted = false;
    for (std::size_t i = 0; i < csv.size(); ++i) {
        if (csv[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (csv[i] == ',') ++fields.back();
        if (csv[i] == '\n') {
            EXPECT_EQ(csv[i - 1], '\r');
            fields.push_back(1);
        }
    }
    fields.pop_back();
    return fields;
}

void expectWritten(const std::string& to, const std::vector<std::string>& options = {}) {
    const Ran ran = exportTo(to, options);
    EXPECT_EQ(ran.exitCode, 0) << to << ran.err;
    EXPECT_EQ(ran.out + ran.err, "") << to;
}

TEST(Export, EveryFormat) {
    const TemporaryFolder folder;
    const std::string lines = mailtrekCli({"run", kLossy, "--format", "jsonl"}).out;
    const std::size_t events = linesOf(lines).size();
    for (const char* ending : {"pcapng", "csv", "json", "jsonl", "CSV"}) expectWritten(folder.path(std::string("x.") + ending));
    EXPECT_EQ(folder.names().size(), 5u) << "nothing else is left beside";
    EXPECT_EQ(readFile(folder.path("x.pcapng")).substr(0, 4), "\x0a\x0d\x0d\x0a");
    EXPECT_EQ(readFile(folder.path("x.jsonl")), lines);
    const Json array = Json::parse(readFile(folder.path("x.json")));
    ASSERT_EQ(array.size(), events);
    EXPECT_EQ(array[3], Json::parse(linesOf(lines)[3]));
    const std::string csv = readFile(folder.path("x.csv"));
    EXPECT_EQ(csv, readFile(folder.path("x.CSV")));
    EXPECT_THAT(csv, StartsWith("id,cause,t,node,mail,type,"));
    const std::vector<std::size_t> fields = fieldsOfEachRecord(csv);
    EXPECT_EQ(fields.size(), events + 1);
    EXPECT_EQ(std::ranges::count(fields, fields[0]), std::ssize(fields)) << "every record has every column";
}

TEST(Export, OnlyWhatWasAskedFor) {
    const TemporaryFolder folder;
    expectWritten(folder.path("all.json"));
    expectWritten(folder.path("node.json"), {"--at-node", "norte"});
    expectWritten(folder.path("link.json"), {"--at-link", "R2-R5"});
    expectWritten(folder.path("variant.json"), {"--variant", "aleatorio"});
    const auto read = [&](const char* name) { return Json::parse(readFile(folder.path(name))); };
    const Json all = read("all.json"), node = read("node.json"), link = read("link.json");
    EXPECT_LT(node.size(), all.size());
    EXPECT_GT(node.size(), 500u);
    for (const Json& event : node) EXPECT_EQ(event, all[event["id"].get<std::size_t>()]);
    for (const Json& event : link)
        if (event.contains("link")) { EXPECT_EQ(event["link"], "R2-R5"); }
    EXPECT_GT(link.size(), 100u);
    EXPECT_NE(read("variant.json"), all);
}

TEST(Export, UnknownEndings) {
    const TemporaryFolder folder;
    for (const auto& [name, message] : std::vector<std::pair<std::string, std::string>>{
             {"x.html", "html is not supported yet"}, {"x.xlsx", "'xlsx' is no format that can be written"}, {"x", "must say the format"}, {"x.", "must say the format"}}) {
        const Ran ran = exportTo(folder.path(name));
        EXPECT_EQ(ran.exitCode, 64) << name;
        EXPECT_THAT(ran.err, HasSubstr(message));
        EXPECT_THAT(ran.err, HasSubstr(".pcapng, .csv, .json, .jsonl"));
        EXPECT_EQ(ran.out, "");
    }
    EXPECT_THAT(exportTo(folder.path("x.html"), {"--lang", "es"}).err, HasSubstr("html no está disponible todavía"));
    EXPECT_THAT(exportTo(folder.path("x.xlsx"), {"--lang", "es"}).err, HasSubstr("«xlsx» no es un formato"));
    EXPECT_TRUE(folder.names().empty());
}

void expectFailure(const Ran& ran, const std::string& to, const std::string& why) {
    EXPECT_EQ(ran.exitCode, 3) << to;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err, "mailtrek-cli: error: " + to + ": cannot be written: " + why + "\n");
}

TEST(Export, PlacesThatTakeNoFile) {
    const TemporaryFolder folder;
    folder.write("file", "");
    std::filesystem::create_directory(folder.path("folder.csv"));
    expectFailure(exportTo(folder.path("nowhere/x.csv")), folder.path("nowhere/x.csv"), "No such file or directory");
    expectFailure(exportTo(folder.path("file/x.csv")), folder.path("file/x.csv"), "Not a directory");
    expectFailure(exportTo(folder.path("folder.csv")), folder.path("folder.csv"), "Is a directory");
    expectFailure(exportTo("/proc/x.csv"), "/proc/x.csv", "No such file or directory");
    EXPECT_THAT(exportTo(folder.path("nowhere/x.csv"), {"--lang", "es"}).err, HasSubstr("x.csv: no se puede escribir: no existe el fichero o la carpeta\n"));
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"file", "folder.csv"}));
    if (geteuid() == 0) return;  // root may write everywhere
    std::filesystem::create_directory(folder.path("locked"));
    std::filesystem::permissions(folder.path("locked"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    expectFailure(exportTo(folder.path("locked/x.csv")), folder.path("locked/x.csv"), "Permission denied");
}

// The name leads to a device that is always full.
TEST(Export, AFullDeviceIsSaid) {
    const TemporaryFolder folder;
    for (const char* name : {"x.pcapng", "x.csv", "x.json", "x.jsonl"}) {
        std::filesystem::create_symlink("/dev/full", folder.path(name));
        expectFailure(exportTo(folder.path(name)), folder.path(name), "No space left on device");
        EXPECT_TRUE(std::filesystem::is_symlink(folder.path(name)));
    }
    EXPECT_EQ(folder.names().size(), 4u);
}

// A disk of 64 KiB that holds an older export: it stays as it was.
TEST(Export, AFullDiskLeavesNoHalfFileAndTheOldOneAsItWas) {
    const TemporaryFolder folder;
    if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) GTEST_SKIP() << "only root can make a tiny disk";
    folder.write("old.csv", "the old one");
    for (const char* name : {"old.csv", "new.csv", "new.pcapng", "new.json"}) expectFailure(exportTo(folder.path(name)), folder.path(name), "No space left on device");
    EXPECT_EQ(folder.names(), std::vector<std::string>{"old.csv"});
    EXPECT_EQ(readFile(folder.path("old.csv")), "the old one");
    umount(folder.path().c_str());
}

// The same without root: the shell forbids files of more than 64 KiB.
TEST(Export, AFileTooLargeLeavesNoHalfFile) {
    const TemporaryFolder folder;
    folder.write("old.csv", "the old one");
    for (const char* name : {"old.csv", "new.pcapng"}) {
        const std::string command = "ulimit -f 64; '" + std::string(MAILTREK_CLI) + "' export '" + kLossy + "' --to '" + folder.path(name) + "' 2>&1; echo $?";
        EXPECT_EQ(outputOf(command), "mailtrek-cli: error: " + folder.path(name) + ": cannot be written: File too large\n3\n");
    }
    EXPECT_EQ(folder.names(), std::vector<std::string>{"old.csv"});
    EXPECT_EQ(readFile(folder.path("old.csv")), "the old one");
}

TEST(Export, AWrongScenarioLeavesTheOldFile) {
    const TemporaryFolder folder;
    const std::string old = folder.write("old.csv", "the old one"), bad = folder.write("bad.yaml", replaced(smallScenario(), "delay: 10 ms", "dealy: 10 ms"));
    EXPECT_EQ(mailtrekCli({"export", bad, "--to", old}).exitCode, 2);
    EXPECT_EQ(mailtrekCli({"export", folder.path("missing.yaml"), "--to", old}).exitCode, 3);
    EXPECT_EQ(readFile(old), "the old one");
    expectWritten(old);
    EXPECT_THAT(readFile(old), StartsWith("id,cause,"));
}

TEST(Export, ToStandardOutput) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/stdout", folder.path("x.jsonl"));
    const Ran ran = exportTo(folder.path("x.jsonl"));
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    EXPECT_EQ(ran.out, mailtrekCli({"run", kLossy, "--format", "jsonl"}).out);
}

}  // namespace
}  // namespace mailtrek::test
