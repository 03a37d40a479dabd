// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_text.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

constexpr std::size_t kMaxLevels = 50;

std::optional<std::uint32_t> wholeNumber(std::string_view text) {
    std::uint32_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() ? std::nullopt : std::optional(value);
}

// The header lines of these names (or of all others), octet by octet as they stand, and an empty line.
std::string headerFields(std::string_view block, const std::vector<std::string>& names, bool others) {
    std::string out;
    bool taking = false;
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string_view line = block.substr(0, end == std::string_view::npos ? end : end + 2);
        block.remove_prefix(line.size());
        if (line == "\r\n") break;
        if (line.front() != ' ' && line.front() != '\t') taking = (std::find(names.begin(), names.end(), lower(line.substr(0, line.find(':')))) != names.end()) != others;
        if (taking) out += line;
    }
    return out + "\r\n";
}

// "header.fields (a b)" -> {a, b}; false when there is none.
bool parseFields(std::string_view list, std::vector<std::string>& fields) {
    if (list.size() < 3 || !list.starts_with('(') || !list.ends_with(')')) return false;
    list = list.substr(1, list.size() - 2);
    for (std::string name = takeWord(list); !name.empty(); name = takeWord(list)) fields.push_back(lower(name));
    return !fields.empty();
}

// "1.2.header", in lower case.
bool parseWhat(std::string_view text, Section& section) {
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        const std::size_t dot = std::min(text.find('.'), text.size());
        const auto number = wholeNumber(text.substr(0, dot));
        if (!number || *number == 0 || section.number.size() >= kMaxLevels || dot + 1 == text.size()) return false;
        section.number.push_back(*number);
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    if (text.empty()) return true;
    if (text == "header")
        section.what = SectionText::header;
    else if (text == "text")
        section.what = SectionText::text;
    else if (text == "mime" && !section.number.empty())
        section.what = SectionText::mime;
    else if (text.starts_with("header.fields.not ") && parseFields(text.substr(18), section.fields))
        section.what = SectionText::headerFieldsNot;
    else if (text.starts_with("header.fields ") && parseFields(text.substr(14), section.fields))
        section.what = SectionText::headerFields;
    else
        return false;
    return true;
}

// "<0.100>"
bool parseExtent(std::string_view text, Section& section) {
    if (text.empty()) return true;
    const std::size_t dot = text.find('.');
    if (!text.starts_with('<') || !text.ends_with('>') || dot == std::string_view::npos) return false;
    const auto from = wholeNumber(text.substr(1, dot - 1)), count = wholeNumber(text.substr(dot + 1, text.size() - dot - 2));
    if (!from || !count || *count == 0) return false;
    section.extent = {*from, *count};
    section.label += fmt::format("<{}>", *from);
    return true;
}

}  // namespace

std::optional<Section> parseSection(const std::string& item) {
    Section section;
    const std::string small = lower(item);
    section.peek = small == "rfc822.header" || small.starts_with("body.peek[");
    if (small == "rfc822" || small == "rfc822.header" || small == "rfc822.text") {
        section.label = small == "rfc822" ? "RFC822" : small == "rfc822.text" ? "RFC822.TEXT" : "RFC822.HEADER";
        section.what = small == "rfc822" ? SectionText::all : small == "rfc822.text" ? SectionText::text : SectionText::header;
        return section;
    }
    if (!section.peek && !small.starts_with("body[")) return std::nullopt;
    const std::size_t open = item.find('['), close = item.rfind(']');
    const bool printable = std::all_of(item.begin(), item.end(), [](char c) { return c >= 0x20 && c < 0x7f; });  // it comes back as a label
    if (close == std::string::npos || !printable) return std::nullopt;
    section.label = fmt::format("BODY[{}]", std::string_view(item).substr(open + 1, close - open - 1));
    if (!parseWhat(std::string_view(small).substr(open + 1, close - open - 1), section) || !parseExtent(std::string_view(small).substr(close + 1), section)) return std::nullopt;
    return section;
}

std::optional<std::string> sectionOctets(const Section& section, std::string_view letter, const MimePart* tree) {
    std::string_view header = headersOf(letter), body = bodyOf(letter), all = letter;
    if (!section.number.empty()) {
        const MimePart* part = tree != nullptr ? partAt(*tree, section.number) : nullptr;
        if (part == nullptr) return std::nullopt;
        const bool ofTheLetterInIt = section.what != SectionText::all && section.what != SectionText::mime;
        if (ofTheLetterInIt && !part->isMessage()) return std::nullopt;
        header = ofTheLetterInIt ? part->parts.front().header : part->header;
        body = ofTheLetterInIt ? part->parts.front().body : part->body;
        all = part->body;
    }
    std::string octets;
    switch (section.what) {
        case SectionText::all: octets = all; break;
        case SectionText::header:
        case SectionText::mime: octets = header; break;
        case SectionText::text: octets = body; break;
        case SectionText::headerFields: octets = headerFields(header, section.fields, false); break;
        case SectionText::headerFieldsNot: octets = headerFields(header, section.fields, true); break;
    }
    if (section.extent) octets = section.extent->first < octets.size() ? octets.substr(section.extent->first, section.extent->second) : std::string{};
    return octets;
}

}  // namespace mailtrek::mail
