// SPDX-License-Identifier: GPL-3.0-or-later
// Field lines of HTTP, RFC 9110 5 and RFC 9112 5: names without regard to case, values as they came, in their order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailtrek::web {

bool isToken(std::string_view text);                                        // RFC 9110 5.6.2
std::string_view trimmed(std::string_view text);                            // without spaces and tabs at its ends
std::string_view untilAny(std::string_view& text, std::string_view marks);  // takes what stands before the first of these marks, and the mark

class Fields {
public:
    void add(std::string name, std::string value) { m_lines.emplace_back(std::move(name), std::move(value)); }
    // "Name: value". Nothing when it is none: white space before the colon or a folded line is refused (RFC 9112 5.1, 5.2).
    static std::optional<std::pair<std::string, std::string>> parseLine(std::string_view line);

    std::size_t count(std::string_view name) const;
    std::string value(std::string_view name) const;                // of the first line of that name, or empty
    std::vector<std::string> values(std::string_view name) const;  // of every line
    std::vector<std::string> list(std::string_view name) const;    // the members of its comma-separated lists, in lower case, empty ones left out (RFC 9110 5.6.1)
    const std::vector<std::pair<std::string, std::string>>& lines() const { return m_lines; }
    std::string wire() const;  // each with CRLF

private:
    std::vector<std::pair<std::string, std::string>> m_lines;
};

// What Content-Length says, RFC 9110 8.6: digits; several equal ones count as one. Nothing when it is not that.
std::optional<std::uint64_t> contentLength(const Fields& fields);

}  // namespace mailtrek::web
