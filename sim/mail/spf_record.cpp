// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/spf_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

constexpr std::array<std::pair<std::string_view, SpfMechanism>, 8> kMechanisms{{{"all", SpfMechanism::all},
                                                                                {"include", SpfMechanism::include},
                                                                                {"a", SpfMechanism::a},
                                                                                {"mx", SpfMechanism::mx},
                                                                                {"ptr", SpfMechanism::ptr},
                                                                                {"ip4", SpfMechanism::ip4},
                                                                                {"ip6", SpfMechanism::ip6},
                                                                                {"exists", SpfMechanism::exists}}};

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// A macro between its braces: letter, digits, r, delimiters.
struct Macro {
    char letter = 0;
    std::size_t keep = 0;  // 0: all parts
    bool reversed = false;
    std::string_view delimiters = ".";
};
std::optional<Macro> macroAt(std::string_view inside) {
    if (inside.empty() || std::string_view("slodiphvcrtSLODIPHVCRT").find(inside[0]) == std::string_view::npos) return std::nullopt;
    Macro macro;
    macro.letter = static_cast<char>(inside[0] | 0x20);
    inside.remove_prefix(1);
    bool digits = false;
    for (; !inside.empty() && isDigit(inside[0]); inside.remove_prefix(1), digits = true)
        macro.keep = std::min<std::size_t>(macro.keep * 10 + static_cast<std::size_t>(inside[0] - '0'), 1000);
    if (digits && macro.keep == 0) return std::nullopt;  // RFC 7208 7.3: nonzero
    if (!inside.empty() && (inside[0] | 0x20) == 'r') {
        macro.reversed = true;
        inside.remove_prefix(1);
    }
    if (inside.find_first_not_of(".-+,/_=") != std::string_view::npos) return std::nullopt;
    if (!inside.empty()) macro.delimiters = inside;
    return macro;
}

// Every '%' begins a macro that is one (7.1), and all is visible.
bool isMacroString(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] <= 0x20 || text[i] >= 0x7f) return false;
        if (text[i] != '%') continue;
        if (++i >= text.size()) return false;
        if (text[i] == '%' || text[i] == '_' || text[i] == '-') continue;
        const std::size_t end = text.find('}', i);
        if (text[i] != '{' || end == std::string_view::npos || !macroAt(text.substr(i + 1, end - i - 1))) return false;
        i = end;
    }
    return true;
}

// Ends with a macro, or with a label that is not all digits behind a dot (7.1). %{c}, %{r} and %{t} belong to explanations only.
bool isDomainSpec(std::string_view text) {
    if (text.empty() || !isMacroString(text)) return false;
    for (const char letter : std::string_view("crtCRT"))
        if (text.find(std::string("%{") + letter) != std::string_view::npos) return false;
    if (text.back() == '}') return true;
    if (text.back() == '.') text.remove_suffix(1);
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == text.size()) return false;
    const std::string_view top = text.substr(dot + 1);
    return top.front() != '-' && top.back() != '-' && std::any_of(top.begin(), top.end(), [](char c) { return isLetter(c) || c == '-'; }) &&
           std::all_of(top.begin(), top.end(), [](char c) { return isLetter(c) || isDigit(c) || c == '-'; });
}

std::optional<std::uint8_t> prefixLength(std::string_view digits, unsigned most) {
    if (digits.empty() || digits.size() > 3 || (digits[0] == '0' && digits.size() > 1) || !std::all_of(digits.begin(), digits.end(), isDigit)) return std::nullopt;
    unsigned value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    return value <= most ? std::optional(static_cast<std::uint8_t>(value)) : std::nullopt;
}

// "/24", "/24//64" or "//64" behind a and mx; what is left of the text is the domain-spec.
bool cutPrefixes(std::string_view& text, std::uint8_t& prefix) {
    const std::size_t six = text.find("//");
    if (six != std::string_view::npos) {
        if (!prefixLength(text.substr(six + 2), 128)) return false;
        text = text.substr(0, six);
    }
    const std::size_t four = text.rfind('/');
    if (four == std::string_view::npos || (!text.empty() && text.back() == '}')) return true;  // a '/' inside a macro is a delimiter
    const auto length = prefixLength(text.substr(four + 1), 32);
    if (!length) return false;
    prefix = *length;
    text = text.substr(0, four);
    return true;
}

bool readIp4(std::string_view value, SpfDirective& directive) {
    const std::size_t slash = value.find('/');
    const auto address = wire::parseIpv4Address(value.substr(0, slash));
    const auto length = slash == std::string_view::npos ? std::optional<std::uint8_t>(32) : prefixLength(value.substr(slash + 1), 32);
    if (!address || !length) return false;
    directive.network = {{}, *length};
    directive.network.address.value = address->value & directive.network.mask();
    return true;
}

