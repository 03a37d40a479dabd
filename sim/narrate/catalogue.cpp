// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/narrate/catalogue.h"

#include <algorithm>

namespace mailtrek::narrate {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::map<std::string_view, std::string_view> parse(std::string_view text) {
    std::map<std::string_view, std::string_view> entries;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto sign = line.find('=');
        if (line.empty() || line.front() == '#' || sign == std::string_view::npos) continue;
        entries.emplace(trimmed(line.substr(0, sign)), trimmed(line.substr(sign + 1)));
    }
    return entries;
}

void replaceAll(std::string& text, std::string_view what, std::string_view by) {
    for (auto found = text.find(what); found != std::string::npos; found = text.find(what, found + by.size())) text.replace(found, what.size(), by);
}

void capitalise(std::string& text) {
    if (text.empty()) return;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first >= 'a' && first <= 'z') text[0] = static_cast<char>(first - 'a' + 'A');
    // Latin-1 letters with accents: U+00E0 to U+00FE without the division sign, in UTF-8 C3 A0 to C3 BE.
    if (first == 0xC3 && text.size() > 1) {
        const auto second = static_cast<unsigned char>(text[1]);
        if (second >= 0xA0 && second <= 0xBE && second != 0xB7) text[1] = static_cast<char>(second - 0x20);
    }
}

}  // namespace

const std::map<std::string_view, std::string_view>& catalogue(Language language) {
    static const auto english = parse(catalogueText_en);
    static const auto spanish = parse(catalogueText_es);
    return language == Language::es ? spanish : english;
}

std::string fill(Language language, std::string_view key, const Blanks& blanks) {
    const auto& entries = catalogue(language);
    const auto entry = entries.find(key);
    if (entry == entries.end()) return std::string(key);
    std::string out;
    std::string_view rest = entry->second;
    while (!rest.empty()) {
        const auto open = rest.find('{');
        const auto close = open == std::string_view::npos ? open : rest.find('}', open);
        if (close == std::string_view::npos) break;
        out += rest.substr(0, open);
        const std::string_view name = rest.substr(open + 1, close - open - 1);
        const auto blank = std::ranges::find(blanks, name, [](const auto& b) { return b.first; });
        out += blank != blanks.end() ? std::string_view(blank->second) : rest.substr(open, close - open + 1);
        rest.remove_prefix(close + 1);
    }
    out += rest;
    return out;
}

std::string fillSentence(Language language, std::string_view key, const Blanks& blanks) {
    std::string text = fill(language, key, blanks);
    if (language == Language::es) {
        replaceAll(text, " de el ", " del ");
        replaceAll(text, " a el ", " al ");
    }
    capitalise(text);
    std::erase(text, kAsWritten);
    return text;
}

}  // namespace mailtrek::narrate
