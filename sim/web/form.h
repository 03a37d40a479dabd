// SPDX-License-Identifier: GPL-3.0-or-later
// What a browser says beside the path: percent-encoding (RFC 3986 2.1), forms as application/x-www-form-urlencoded (WHATWG URL 5), cookies (RFC 6265).
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailtrek::web {

class Form {
public:
    Form() = default;
    Form(std::initializer_list<std::pair<std::string, std::string>> fields) : m_fields(fields) {}
    void add(std::string name, std::string value) { m_fields.emplace_back(std::move(name), std::move(value)); }
    std::string value(std::string_view name) const;  // of the first of that name, or empty
    const std::vector<std::pair<std::string, std::string>>& fields() const { return m_fields; }
    std::string wire() const;

private:
    std::vector<std::pair<std::string, std::string>> m_fields;
};

// Nothing when a % is not followed by two hexadecimal digits.
std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace);
std::string percentEncoded(std::string_view text);  // all but unreserved characters (RFC 3986 2.3)
std::optional<Form> parseForm(std::string_view text);

// What the Cookie field carries; of several of a name the first counts.
std::map<std::string, std::string> parseCookies(std::string_view field);

}  // namespace mailtrek::web
