// SPDX-License-Identifier: GPL-3.0-or-later
// DomainKeys Identified Mail, RFC 6376: a domain answers for a letter by a signature that breaks when the letter changes.
//
// Everything is as the RFC has it but the signature itself, which is MODELLED: b= is HMAC-SHA256 of the header's hash, and its key is the one that the DNS publishes. So whoever
// can verify could sign as well; nothing here keeps a forger off but that nobody in a simulation tries. It is called a=modelled-sha256 (k=modelled in the record), so that
// nobody takes it for rsa-sha256.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/dkim_canonical.h"
#include "sim/mail/dns_facts.h"
#include "sim/trace/enums_policy.h"

namespace mailtrek::mail {

inline constexpr std::string_view kDkimAlgorithm = "modelled-sha256";
inline constexpr std::string_view kDkimSelector = "mailtrek";

struct DkimKey {
    std::string domain, selector;
    std::string octets;
};
// The key of a domain: the same in every run, since it is no secret anyway.
DkimKey modelledKey(std::string_view domain, std::string_view selector = kDkimSelector);
std::string dkimKeyName(const DkimKey& key);    // "mailtrek._domainkey.norte.example"
std::string dkimKeyRecord(const DkimKey& key);  // "v=DKIM1; k=modelled; p=..."

struct DkimForm {
    Canonicalization header = Canonicalization::relaxed, body = Canonicalization::relaxed;
};
// "DKIM-Signature: v=1; a=modelled-sha256; ..." folded, with its line end, to stand above everything else. It covers the body and the fields that a reader sees.
std::string dkimSignatureLine(std::string_view message, const DkimKey& key, Instant now, DkimForm form = {});

struct DkimVerdict {
    trace::CheckResult result{};  // as RFC 8601 2.7.1 names them
    std::string domain, selector;
    std::string problem;  // of all but pass
};
// The DKIM-Signature fields of a letter, from the top; no more than a verifier cares to look at.
std::vector<std::string_view> dkimSignatures(std::string_view message);
// The verdict about one of them, or the question whose answer it depends on.
std::variant<DkimVerdict, dns::Question> checkDkim(std::string_view message, std::string_view field, const DnsFacts& facts, Instant now);

}  // namespace mailtrek::mail
