// SPDX-License-Identifier: GPL-3.0-or-later
// CLI11 takes the words apart; what they mean, and what is wrong with them, is said here in the user's language.
#include "app/mailtrek-cli/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <CLI/CLI.hpp>

#include "app/mailtrek-cli/sizes.h"

namespace mailtrek::cli {

namespace {

const std::vector<std::string> kCommands = {"run", "check", "export", "sweep", "serve", "generate", "metrics"};
const std::vector<std::string> kUnsupported = {"sweep", "generate"};
const std::vector<std::string> kLevels = {"story", "mail", "dialogue", "tcp", "ip"};
const std::vector<std::string> kFormats = {"text", "json", "jsonl"};
const std::vector<std::string> kPaces = {"real", "fast"};
const std::vector<std::string> kLanguages = {"en", "es"};

// The words behind each option, as they stand.
struct Words {
    std::vector<std::string> files;
    std::vector<std::string> variant, seed, until, set, level, format, maxEvents, maxMemory, to, atNode, atLink, lang;
    std::vector<std::string> as, smtp, submission, pop3, imap, pace, save, forTime;
    bool help = false;
    bool version = false;
};

struct Option {
    const char* name;
    std::vector<std::string> Words::*words;
};

const std::vector<Option> kRunOptions = {{"--variant", &Words::variant}, {"--seed", &Words::seed},     {"--until", &Words::until},          {"--set", &Words::set},
                                         {"--level", &Words::level},     {"--format", &Words::format}, {"--max-events", &Words::maxEvents}, {"--max-memory", &Words::maxMemory}};
const std::vector<Option> kExportOptions = {{"--to", &Words::to}, {"--variant", &Words::variant}, {"--at-node", &Words::atNode}, {"--at-link", &Words::atLink}};
const std::vector<Option> kServeOptions = {{"--as", &Words::as},     {"--smtp", &Words::smtp},  {"--submission", &Words::submission},
                                           {"--pop3", &Words::pop3}, {"--imap", &Words::imap},  {"--pace", &Words::pace},
                                           {"--save", &Words::save}, {"--for", &Words::forTime}};
const std::vector<Option> kCommonOptions = {{"--lang", &Words::lang}};

const std::vector<Option>& optionsOf(const std::string& command) {
    static const std::vector<Option> none;
    if (command == "run") return kRunOptions;
    if (command == "serve") return kServeOptions;
    return command == "export" ? kExportOptions : none;
}

void addOptions(CLI::App& app, const std::vector<Option>& options, Words& words) {
    for (const Option& option : options) app.add_option(option.name, words.*option.words)->allow_extra_args(false);
}

class Reader {
public:
    Reader(const std::string& command, const Words& words, Language language) : m_command(command), m_words(words), m_language(language) {}

    Command read(const std::vector<std::string>& extras) {
        if (m_words.help) return HelpCommand{m_command};
        if (m_words.version) return VersionCommand{};
        if (!supported(m_command)) return UnsupportedCommand{m_command};
        if (!extras.empty()) return unknown(extras.front());
        if (m_command.empty()) return wrong(Say::noCommand);
        Command command = m_command == "run"      ? readRun()
                          : m_command == "check"  ? readCheck()
                          : m_command == "export" ? readExport()
                          : m_command == "serve"  ? readServe()
                                                  : Command{MetricsCommand{}};
        if (m_wrong) return *m_wrong;
        return command;
    }

private:
    template <class... Values>
    WrongUsage wrong(Say message, const Values&... values) const {
        return {say(m_language, message, values...)};
    }

    template <class... Values>
    void complain(Say message, const Values&... values) {
        if (!m_wrong) m_wrong = wrong(message, values...);
    }

    WrongUsage unknown(const std::string& word) const {
        std::vector<std::string> known = kCommands;
        Say message = m_command.empty() ? Say::unknownCommand : Say::tooManyArguments;
        if (word.starts_with("-")) {
            message = Say::unknownOption;
            known = optionNames({});
            for (const Option& option : optionsOf(m_command)) known.emplace_back(option.name);
        }
        WrongUsage usage = wrong(message, word.substr(0, word.find('=')));
        if (const auto near = closest(word.substr(0, word.find('=')), known)) usage.message += say(m_language, Say::didYouMean, *near);
        return usage;
    }

    std::string single(const char* name, const std::vector<std::string>& words) {
        if (words.size() > 1) complain(Say::optionTwice, name);
        return words.empty() ? std::string{} : words.front();
    }

    std::string choice(const char* name, const std::vector<std::string>& words, const std::vector<std::string>& known, const char* otherwise) {
        const std::string word = words.empty() ? otherwise : single(name, words);
        if (std::ranges::find(known, word) == known.end()) complain(Say::badChoice, name, word, fmt::format("{}", fmt::join(known, ", ")));
        return word;
    }

    std::optional<std::uint64_t> number(const char* name, const std::vector<std::string>& words) {
        if (words.empty()) return std::nullopt;
        const std::string word = single(name, words);
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || end != word.data() + word.size()) complain(Say::badNumber, name, word);
        return value;
    }

    std::string oneFile() {
        if (m_words.files.empty()) complain(Say::missingFile, m_command);
        if (m_words.files.size() > 1) complain(Say::tooManyArguments, m_words.files[1]);
        return m_words.files.empty() ? std::string{} : m_words.files.front();
    }

