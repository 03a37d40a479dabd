// SPDX-License-Identifier: GPL-3.0-or-later
// Mail addresses as SMTP writes them, RFC 5321 4.1.2, with letters beyond ASCII as RFC 6531 3.3 allows: local parts as they are, domains without regard to case or to whether
// they are written as people do or as A-labels.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::mail {

std::string localPartOf(std::string_view address);
std::string domainOf(std::string_view address);  // in its canonical form (dns/idna.h); empty without '@'
// The one spelling of all that mean the same: quotes and backslashes only where they are needed (RFC 5321 4.1.2), the domain in its canonical form, letters of the local part
// joined with their marks (RFC 6532 3.1).
std::string canonicalAddress(std::string_view address);
bool localPartNeedsUtf8(std::string_view address);
// As it travels: the domain in A-labels, so that any server can take it, unless the local part needs SMTPUTF8 anyway.
std::string wireAddress(std::string_view address);
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