bool readIp6(std::string_view value) {  // enough to tell a network from a slip of the pen: there is no IPv6 here that could match
    const std::size_t slash = value.find('/');
    if (slash != std::string_view::npos && !prefixLength(value.substr(slash + 1), 128)) return false;
    const std::string_view address = value.substr(0, slash);
    return address.find(':') != std::string_view::npos && address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

std::optional<SpfDirective> readDirective(std::string_view term) {
    SpfDirective directive;
    directive.text = term;
    if (const std::size_t qualifier = std::string_view("+-~?").find(term[0]); qualifier != std::string_view::npos) {
        directive.qualifier = static_cast<SpfQualifier>(qualifier);
        term.remove_prefix(1);
    }
    const std::size_t end = std::min(term.find_first_of(":/"), term.size());
    const std::string name = lower(term.substr(0, end));
    const auto found = std::ranges::find(kMechanisms, std::string_view(name), [](const auto& m) { return m.first; });
    if (found == kMechanisms.end()) return std::nullopt;
    directive.mechanism = found->second;
    std::string_view rest = term.substr(end);
    const bool hasValue = !rest.empty() && rest[0] == ':';
    std::string_view value = hasValue ? rest.substr(1) : std::string_view{};
    bool good = false;
    switch (directive.mechanism) {
        case SpfMechanism::all: good = rest.empty(); break;
        case SpfMechanism::ip4: good = hasValue && readIp4(value, directive); break;
        case SpfMechanism::ip6: good = hasValue && readIp6(value); break;
        case SpfMechanism::include:
        case SpfMechanism::exists:
            good = hasValue && isDomainSpec(value);
            directive.domain = value;
            break;
        case SpfMechanism::ptr:
            good = rest.empty() || (hasValue && isDomainSpec(value));
            directive.domain = value;
            break;
        case SpfMechanism::a:
        case SpfMechanism::mx: {
            std::string_view domain = hasValue ? value : rest;
            good = cutPrefixes(domain, directive.prefix) && (hasValue ? isDomainSpec(domain) : domain.empty());
            directive.domain = domain;
            break;
        }
    }
    return good ? std::optional(directive) : std::nullopt;
}

}  // namespace

bool isSpfRecord(std::string_view text) { return sameIgnoringCase(text.substr(0, 6), "v=spf1") && (text.size() == 6 || text[6] == ' '); }

Result<SpfRecord> parseSpfRecord(std::string_view text) {
    SpfRecord record;
    bool explained = false;
    std::string_view rest = text.substr(6);
    while (true) {
        const std::size_t start = rest.find_first_not_of(' ');
        if (start == std::string_view::npos) return record;
        rest.remove_prefix(start);
        const std::string_view term = rest.substr(0, rest.find(' '));
        rest.remove_prefix(term.size());
        const std::size_t equals = term.find('=');
        const bool modifier = equals != std::string_view::npos && equals > 0 && isLetter(term[0]) && term.substr(0, equals).find_first_of(":/") == std::string_view::npos;
        if (!modifier) {
            auto directive = readDirective(term);
            if (!directive) return Error{fmt::format("'{}' is no SPF term", term)};
            record.directives.push_back(std::move(*directive));
            continue;
        }
        const std::string name = lower(term.substr(0, equals));
        const std::string_view value = term.substr(equals + 1);
        const bool again = (name == "redirect" && !record.redirect.empty()) || (name == "exp" && std::exchange(explained, true));  // RFC 7208 6
        if (again || (name == "redirect" || name == "exp" ? !isDomainSpec(value) : !isMacroString(value))) return Error{fmt::format("'{}' is no SPF modifier", term)};
        if (name == "redirect") record.redirect = value;
    }
}

namespace {

std::string macroValue(char letter, const SpfMacros& macros) {
    switch (letter) {
        case 's': return macros.sender;
        case 'l': return macros.localPart;
        case 'o': return macros.senderDomain;
        case 'd': return macros.domain;
        case 'i': return wire::toString(macros.client);
        case 'h': return macros.helo;
        case 'v': return "in-addr";
        default: return "unknown";
    }
}

std::string expandOne(const Macro& macro, const SpfMacros& macros) {
    const std::string value = macroValue(macro.letter, macros);
    std::vector<std::string> parts{""};
    for (const char c : value) {
        if (macro.delimiters.find(c) != std::string_view::npos)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    if (macro.reversed) std::reverse(parts.begin(), parts.end());
    if (macro.keep != 0 && macro.keep < parts.size()) parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(macro.keep));
    std::string out = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) out += "." + parts[i];
    return out;
}

}  // namespace

std::string expandMacros(std::string_view text, const SpfMacros& macros) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const char next = text[++i];
        if (next != '{') {
            out += next == '%' ? "%" : next == '_' ? " " : "%20";
            continue;
        }
        const std::size_t end = text.find('}', i);
        out += expandOne(*macroAt(text.substr(i + 1, end - i - 1)), macros);
        i = end;
    }
    if (out.size() > 253) {  // 7.3: labels are dropped from the left
        const std::size_t dot = out.find('.', out.size() - 254);
        out = dot == std::string::npos ? out.substr(out.size() - 253) : out.substr(dot + 1);
    }
    return out;
}

}  // namespace mailtrek::mail
