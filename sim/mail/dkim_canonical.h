// SPDX-License-Identifier: GPL-3.0-or-later
// What of a letter a DKIM signature covers, RFC 6376 3.4: its header fields and its body in a form that servers on the way leave alone. `simple` is octet for octet, `relaxed`
// forgives white space, the folding of lines and the case of field names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailtrek::mail {

enum class Canonicalization : std::uint8_t { simple, relaxed };

// The fields of a header, each with its folded lines and its line end. What is no field is one nevertheless.
std::vector<std::string_view> rawFields(std::string_view header);
std::string_view fieldName(std::string_view field);   // as it is written
std::string_view fieldValue(std::string_view field);  // all behind the colon, its line end included

std::string canonicalField(std::string_view field, Canonicalization how);  // with its line end
std::string canonicalBody(std::string_view body, Canonicalization how);

}  // namespace mailtrek::mail
