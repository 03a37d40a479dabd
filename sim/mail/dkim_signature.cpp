// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/dkim_signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/tag_list.h"

namespace mailtrek::mail {
namespace {

constexpr std::size_t kMostFields = 200;

bool readCanonicalization(std::string_view word, Canonicalization& how) {
    how = word == "relaxed" ? Canonicalization::relaxed : Canonicalization::simple;
    return word == "simple" || word == "relaxed";
}

// Decimal digits of any number; what does not fit is as large as can be.
bool readNumber(const TagList& tags, std::string_view name, std::optional<std::uint64_t>& number) {
    const std::string* text = tags.find(name);
    if (text == nullptr) return true;
    if (text->empty() || text->size() > 76 || text->find_first_not_of("0123456789") != std::string::npos) return false;
    std::uint64_t value = 0;
    if (std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) value = UINT64_MAX;
    number = value;
    return true;
}

bool isSameOrBelow(const std::string& domain, const std::string& above) { return domain == above || domain.ends_with("." + above); }

// RFC 6376 3.5, c=: "relaxed/simple"; the body is simple when it is not named.
bool readForms(const TagList& tags, DkimSignature& out) {
    const std::string* text = tags.find("c");
    if (text == nullptr) return true;
    const std::size_t slash = text->find('/');
    return readCanonicalization(text->substr(0, slash), out.header) && (slash == std::string::npos || readCanonicalization(text->substr(slash + 1), out.body));
}

}  // namespace

Result<DkimSignature> parseDkimSignature(std::string_view value) {
    const auto tags = TagList::parse(value);
    if (!tags) return tags.error();
    for (const std::string_view needed : {"v", "a", "b", "bh", "d", "h", "s"})
        if (tags->find(needed) == nullptr) return Error{fmt::format("the signature has no {}=", needed)};
    if (tags->value("v") != "1") return Error{"the signature is not of version 1"};
    DkimSignature out;
    out.algorithm = lower(tags->value("a"));
    const auto signature = decodeBase64(tags->value("b")), hash = decodeBase64(tags->value("bh"));
    if (!signature || !hash || signature->empty()) return Error{"b= or bh= is no base64"};
    out.signature = *signature;
    out.bodyHash = *hash;
    if (!readForms(*tags, out)) return Error{fmt::format("c={} is not known", tags->value("c").substr(0, 40))};
    if (!isMailDomain(tags->value("d")) || !isMailDomain(tags->value("s"))) return Error{"d= or s= is no domain"};
    out.domain = domainOf("@" + tags->value("d"));
    out.selector = tags->value("s");
    out.fields = splitList(tags->value("h"), ':');
    if (out.fields.empty() || out.fields.size() > kMostFields) return Error{"h= names no fields, or too many"};
    out.identity = tags->find("i") == nullptr ? out.domain : domainOf(tags->value("i"));
    if (!isSameOrBelow(out.identity, out.domain)) return Error{"i= is not within d="};
    if (std::ranges::none_of(out.fields, [](const std::string& name) { return sameIgnoringCase(name, "From"); })) return Error{"From is not signed"};
    if (!readNumber(*tags, "l", out.length) || !readNumber(*tags, "t", out.at) || !readNumber(*tags, "x", out.ends)) return Error{"l=, t= or x= is no number"};
    if (out.at && out.ends && *out.ends <= *out.at) return Error{"the signature ends before it begins"};
    out.queries = tags->find("q") == nullptr ? "dns/txt" : lower(tags->value("q"));
    if (std::ranges::none_of(splitList(out.queries, ':'), [](const std::string& query) { return query == "dns/txt" || query == "dns"; }))
        return Error{"q= names no way to the key"};
    return out;
}

std::string unsignedField(std::string_view field, Canonicalization how) {
    const std::size_t colon = field.find(':') + 1;
    std::string out(field.substr(0, colon));
    for (std::string_view rest = field.substr(colon); !rest.empty();) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string_view tag = rest.substr(0, end);
        const std::size_t equals = tag.find('=');
        const bool isB = equals != std::string_view::npos && withoutSpace(tag.substr(0, equals)) == "b";
        out += isB ? tag.substr(0, equals + 1) : tag;
        if (isB && end == rest.size()) out += "\r\n";
        if (end < rest.size()) out += ';';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out = canonicalField(out, how);
    if (out.ends_with("\r\n")) out.resize(out.size() - 2);
    return out;
}

Result<DkimKeyRecord> parseDkimKey(std::string_view text) {
    const auto tags = TagList::parse(text);
    if (!tags) return tags.error();
    if (const std::string* version = tags->find("v"); version != nullptr && (*version != "DKIM1" || tags->all().front().first != "v"))
        return Error{"the record is not of version DKIM1"};
    if (tags->find("p") == nullptr) return Error{"the record has no p="};
    DkimKeyRecord out;
    const auto key = decodeBase64(tags->value("p"));
    if (!key) return Error{"p= is no base64"};
    out.key = *key;
    if (tags->find("k") != nullptr) out.kind = lower(tags->value("k"));
    out.hashes = splitList(lower(tags->value("h")), ':');
    out.services = splitList(lower(tags->value("s")), ':');
    const auto flags = splitList(tags->value("t"), ':');
    out.strict = std::ranges::find(flags, "s") != flags.end();
    return out;
}

}  // namespace mailtrek::mail
