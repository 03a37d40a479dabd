// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line says, in English and Spanish. The words `error:` and `warning:` are for programs too and never translated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace mailtrek::cli {

enum class Language : std::uint8_t { en, es };

enum class Say : std::uint8_t {
    noCommand,
    unknownCommand,
    unknownOption,
    tooManyArguments,
    missingFile,
    missingOption,
    missingValue,
    optionTwice,
    badNumber,
    badSize,
    badPort,
    badTime,
    badChoice,
    badSetting,
    atNodeOrLink,
    notSupportedYet,
    didYouMean,
    seeHelp,
    cannotRead,
    cannotWrite,
    cannotWriteOutput,
    formatMissing,
    formatUnknown,
    formatNotYet,
    noScenarios,
    limitEvents,
    limitMemory,
    noSuchNode,
    noSuchLink,
    notAsExpected,
    reading,
    simulating,
    writing,
    outOfMemory,
    noSuchDevice,
    noDevice,
    noServer,
    notExtended,
    saveOverFile,
    portTaken,
    serveEntered,
    serveLeft,
    serveFull,
    serveOver,
    serveSessionFull,
    serveSaved,
    serveAccount,
    serveSubmission,
    serveImap,
    servePop3,
    serveStranger,
    serveUsers,
    serveMoreUsers,
    serveHint
};
inline constexpr Say kLastMessage = Say::serveHint;

// The template of a message; {} stand for its values.
std::string_view textOf(Say message, Language language);

template <class... Values>
std::string say(Language language, Say message, const Values&... values) {
    return fmt::format(fmt::runtime(textOf(message, language)), values...);
}

// From LC_ALL, LC_MESSAGES and LANG, the first that is set and not empty (POSIX, Environment Variables 8.2): Spanish or else English.
Language languageOfEnvironment();
std::string_view code(Language language);  // "en", "es"

}  // namespace mailtrek::cli
