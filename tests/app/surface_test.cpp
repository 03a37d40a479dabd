// SPDX-License-Identifier: GPL-3.0-or-later
// Help, man pages, completion and parser speak of the same options, in both languages and for both programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "app/mailtrek-cli/arguments.h"
#include "tests/app/process.h"

namespace mailtrek::test {
namespace {

using cli::commandNames;
using cli::optionNames;
using testing::HasSubstr;
using Names = std::set<std::string>;

const std::string kApp = MAILTREK_SOURCE_DIR "/app/";

// Every --option of a text.
Names optionsIn(const std::string& text) {
    static const std::regex kOption("(^|[^A-Za-z0-9-])(--[a-z][a-z0-9-]*)");
    Names names;
    for (std::sregex_iterator i(text.begin(), text.end(), kOption), end; i != end; ++i) names.insert((*i)[2]);
    return names;
}

Names join(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    Names names(a.begin(), a.end());
    names.insert(b.begin(), b.end());
    return names;
}

// The part of a man page between a heading and the next, as plain text.
std::string section(const std::string& page, const std::string& heading) {
    std::string text;
    bool inside = false;
    for (const std::string& line : linesOf(page)) {
        if (line.starts_with(".SH ") || line.starts_with(".SS ")) inside = line.substr(4) == heading;
        if (inside) text += std::regex_replace(line, std::regex(R"(\\-)"), "-") + "\n";
    }
    return text;
}

// What the completion script offers for words of which the last is being written.
std::vector<std::string> completions(const std::string& program, const std::string& words, const std::string& folder = "/") {
    const std::string function = program == "mailtrek" ? "_mailtrek" : "_mailtrek_cli";
    const std::string script = ". '" + kApp + "completion/" + program + ".bash'; COMP_WORDS=(" + program + " " + words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); " + function + "; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const Ran ran = launch({.program = "/bin/bash", .arguments = {"-c", script}, .environment = {"PATH=/usr/bin:/bin"}, .folder = folder, .outPath = {}});
    EXPECT_EQ(ran.err, "");
    std::vector<std::string> lines = linesOf(ran.out);
    std::erase(lines, "");
    std::ranges::sort(lines);
    return lines;
}

Names completed(const std::string& program, const std::string& words) {
    const auto all = completions(program, words);
    return Names(all.begin(), all.end());
}

TEST(Surface, HelpOfEachCommandNamesTheParsersOptions) {
    for (const char* language : {"en", "es"}) {
        for (const std::string& command : commandNames()) {
            const Ran ran = mailtrekCli({command, "--help", "--lang", language});
            EXPECT_EQ(ran.exitCode, 0) << command;
            EXPECT_EQ(optionsIn(ran.out), join(optionNames(command), optionNames(""))) << command << " " << language;
        }
        const Ran whole = mailtrekCli({"--help", "--lang", language});
        for (const std::string& command : commandNames()) EXPECT_THAT(whole.out, HasSubstr("\n  " + command)) << language;
        EXPECT_THAT(optionsIn(whole.out), testing::IsSupersetOf(optionNames("")));
        for (const std::string& value : cli::valuesOf("--level")) EXPECT_THAT(mailtrekCli({"run", "--help", "--lang", language}).out, HasSubstr(value));
    }
}

TEST(Surface, EveryOptionIsParsed) {
    for (const std::string& command : commandNames()) {
        if (!cli::supported(command)) continue;
        for (const std::string& option : optionNames(command)) {
            const std::string err = mailtrekCli({command, option}).err;
            EXPECT_THAT(err, HasSubstr(option + " needs a value")) << command;
            EXPECT_THAT(mailtrekCli({"check", "x.yaml", option, "1"}).err, HasSubstr("there is no option '" + option)) << "only where it belongs";
        }
    }
}

TEST(Surface, ManPagesOfTheCommandLine) {
    struct Page {
        std::string path, ofAll;
    };
    for (const Page& one : {Page{"man/mailtrek-cli.1", "OPTIONS OF EVERY COMMAND"}, Page{"man/es/mailtrek-cli.1", "OPCIONES DE TODAS LAS ÓRDENES"}}) {
        const std::string page = readFile(kApp + one.path);
        EXPECT_EQ(optionsIn(section(page, one.ofAll)), join(optionNames(""), {})) << one.path;
        for (const std::string& command : commandNames()) {
            if (!cli::supported(command)) continue;
            ASSERT_NE(section(page, command), "") << one.path << ": no section " << command;
            EXPECT_EQ(optionsIn(section(page, command)), join(optionNames(command), {})) << one.path << ": " << command;
        }
        for (const char* option : {"--level", "--format"})
            for (const std::string& value : cli::valuesOf(option)) EXPECT_THAT(section(page, "run"), HasSubstr(value)) << one.path;
        for (const char* code : {"\n.B 0\n", "\n.B 1\n", "\n.B 2\n", "\n.B 3\n", "\n.B 4\n", "\n.B 64\n"}) EXPECT_THAT(page, HasSubstr(code)) << one.path;
        EXPECT_THAT(page, HasSubstr("Mailtrek " + std::string(MAILTREK_VERSION).substr(0, 3))) << one.path;
    }
}

TEST(Surface, ManPagesAreCleanTroff) {
    if (!have("man")) GTEST_SKIP() << "man is missing (Debian: man-db)";
    for (const char* page : {"man/mailtrek-cli.1", "man/es/mailtrek-cli.1", "man/mailtrek.1", "man/es/mailtrek.1"}) {
        EXPECT_EQ(outputOf("man --warnings -E UTF-8 -l -Tutf8 -Z '" + kApp + page + "' 2>&1 >/dev/null"), "") << page;
        EXPECT_EQ(outputOf("LC_ALL=C.UTF-8 man -l '" + kApp + page + "' | head -1").substr(0, 8), "MAILTREK") << page;
    }
}

TEST(Surface, CompletionOfTheCommandLine) {
    std::vector<std::string> supported = commandNames();
    std::erase_if(supported, [](const std::string& name) { return !cli::supported(name); });
    EXPECT_EQ(completed("mailtrek-cli", "''"), join(supported, optionNames("")));
    for (const std::string& command : supported) EXPECT_EQ(completed("mailtrek-cli", command + " --"), join(optionNames(command), optionNames(""))) << command;
    for (const char* option : {"--level", "--format", "--lang"}) {
        EXPECT_EQ(completed("mailtrek-cli", std::string("run ") + option + " ''"), join(cli::valuesOf(option), {})) << option;
        EXPECT_EQ(completed("mailtrek-cli", std::string("run ") + option + " = ''"), join(cli::valuesOf(option), {})) << option;
    }
    EXPECT_EQ(completed("mailtrek-cli", "run --format js"), (Names{"json", "jsonl"}));
    EXPECT_EQ(completed("mailtrek-cli", "run --seed ''"), Names{});
    EXPECT_EQ(completed("mailtrek-cli", "metrics ''"), Names{});
}

TEST(Surface, CompletionOffersScenarios) {
    const TemporaryFolder folder;
    for (const char* name : {"my letter.yaml", "other.yml", "notes.txt", "more/x.yaml"}) folder.write(name, "");
    const std::vector<std::string> wanted = {"more", "my letter.yaml", "other.yml"};
    EXPECT_EQ(completions("mailtrek-cli", "run ''", folder.path()), wanted);
    EXPECT_EQ(completions("mailtrek-cli", "check ''", folder.path()), wanted);
    EXPECT_EQ(completions("mailtrek", "''", folder.path()), wanted);
    EXPECT_EQ(completions("mailtrek-cli", "export x.yaml --to n", folder.path()), std::vector<std::string>{"notes.txt"});
}

#ifdef MAILTREK_WINDOW
Ran window(const std::vector<std::string>& arguments) {
    return launch({.program = MAILTREK_WINDOW, .arguments = arguments, .environment = {"QT_QPA_PLATFORM=offscreen", "HOME=/nonexistent"}, .folder = {}, .outPath = {}});
}

TEST(Surface, TheWindowsHelpManPagesAndCompletion) {
    const Ran help = window({"--help", "--lang", "en"});
    ASSERT_EQ(help.exitCode, 0) << help.err;
    const Names options = optionsIn(help.out);
    EXPECT_GE(options.size(), 11u);
    EXPECT_EQ(optionsIn(section(readFile(kApp + "man/mailtrek.1"), "OPTIONS")), options);
    EXPECT_EQ(optionsIn(section(readFile(kApp + "man/es/mailtrek.1"), "OPCIONES")), options);
    EXPECT_EQ(completed("mailtrek", "--"), options);
}

// What completion offers behind an option is what the window takes there, and what the man pages name.
TEST(Surface, TheWindowTakesWhatCompletionOffers) {
    const std::string man = readFile(kApp + "man/mailtrek.1"), spanish = readFile(kApp + "man/es/mailtrek.1");
    for (const std::string option : {"--level", "--pace", "--theme", "--lang", "--view"}) {
        const Names values = completed("mailtrek", option + " ''");
        EXPECT_GE(values.size(), 2u) << option;
        for (const std::string& value : values) {
            EXPECT_EQ(window({option, value, "--help"}).exitCode, 0) << option << " " << value;
            EXPECT_THAT(section(man, "OPTIONS"), HasSubstr(value)) << option;
            EXPECT_THAT(section(spanish, "OPCIONES"), HasSubstr(value)) << option;
        }
        EXPECT_EQ(window({option, "weather", "--help"}).exitCode, 64) << option;
    }
}
#endif

}  // namespace
}  // namespace mailtrek::test
