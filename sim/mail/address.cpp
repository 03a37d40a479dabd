// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/address.h"

#include <algorithm>

#include "sim/dns/idna.h"
#include "sim/mail/encoding.h"

namespace mailtrek::mail {
namespace {

constexpr std::size_t kMaxLocalPart = 64, kMaxDomain = 255, kMaxAddress = 254;  // RFC 5321 4.5.3.1.1 to .3; a path is 256 with its brackets

bool isLetterOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool isBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

bool isAtomText(char c) { return isLetterOrDigit(c) || isBeyondAscii(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos; }

bool isPrintable(char c) { return (c >= 0x20 && c < 0x7f) || isBeyondAscii(c); }

// Letters of some script, no controls or signs without a width (U+0080 to U+009F, U+200B and the like): what is said of an address must be what is seen of it.
bool isSoundUtf8(std::string_view text) {
    if (dns::isAscii(text)) return true;
    const auto points = dns::decodeUtf8(text);
    return points && std::all_of(points->begin(), points->end(), [](char32_t c) {
               return c < 0x7f ||
                      (c >= 0xa0 && !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff && (c & 0xfffe) != 0xfffe);
           });
}

bool isDotString(std::string_view text) {
    bool afterDot = true;
    for (const char c : text) {
        if (c == '.' ? afterDot : !isAtomText(c)) return false;
        afterDot = c == '.';
    }
    return !afterDot;
}

// What a quoted string means; nothing when it is none.
std::optional<std::string> unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '"') return std::nullopt;
        if (text[i] == '\\' && ++i + 1 >= text.size()) return std::nullopt;
        if (!isPrintable(text[i])) return std::nullopt;
        out += text[i];
    }
    return out;
}

bool isLocalPart(std::string_view text) { return text.size() <= kMaxLocalPart && isSoundUtf8(text) && (isDotString(text) || unquoted(text)); }

bool isLabel(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return isLetterOrDigit(c) || c == '-' || c == '_'; });
}

}  // namespace

std::string localPartOf(std::string_view address) { return std::string(address.substr(0, std::min(address.rfind('@'), address.size()))); }

std::string domainOf(std::string_view address) {
    const std::size_t at = address.rfind('@');
    return at == std::string_view::npos ? std::string{} : dns::canonicalDomain(address.substr(at + 1));
}

std::string canonicalAddress(std::string_view address) {
    std::string local = dns::composed(localPartOf(address));
    if (const auto meant = unquoted(local)) {
        if (isDotString(*meant)) {
            local = *meant;
        } else {
            local = "\"";
            for (const char c : *meant) local += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
            local += '"';
        }
    }
    return address.find('@') == std::string_view::npos ? local : local + "@" + domainOf(address);
}

bool localPartNeedsUtf8(std::string_view address) { return !dns::isAscii(address.substr(0, std::min(address.rfind('@'), address.size()))); }

std::string wireAddress(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos || dns::isAscii(address) || localPartNeedsUtf8(address)) return std::string(address);
    const std::string_view domain = address.substr(at + 1);
    return std::string(address.substr(0, at + 1)) + dns::domainToAscii(domain).value_or(std::string(domain));
}

bool sameAddress(std::string_view a, std::string_view b) { return canonicalAddress(a) == canonicalAddress(b); }

bool isMailDomain(std::string_view text) {
    if (!dns::isAscii(text)) {
        const auto ascii = dns::domainToAscii(text);
        return ascii && isMailDomain(*ascii);
    }
    if (text.size() > kMaxDomain) return false;
    if (text.starts_with('[') && text.ends_with(']'))
        return text.size() > 2 && std::all_of(text.begin() + 1, text.end() - 1, [](char c) { return c > 0x20 && c < 0x7f && c != '[' && c != ']' && c != '\\'; });
    while (!text.empty()) {
        const std::size_t dot = text.find('.');
        if (!isLabel(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
    return false;
}

bool isMailbox(std::string_view text) {
    const std::size_t at = text.rfind('@');
    return at != std::string_view::npos && text.size() <= kMaxAddress && isLocalPart(text.substr(0, at)) && isMailDomain(text.substr(at + 1));
}

std::optional<Path> parsePath(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);  // not in the grammar, but common
    if (text.empty() || text.front() != '<') return std::nullopt;
    bool quoted = false;
    std::size_t end = 1;
    for (; end < text.size(); ++end) {
        if (text[end] == '\\' && quoted)
            ++end;
        else if (text[end] == '"')
            quoted = !quoted;
        else if (text[end] == '>' && !quoted)
            break;
    }
    if (end >= text.size()) return std::nullopt;
    std::string_view inside = text.substr(1, end - 1), rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ' ') return std::nullopt;
    if (!inside.empty() && inside.front() == '@') {
        const std::size_t colon = inside.find(':');
        if (colon == std::string_view::npos || colon + 1 == inside.size()) return std::nullopt;
        inside.remove_prefix(colon + 1);
    }
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    Path path{std::string(inside), std::string(rest)};
    if (path.address.empty() || sameIgnoringCase(path.address, "postmaster") || isMailbox(path.address)) return path;
    return std::nullopt;
}

}  // namespace mailtrek::mail
