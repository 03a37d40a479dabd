// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/mime_parameter.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

void skipSpace(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size())); }

std::string takeValue(std::string_view& text) {
    std::string value;
    if (!text.starts_with('"')) {
        const std::size_t end = std::min(text.find_first_of("; \t\r\n"), text.size());
        value = text.substr(0, end);
        text.remove_prefix(end);
        return value;
    }
    std::size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        value += text[i];
    }
    text.remove_prefix(std::min(i + 1, text.size()));
    return value;
}

// name -> value, names in lower case with the marks of RFC 2231 ("filename*0*").
std::map<std::string, std::string> parametersOf(std::string_view field) {
    std::map<std::string, std::string> all;
    while (!field.empty()) {
        if (field.front() == '"') takeValue(field);  // a semicolon in there is none
        const std::size_t semicolon = field.find_first_of(";\"");
        if (semicolon == std::string_view::npos) break;
        field.remove_prefix(semicolon);
        if (field.front() == '"') continue;
        field.remove_prefix(1);
        skipSpace(field);
        const std::size_t equals = field.find_first_of("=;");
        if (equals == std::string_view::npos || field[equals] == ';') continue;
        std::string name = lower(field.substr(0, equals));
        while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.pop_back();
        field.remove_prefix(equals + 1);
        skipSpace(field);
        all.emplace(std::move(name), takeValue(field));
    }
    return all;
}

std::string percentDecoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// UTF-8'es'%C3%B1: without charset and language.
std::string_view afterCharset(std::string_view text) {
    const std::size_t first = text.find('\''), second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    return second == std::string_view::npos ? text : text.substr(second + 1);
}

}  // namespace

std::map<std::string, std::string> mimeParameters(std::string_view field) { return parametersOf(field); }

std::string mimeParameter(std::string_view field, std::string_view name) {
    const auto all = parametersOf(field);
    const std::string stem(name);
    if (const auto extended = all.find(stem + "*"); extended != all.end()) return percentDecoded(afterCharset(extended->second));
    std::string joined;
    for (unsigned piece = 0;; ++piece) {
        const std::string key = stem + "*" + std::to_string(piece);
        const auto plain = all.find(key), encoded = all.find(key + "*");
        if (encoded != all.end())
            joined += percentDecoded(piece == 0 ? afterCharset(encoded->second) : std::string_view(encoded->second));
        else if (plain != all.end())
            joined += plain->second;
        else if (piece > 0)
            return joined;
        else
            break;
    }
    const auto plain = all.find(stem);
    return plain == all.end() ? std::string{} : plain->second;
}

}  // namespace mailtrek::mail
