// SPDX-License-Identifier: GPL-3.0-or-later
// What the DNS is known to say. A check of a sender (SPF, DMARC) is a pure function of these facts that either ends or names one more question, and is then made
// anew with its answer: so there is no state to keep, and the same facts always give the same verdict.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/dns/message.h"
#include "sim/dns/stub_resolver.h"

namespace mailtrek::mail {

enum class Finding : std::uint8_t {
    records,
    noData,      // the name exists, not with this type
    noSuchName,  // NXDOMAIN
    failed       // SERVFAIL, a timeout, a loop of aliases
};

struct DnsFact {
    Finding finding{};
    std::vector<dns::ResourceRecord> records{};
};

class DnsFacts {
public:
    void add(const dns::Question& question, DnsFact fact) { m_facts[{question.name, question.type}] = std::move(fact); }
    const DnsFact* find(const dns::Name& name, dns::Type type) const {
        const auto found = m_facts.find({name, type});
        return found == m_facts.end() ? nullptr : &found->second;
    }

private:
    std::map<std::pair<dns::Name, dns::Type>, DnsFact> m_facts;
};

inline DnsFact factOf(const dns::Answer& answer) {
    switch (answer.kind) {
        case dns::AnswerKind::records: return {Finding::records, answer.records};
        case dns::AnswerKind::noData: return {Finding::noData};
        case dns::AnswerKind::noSuchName: return {Finding::noSuchName};
        case dns::AnswerKind::serverFailure:
        case dns::AnswerKind::truncated:
        case dns::AnswerKind::aliasLoop: return {Finding::failed};
    }
    return {Finding::failed};
}

}  // namespace mailtrek::mail
