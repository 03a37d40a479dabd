// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/dkim_canonical.h"

#include <algorithm>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t'; }

// Runs of white space become one space, that at the end goes.
std::string reduced(std::string_view line) {
    std::string out;
    for (const char c : line) {
        if (!isSpace(c))
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

}  // namespace

std::vector<std::string_view> rawFields(std::string_view header) {
    std::vector<std::string_view> fields;
    while (!header.empty() && !header.starts_with("\r\n")) {
        std::size_t end = header.find("\r\n");
        while (end != std::string_view::npos && end + 2 < header.size() && isSpace(header[end + 2])) end = header.find("\r\n", end + 2);
        const std::size_t next = end == std::string_view::npos ? header.size() : end + 2;
        fields.push_back(header.substr(0, next));
        header.remove_prefix(next);
    }
    return fields;
}

std::string_view fieldName(std::string_view field) {
    std::string_view name = field.substr(0, field.find(':'));
    while (!name.empty() && isSpace(name.back())) name.remove_suffix(1);
    return name;
}

std::string_view fieldValue(std::string_view field) {
    const std::size_t colon = field.find(':');
    return colon == std::string_view::npos ? std::string_view{} : field.substr(colon + 1);
}

std::string canonicalField(std::string_view field, Canonicalization how) {
    if (how == Canonicalization::simple) return std::string(field);  // RFC 6376 3.4.1
    std::string value;                                               // 3.4.2: the folded lines as one
    for (const char c : fieldValue(field))
        if (c != '\r' && c != '\n') value += c;
    value = reduced(value);
    if (value.starts_with(' ')) value.erase(0, 1);
    return lower(fieldName(field)) + ":" + value + "\r\n";
}

std::string canonicalBody(std::string_view body, Canonicalization how) {
    std::string out;
    std::size_t emptyLines = 0;
    while (!body.empty()) {
        const std::size_t end = body.find("\r\n");
        const std::string_view whole = body.substr(0, end);
        body.remove_prefix(end == std::string_view::npos ? body.size() : end + 2);
        const std::string line = how == Canonicalization::relaxed ? reduced(whole) : std::string(whole);  // 3.4.4 (a)
        if (line.empty()) {
            ++emptyLines;  // those at the end do not count (3.4.3, 3.4.4 (b))
            continue;
        }
        for (; emptyLines > 0; --emptyLines) out += "\r\n";
        out += line;
        out += "\r\n";
    }
    if (out.empty() && how == Canonicalization::simple) return "\r\n";  // 3.4.3: no body is one empty line
    return out;
}

}  // namespace mailtrek::mail
