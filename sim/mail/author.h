// SPDX-License-Identifier: GPL-3.0-or-later
// Whom the reader of a letter takes for its author: the address in From (RFC 5322 3.6.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailtrek::mail {

// The addresses in a field such as From, without names and comments.
std::vector<std::string> addressesIn(std::string_view field);

// The one domain of all addresses in the only From, as domainOf() writes it; empty when there is no From, more than one, or several domains (RFC 7489 6.6.1).
std::string authorDomain(std::string_view message);

}  // namespace mailtrek::mail
