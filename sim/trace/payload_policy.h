// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server's policies decide about those who bring it mail. event.node is the server.
#pragma once

#include <string_view>

#include "sim/kernel/id.h"
#include "sim/kernel/time.h"
#include "sim/trace/enums_policy.h"
#include "sim/trace/ids.h"

namespace mailtrek::trace {

// SPF of the envelope's sender, the signature of the letter, or DMARC of the address in From.
struct SenderChecked {
    static constexpr std::string_view kType = "sender-checked";
    NodeId client;  // who brought it
    TextId domain;  // in question
    TextId detail;  // what decided: "-all", the selector of the signature, "dkim=norte.example", "p=reject"; or the problem
    SenderCheck check{};
    CheckResult result{};
    bool refuses = false;  // the policy of this server makes it a refusal
    template <class F>
    void fields(F&& f) const {
        f("check", check);
        f("result", result);
        f("domain", domain);
        f("client", client);
        f("detail", detail);
        f("refuses", refuses);
    }
};

struct PolicyApplied {
    static constexpr std::string_view kType = "policy-applied";
    Instant until;  // from when on it would pass; never where waiting changes nothing
    NodeId client;
    TextId recipient;  // empty where it is about all of them
    Policy policy{};
    template <class F>
    void fields(F&& f) const {
        f("policy", policy);
        f("client", client);
        f("recipient", recipient);
        f("until", until);
    }
};

}  // namespace mailtrek::trace
