// SPDX-License-Identifier: GPL-3.0-or-later
// The text of an SPF record, RFC 7208 4.6, 5 to 7 and 12: terms, and macros in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/result.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::mail {

enum class SpfQualifier : std::uint8_t { pass, fail, softfail, neutral };               // + - ~ ?
enum class SpfMechanism : std::uint8_t { all, include, a, mx, ptr, ip4, ip6, exists };  // RFC 7208 5
struct SpfDirective {
    SpfQualifier qualifier{};
    SpfMechanism mechanism{};
    std::string domain;        // the domain-spec with its macros; empty: the domain in question
    std::uint8_t prefix = 32;  // of a and mx
    wire::Ipv4Prefix network;  // of ip4
    std::string text;          // as it stands in the record
};
struct SpfRecord {
    std::vector<SpfDirective> directives;
    std::string redirect;  // a domain-spec; empty: none
};

bool isSpfRecord(std::string_view text);  // begins with the word "v=spf1" (4.5)
// Any syntax error, anywhere, is one of the whole record (4.6).
Result<SpfRecord> parseSpfRecord(std::string_view text);

struct SpfMacros {  // RFC 7208 7.2
    std::string sender, localPart, senderDomain, domain, helo;
    wire::Ipv4Address client;
};
// The text with its macros replaced. %{p}, which asks for a PTR record and should not be used, is "unknown". REQUIRES: it came out of parseSpfRecord.
std::string expandMacros(std::string_view text, const SpfMacros& macros);

}  // namespace mailtrek::mail
