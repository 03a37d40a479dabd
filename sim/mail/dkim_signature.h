// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in a DKIM-Signature field (RFC 6376 3.5) and in the TXT record with the key to it (3.6.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/result.h"
#include "sim/mail/dkim_canonical.h"

namespace mailtrek::mail {

struct DkimSignature {
    std::string algorithm;  // a=
    std::string signature;  // b=, decoded
    std::string bodyHash;   // bh=, decoded
    Canonicalization header = Canonicalization::simple, body = Canonicalization::simple;
    std::string domain, selector;           // d=, s=
    std::string identity;                   // i=; its domain
    std::vector<std::string> fields;        // h=
    std::optional<std::uint64_t> length;    // l=: octets of the body that it covers
    std::optional<std::uint64_t> at, ends;  // t=, x=: seconds since 1970
    std::string queries;                    // q=
};
// Of the value of the field. What is wrong with it, when it cannot be used (6.1.1).
Result<DkimSignature> parseDkimSignature(std::string_view value);
// The field with nothing behind b=, in the form it is signed in: without its line end (3.7).
std::string unsignedField(std::string_view field, Canonicalization how);

struct DkimKeyRecord {
    std::string kind = "rsa";  // k=
    std::string key;           // p=, decoded; empty: revoked
    std::vector<std::string> hashes, services;
    bool strict = false;  // t=s: the domain of i= is that of d=
};
Result<DkimKeyRecord> parseDkimKey(std::string_view text);

}  // namespace mailtrek::mail
