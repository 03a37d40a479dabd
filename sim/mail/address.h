// SPDX-License-Identifier: GPL-3.0-or-later
// Mail addresses as SMTP writes them, RFC 5321 4.1.2: local parts as they are, domains without regard to case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::mail {

std::string localPartOf(std::string_view address);
std::string domainOf(std::string_view address);  // in lower case; empty without '@'
// The one spelling of all that mean the same: quotes and backslashes only where they are needed (RFC 5321 4.1.2), the domain in lower case.
std::string canonicalAddress(std::string_view address);
bool sameAddress(std::string_view a, std::string_view b);

// "sur.example" or "[10.0.0.1]" (RFC 5321 4.1.2, 4.1.3); underscores are let pass, as every mail server does.
bool isMailDomain(std::string_view text);
bool isMailbox(std::string_view text);  // local-part@domain, each within the lengths of 4.5.3.1

// What MAIL FROM: and RCPT TO: carry behind the colon.
struct Path {
    std::string address;     // empty: the null path <>
    std::string parameters;  // what follows the '>', trimmed: "SIZE=1234 BODY=8BITMIME"
};
// Nothing when it is no path. A source route (@a,@b:user@c) is read and dropped (RFC 5321 C). <Postmaster> needs no domain (4.5.1).
std::optional<Path> parsePath(std::string_view text);

}  // namespace mailtrek::mail
