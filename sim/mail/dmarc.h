// SPDX-License-Identifier: GPL-3.0-or-later
// DMARC, RFC 7489: does what SPF or DKIM proved belong to the domain in From, the only one that a reader sees? And if not, what does that domain ask for?
// Left out: reports (rua, ruf), and the public suffix list, in whose place stands a rule of thumb (organizationalDomain).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/kernel/result.h"
#include "sim/mail/dkim.h"
#include "sim/mail/dns_facts.h"
#include "sim/mail/spf.h"

namespace mailtrek::mail {

enum class DmarcPolicy : std::uint8_t { none, quarantine, reject };
std::string_view name(DmarcPolicy policy);

struct DmarcRecord {  // RFC 7489 6.3
    DmarcPolicy policy{};
    std::optional<DmarcPolicy> below;            // sp=: of the domains below
    bool strictDkim = false, strictSpf = false;  // adkim=s, aspf=s
    unsigned percent = 100;
};
bool isDmarcRecord(std::string_view text);  // begins with the tag v=DMARC1
Result<DmarcRecord> parseDmarcRecord(std::string_view text);

// The name that an owner registered (3.2): one label more than a public suffix. Suffixes are the last label, and below a country's two letters also "com", "co", "edu", "gob" and
// the like.
std::string organizationalDomain(std::string_view domain);
bool aligned(std::string_view proved, std::string_view author, bool strict);  // 3.1

struct DmarcRequest {
    std::string author;  // the domain in From (author.h); empty: there is no one domain
    SpfVerdict spf;
    std::vector<DkimVerdict> dkim;
};
struct DmarcVerdict {
    trace::CheckResult result{};  // none, pass, fail, temperror, permerror (RFC 8601 2.7.9)
    std::string domain;           // in From
    DmarcPolicy policy{};         // what is asked for when it fails
    unsigned percent = 100;       // of the letters that fail
    std::string detail;           // what was proved, what the record asks, or the problem
    bool hasPolicy = false;       // the domain says what it wants
};
std::variant<DmarcVerdict, dns::Question> checkDmarc(const DmarcRequest& request, const DnsFacts& facts);

// What is done about this letter: the policy, or the next milder one for those that pct= spares (6.6.4). `sampled`: it is among the pct.
DmarcPolicy disposition(const DmarcVerdict& verdict, bool sampled);

}  // namespace mailtrek::mail
