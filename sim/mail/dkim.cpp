// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/dkim.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/dns/idna.h"
#include "sim/mail/dkim_signature.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/sha256.h"

namespace mailtrek::mail {
namespace {

using trace::CheckResult;

constexpr std::string_view kField = "DKIM-Signature";
constexpr std::size_t kMostSignatures = 5;  // RFC 6376 6.1: a verifier may stop
// RFC 6376 5.4.1: what makes out the letter for its reader.
constexpr std::string_view kSigned[] = {
    "From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"};

std::string sha256(std::string_view octets) {
    Sha256 hash;
    hash.add(octets);
    return hash.octets();
}

// RFC 6376 3.7: the fields named, of several with one name the lowest first (5.4.2), and behind them the signature's own.
std::string headerHash(std::string_view message, const std::vector<std::string>& names, std::string_view own, Canonicalization how) {
    std::vector<std::string_view> fields = rawFields(headersOf(message));
    Sha256 hash;
    for (const std::string& name : names) {
        const auto found =
            std::find_if(fields.rbegin(), fields.rend(), [&](std::string_view field) { return field.data() != own.data() && sameIgnoringCase(fieldName(field), name); });
        if (found == fields.rend()) continue;  // there is none (any more): counts as nothing
        hash.add(canonicalField(*found, how));
        fields.erase(std::next(found).base());
    }
    hash.add(unsignedField(own, how));
    return hash.octets();
}

std::string asciiDomain(const std::string& domain) { return dns::domainToAscii(domain).value_or(domain); }

struct Key {
    std::string octets;
    CheckResult trouble = CheckResult::none;  // none: it is fine
    std::string problem;
};

// RFC 6376 6.1.2.
Key keyIn(const DnsFact& fact, const DkimSignature& signature, const std::string& name) {
    if (fact.finding == Finding::failed) return {"", CheckResult::temperror, fmt::format("no answer about {}", name)};
    std::vector<std::string> texts;
    for (const dns::ResourceRecord& record : fact.records) {
        const auto* data = std::get_if<dns::TxtRecord>(&record.data);
        if (data == nullptr) continue;
        texts.emplace_back();
        for (const std::string& part : data->strings) texts.back() += part;  // 3.6.2.2
    }
    if (texts.empty()) return {"", CheckResult::permerror, fmt::format("no key at {}", name)};
    if (texts.size() > 1) return {"", CheckResult::permerror, fmt::format("more than one key at {}", name)};
    const auto record = parseDkimKey(texts.front());
    const auto bad = [&](std::string why) { return Key{"", CheckResult::permerror, std::move(why)}; };
    if (!record) return bad("key: " + record.error().message);
    if (record->key.empty()) return bad("the key is revoked");
    const auto lacks = [](const std::vector<std::string>& list, std::string_view word) { return !list.empty() && std::ranges::find(list, word) == list.end(); };
    if (record->kind != "modelled" || lacks(record->hashes, "sha256")) return bad(fmt::format("the key is for {}", record->kind));
    if (lacks(record->services, "email") && lacks(record->services, "*")) return bad("the key is not for mail");
    if (record->strict && signature.identity != signature.domain) return bad("the key is not for domains below");
    return {record->key, CheckResult::none, ""};
}

}  // namespace

DkimKey modelledKey(std::string_view domain, std::string_view selector) {
    DkimKey key{dns::canonicalDomain(domain), std::string(selector), {}};
    key.octets = sha256("Mailtrek, modelled DKIM key: " + dkimKeyName(key));
    return key;
}

std::string dkimKeyName(const DkimKey& key) { return fmt::format("{}._domainkey.{}", key.selector, asciiDomain(key.domain)); }

std::string dkimKeyRecord(const DkimKey& key) { return fmt::format("v=DKIM1; k=modelled; p={}", base64(key.octets)); }

std::string dkimSignatureLine(std::string_view message, const DkimKey& key, Instant now, DkimForm form) {
    const auto word = [](Canonicalization how) { return how == Canonicalization::relaxed ? "relaxed" : "simple"; };
    const auto fields = rawFields(headersOf(message));
    std::vector<std::string> names;
    std::string list, column;
    for (const std::string_view name : kSigned) {
        for (const std::string_view field : fields) {
            if (!sameIgnoringCase(fieldName(field), name)) continue;
            const std::string piece = (names.empty() ? "" : ":") + std::string(name);
            if (column.size() + piece.size() > 68) {
                list += "\r\n\t ";
                column.clear();
            }
            column += piece;
            list += piece;
            names.emplace_back(name);
        }
    }
    std::string line = fmt::format("{}: v=1; a={}; c={}/{}; d={};\r\n\ts={}; t={};\r\n\th={};\r\n\tbh={};\r\n\tb=", kField, kDkimAlgorithm, word(form.header), word(form.body),
                                   asciiDomain(key.domain), key.selector, kSimEpochUnixSeconds + now.time_since_epoch() / std::chrono::seconds{1}, list,
                                   base64(sha256(canonicalBody(bodyOf(message), form.body))));
    const std::string hash = headerHash(message, names, line + "\r\n", form.header);
    return line + base64(hmacSha256(key.octets, hash)) + "\r\n";
}

std::vector<std::string_view> dkimSignatures(std::string_view message) {
    std::vector<std::string_view> found;
    for (const std::string_view field : rawFields(headersOf(message)))
        if (sameIgnoringCase(fieldName(field), kField) && found.size() < kMostSignatures) found.push_back(field);
    return found;
}

std::variant<DkimVerdict, dns::Question> checkDkim(std::string_view message, std::string_view field, const DnsFacts& facts, Instant now) {
    const auto signature = parseDkimSignature(fieldValue(field));
    if (!signature) return DkimVerdict{CheckResult::neutral, "", "", signature.error().message};  // RFC 8601 2.7.1: it could not be processed
    const auto verdict = [&](CheckResult result, std::string problem) { return DkimVerdict{result, signature->domain, signature->selector, std::move(problem)}; };
    if (signature->algorithm != kDkimAlgorithm) return verdict(CheckResult::neutral, fmt::format("the algorithm {} is not known here", signature->algorithm));
    const std::int64_t seconds = kSimEpochUnixSeconds + now.time_since_epoch() / std::chrono::seconds{1};
    if (signature->ends && *signature->ends < static_cast<std::uint64_t>(seconds)) return verdict(CheckResult::fail, "the signature has expired");
    const std::string name = fmt::format("{}._domainkey.{}", signature->selector, asciiDomain(signature->domain));
    const auto parsed = dns::Name::parse(name);
    if (!parsed) return verdict(CheckResult::permerror, fmt::format("{} is no name of the DNS", name));
    const DnsFact* fact = facts.find(*parsed, dns::Type::txt);
    if (fact == nullptr) return dns::Question{*parsed, dns::Type::txt};
    const Key key = keyIn(*fact, *signature, name);
    if (key.trouble != CheckResult::none) return verdict(key.trouble, key.problem);
    std::string body = canonicalBody(bodyOf(message), signature->body);
    if (signature->length && *signature->length > body.size()) return verdict(CheckResult::fail, "the body is shorter than what was signed");
    if (signature->length) body.resize(static_cast<std::size_t>(*signature->length));
    if (sha256(body) != signature->bodyHash) return verdict(CheckResult::fail, "the body was changed");
    const std::string hash = headerHash(message, signature->fields, field, signature->header);
    if (hmacSha256(key.octets, hash) != signature->signature) return verdict(CheckResult::fail, "a signed header field was changed, or the key is another one");
    return verdict(CheckResult::pass, "");
}

}  // namespace mailtrek::mail
