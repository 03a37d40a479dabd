// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/dmarc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/dns/idna.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/tag_list.h"

namespace mailtrek::mail {
namespace {

using trace::CheckResult;

std::optional<DmarcPolicy> policyNamed(std::string_view word) {
    for (const DmarcPolicy policy : {DmarcPolicy::none, DmarcPolicy::quarantine, DmarcPolicy::reject})
        if (sameIgnoringCase(word, name(policy))) return policy;
    return std::nullopt;
}

bool isSuffixBelowCountry(std::string_view label) {
    constexpr std::array<std::string_view, 12> kLabels{"ac", "co", "com", "edu", "gob", "gov", "gub", "mil", "net", "nom", "or", "org"};
    return std::ranges::find(kLabels, label) != kLabels.end();
}

// 6.6.3: exactly one record counts.
std::vector<std::string> recordsIn(const DnsFact& fact) {
    std::vector<std::string> records;
    for (const dns::ResourceRecord& record : fact.records) {
        const auto* data = std::get_if<dns::TxtRecord>(&record.data);
        std::string text;
        if (data != nullptr)
            for (const std::string& part : data->strings) text += part;
        if (isDmarcRecord(text)) records.push_back(std::move(text));
    }
    return records;
}

struct Discovery {
    std::optional<dns::Question> open;
    CheckResult trouble = CheckResult::none;
    std::string problem;
    std::string record;  // empty: none, or trouble
    bool above = false;  // it is that of the organizational domain
};

Discovery discover(const std::string& author, const DnsFacts& facts) {
    const std::string organization = organizationalDomain(author);
    for (const std::string& domain : {author, organization}) {
        const auto asked = dns::Name::parse("_dmarc." + domain);
        if (!asked) return {{}, CheckResult::none, fmt::format("{} is no name of the DNS", domain), "", false};
        const DnsFact* fact = facts.find(*asked, dns::Type::txt);
        if (fact == nullptr) return {dns::Question{*asked, dns::Type::txt}, CheckResult::none, "", "", false};
        if (fact->finding == Finding::failed) return {{}, CheckResult::temperror, fmt::format("no answer about {}", asked->text()), "", false};
        const auto records = recordsIn(*fact);
        if (records.size() > 1) return {{}, CheckResult::none, fmt::format("{} has more than one DMARC record", asked->text()), "", false};
        if (records.size() == 1) return {{}, CheckResult::none, "", records.front(), domain != author};
        if (organization == author) break;
    }
    return {{}, CheckResult::none, "no DMARC record", "", false};
}

// What was proved and belongs to the author: "spf=norte.example". Empty: nothing.
std::string proof(const DmarcRequest& request, const DmarcRecord& record, CheckResult wanted) {
    if (request.spf.result == wanted && aligned(request.spf.domain, request.author, record.strictSpf)) return "spf=" + request.spf.domain;
    for (const DkimVerdict& one : request.dkim)
        if (one.result == wanted && aligned(one.domain, request.author, record.strictDkim)) return "dkim=" + one.domain;
    return {};
}

}  // namespace

std::string_view name(DmarcPolicy policy) {
    switch (policy) {
        case DmarcPolicy::none: return "none";
        case DmarcPolicy::quarantine: return "quarantine";
        case DmarcPolicy::reject: return "reject";
    }
    return "?";
}

bool isDmarcRecord(std::string_view text) {
    const std::string_view first = text.substr(0, text.find(';'));
    const std::size_t equals = first.find('=');
    return equals != std::string_view::npos && withoutSpace(first.substr(0, equals)) == "v" && withoutSpace(first.substr(equals + 1)) == "DMARC1";
}

Result<DmarcRecord> parseDmarcRecord(std::string_view text) {
    const auto tags = TagList::parse(text, TagList::Bad::skipped);
    if (!tags) return tags.error();
    DmarcRecord record;
    const auto policy = policyNamed(tags->value("p"));
    if (tags->find("sp") != nullptr) record.below = policyNamed(tags->value("sp"));
    if (!policy || (tags->find("sp") != nullptr && !record.below)) {
        const bool reports = lower(tags->value("rua")).find("mailto:") != std::string::npos;
        if (!reports) return Error{policy ? "sp= is none of none, quarantine, reject" : "p= is none of none, quarantine, reject"};
        record.below.reset();  // 6.6.3 (6): whoever wants reports is there to be told
        return record;
    }
    record.policy = *policy;
    record.strictDkim = sameIgnoringCase(tags->value("adkim"), "s");
    record.strictSpf = sameIgnoringCase(tags->value("aspf"), "s");
    const std::string pct = tags->value("pct");
    const bool isNumber = !pct.empty() && pct.size() <= 3 && pct.find_first_not_of("0123456789") == std::string::npos;
    if (isNumber && std::stoul(pct) <= 100) record.percent = static_cast<unsigned>(std::stoul(pct));  // 6.3: what is badly written counts as not said
    return record;
}

std::string organizationalDomain(std::string_view domain) {
    const std::string whole = dns::canonicalDomain(domain);
    if (whole.starts_with('[')) return whole;
    std::vector<std::string> labels = splitList(whole, '.');
    std::size_t keep = 2;
    if (labels.size() > 2 && labels.back().size() == 2 && isSuffixBelowCountry(labels[labels.size() - 2])) keep = 3;
    std::string out;
    for (std::size_t i = labels.size() - std::min(keep, labels.size()); i < labels.size(); ++i) out += (out.empty() ? "" : ".") + labels[i];
    return out;
}

bool aligned(std::string_view proved, std::string_view author, bool strict) {
    if (strict) return dns::canonicalDomain(proved) == dns::canonicalDomain(author);
    return organizationalDomain(proved) == organizationalDomain(author);
}

std::variant<DmarcVerdict, dns::Question> checkDmarc(const DmarcRequest& request, const DnsFacts& facts) {
    DmarcVerdict verdict;
    verdict.domain = request.author;
    const auto is = [&](CheckResult result, std::string detail) {
        verdict.result = result;
        verdict.detail = std::move(detail);
        return verdict;
    };
    if (request.author.empty()) return is(CheckResult::permerror, "From does not name one domain");
    Discovery found = discover(request.author, facts);
    if (found.open) return *found.open;
    if (found.record.empty()) return is(found.trouble, found.problem);
    const auto record = parseDmarcRecord(found.record);
    if (!record) return is(CheckResult::permerror, record.error().message);  // 6.6.3: then there is nothing to apply
    verdict.policy = found.above ? record->below.value_or(record->policy) : record->policy;
    verdict.percent = record->percent;
    verdict.hasPolicy = true;
    if (const std::string by = proof(request, *record, CheckResult::pass); !by.empty()) return is(CheckResult::pass, by);
    if (const std::string by = proof(request, *record, CheckResult::temperror); !by.empty()) return is(CheckResult::temperror, "not known for now: " + by);
    return is(CheckResult::fail, fmt::format("p={}", name(verdict.policy)));
}

DmarcPolicy disposition(const DmarcVerdict& verdict, bool sampled) {
    if (verdict.result != CheckResult::fail) return DmarcPolicy::none;
    if (sampled) return verdict.policy;
    return verdict.policy == DmarcPolicy::reject ? DmarcPolicy::quarantine : DmarcPolicy::none;
}

}  // namespace mailtrek::mail
