// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/name.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "sim/dns/idna.h"
#include "sim/kernel/dice.h"

namespace mailtrek::dns {
namespace {

// Lengths (at most 63) lie below 'A', so whole names fold octet by octet.
unsigned char folded(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

std::size_t lengthAt(std::string_view wire, std::size_t at) { return static_cast<unsigned char>(wire[at]); }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// One octet of the text from `at` on, which moves behind it. Nothing when an escape is broken.
std::optional<char> takeOctet(std::string_view text, std::size_t& at) {
    if (text[at] != '\\') return text[at++];
    if (++at == text.size()) return std::nullopt;
    if (!isDigit(text[at])) return text[at++];
    if (text.size() - at < 3 || !isDigit(text[at + 1]) || !isDigit(text[at + 2])) return std::nullopt;  // RFC 1035 5.1: \DDD
    const int value = (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
    if (value > 255) return std::nullopt;
    at += 3;
    return static_cast<char>(value);
}

void appendEscaped(std::string& out, char c) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '.' || c == '\\') {
        out += '\\';
        out += c;
    } else if (octet <= 0x20 || octet == 0x7f) {
        out += '\\';
        out += static_cast<char>('0' + octet / 100);
        out += static_cast<char>('0' + octet / 10 % 10);
        out += static_cast<char>('0' + octet % 10);
    } else {
        out += c;
    }
}

}  // namespace

Result<Name> Name::parse(std::string_view text) {
    Name name;
    if (text == ".") return name;
    if (text.empty()) return Error{"a domain name is empty"};
    std::string label;
    std::size_t begin = 0;  // of the label, in the text
    const auto take = [&](std::size_t end) {
        const bool escaped = text.substr(begin, end - begin).find('\\') != std::string_view::npos;
        return name.append(escaped ? label : labelToAscii(label).value_or(label));
    };
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '.') {
            if (!take(at)) return Error{"'" + std::string(text) + "' is no domain name: a label has 1 to 63 octets, a name at most 255"};
            label.clear();
            begin = at + 1;
            if (++at == text.size()) return name;
            continue;
        }
        const auto octet = takeOctet(text, at);
        if (!octet) return Error{"'" + std::string(text) + "' is no domain name: broken escape"};
        label += *octet;
    }
    if (!take(text.size())) return Error{"'" + std::string(text) + "' is no domain name: a label has 1 to 63 octets, a name at most 255"};
    return name;
}

Name Name::of(std::string_view text) {
    Result<Name> name = parse(text);
    assert(name.ok());
    return std::move(name).value();
}

std::string Name::text() const {
    if (isRoot()) return ".";
    std::string out;
    for (std::size_t at = 0; at < m_wire.size();) {
        const std::size_t length = lengthAt(m_wire, at++);
        if (!out.empty()) out += '.';
        for (std::size_t end = at + length; at < end; ++at) appendEscaped(out, m_wire[at]);
    }
    return out;
}

std::size_t Name::labels() const {
    std::size_t count = 0;
    for (std::size_t at = 0; at < m_wire.size(); at += lengthAt(m_wire, at) + 1) ++count;
    return count;
}

std::string_view Name::firstLabel() const {
    assert(!isRoot());
    return std::string_view(m_wire).substr(1, lengthAt(m_wire, 0));
}

Name Name::parent() const {
    assert(!isRoot());
    Name up;
    up.m_wire = m_wire.substr(lengthAt(m_wire, 0) + 1);
    return up;
}

bool Name::isWithin(const Name& zone) const {
    std::size_t at = 0;
    while (m_wire.size() - at > zone.m_wire.size()) at += lengthAt(m_wire, at) + 1;
    const auto tail = std::string_view(m_wire).substr(at);
    return std::ranges::equal(tail, zone.m_wire, {}, folded, folded);
}

bool Name::append(std::string_view label) {
    if (label.empty() || label.size() > kMaxLabel || wireSize() + label.size() + 1 > kMaxName) return false;  // RFC 1035 2.3.4
    m_wire += static_cast<char>(label.size());
    m_wire += label;
    return true;
}

Result<Name> Name::under(const Name& suffix) const {
    if (wireSize() + suffix.m_wire.size() > kMaxName) return Error{"'" + text() + "." + suffix.text() + "' is no domain name: more than 255 octets"};
    Name whole = *this;
    whole.m_wire += suffix.m_wire;
    return whole;
}

std::uint64_t Name::hash() const {
    std::string lower = m_wire;
    std::ranges::transform(lower, lower.begin(), [](char c) { return static_cast<char>(folded(c)); });
    return hashText(lower);
}

std::weak_ordering operator<=>(const Name& a, const Name& b) {
    return std::lexicographical_compare_three_way(a.m_wire.begin(), a.m_wire.end(), b.m_wire.begin(), b.m_wire.end(),
                                                  [](char x, char y) { return std::weak_ordering(folded(x) <=> folded(y)); });
}

}  // namespace mailtrek::dns
