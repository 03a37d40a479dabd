// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/dns/idna.h"
#include "sim/mail/address.h"
#include "sim/scenario/document.h"

namespace mailtrek::scenario {
namespace {

bool isName(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    });
}

bool isDomain(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t dot = std::min(text.find('.', at), text.size());
        if (!isName(text.substr(at, dot - at))) return false;
        at = dot + 1;
    }
    return true;
}

bool isLocalPart(std::string_view text) {  // dot-string of RFC 5321 4.1.2
    if (text.empty() || text.size() > 64 || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

bool hasControls(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) return true;
        if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;  // U+0080 to U+009F
    }
    return false;
}

// Small letters and U-labels where letters beyond ASCII are meant, so that all spellings are the same domain; others stay as they are written.
std::string inOneSpelling(std::string domain) {
    const std::string canonical = dns::canonicalDomain(domain);
    return dns::isAscii(canonical) ? domain : canonical;
}

}  // namespace

void Reader::unsupported(const YAML::Node& where, std::string_view what) { error(where, fmt::format("not supported yet: {}", what)); }

std::optional<std::string> Reader::scalar(const YAML::Node& node, std::string_view what, std::string_view example) {
    if (node.IsScalar()) return withNumber(node.Scalar(), number);
    error(node, node.IsNull() ? fmt::format("{} has no value (for example {})", what, example) : fmt::format("{} must be a single value (for example {})", what, example));
    return std::nullopt;
}

std::string Reader::prose(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "a text");
    if (!value) return {};
    if (hasControls(*value)) {
        error(node, fmt::format("{} holds a control character", what));
        return {};
    }
    return *value;
}

std::string Reader::text(const YAML::Node& node, std::string_view what) {
    std::string value = prose(node, what);
    if (value.find_first_of("\n\t") == std::string::npos) return value;
    error(node, fmt::format("{} must be a single line without tabs", what));
    return {};
}

bool Reader::boolean(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "true");
    if (value && *value != "true" && *value != "false") error(node, fmt::format("{} must be true or false, not '{}'", what, *value));
    return value == "true";
}

wire::Ipv4Address Reader::address(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "10.0.0.1");
    if (!value) return {};
    const auto parsed = wire::parseIpv4Address(*value);
    if (!parsed) {
        error(node, value->find(':') != std::string::npos ? fmt::format("not supported yet: IPv6 ('{}'); Mailtrek simulates IPv4", *value) : parsed.error().message);
        return {};
    }
    const std::uint32_t first = parsed->value >> 24;
    if (first == 0 || first == 127 || first >= 224) error(node, fmt::format("{}: {} cannot be the address of a node", what, *value));
    return *parsed;
}

std::string Reader::mailAddress(const YAML::Node& node, std::string_view what) {
    const std::size_t errors = m_diagnostics.errors();
    std::string value = text(node, what);
    return m_diagnostics.errors() > errors ? std::string{} : mailAddress(std::move(value), node, what);
}

std::string Reader::mailAddress(std::string value, const YAML::Node& node, std::string_view what) {
    const std::size_t at = value.rfind('@');
    const bool fits = at != std::string::npos && isLocalPart(std::string_view(value).substr(0, at)) && isDomain(std::string_view(value).substr(at + 1));
    if (!fits) {
        error(node, fmt::format("{}: '{}' is not an address like ana@norte.example", what, value));
        return {};
    }
    const std::string domain = inOneSpelling(value.substr(at + 1));
    value = dns::composed(value.substr(0, at)) + "@" + domain;
    if (!mail::isMailbox(value)) error(node, fmt::format("{}: '{}' cannot be an address (RFC 6531, RFC 5891)", what, value));
    return value;
}

std::string Reader::domain(const YAML::Node& node, std::string_view what) {
    const std::size_t errors = m_diagnostics.errors();
    std::string value = text(node, what);
    return m_diagnostics.errors() > errors ? std::string{} : domain(std::move(value), node, what);
}

std::string Reader::domain(std::string value, const YAML::Node& where, std::string_view what) {
    if (!isDomain(value)) {
        error(where, fmt::format("{}: '{}' is not a domain like norte.example", what, value));
        return {};
    }
    value = inOneSpelling(std::move(value));
    if (mail::isMailDomain(value)) return value;
    error(where, fmt::format("{}: '{}' cannot be the name of a domain (RFC 5891)", what, value));
    return {};
}

trace::LocalizedText Reader::localized(const YAML::Node& node, std::string_view what) {
    if (node.IsScalar()) {
        const std::string both = prose(node, what);
        return {both, both};
    }
    trace::LocalizedText result;
    Map map(*this, node, what);
    map.with("en", [&](const YAML::Node& en) { result.en = prose(en, what); });
    map.with("es", [&](const YAML::Node& es) { result.es = prose(es, what); });
    if (map.valid() && !map.has("en") && !map.has("es")) error(node, fmt::format("{} needs a text in English (en:) or Spanish (es:)", what));
    if (result.en.empty()) result.en = result.es;
    if (result.es.empty()) result.es = result.en;
    return result;
}

std::size_t Reader::choice(const YAML::Node& node, std::string_view what, const std::vector<std::string>& words) {
    const auto value = scalar(node, what, words.front());
    if (!value) return 0;
    const auto found = std::find(words.begin(), words.end(), *value);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
    const std::string hint = didYouMean(*value, words);
    error(node, fmt::format("{}: '{}' is none of {}{}", what, *value, all, hint));
    return 0;
}

void Reader::list(const YAML::Node& node, std::string_view what, const std::function<void(const YAML::Node&)>& each) {
    if (!node.IsSequence()) return error(node, fmt::format("{} must be a list: [ ... ]", what));
    for (const auto& item : node) each(item);
}

std::vector<std::string> Reader::texts(const YAML::Node& node, std::string_view what) {
    std::vector<std::string> all;
    list(node, what, [&](const YAML::Node& item) { all.push_back(text(item, what)); });
    return all;
}

std::vector<std::string> Reader::mailAddresses(const YAML::Node& node, std::string_view what) {
    std::vector<std::string> all;
    list(node, what, [&](const YAML::Node& item) {
        if (std::string one = mailAddress(item, what); !one.empty()) all.push_back(std::move(one));
    });
    return all;
}

}  // namespace mailtrek::scenario
