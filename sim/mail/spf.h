// SPDX-License-Identifier: GPL-3.0-or-later
// Sender Policy Framework, RFC 7208: may this client send for the domain of the envelope's sender? check_host() of section 4, over what the DNS says.
// Left out: ptr never matches (5.5: "should not be published"), ip6 never either, exp is read and ignored.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "sim/mail/dns_facts.h"
#include "sim/trace/enums_policy.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::mail {

struct SpfRequest {
    wire::Ipv4Address client;
    std::string sender;  // of the envelope; empty: the null reverse-path, and "postmaster@helo" is checked (2.4)
    std::string helo;
    std::string receiver;  // who checks
};

struct SpfVerdict {
    trace::CheckResult result{};
    std::string domain;     // that was asked, in the form of the DNS
    std::string mechanism;  // that decided: "mx", "-all"; "default" when none did
    std::string problem;    // of temperror and permerror
};

// The verdict, or the question whose answer it depends on.
std::variant<SpfVerdict, dns::Question> checkSpf(const SpfRequest& request, const DnsFacts& facts);

// "Received-SPF: pass (...) client-ip=...;" folded, with its line end (9.1).
std::string receivedSpfLine(const SpfRequest& request, const SpfVerdict& verdict);

}  // namespace mailtrek::mail
