// SPDX-License-Identifier: GPL-3.0-or-later
// Mail addresses as SMTP writes them, RFC 5321 4.1.2: local parts as they are, domains without regard to case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::mail {

std::string localPartOf(std::string_view address);
std::string domainOf(std::string_view address);            // in lower case; empty without '@'
bool sameAddress(std::string_view a, std::string_view b);  // domains without regard to case

// What MAIL FROM: and RCPT TO: carry behind the colon.
struct Path {
    std::string address;     // empty: the null path <>
    std::string parameters;  // what follows the '>', trimmed: "SIZE=1234 BODY=8BITMIME"
};
// Nothing when it is no path. A source route (@a,@b:user@c) is read and dropped (RFC 5321 C).
std::optional<Path> parsePath(std::string_view text);

}  // namespace mailtrek::mail
