// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line says of itself and of wrong usage (exit code 64).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/process.h"

namespace mailtrek::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> kSpanish = {"LANG=es_ES.UTF-8"};

TEST(Usage, WrongOnesExit64WithAHint) {
    struct Case {
        std::vector<std::string> arguments;
        std::string message;
    };
    const std::vector<Case> cases = {
        {{}, "a command is missing"},
        {{"rnu", "x.yaml"}, "there is no command 'rnu' (did you mean `run`?)"},
        {{"chekc"}, "there is no command 'chekc' (did you mean `check`?)"},
        {{"weather"}, "there is no command 'weather'\n"},
        {{"--sed", "3"}, "there is no option '--sed'"},
        {{"run"}, "`run` needs a scenario file"},
        {{"check"}, "`check` needs a scenario file"},
        {{"run", "a.yaml", "b.yaml"}, "'b.yaml' is one argument too many"},
        {{"run", "a.yaml", "--sed", "3"}, "there is no option '--sed' (did you mean `--seed`?)"},
        {{"run", "a.yaml", "--sed=3"}, "there is no option '--sed' (did you mean `--seed`?)"},
        {{"run", "a.yaml", "--seed"}, "--seed needs a value"},
        {{"run", "a.yaml", "--seed", "three"}, "--seed: 'three' is not a whole number"},
        {{"run", "a.yaml", "--seed", "-3"}, "--seed: '-3' is not a whole number"},
        {{"run", "a.yaml", "--seed", "1", "--seed", "2"}, "--seed stands twice"},
        {{"run", "a.yaml", "--level", "novel"}, "--level: 'novel' is none of story, mail, dialogue, tcp, ip"},
        {{"run", "a.yaml", "--format", "xml"}, "--format: 'xml' is none of text, json, jsonl"},
        {{"run", "a.yaml", "--set", "seed"}, "--set: 'seed' is not PATH=VALUE"},
        {{"run", "a.yaml", "--set", "=3"}, "--set: '=3' is not PATH=VALUE"},
        {{"run", "a.yaml", "--max-events", "many"}, "--max-events: 'many' is not a whole number"},
        {{"run", "a.yaml", "--max-events", "99999999999999999999"}, "is not a whole number"},
        {{"run", "a.yaml", "--max-memory", "3 apples"}, "--max-memory: '3 apples' is not a size"},
        {{"run", "a.yaml", "--max-memory", "99999999999GB"}, "is not a size"},
        {{"run", "a.yaml", "--lang", "fr"}, "--lang: 'fr' is none of en, es"},
        {{"export", "a.yaml"}, "`export` needs --to"},
        {{"export", "a.yaml", "--to", "x.csv", "--at-node", "a", "--at-link", "b"}, "--at-node and --at-link exclude each other"},
        {{"metrics", "tcp"}, "'tcp' is one argument too many"},
        {{"sweep", "a.yaml", "--vary", "seed=1..3/1"}, "`sweep` is not supported yet"},
        {{"generate"}, "`generate` is not supported yet"},
    };
    for (const Case& one : cases) {
        const Ran ran = mailtrekCli(one.arguments);
        EXPECT_EQ(ran.exitCode, 64) << one.message;
        EXPECT_EQ(ran.out, "") << one.message;
        EXPECT_THAT(ran.err, StartsWith("mailtrek-cli: error: "));
        EXPECT_THAT(ran.err, HasSubstr(one.message));
    }
}

TEST(Usage, SpeaksTheLanguageOfTheEnvironment) {
    EXPECT_THAT(mailtrekCli({"rnu"}, kSpanish).err, HasSubstr("error: no existe la orden «rnu» (¿quería decir `run`?)"));
    EXPECT_THAT(mailtrekCli({"rnu"}, {"LC_ALL=es", "LANG=en_GB.UTF-8"}).err, HasSubstr("no existe"));
    EXPECT_THAT(mailtrekCli({"rnu"}, {"LC_ALL=", "LC_MESSAGES=es_MX", "LANG=C"}).err, HasSubstr("no existe"));
    EXPECT_THAT(mailtrekCli({"rnu"}, {"LC_ALL=C", "LANG=es_ES.UTF-8"}).err, HasSubstr("there is no"));
    EXPECT_THAT(mailtrekCli({"rnu"}, {"LANG=est_EE"}).err, HasSubstr("there is no"));
    EXPECT_THAT(mailtrekCli({"rnu", "--lang", "en"}, kSpanish).err, HasSubstr("there is no"));
    EXPECT_THAT(mailtrekCli({"--lang", "es", "run"}).err, HasSubstr("necesita un fichero de escenario"));
}

TEST(Usage, HelpAndVersion) {
    for (const char* word : {"--help", "-h"}) {
        const Ran ran = mailtrekCli({word});
        EXPECT_EQ(ran.exitCode, 0);
        EXPECT_EQ(ran.err, "");
        for (const char* command : {"run FILE", "check FILE|FOLDER", "export FILE", "metrics", "sweep"}) EXPECT_THAT(ran.out, HasSubstr(command));
    }
    EXPECT_THAT(mailtrekCli({"run", "--help"}).out, HasSubstr("--max-memory SIZE"));
    EXPECT_THAT(mailtrekCli({"run", "--help"}, kSpanish).out, HasSubstr("--max-memory TAMAÑO"));
    EXPECT_THAT(mailtrekCli({"export", "-h"}).out, HasSubstr("--at-node"));
    const Ran version = mailtrekCli({"--version"});
    EXPECT_EQ(version.exitCode, 0);
    EXPECT_EQ(version.out, "mailtrek-cli " MAILTREK_VERSION "\n");
}

TEST(Usage, MetricsListsEachWithUnitAndMeaning) {
    const Ran ran = mailtrekCli({"metrics"});
    EXPECT_EQ(ran.exitCode, 0);
    EXPECT_EQ(std::ranges::count(ran.out, '\n'), 44);
    EXPECT_THAT(ran.out, StartsWith("tcp.connections       count  TCP connections established\n"));
    EXPECT_THAT(ran.out, HasSubstr("\nlink.bytes            B      "));
    EXPECT_THAT(ran.out, HasSubstr("\nsim.end-time          s      "));
    EXPECT_THAT(mailtrekCli({"metrics", "--lang", "es"}).out, HasSubstr("conexiones TCP establecidas"));
}

TEST(Usage, AFullDiskIsSaid) {
    const Ran ran = mailtrekCli({"metrics"}, {}, "/dev/full");
    EXPECT_EQ(ran.exitCode, 3);
    EXPECT_THAT(ran.err, HasSubstr("error: standard output cannot be written: "));
}

}  // namespace
}  // namespace mailtrek::test
