// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind the semicolons of Content-Type and Content-Disposition: RFC 2045 5.1, and RFC 2231 for values that are long or beyond US-ASCII.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mailtrek::mail {

// The value of boundary=..., filename="...", filename*=UTF-8''%C3%B1, filename*0=...; empty when it is not there. Charsets are taken for UTF-8.
std::string mimeParameter(std::string_view field, std::string_view name);

// All of them as they stand, names in lower case with the marks of RFC 2231 ("filename*0*").
std::map<std::string, std::string> mimeParameters(std::string_view field);

}  // namespace mailtrek::mail
