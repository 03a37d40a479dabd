// SPDX-License-Identifier: GPL-3.0-or-later
// From the name asked for along its CNAMEs to the name that has the records (RFC 1034 3.6.2, RFC 2181 10.1).
#pragma once

#include <vector>

#include "sim/dns/message.h"

namespace mailtrek::dns {

inline constexpr std::size_t kMaxAliases = 16;

struct AliasChain {
    std::vector<ResourceRecord> aliases;  // passed, in order
    Name end;
    bool loop = false;  // in a circle, or too long
};

// The CNAMEs among `answers` may come in any order. `before` are those already passed on the way to question.name.
AliasChain followAliases(const Question& question, const std::vector<ResourceRecord>& answers, const std::vector<ResourceRecord>& before);

}  // namespace mailtrek::dns