    Command readRun() {
        RunCommand run;
        run.file = oneFile();
        run.variant = single("--variant", m_words.variant);
        for (const std::string& setting : m_words.set) {
            const auto equals = setting.find('=');
            if (equals == 0 || equals == std::string::npos) complain(Say::badSetting, setting);
            run.settings.emplace_back(setting.substr(0, equals), equals == std::string::npos ? std::string{} : setting.substr(equals + 1));
        }
        run.seed = number("--seed", m_words.seed);
        if (!m_words.until.empty()) run.until = single("--until", m_words.until);
        run.level = choice("--level", m_words.level, kLevels, "story");
        const std::string format = choice("--format", m_words.format, kFormats, "text");
        run.format = format == "json" ? RunFormat::json : format == "jsonl" ? RunFormat::jsonl : RunFormat::text;
        run.maxEvents = number("--max-events", m_words.maxEvents);
        if (!m_words.maxMemory.empty()) {
            run.maxMemory = parseSize(single("--max-memory", m_words.maxMemory));
            if (!run.maxMemory) complain(Say::badSize, "--max-memory", m_words.maxMemory.front());
        }
        return run;
    }

    Command readCheck() {
        if (m_words.files.empty()) complain(Say::missingFile, m_command);
        return CheckCommand{m_words.files};
    }

    Command readExport() {
        ExportCommand command;
        command.file = oneFile();
        command.to = single("--to", m_words.to);
        if (command.to.empty()) complain(Say::missingOption, m_command, "--to");
        command.variant = single("--variant", m_words.variant);
        command.atNode = single("--at-node", m_words.atNode);
        command.atLink = single("--at-link", m_words.atLink);
        if (!command.atNode.empty() && !command.atLink.empty()) complain(Say::atNodeOrLink);
        return command;
    }

    void readPort(const char* name, const std::vector<std::string>& words, std::uint16_t& port) {
        const auto value = number(name, words);
        if (value && *value > 65535) complain(Say::badPort, name, words.front());
        if (value) port = static_cast<std::uint16_t>(*value);
    }

    Command readServe() {
        ServeCommand command;
        command.file = oneFile();
        command.as = single("--as", m_words.as);
        if (command.as.empty()) complain(Say::missingOption, m_command, "--as");
        readPort("--smtp", m_words.smtp, command.ports[0]);
        readPort("--submission", m_words.submission, command.ports[1]);
        readPort("--pop3", m_words.pop3, command.ports[2]);
        readPort("--imap", m_words.imap, command.ports[3]);
        command.pace = choice("--pace", m_words.pace, kPaces, "real") == "fast" ? ServePace::fast : ServePace::real;
        command.save = single("--save", m_words.save);
        if (m_words.forTime.empty()) return command;
        command.forSeconds = parseSeconds(single("--for", m_words.forTime));
        if (!command.forSeconds) complain(Say::badTime, "--for", m_words.forTime.front());
        return command;
    }

    const std::string& m_command;
    const Words& m_words;
    Language m_language;
    std::optional<WrongUsage> m_wrong;
};

void declare(CLI::App& app, Words& words) {
    app.set_help_flag("");
    app.allow_extras();
    app.fallthrough();
    app.add_flag("-h,--help", words.help);
    app.add_flag("--version", words.version);
    addOptions(app, kCommonOptions, words);
    for (const std::string& name : kCommands) {
        CLI::App* command = app.add_subcommand(name);
        command->allow_extras();
        command->fallthrough();
        addOptions(*command, optionsOf(name), words);
        if (name == "run" || name == "check" || name == "export" || name == "serve") command->add_option("files", words.files);
    }
}

}  // namespace

Arguments parseArguments(int argc, const char* const* argv, Language environment) {
    Words words;
    CLI::App app;
    declare(app, words);
    Language language = environment;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {  // all that is left to go wrong: an option without its value
        const std::string what = error.what();
        return {WrongUsage{say(language, Say::missingValue, what.substr(0, what.find_first_of(": ")))}, language};
    }
    if (!words.lang.empty()) {
        if (std::ranges::find(kLanguages, words.lang.back()) == kLanguages.end()) {
            return {WrongUsage{say(language, Say::badChoice, "--lang", words.lang.back(), fmt::format("{}", fmt::join(kLanguages, ", ")))}, language};
        }
        language = words.lang.back() == "es" ? Language::es : Language::en;
    }
    const auto commands = app.get_subcommands();
    const std::string name = commands.empty() ? std::string{} : commands.front()->get_name();
    return {Reader(name, words, language).read(app.remaining(true)), language};
}

const std::vector<std::string>& commandNames() { return kCommands; }

bool supported(std::string_view command) { return std::ranges::find(kUnsupported, command) == kUnsupported.end(); }

std::vector<std::string> optionNames(const std::string& command) {
    if (command.empty()) return {"--help", "--version", "--lang"};
    std::vector<std::string> names;
    for (const Option& option : optionsOf(command)) names.emplace_back(option.name);
    return names;
}

std::vector<std::string> valuesOf(std::string_view option) {
    if (option == "--level") return kLevels;
    if (option == "--format") return kFormats;
    if (option == "--pace") return kPaces;
    return option == "--lang" ? kLanguages : std::vector<std::string>{};
}

std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& known) {
    std::optional<std::string> best;
    std::size_t bestDistance = word.size() < 4 ? 2 : 3;  // more slips than that are another word
    for (const std::string& candidate : known) {
        // Edit distance with swapped neighbours as one slip (optimal string alignment).
        std::vector<std::vector<std::size_t>> d(word.size() + 1, std::vector<std::size_t>(candidate.size() + 1));
        for (std::size_t i = 0; i <= word.size(); ++i) d[i][0] = i;
        for (std::size_t j = 0; j <= candidate.size(); ++j) d[0][j] = j;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const bool same = word[i - 1] == candidate[j - 1];
                d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
                if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
        if (d[word.size()][candidate.size()] >= bestDistance) continue;
        bestDistance = d[word.size()][candidate.size()];
        best = candidate;
    }
    return best;
}

}  // namespace mailtrek::cli
