// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/alias_chain.h"

#include <algorithm>

namespace mailtrek::dns {

AliasChain followAliases(const Question& question, const std::vector<ResourceRecord>& answers, const std::vector<ResourceRecord>& before) {
    AliasChain chain{.aliases = before, .end = question.name};
    if (question.type == Type::cname || question.type == kAnyType) return chain;
    for (;;) {
        const auto alias = std::ranges::find_if(answers, [&](const ResourceRecord& r) { return std::holds_alternative<CnameRecord>(r.data) && r.name == chain.end; });
        if (alias == answers.end()) return chain;
        const Name& target = std::get<CnameRecord>(alias->data).target;
        chain.aliases.push_back(*alias);
        chain.loop = chain.aliases.size() > kMaxAliases || std::ranges::any_of(chain.aliases, [&](const ResourceRecord& r) { return r.name == target; });
        chain.end = target;
        if (chain.loop) return chain;
    }
}

}  // namespace mailtrek::dns
